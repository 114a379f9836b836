#include "common/events/dates.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <unordered_map>

#include "common/events/sentence_view.h"

namespace tocsin {
namespace {

namespace chr = std::chrono;

enum class Kind : std::uint8_t { kWeekday, kMonth, kRelative, kUnit, kBefore };
struct Meaning {
  Kind kind;
  int value;
};

const std::unordered_map<std::uint64_t, Meaning>& meanings() {
  static const auto* const kMap = [] {
    auto* m = new std::unordered_map<std::uint64_t, Meaning>;
    const auto put = [m](std::string_view w, Kind k, int v) { m->emplace(hash_word(w), Meaning{k, v}); };
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
  return *kMap;
}

const Meaning* meaning(const Token& t) {
  const auto found = meanings().find(t.hash);
  return found == meanings().end() ? nullptr : &found->second;
}

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

DateFinder::DateFinder() { meanings(); }

std::optional<DateFound> DateFinder::at(const Document& doc, std::uint32_t i, std::uint32_t last,
                                        std::optional<int> published) const {
  const auto& tokens = doc.tokens();
  const Token& t = tokens[i];
  const auto next = [&](std::uint32_t n) -> const Token* { return i + n < last ? &tokens[i + n] : nullptr; };
  const auto previous = [&](std::uint32_t n) -> const Token* { return i >= n ? &tokens[i - n] : nullptr; };
  DateFound out;
  out.first = i;
  out.last = i + 1;
  const auto settle = [&](int day) {
    out.resolved = iso_day(day);
    if (published) out.age_days = *published - day;
  };
  const Meaning* m = meaning(t);
  if (m && m->kind == Kind::kWeekday) {
    if (published) {
      const int today = static_cast<int>(chr::weekday(chr::sys_days(chr::days(*published))).c_encoding());
      const bool coming = previous(1) && (previous(1)->hash == h("next") || previous(1)->hash == h("coming"));
      int back = (today - m->value + 7) % 7;
      if (coming) back -= 7;
      if (back == 0 && previous(1) && previous(1)->hash == h("last")) back = 7;
      settle(*published - back);
    }
    static constexpr std::array<std::string_view, 7> kParts = {"morning", "afternoon", "evening", "night",
                                                               "noon",    "midday",    "midnight"};
    if (const Token* n = next(1))
      for (const std::string_view p : kParts)
        if (n->hash == h(p)) ++out.last;
    return out;
  }
  if (m && m->kind == Kind::kRelative) {
    if (published) settle(*published + m->value);
    return out;
  }
  if (m && m->kind == Kind::kMonth) {
    // "march" and "may" are words too: beside a number only.
    int day = next(1) ? day_of_month(doc, *next(1)) : 0;
    std::uint32_t used = day ? 2 : 1;
    if (!day && previous(1) && (day = day_of_month(doc, *previous(1))) != 0) {
      out.first = i - 1;
    } else if (!day && previous(2) && previous(1)->hash == h("of") && (day = day_of_month(doc, *previous(2))) != 0) {
      out.first = i - 2;
    }
    const Token* y = next(used);
    if (y && doc.folded(*y) == "," && next(used + 1)) y = next(++used);
    int year = y ? year_of(doc, *y) : 0;
    if (!year && y != next(day && out.first == i ? 2 : 1)) --used;
    out.last = i + used + (year ? 1 : 0);
    if (out.last > last) out.last = last;
    if (!day && !year) {
      // "in June": the last one up to now.
      if (!previous(1) || !meaning(*previous(1)) || meaning(*previous(1))->kind != Kind::kBefore || !published)
        return std::nullopt;
      const chr::year_month_day now{chr::sys_days(chr::days(*published))};
      int in_year = static_cast<int>(now.year());
      if (m->value > static_cast<int>(static_cast<unsigned>(now.month()))) --in_year;
      const int end = days_of(m->value == 12 ? in_year + 1 : in_year, m->value == 12 ? 1 : m->value + 1, 1) - 1;
      out.age_days = *published - end;
      return out;
    }
    if (day && year) {
      settle(days_of(year, m->value, day));
      return out;
    }
    if (day && published) {
      // Without a year: the one nearest to the published day, rather past than future.
      const int this_year = year_of_days(*published);
      int best = days_of(this_year, m->value, day);
      if (best - *published > 120) best = days_of(this_year - 1, m->value, day);
      if (*published - best > 300) best = days_of(this_year + 1, m->value, day);
      settle(best);
      return out;
    }
    if (year) {
      const int end = days_of(m->value == 12 ? year + 1 : year, m->value == 12 ? 1 : m->value + 1, 1) - 1;
      if (published)
        out.age_days = *published - end;
      else
        out.old_without_anchor = true;
    }
    return out;
  }
  if (const int year = year_of(doc, t)) {
    const Token* before = previous(1);
    const Meaning* word = before ? meaning(*before) : nullptr;
    if (!word || word->kind != Kind::kBefore) {
      const bool decade = doc.folded(t).size() == 5;
      if (!decade) return std::nullopt;
    }
    const int end = days_of(year, 12, 31);
    if (published)
      out.age_days = *published - end;
    else
      out.old_without_anchor = true;
    return out;
  }
  if (m && m->kind == Kind::kUnit) {
    const Token* before = previous(1);
    const Token* after = next(1);
    if (after && (after->hash == h("ago") || after->hash == h("earlier")) && before) {
      out.last = i + 2;
      const int n = number_value(doc.folded(*before));
      const int count = n > 0 ? n : before->hash == h("a") || before->hash == h("an") ? 1 : 2;
      out.first = i - 1;
      if (m->value == 1 && published && n > 0)
        settle(*published - n);
      else
        out.age_days = m->value * count;
      return out;
    }
    if (before && before->hash == h("last") && m->value >= 7) {
      out.first = i - 1;
      out.age_days = m->value == 7 ? 7 : m->value == 30 ? 20 : m->value;  // last month is a recent one
      return out;
    }
    if (before && before->hash == h("next")) {
      out.first = i - 1;
      out.age_days = -m->value;
      return out;
    }
  }
  return std::nullopt;
}

std::optional<DateFound> DateFinder::nearest(const Document& doc, std::uint32_t first, std::uint32_t last,
                                             std::uint32_t near, std::optional<int> published,
                                             const std::vector<std::uint32_t>& reporting) const {
  std::optional<DateFound> best;
  long best_distance = 0;
  std::size_t found = 0;
  for (std::uint32_t i = first; i < last && found < kMaxDates; ++i) {
    auto date = at(doc, i, last, published);
    if (!date) continue;
    ++found;
    const bool of_saying = std::ranges::any_of(reporting, [&](std::uint32_t r) { return r < i && i - r <= 3; });
    if (of_saying || (date->first > 0 && doc.tokens()[date->first].is(kHyphenBefore))) continue;  // "pre-July 2019"
    const long distance = std::labs(static_cast<long>(i) - static_cast<long>(near));
    i = std::max(i, date->last - 1);
    // A day tells more than a year.
    const bool better = !best || (!date->resolved.empty() && best->resolved.empty()) ||
                        (date->resolved.empty() == best->resolved.empty() && distance < best_distance);
    if (!better) continue;
    best = std::move(date);
    best_distance = distance;
  }
  return best;
}

}  // namespace tocsin
