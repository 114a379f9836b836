#include "common/wire/date.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "common/wire/trim.h"

namespace tocsin {
namespace {

constexpr int kFirstYear = 1800;
constexpr int kLastYear = 2089;
constexpr std::size_t kLongestDate = 64;

// Days since 1970-01-01 of a Gregorian date, and back: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
std::int64_t days_from_civil(std::int64_t y, unsigned m, unsigned d) {
  y -= m <= 2;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const auto yoe = static_cast<unsigned>(y - era * 400);
  const unsigned doy = (153 * (m + (m > 2 ? -3U : 9U)) + 2) / 5 + d - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + static_cast<std::int64_t>(doe) - 719468;
}

struct Civil {
  std::int64_t year;
  unsigned month, day;
};

Civil civil_from_days(std::int64_t z) {
  z += 719468;
  const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const auto doe = static_cast<unsigned>(z - era * 146097);
  const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const unsigned mp = (5 * doy + 2) / 153;
  const unsigned month = mp < 10 ? mp + 3 : mp - 9;
  return {static_cast<std::int64_t>(yoe) + era * 400 + (month <= 2), month, doy - (153 * mp + 2) / 5 + 1};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays.at(static_cast<std::size_t>(month - 1));
}

struct Fields {
  int year = -1, month = -1, day = -1;
  int hour = 0, minute = 0, second = 0, ms = 0;
  int zone_minutes = 0;

