#include "common/dedupe/fingerprinter.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "common/text/eight_bytes.h"

namespace tocsin {
namespace {

constexpr std::uint64_t kGramFactor = 0x9e3779b97f4a7c15;
constexpr std::size_t kFragmentWords = 25;   // a longer line without a full stop is text whose full stop was lost
constexpr std::size_t kLeastText = 20;       // words that skipping standing matter must leave,
constexpr std::size_t kLeastRunning = 80;    // and skipping fragments; they also must be under three tenths
constexpr std::size_t kDatelineTokens = 48;  // a dateline stands within the first words of the body

// A bijection of 64 bits whose high half depends on all of the input (two rounds of multiply and fold).
inline std::uint64_t hash_gram_unfolded(std::uint64_t gram) {
  gram *= kGramFactor;
  gram ^= gram >> 32;
  return gram * 0xd6e8feb86659fd93;
}
inline std::uint64_t fold_hash(std::uint64_t hash) { return hash ^ (hash >> 32); }
inline std::uint64_t hash_gram(std::uint64_t gram) { return fold_hash(hash_gram_unfolded(gram)); }

// Eight bytes of a word from `i` on, zeros behind its last. Up to `end` may be read.
inline std::uint64_t load_eight_of(std::string_view word, std::size_t i, const char* end) {
  const std::size_t n = std::min<std::size_t>(8, word.size() - i);
  return load_eight(word.data() + i, end) & ~0ULL >> (64 - 8 * n);
}

// Writes one byte for a code point under U+0800, two for others, and returns what is behind them.
char* write_code_points(std::string_view word, char* to) {
  const auto byte = [&word](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(word[i])); };
  for (std::size_t i = 0; i < word.size();) {
    if (byte(i) < 0x80) {
      *to++ = word[i++];
    } else if (byte(i) < 0xe0) {
      const std::uint32_t c = (byte(i) & 0x1f) << 6 | (byte(i + 1) & 0x3f);
      *to++ = static_cast<char>(0x80 | (c ^ c >> 7));
      i += 2;
    } else {
      const std::size_t n = byte(i) < 0xf0 ? 3 : 4;
      std::uint32_t c = 0;
      for (std::size_t j = 0; j < n; ++j) c = c << 6 | (byte(i + j) & 0x3f);
      *to++ = static_cast<char>(0x80 | (c >> 7));
      *to++ = static_cast<char>(0x80 | c);
      i += n;
    }
  }
  return to;
}

// The same, eight bytes at a time as long as they are ASCII. Up to `end` may be read, and eight bytes more than the
// word has may be written.
char* write_folded(std::string_view word, const char* end, char* to) {
  for (std::size_t i = 0; i < word.size(); i += 8) {
    const std::uint64_t eight = load_eight_of(word, i, end);
    if ((eight & kHighBits) != 0) return write_code_points(word.substr(i), to);
    std::memcpy(to, &eight, sizeof eight);
    to += std::min<std::size_t>(8, word.size() - i);
  }
  return to;
}

template <typename T>
void keep_smallest(std::vector<T>& values, std::size_t k) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (values.size() > k) values.resize(k);
}

// Drops all but the k smallest distinct values when the buffer has grown over a few times k, so that a text of millions
// of words does not fill memory. Returns the bound over which values need not be kept.
template <typename T>
T shed(std::vector<T>& values, std::size_t k) {
  keep_smallest(values, k);
  return values.size() == k ? values.back() : static_cast<T>(~T{0});
}

struct Months {
  std::array<std::uint64_t, 24> hash;
  Months() {
    constexpr std::string_view kNames[] = {"january", "february", "march",     "april",   "may",      "june",
                                           "july",    "august",   "september", "october", "november", "december",
                                           "jan",     "feb",      "mar",       "apr",     "may",      "jun",
                                           "jul",     "aug",      "sept",      "oct",     "nov",      "dec"};
    for (std::size_t i = 0; i < hash.size(); ++i) hash[i] = hash_word(kNames[i]);
  }
  int month(std::string_view folded, std::uint64_t hashed) const {
    if (folded.size() < 3 || folded.size() > 9) return 0;
    const auto at = std::find(hash.begin(), hash.end(), hashed);
    if (at != hash.end()) return static_cast<int>((at - hash.begin()) % 12) + 1;
    return folded.back() == '.'
               ? month(folded.substr(0, folded.size() - 1), hash_word(folded.substr(0, folded.size() - 1)))
               : 0;
  }
};

int day_of(std::string_view text) {
  if (text.empty() || text.size() > 2 || text[0] < '0' || text[0] > '9') return 0;
  int day = text[0] - '0';
  if (text.size() == 2) {
    if (text[1] < '0' || text[1] > '9') return 0;
    day = day * 10 + (text[1] - '0');
  }
  return day <= 31 ? day : 0;
}

