#include "common/events/dates.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "common/events/sentence_view.h"
#include "common/text/word_table.h"

namespace tocsin {
namespace {

namespace chr = std::chrono;

enum class Kind : std::uint8_t { kWeekday, kMonth, kRelative, kUnit, kBefore };
struct Meaning {
  Kind kind;
  int value;
};

const WordTable<Meaning>& meanings() {
  static const WordTable<Meaning> kTable = [] {
    WordTable<Meaning> m;
    const auto put = [&m](std::string_view w, Kind k, int v) { m.put(w, Meaning{k, v}); };
    constexpr std::array<std::string_view, 7> kDays = {"sunday",   "monday", "tuesday", "wednesday",
                                                       "thursday", "friday", "saturday"};
    constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                          "may",       "june",     "july",     "august",
                                                          "september", "october",  "november", "december"};
    constexpr std::array<std::string_view, 12> kShort = {"jan", "feb", "mar",  "apr", "",    "jun",
                                                         "jul", "aug", "sept", "oct", "nov", "dec"};
    for (std::size_t i = 0; i < 7; ++i) put(kDays.at(i), Kind::kWeekday, static_cast<int>(i));
    for (std::size_t i = 0; i < 12; ++i) {
      put(kMonths.at(i), Kind::kMonth, static_cast<int>(i) + 1);
      if (!kShort.at(i).empty()) {
        put(kShort.at(i), Kind::kMonth, static_cast<int>(i) + 1);
        put(std::string(kShort.at(i)) + ".", Kind::kMonth, static_cast<int>(i) + 1);
      }
    }
    put("today", Kind::kRelative, 0);
    put("tonight", Kind::kRelative, 0);
    put("yesterday", Kind::kRelative, -1);
    put("tomorrow", Kind::kRelative, 1);
    put("day", Kind::kUnit, 1);
    put("days", Kind::kUnit, 1);
    put("week", Kind::kUnit, 7);
    put("weeks", Kind::kUnit, 7);
    put("month", Kind::kUnit, 30);
    put("months", Kind::kUnit, 30);
    put("year", Kind::kUnit, 365);
    put("years", Kind::kUnit, 365);
    put("decade", Kind::kUnit, 3650);
    put("decades", Kind::kUnit, 3650);
    for (const std::string_view w :
         {"in", "since", "of", "during", "from", "until", "by", "late", "early", "between", "mid"})
      put(w, Kind::kBefore, 0);
    return m;
  }();
  return kTable;
}

const Meaning* meaning(const Token& t) { return meanings().find(t.hash); }

// 1900..2100 written with four digits, else 0.
int year_of(const Document& d, const Token& t) {
  const std::string_view s = d.folded(t);
  if (s.size() != 4 && !(s.size() == 5 && s[4] == 's')) return 0;
  int v = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    if (s[i] < '0' || s[i] > '9') return 0;
    v = v * 10 + (s[i] - '0');
  }
  return v >= 1900 && v <= 2100 ? v : 0;
}

int day_of_month(const Document& d, const Token& t) {
  std::string_view s = d.folded(t);
  if (s.size() > 2 && (s.ends_with("st") || s.ends_with("nd") || s.ends_with("rd") || s.ends_with("th")))
    s.remove_suffix(2);
  if (s.empty() || s.size() > 2) return 0;
  int v = 0;
  for (const char c : s) {
    if (c < '0' || c > '9') return 0;
    v = v * 10 + (c - '0');
  }
  return v >= 1 && v <= 31 ? v : 0;
}

int year_of_days(int days) { return static_cast<int>(chr::year_month_day(chr::sys_days(chr::days(days))).year()); }

std::uint64_t h(std::string_view w) { return hash_word(w); }

}  // namespace

int days_of(int year, int month, int day) {
  const chr::year_month_day ymd(chr::year(year), chr::month(static_cast<unsigned>(month)),
                                chr::day(static_cast<unsigned>(day)));
  return static_cast<int>(chr::sys_days(ymd).time_since_epoch().count());
}

std::string iso_day(int days) {
  const chr::year_month_day ymd{chr::sys_days(chr::days(days))};
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02u", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
  return out.data();
}

std::optional<int> days_from_iso(std::string_view iso) {
  if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t n) {
    int v = 0;
    for (std::size_t i = at; i < at + n; ++i) v = iso[i] >= '0' && iso[i] <= '9' ? v * 10 + (iso[i] - '0') : -10000;
    return v;
  };
  const int y = number(0, 4);
  const int m = number(5, 2);
  const int d = number(8, 2);
  if (y < 0 || m < 1 || m > 12 || d < 1 || d > 31) return std::nullopt;
  return days_of(y, m, d);
}