  std::optional<std::int64_t> to_ms() const {
    if (year < kFirstYear || year > kLastYear || month < 1 || month > 12) return std::nullopt;
    if (day < 1 || day > days_in_month(year, month)) return std::nullopt;
    if (hour > 24 || minute > 59 || second > 60) return std::nullopt;
    const std::int64_t days = days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
    const std::int64_t s = ((days * 24 + hour) * 60 + minute - zone_minutes) * 60 + second;
    return s == 0 ? std::nullopt : std::optional(s * 1000 + ms);
  }
};

// Reads from the front of a date; every `read_` leaves the position where it was unless it says true.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  bool done() const { return pos_ == text_.size(); }
  char peek(std::size_t ahead = 0) const { return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\0'; }
  void skip(std::size_t n = 1) { pos_ += n; }
  bool accept(char c) {
    if (peek() != c) return false;
    ++pos_;
    return true;
  }
  std::size_t digits_ahead() const {
    std::size_t n = 0;
    while (is_digit(peek(n))) ++n;
    return n;
  }
  int number(std::size_t digits) {  // the caller has counted them; at most 9
    int v = 0;
    for (; digits > 0; --digits) v = v * 10 + (text_[pos_++] - '0');
    return v;
  }
  std::string word() {
    std::string w;
    for (; is_letter(peek()) || static_cast<unsigned char>(peek()) >= 0x80; ++pos_) w.push_back(lower(peek()));
    return w;
  }

 private:
  std::string_view text_;
  std::size_t pos_ = 0;
};

void read_fraction(Scanner& in, Fields& f) {
  if ((in.peek() != '.' && in.peek() != ',') || !is_digit(in.peek(1))) return;
  in.skip();
  for (int scale = 100; is_digit(in.peek()); scale /= 10) {
    f.ms += (in.peek() - '0') * scale;
    in.skip();
  }
}

// "hh:mm", "hh:mm:ss", with a fraction.
bool read_time(Scanner& in, Fields& f) {
  const std::size_t n = in.digits_ahead();
  if (n < 1 || n > 2 || in.peek(n) != ':') return false;
  f.hour = in.number(n);
  in.skip();
  if (in.digits_ahead() != 2) return false;
  f.minute = in.number(2);
  if (in.peek() == ':' && is_digit(in.peek(1)) && is_digit(in.peek(2))) {
    in.skip();
    f.second = in.number(2);
    read_fraction(in, f);
  }
  return true;
}

// "+09:00", "+0900", "+09", "-5".
bool read_offset(Scanner& in, Fields& f) {
  const char sign = in.peek();
  if (sign != '+' && sign != '-') return false;
  in.skip();
  const std::size_t n = in.digits_ahead();
  int hours = 0;
  int minutes = 0;
  if (n == 4) {
    hours = in.number(2);
    minutes = in.number(2);
  } else if (n == 1 || n == 2) {
    hours = in.number(n);
    if (in.peek() == ':') {
      in.skip();
      if (in.digits_ahead() != 2) return false;
      minutes = in.number(2);
    }
  } else {
    return false;
  }
  if (hours > 14 || minutes > 59) return false;
  f.zone_minutes = (sign == '-' ? -1 : 1) * (hours * 60 + minutes);
  return true;
}

struct NamedZone {
  std::string_view name;
  int minutes;
};
// RFC 822's, and those that occur on wires. IST and the like mean several zones and are left out: UTC then.
constexpr std::array<NamedZone, 22> kZones = {
    {{"z", 0},      {"ut", 0},     {"utc", 0},    {"gmt", 0},    {"wet", 0},    {"est", -300},
     {"edt", -240}, {"et", -300},  {"cst", -360}, {"cdt", -300}, {"mst", -420}, {"mdt", -360},
     {"pst", -480}, {"pdt", -420}, {"bst", 60},   {"cet", 60},   {"cest", 120}, {"eet", 120},
     {"eest", 180}, {"msk", 180},  {"jst", 540},  {"kst", 540}}};

// Months of the languages whose papers write dates out; whole words, in order of the months.
constexpr std::array<std::string_view, 6> kForeignMonths = {
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "januari februari maart april mei juni juli augustus september oktober november december"};

int foreign_month(std::string_view word) {
  for (std::string_view names : kForeignMonths)
    for (int month = 1; !names.empty(); ++month) {
      const std::string_view name = names.substr(0, names.find(' '));
      if (name == word) return month;
      names.remove_prefix(std::min(names.size(), name.size() + 1));
    }
  return -1;
}

int month_from(std::string_view word) {
  constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (word.size() < 3) return -1;
  constexpr std::array<std::string_view, 12> kFull = {"january",   "february", "march",    "april",
                                                      "may",       "june",     "july",     "august",
                                                      "september", "october",  "november", "december"};
  const std::size_t at = kMonths.find(word.substr(0, 3));
  if (at == std::string_view::npos || at % 3 != 0) return foreign_month(word);
  const std::string_view full = kFull.at(at / 3);
  const bool known = full.substr(0, word.size()) == word || word == "sept";
  return known ? static_cast<int>(at / 3) + 1 : foreign_month(word);
}

// What may follow a date and time: am or pm, a zone, in any order, once each.
bool read_tail_word(const std::string& word, Fields& f) {
  if (word == "am" || word == "pm") {
    if (f.hour < 1 || f.hour > 12) return false;
    f.hour = f.hour % 12 + (word == "pm" ? 12 : 0);
    return true;
  }
  for (const NamedZone& z : kZones)
    if (z.name == word) {
      f.zone_minutes = z.minutes;
      return true;
    }
  constexpr std::string_view kDays = "sunmontuewedthufrisat";
  return word.size() >= 2 &&
         (word == "at" || word == "t" || word == "th" || word == "st" || word == "nd" || word == "rd" || word == "of" ||
          word == "de" || word == "del" || kDays.find(word.substr(0, 3)) % 3 == 0 || word == "ist");
}

// "2023-03-16", "2023/3/16", "2023.03.16", "20230316", followed by nothing or by T or space and a time.
bool read_iso_date(Scanner& in, Fields& f) {
  const std::size_t n = in.digits_ahead();
  if (n == 8 || n == 14) {
    f.year = in.number(4);
    f.month = in.number(2);
    f.day = in.number(2);
    if (n == 14) {
      f.hour = in.number(2);
      f.minute = in.number(2);
      f.second = in.number(2);
    }
    return true;
  }
  const char separator = in.peek(4);
  if (n != 4 || (separator != '-' && separator != '/' && separator != '.') || !is_digit(in.peek(5))) return false;
  f.year = in.number(4);
  in.skip();
  if (in.digits_ahead() > 2) return false;
  f.month = in.number(in.digits_ahead());
  f.day = 1;  // "2023-03", as ninjs 3 allows for expected dates
  if (in.accept(separator)) {
    if (const std::size_t d = in.digits_ahead(); d == 1 || d == 2)
      f.day = in.number(d);
    else
      return false;
  }
  return true;
}

// "080000" or "0800" after the T of a basic format.
void read_basic_time(Scanner& in, Fields& f) {
  const std::size_t n = in.digits_ahead();
  if (n != 4 && n != 6) return;
  f.hour = in.number(2);
  f.minute = in.number(2);
  if (n == 6) f.second = in.number(2);
  read_fraction(in, f);
}

// "16.03.2023" is read (nobody writes the month first with dots); "16/03/2023" when one of the two cannot be a month.
bool read_short_date(Scanner& in, Fields& f) {
  const std::size_t n = in.digits_ahead();
  const char separator = in.peek(n);
  if (n < 1 || n > 2 || (separator != '.' && separator != '/' && separator != '-')) return false;
  Scanner at = in;
  const int first = at.number(n);
  at.skip();
  const std::size_t m = at.digits_ahead();
  if (m < 1 || m > 2) return false;
  const int second = at.number(m);
  const std::size_t year_digits = at.accept(separator) ? at.digits_ahead() : 0;
  if (year_digits != 4 && year_digits != 2) return false;
  f.year = at.number(year_digits);
  if (year_digits == 2) f.year += f.year < 50 ? 2000 : 1900;
  const bool day_first = separator == '.' || first > 12;
  if (!day_first && second <= 12 && first != second) return false;
  f.day = day_first ? first : second;
  f.month = day_first ? second : first;
  in = at;
  return true;
}

bool place_number(int value, std::size_t digits, Fields& f) {
  if (digits == 4 && f.year < 0) {
    f.year = value;
  } else if (digits <= 2 && f.day < 0) {
    f.day = value;
  } else if (digits == 2 && f.year < 0) {
    f.year = value + (value < 50 ? 2000 : 1900);  // RFC 2822, 4.3
  } else {
    return false;
  }
  return true;
}

// Words and numbers in any order, as RFC 822 and people write them.
std::optional<std::int64_t> read_words(Scanner in, Fields f) {
  const bool numeric_date = f.year >= 0;
  bool timed = false;
  while (!in.done()) {
    const char c = in.peek();
    if (is_digit(c)) {
      if (read_time(in, f)) {
        timed = true;
        continue;
      }
      if (!numeric_date && read_short_date(in, f)) continue;
      const std::size_t n = in.digits_ahead();
      if (n > 4 || !place_number(in.number(n), n, f)) return std::nullopt;
    } else if (is_letter(c) || static_cast<unsigned char>(c) >= 0x80) {
      std::string word = in.word();
      if ((word == "a" || word == "p") && in.peek() == '.' && lower(in.peek(1)) == 'm') {  // "8 p.m."
        word.push_back('m');
        in.skip(2);
      }
      if (const int month = month_from(word); month > 0 && f.month < 0)
        f.month = month;
      else if (!read_tail_word(word, f) && !(timed && f.year >= 0 && f.month > 0 && f.day > 0))
        return std::nullopt;  // behind a whole date and time some sources write what they like
    } else if (f.year >= 0 && (c == '+' || c == '-') && is_digit(in.peek(1))) {
      if (!read_offset(in, f)) return std::nullopt;
    } else if (c == ' ' || c == ',' || c == '-' || c == '.' || c == '/' || c == '(' || c == ')' || c == '|') {
      in.skip();
    } else {
      return std::nullopt;
    }
  }
  return f.to_ms();
}

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view text) {
  text = trim(text);
  if (text.size() < 6 || text.size() > kLongestDate) return std::nullopt;
  Scanner in(text);
  const std::size_t digits = in.digits_ahead();
  if ((digits >= 9 && digits <= 16 && digits != 14) && (digits == text.size() || text[digits] == '.')) {
    double number = 0;
    for (const char c : text.substr(0, digits)) number = number * 10 + (c - '0');
    return date_from_number(number);
  }
  Fields f;
  if (!read_iso_date(in, f)) return read_words(Scanner(text), Fields{});
  const char t = in.peek();
  if (t == 'T' || t == 't' || t == ' ') {
    in.skip();
    if (!read_time(in, f) && t != ' ') read_basic_time(in, f);
    while (in.accept(' ')) {
    }
    if (!in.done() && (in.peek() == '+' || in.peek() == '-')) {
      if (!read_offset(in, f)) return std::nullopt;
    }
  } else if (t == '+' || t == '-') {  // "2023-03-16Z" is left to read_words
    if (!read_offset(in, f)) return std::nullopt;
  }
  return in.done() ? f.to_ms() : read_words(in, f);
}

std::optional<std::int64_t> date_from_number(double number) {
  // 1e8 seconds is 1973; 1e11 as milliseconds too, and as seconds the year 5138.
  if (!(number >= 1e8) || number >= 1e16) return std::nullopt;
  const double ms = number < 1e11 ? number * 1e3 : number < 1e14 ? number : number / 1e3;
  const auto whole = static_cast<std::int64_t>(std::llround(ms));
  const Civil civil = civil_from_days(whole / 86'400'000);
  return civil.year > kLastYear ? std::nullopt : std::optional(whole);
}

bool is_rfc3339(std::string_view t) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
  if (t.size() < kShape.size() + 1) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i)
    if (kShape[i] == 'd' ? !is_digit(t[i]) : t[i] != kShape[i]) return false;
  std::size_t at = kShape.size();
  if (t[at] == '.') {
    const std::size_t first = ++at;
    while (at < t.size() && is_digit(t[at])) ++at;
    if (at == first) return false;
  }
  const std::string_view zone = t.substr(at);
  if (zone == "Z") return true;
  return zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && is_digit(zone[1]) && is_digit(zone[2]) &&
         zone[3] == ':' && is_digit(zone[4]) && is_digit(zone[5]);
}

void append_rfc3339(std::int64_t unix_ms, std::string& out) {
  const std::int64_t day_ms = 86'400'000;
  const std::int64_t days = (unix_ms >= 0 ? unix_ms : unix_ms - (day_ms - 1)) / day_ms;
  const auto in_day = static_cast<int>(unix_ms - days * day_ms);
  const Civil c = civil_from_days(days);
  std::array<char, 40> text{};
  const int ms = in_day % 1000;
  const int n =
      std::snprintf(text.data(), text.size(), "%04lld-%02u-%02uT%02d:%02d:%02d", static_cast<long long>(c.year),
                    c.month, c.day, in_day / 3'600'000, in_day / 60'000 % 60, in_day / 1000 % 60);
  out.append(text.data(), static_cast<std::size_t>(n));
  if (ms != 0) {
    const int m = std::snprintf(text.data(), text.size(), ".%03d", ms);
    out.append(text.data(), static_cast<std::size_t>(m));
  }
  out.push_back('Z');
}

}  // namespace tocsin