// One of these words makes a line standing matter. Hashed; the list is closed.
struct StandingWords {
  std::array<std::uint64_t, 18> hash;
  std::array<bool, 256> low{};  // by the low byte: most words are none of them
  StandingWords() {
    constexpr std::string_view kWords[] = {
        "copyright",    "newsletter",     "newsletters",   "advertisement", "subscribe", "subscription",
        "redistribute", "redistribution", "redistributed", "cookie",        "cookies",   "syndicated",
        "embedded",     "unsubscribe",    "instagram",     "whatsapp",      "inbox",     "writethru"};
    for (std::size_t i = 0; i < hash.size(); ++i) {
      hash[i] = hash_word(kWords[i]);
      low[hash[i] & 255] = true;
    }
  }
  bool has(std::uint64_t word) const {
    return low[word & 255] && std::find(hash.begin(), hash.end(), word) != hash.end();
  }
};

// "precisi0n", "thi5", but not "MAY7" or "F16".
bool has_digit_for_letter(std::string_view raw, const char* end) {
  int lower = 0, digits = 0;
  for (std::size_t i = 0; i < raw.size(); i += 8) {
    const AsciiEight eight(load_eight_of(raw, i, end));
    digits += std::popcount(eight.digit);
    lower += std::popcount(eight.letter & ~eight.upper);
  }
  return digits > 0 && lower >= 2 && (raw[0] < '0' || raw[0] > '9');
}

bool ends_sentence(std::string_view mark) {
  if (mark.size() == 1) return mark[0] == '.' || mark[0] == '!' || mark[0] == '?' || mark[0] == ':';
  return mark == "\u3002" || mark == "\uff01" || mark == "\uff1f" || mark == "\u2026" || mark == "\u0964" ||
         mark == "\u061f" || mark == "\u06d4";
}

struct Dateline {
  std::int16_t day = -1;                                        // as in Fingerprint::dateline_day
  std::size_t token = std::numeric_limits<std::size_t>::max();  // where its day stands: no number of the story
};

// A dash within a few words behind the day, on its line: "March 16 - ", "March 16 (Reuters) - ". A date inside a
// sentence or a line of the page ("Published Oct 14, 2022") is no dateline.
bool dash_follows(std::string_view text, std::size_t from) {
  constexpr std::size_t kReach = 24;
  for (std::size_t i = from; i < std::min(text.size(), from + kReach) && text[i] != '\n'; ++i) {
    if (text[i] == '-' || text.substr(i, 3) == "\u2013" || text.substr(i, 3) == "\u2014") return true;
  }
  return false;
}

// "TOKYO, March 16 -" and "16 March": the first month with a day beside it and a dash behind.
Dateline find_dateline(const Document& body) {
  static const Months months;
  const auto& tokens = body.tokens();
  const std::size_t n = std::min(tokens.size(), kDatelineTokens);
  for (std::size_t i = 0; i < n; ++i) {
    if (!tokens[i].is(kWord) || tokens[i].is(kNumber)) continue;
    const int month = months.month(body.folded(tokens[i]), tokens[i].hash);
    if (month == 0) continue;
    const int after = i + 1 < tokens.size() ? day_of(body.folded(tokens[i + 1])) : 0;
    const int before = i > 0 ? day_of(body.folded(tokens[i - 1])) : 0;
    const int day = after > 0 ? after : before;
    const std::size_t at = after > 0 ? i + 1 : i - 1;
    if (day > 0 && dash_follows(body.text(), tokens[std::max(at, i)].end)) {
      return {static_cast<std::int16_t>(month * 32 + day), at};
    }
  }
  return {};
}

}  // namespace

std::uint32_t hash_number(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325;
  for (const char c : text) {
    if (c == ',' || c == ' ') continue;
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    h = (h ^ static_cast<unsigned char>(lower)) * 0x100000001b3;
  }
  return static_cast<std::uint32_t>(hash_gram(h) >> 32);
}