namespace {

// Reads the date that the word at one token names, with the words beside it.
class DateReader {
 public:
  DateReader(const Document& document, std::uint32_t at, std::uint32_t last, std::optional<int> published)
      : doc_(document), tokens_(document.tokens()), i_(at), last_(last), published_(published) {
    out_.first = at;
    out_.last = at + 1;
  }

  std::optional<DateFound> read() {
    const Token& t = tokens_[i_];
    if (const Meaning* m = meaning(t)) {
      switch (m->kind) {
        case Kind::kWeekday:
          return weekday(*m);
        case Kind::kRelative:
          if (published_) settle(*published_ + m->value);
          return out_;
        case Kind::kMonth:
          return month(*m);
        case Kind::kUnit:
          return unit(*m);
        case Kind::kBefore:
          break;
      }
    }
    if (const int number = year_of(doc_, t)) return year(number);
    return std::nullopt;
  }

 private:
  const Token* next(std::uint32_t n) const { return i_ + n < last_ ? &tokens_[i_ + n] : nullptr; }
  const Token* previous(std::uint32_t n) const { return i_ >= n ? &tokens_[i_ - n] : nullptr; }
  bool is_next(std::string_view word) const { return next(1) && next(1)->hash == h(word); }
  bool is_previous(std::string_view word) const { return previous(1) && previous(1)->hash == h(word); }
  bool names_a_day_of_a_month(std::uint32_t n) const {
    const Meaning* m = next(n) ? meaning(*next(n)) : nullptr;
    return m && m->kind == Kind::kMonth && next(n + 1) && day_of_month(doc_, *next(n + 1)) != 0;
  }
  bool before_possessive() const { return next(1) && next(1)->is(kPossessive); }  // "Friday's attack"
  bool before_word() const {
    const Meaning* word = previous(1) ? meaning(*previous(1)) : nullptr;
    return word && word->kind == Kind::kBefore;
  }

  void settle(int day) {
    out_.resolved = iso_day(day);
    if (published_) out_.age_days = *published_ - day;
  }
  // A time of several days, [first, end): its near end bounds the age.
  void settle_time(int first, int end) {
    if (published_)
      out_.age_days = std::max(*published_ - (end - 1), std::min(*published_ - first, 0));
    else
      out_.old_without_anchor = true;
  }
  static int month_after(int year, int month) {
    return days_of(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1);
  }

  std::optional<DateFound> weekday(const Meaning& m) {
    if (names_a_day_of_a_month(1) || (next(1) && doc_.folded(*next(1)) == "," && names_a_day_of_a_month(2)))
      return std::nullopt;  // "Monday, July 8" is that one, not the last Monday
    if (published_) {
      const int today = static_cast<int>(chr::weekday(chr::sys_days(chr::days(*published_))).c_encoding());
      int back = (today - m.value + 7) % 7;
      if (is_previous("next") || is_previous("coming")) back -= 7;
      if (back == 0 && is_previous("last")) back = 7;
      settle(*published_ - back);
    }
    out_.of_next_words = before_possessive();
    static constexpr std::array<std::string_view, 7> kParts = {"morning", "afternoon", "evening", "night",
                                                               "noon",    "midday",    "midnight"};
    if (std::ranges::any_of(kParts, [&](std::string_view part) { return is_next(part); })) ++out_.last;
    return out_;
  }

  // "march" and "may" are words too: beside a number only, or behind a preposition.
  std::optional<DateFound> month(const Meaning& m) {
    int day = next(1) ? day_of_month(doc_, *next(1)) : 0;
    std::uint32_t used = day ? 2 : 1;
    if (!day && previous(1) && (day = day_of_month(doc_, *previous(1))) != 0) {
      out_.first = i_ - 1;
    } else if (!day && previous(2) && is_previous("of") && (day = day_of_month(doc_, *previous(2))) != 0) {
      out_.first = i_ - 2;
    }
    const Token* y = next(used);
    if (y && doc_.folded(*y) == "," && next(used + 1)) y = next(++used);
    const int year = y ? year_of(doc_, *y) : 0;
    if (!year && y != next(day && out_.first == i_ ? 2 : 1)) --used;
    out_.last = std::min(i_ + used + (year ? 1 : 0), last_);
    if (day && year) {
      settle(days_of(year, m.value, day));
    } else if (day && published_) {
      settle(nearest_day(m.value, day));
    } else if (!day && year) {
      settle_time(days_of(year, m.value, 1), month_after(year, m.value));
    } else if (!day && !year) {
      // "in June": the last one up to now.
      if (!(before_word() || is_previous("last")) || !published_) return std::nullopt;
      const chr::year_month_day now{chr::sys_days(chr::days(*published_))};
      const bool to_come = m.value > static_cast<int>(static_cast<unsigned>(now.month()));
      const int year_of_it = static_cast<int>(now.year()) - (to_come ? 1 : 0);
      settle_time(days_of(year_of_it, m.value, 1), month_after(year_of_it, m.value));
    }
    return out_;
  }

