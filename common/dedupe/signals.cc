#include "common/dedupe/signals.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace tocsin {
namespace {

constexpr std::size_t kHeadlineBytes = 160;
constexpr std::size_t kBodyBytes = 300;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
bool is_letter(char c) { return upper(c) >= 'A' && upper(c) <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool starts_with(std::string_view text, std::string_view upper_word) {
  if (text.size() < upper_word.size()) return false;
  for (std::size_t i = 0; i < upper_word.size(); ++i) {
    if (upper(text[i]) != upper_word[i]) return false;
  }
  return true;
}

// Where a word stands in a text of capitals, and not within another.
std::size_t find(std::string_view upper_text, std::string_view upper_word) {
  for (std::size_t i = upper_text.find(upper_word); i != std::string_view::npos;
       i = upper_text.find(upper_word, i + 1)) {
    if (i == 0 || !is_letter(upper_text[i - 1])) return i;
  }
  return std::string_view::npos;
}

std::string in_capitals(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = upper(c);
  return out;
}

void skip_blank(std::string_view& text) {
  while (!text.empty() && (text[0] == ' ' || text[0] == '\t' || text[0] == '\n' || text[0] == '\r'))
    text.remove_prefix(1);
}

int read_number(std::string_view& text) {
  int n = 0;
  while (!text.empty() && is_digit(text[0]) && n < 1000) {
    n = n * 10 + (text[0] - '0');
    text.remove_prefix(1);
  }
  return n;
}

struct Prefix {
  std::string_view word;  // upper-case
  Mark mark;
  bool alone;  // also a mark without a dash or colon behind it, when it stands in capitals
};

// Longer words before shorter ones that they begin with.
constexpr std::array kPrefixes = {
    Prefix{"STORY WITHDRAWN", Mark::kKill, true},
    Prefix{"WITHDRAWN", Mark::kKill, false},
    Prefix{"WITHDRAWAL", Mark::kKill, false},
    Prefix{"MANDATORY KILL", Mark::kKill, true},
    Prefix{"KILL ALERT", Mark::kKill, true},
    Prefix{"KILL NOTICE", Mark::kKill, true},
    Prefix{"BULLETIN KILL", Mark::kKill, true},
    Prefix{"KILL", Mark::kKill, false},
    Prefix{"CORRECTION", Mark::kCorrected, false},
    Prefix{"CORRECTED", Mark::kCorrected, true},
    Prefix{"CORRECTS", Mark::kCorrected, false},
    Prefix{"CORRECTING", Mark::kCorrected, false},
    Prefix{"CLARIFICATION", Mark::kCorrected, false},
    Prefix{"REFILE", Mark::kCorrected, true},
    Prefix{"REFILING", Mark::kCorrected, true},
    Prefix{"REPEAT", Mark::kRepeat, false},
    Prefix{"REPEATING", Mark::kRepeat, false},
    Prefix{"RPT", Mark::kRepeat, true},
    Prefix{"UPDATED", Mark::kUpdate, false},
    Prefix{"UPDATE", Mark::kUpdate, false},
    Prefix{"UPD", Mark::kUpdate, false},
    Prefix{"WRITETHRU", Mark::kUpdate, true},
    Prefix{"WRAP-UP", Mark::kRoundup, false},
    Prefix{"WRAPUP", Mark::kRoundup, true},
    Prefix{"ROUNDUP", Mark::kRoundup, false},
    Prefix{"ROUND-UP", Mark::kRoundup, false},
};

// Reads one mark off the front: word, optional number, and what ends it (dash, colon, or a blank where `alone`).
bool take_mark(std::string_view& text, Signal& signal) {
  std::string_view rest = text;
  skip_blank(rest);
  const bool starred = !rest.empty() && (rest[0] == '*' || rest[0] == '(' || rest[0] == '[');
  if (starred) rest.remove_prefix(1);
  for (const Prefix& p : kPrefixes) {
    if (!starts_with(rest, p.word)) continue;
    const bool capitals = rest.substr(0, p.word.size()) == p.word;
    std::string_view after = rest.substr(p.word.size());
    if (!after.empty() && is_letter(after[0])) continue;
    skip_blank(after);
    const int number = read_number(after);
    skip_blank(after);
    const bool closed = !after.empty() && (after[0] == '-' || after[0] == ':' || after[0] == ')' || after[0] == ']' ||
                                           after.substr(0, 2) == "\xe2\x80");  // typographic dashes
    if (!closed && !(capitals && (p.alone || number > 0)) && !after.empty()) continue;
    if (!closed && after.empty() && !capitals) continue;
    if (closed) after.remove_prefix(after[0] == '\xe2' ? std::min<std::size_t>(3, after.size()) : 1);
    signal = {p.mark, number};
    text = after;
    return true;
  }
  return false;
}

int ordinal_before(std::string_view text, std::size_t at) {
  // "Eds: 3rd Ld-Writethru": the digits of the last ordinal in front.
  std::size_t i = at;
  while (i > 0 && !is_digit(text[i - 1])) --i;
  std::size_t first = i;
  while (first > 0 && is_digit(text[first - 1])) --first;
  std::string_view digits = text.substr(first, i - first);
  return read_number(digits);
}

Signal read_top_of_body(std::string_view text) {
  const std::string body = in_capitals(text);
  if (const std::size_t at = find(body, "STORY WITHDRAWN"); at != std::string_view::npos) return {Mark::kKill, 0};
  if (const std::size_t at = find(body, "MANDATORY KILL"); at != std::string_view::npos) return {Mark::kKill, 0};
  if (const std::size_t at = find(body, "WRITETHRU"); at != std::string_view::npos) {
    return {Mark::kUpdate, ordinal_before(body, at)};
  }
  for (const std::string_view cue : {"(CORRECTS ", "(CORRECTED ", "(REFILES ", "(REFILING ", "CORRECTS FIGURE",
                                     "COMPANY CORRECTS", "(CORRECTING "}) {
    if (find(body, cue) != std::string_view::npos) return {Mark::kCorrected, 0};
  }
  for (const std::string_view cue : {"(ADDS ", "(UPDATES ", "EDS: UPDATES", "EDS: ADDS"}) {
    if (find(body, cue) != std::string_view::npos) return {Mark::kUpdate, 0};
  }
  return {};
}

}  // namespace

Signal read_signal(std::string_view headline, std::string_view body) {
  headline = headline.substr(0, kHeadlineBytes);
  body = body.substr(0, kBodyBytes);
  const std::string_view whole = headline;
  Signal first;
  Signal found;
  // "RPT-UPDATE 1-": the first says what to do; a kill anywhere in the run is a kill.
  for (int i = 0; i < 4 && take_mark(headline, found); ++i) {
    if (found.mark == Mark::kKill) return found;
    if (first.mark == Mark::kNone) first = found;
  }
  if (first.mark != Mark::kNone) return first;
  const std::string capitals = in_capitals(whole);
  if (find(capitals, "STORY WITHDRAWN") != std::string_view::npos) return {Mark::kKill, 0};
  if (const std::size_t at = find(capitals, "WRITETHRU"); at != std::string_view::npos) {
    return {Mark::kUpdate, ordinal_before(whole, at)};
  }
  // Many sources send the headline as the first line of the text.
  std::string_view top = body;
  for (int i = 0; whole.empty() && i < 4 && take_mark(top, found); ++i) {
    if (found.mark == Mark::kKill) return found;
    if (first.mark == Mark::kNone) first = found;
  }
  return first.mark != Mark::kNone ? first : read_top_of_body(body);
}

}  // namespace tocsin