// Standing matter says nothing about the story and would make strangers alike: lines of copyright, subscription and the
// like, and lines that are no sentences (bars, bylines, headlines) where enough running text is left. It is skipped in
// every copy alike, so that nothing is lost when a line is skipped by mistake.
void Fingerprinter::find_lines(const Document& body) {
  static const StandingWords standing;
  lines_.clear();
  const auto& tokens = body.tokens();
  std::size_t all = 0, standing_words = 0, fragments = 0;
  for (std::size_t i = 0; i < tokens.size();) {
    Line line;
    std::size_t words = 0;
    bool ended = false;
    do {
      const Token& t = tokens[i];
      if (t.is(kWord | kIdeograph)) {
        ++words;
        ended = false;
        if (standing.has(t.hash)) line.kind = Line::kStanding;
      } else {
        ended = ended || ends_sentence(body.raw(t));
      }
      ++i;
    } while (i < tokens.size() && !tokens[i].is(kLineStart));
    line.end = i;
    if (line.kind == Line::kText && !ended && words <= kFragmentWords) line.kind = Line::kFragment;
    all += words;
    standing_words += line.kind == Line::kStanding ? words : 0;
    fragments += line.kind == Line::kFragment ? words : 0;
    lines_.push_back(line);
  }
  const std::size_t text = all - standing_words;
  skip_standing_ = text >= kLeastText;
  const std::size_t running = (skip_standing_ ? text : all) - fragments;
  skip_fragments_ = running >= kLeastRunning && 10 * running >= 7 * (running + fragments);
}

bool Fingerprinter::is_skipped(Line::Kind kind) const {
  return (skip_standing_ && kind == Line::kStanding) || (skip_fragments_ && kind == Line::kFragment);
}

void Fingerprinter::read_zone(const Document& zone, const std::vector<Line>& lines, std::size_t dateline_token,
                              Fingerprint& out) {
  const auto& tokens = zone.tokens();
  const std::size_t written = folded_.size();
  folded_.resize(written + zone.folded().size() + tokens.size() + 8);  // a blank before each; eight are written at once
  char* to = folded_.data() + written;
  std::size_t first = 0;
  for (const Line& line : lines) {
    if (is_skipped(line.kind)) {
      for (; first < line.end; ++first)
        if (tokens[first].is(kWord | kIdeograph)) out.exact = hash_gram(out.exact + tokens[first].hash);
    } else {
      to = read_words(zone, first, line.end, dateline_token, to, out);
    }
    first = line.end;
  }
  folded_.resize(static_cast<std::size_t>(to - folded_.data()));
}

// Tokens [first, end). Returns where folded text goes on.
char* Fingerprinter::read_words(const Document& zone, std::size_t first, std::size_t end, std::size_t dateline_token,
                                char* to, Fingerprint& out) {
  const auto& tokens = zone.tokens();
  const char* const readable = zone.folded().data() + zone.folded().size();
  std::uint64_t exact = out.exact;
  auto [one, two, three, four] = recent_;
  for (std::size_t i = first; i < end; ++i) {
    const Token& t = tokens[i];
    if (!t.is(kWord | kIdeograph)) continue;
    exact = hash_gram(exact + t.hash);
    const std::string_view folded = zone.folded(t);
    ++out.words;
    if (!t.is(kIdeograph) && to != folded_.data()) *to++ = ' ';
    to = write_folded(folded, readable, to);
    // The order of the last five words matters, their place does not: a polynomial.
    const std::uint64_t chain =
        (((t.hash * kGramFactor + one) * kGramFactor + two) * kGramFactor + three) * kGramFactor + four;
    four = three;
    three = two;
    two = one;
    one = t.hash;
    if (out.words >= 5) {
      const auto shingle = static_cast<std::uint32_t>(hash_gram(chain) >> 32);
      if (shingle < shingle_bound_) {
        shingles_.push_back(shingle);
        if (shingles_.size() >= 8 * kShingleSize) shingle_bound_ = shed(shingles_, kShingleSize);
      }
    }
    if (!t.is(kNumber | kCapital)) continue;
    if (t.is(kNumber)) {
      if (i == dateline_token) continue;
      numbers_.push_back({hash_number(folded), zone.raw(t)});
      if (numbers_.size() >= 256 * kNumberSize) sample_numbers(out);
    } else if (!t.is(kSentenceStart) && folded.size() > 1) {
      names_.push_back(static_cast<std::uint32_t>(hash_gram(t.hash) >> 32));
      if (names_.size() >= 64 * kNameSize) shed(names_, kNameSize);
    }
  }
  out.exact = exact;
  recent_ = {one, two, three, four};
  return to;
}

void Fingerprinter::forget_words(Fingerprint& out) {
  folded_.clear();
  shingles_.clear();
  names_.clear();
  numbers_.clear();
  recent_ = {};
  shingle_bound_ = ~0U;
  out.words = 0;
}