  // A day without a year: the one nearest to the published day, rather past than future.
  int nearest_day(int month, int day) const {
    const int year = year_of_days(*published_);
    int best = days_of(year, month, day);
    if (best - *published_ > 120) best = days_of(year - 1, month, day);
    if (*published_ - best > 300) best = days_of(year + 1, month, day);
    return best;
  }

  std::optional<DateFound> year(int number) {
    const bool decade = doc_.folded(tokens_[i_]).size() == 5;
    if (!before_word() && !decade) {
      static constexpr std::array<std::string_view, 8> kOf = {"the", "a", "his", "her", "its", "their", "this", "that"};
      const bool of_it = std::ranges::any_of(kOf, [&](std::string_view word) { return is_previous(word); });
      if (!of_it && !(previous(1) && previous(1)->is(kPossessive))) return std::nullopt;
      out_.of_next_words = true;
    }
    settle_time(days_of(number, 1, 1), days_of(number + 1, 1, 1));
    return out_;
  }

  // "two years ago", "last week", "next month".
  std::optional<DateFound> unit(const Meaning& m) {
    const Token* before = previous(1);
    if (!before) return std::nullopt;
    if (is_next("ago") || is_next("earlier")) {
      out_.last = i_ + 2;
      const int n = number_value(doc_.folded(*before));
      const int count = n > 0 ? n : is_previous("a") || is_previous("an") ? 1 : 2;
      if (m.value == 1 && published_ && n > 0)
        settle(*published_ - n);
      else
        out_.age_days = m.value * count;
    } else if (is_previous("last") && m.value >= 7) {
      out_.age_days = m.value == 7 ? 7 : m.value == 30 ? 20 : m.value;  // last month is a recent one
      out_.of_next_words = before_possessive();
    } else if (is_previous("this") && previous(2) && previous(2)->hash == h("earlier") && m.value >= 365) {
      out_.age_days = m.value / 4;  // who means less says a month
    } else if (is_previous("next")) {
      out_.age_days = -m.value;
    } else {
      return std::nullopt;
    }
    out_.first = i_ - 1;
    return out_;
  }

  const Document& doc_;
  const std::vector<Token>& tokens_;
  std::uint32_t i_;
  std::uint32_t last_;
  std::optional<int> published_;
  DateFound out_;
};

}  // namespace

DateFinder::DateFinder() { meanings(); }

std::optional<DateFound> DateFinder::at(const Document& doc, std::uint32_t i, std::uint32_t last,
                                        std::optional<int> published) const {
  return DateReader(doc, i, last, published).read();
}

std::optional<DateFound> DateFinder::nearest(const Document& doc, std::uint32_t first, std::uint32_t last,
                                             std::uint32_t near, std::optional<int> published,
                                             const std::vector<std::uint32_t>& reporting) const {
  constexpr long kBeside = 3;
  constexpr long kVague = 10;
  std::optional<DateFound> best;
  long best_cost = 0;
  std::size_t found = 0;
  for (std::uint32_t i = first; i < last && found < kMaxDates; ++i) {
    auto date = at(doc, i, last, published);
    if (!date) continue;
    ++found;
    if (date->first > 0 && doc.tokens()[date->first].is(kHyphenBefore)) continue;  // "pre-July 2019"
    if (date->of_next_words) {
      if (near < i || near - i > kReach) continue;
    } else if (std::ranges::any_of(reporting, [&](std::uint32_t r) { return r < i && i - r <= 3; })) {
      continue;
    }
    // A day tells more than a year, unless the year stands much nearer or beside ("fined on Monday for a ship seized
    // last year").
    const long distance = std::labs(static_cast<long>(i) - static_cast<long>(near));
    const bool tells = !date->resolved.empty() || date->of_next_words || distance <= kBeside;
    const long cost = distance + (tells ? 0 : kVague);
    i = std::max(i, date->last - 1);
    if (best && cost >= best_cost) continue;
    best = std::move(date);
    best_cost = cost;
  }
  return best;
}

}  // namespace tocsin