void Fingerprinter::sketch_grams(Fingerprint& out) {
  const std::size_t n = folded_.size();
  if (n == 0) return;
  folded_.resize(std::max<std::size_t>(n, kGramBytes), ' ');
  const std::size_t windows = folded_.size() - kGramBytes + 1;
  // A threshold that lets about twice as many hashes pass as are kept; a text that repeats itself may need a second
  // try.
  for (std::uint64_t expected = 2 * kSketchSize;; expected *= 8) {
    const bool all = expected >= windows;
    const std::uint64_t bound = all ? ~0ULL : (~0ULL / windows) * expected;
    hashes_.clear();
    const char* const text = folded_.data();
    const auto unfolded = [text](std::size_t i) {
      std::uint64_t gram;
      std::memcpy(&gram, text + i, kGramBytes);
      return hash_gram_unfolded(gram);
    };
    const auto keep = [&](std::uint64_t hash) {
      if (fold_hash(hash) <= bound) hashes_.push_back(fold_hash(hash));
    };
    // Folding changes the low half only, so most are told by the high half, and four at a time.
    const std::uint64_t loose = bound | 0xffffffff;
    std::size_t i = 0;
    for (; i + 4 <= windows; i += 4) {
      const std::uint64_t a = unfolded(i), b = unfolded(i + 1), c = unfolded(i + 2), d = unfolded(i + 3);
      if (std::min(std::min(a, b), std::min(c, d)) > loose) continue;
      for (const std::uint64_t hash : {a, b, c, d}) keep(hash);
    }
    for (; i < windows; ++i) keep(unfolded(i));
    std::sort(hashes_.begin(), hashes_.end());
    hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
    if (!all && hashes_.size() < kSketchSize) continue;
    if (all && hashes_.size() <= kSketchSize) {
      out.grams = static_cast<std::uint32_t>(hashes_.size());
    } else {
      // The k-th smallest of N uniform values lies near k / N (Bar-Yossef 2002).
      hashes_.resize(kSketchSize);
      const double share = static_cast<double>(hashes_.back()) / 18446744073709551616.0;
      out.grams = static_cast<std::uint32_t>(static_cast<double>(kSketchSize - 1) / share);
    }
    out.sketch = hashes_;
    return;
  }
}

// Machines that read print, and bad lines, put digits into words: in one of 150 words or more. Measured: so in .99 of
// texts with a tenth of wrong characters, in .91 with a twentieth, in .001 of a wire's clean texts.
bool Fingerprinter::is_damaged(const Document& headline, const Document& body) const {
  constexpr std::size_t kWordsPerHit = 150;
  bool suspect = false;
  const char* const end = folded_.data() + folded_.size();
  std::uint64_t before = 0;  // whether the last byte of the eight before is a letter
  for (const char* at = folded_.data(); at < end && !suspect; at += 8) {
    const AsciiEight eight(load_eight(at, end));
    suspect = (eight.digit & (eight.letter << 8 | before)) != 0;
    before = eight.letter >> 56;
  }
  if (!suspect) return false;
  std::size_t hits = 0, words = 0;
  for (const Document* zone : {&headline, &body}) {
    const char* const readable = zone->text().data() + zone->text().size();
    for (const Token& t : zone->tokens()) {
      if (!t.is(kWord)) continue;
      ++words;
      hits += has_digit_for_letter(zone->raw(t), readable);
    }
  }
  return hits > 0 && hits * kWordsPerHit >= words;
}

// Keeps the numbers of the k smallest hashes, each where it stood first.
void Fingerprinter::sample_numbers(Fingerprint& out) {
  out.numbers.clear();
  for (const Number& n : numbers_) out.numbers.push_back(n.hash);
  keep_smallest(out.numbers, kNumberSize);
  std::array<bool, kNumberSize> taken{};
  const auto repeated = [&](const Number& n) {
    const auto at = std::lower_bound(out.numbers.begin(), out.numbers.end(), n.hash);
    if (at == out.numbers.end() || *at != n.hash) return true;
    return std::exchange(taken[static_cast<std::size_t>(at - out.numbers.begin())], true);
  };
  numbers_.erase(std::remove_if(numbers_.begin(), numbers_.end(), repeated), numbers_.end());
}

Fingerprint Fingerprinter::fingerprint(const Document& headline, const Document& body) {
  Fingerprint out;
  forget_words(out);
  const Dateline dateline = find_dateline(body);
  find_lines(body);
  // A headline is the line that editors change most; where it is a small part of the text it does not count.
  headline_line_.assign(1, {.end = headline.tokens().size(), .kind = Line::kText});
  read_zone(headline, headline_line_, std::numeric_limits<std::size_t>::max(), out);
  if (skip_fragments_) forget_words(out);
  read_zone(body, lines_, dateline.token, out);
  sketch_grams(out);
  keep_smallest(shingles_, kShingleSize);
  keep_smallest(names_, kNameSize);
  out.shingles = shingles_;
  out.names = names_;
  sample_numbers(out);
  for (const Number& n : numbers_) out.number_texts.emplace_back(n.text);
  out.dateline_day = dateline.day;
  out.damaged = is_damaged(headline, body);
  return out;
}

}  // namespace tocsin
