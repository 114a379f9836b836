#include "common/dedupe/fingerprinter.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

namespace tocsin {
namespace {

constexpr std::uint64_t kGramFactor = 0x9e3779b97f4a7c15;
constexpr std::size_t kFragmentWords = 25;   // a longer line without a full stop is text whose full stop was lost
constexpr std::size_t kLeastText = 20;       // words that skipping standing matter must leave,
constexpr std::size_t kLeastRunning = 80;    // and skipping fragments; they also must be under three tenths
constexpr std::size_t kDatelineTokens = 48;  // a dateline stands within the first words of the body

// A bijection of 64 bits whose high half depends on all of the input (two rounds of multiply and fold).
inline std::uint64_t hash_gram(std::uint64_t gram) {
  gram *= kGramFactor;
  gram ^= gram >> 32;
  gram *= 0xd6e8feb86659fd93;
  return gram ^ (gram >> 32);
}

// Appends one byte for a code point under U+0800, two for others: folded text in, letters in.
void append_folded(std::string_view word, std::vector<char>& out) {
  const auto byte = [&word](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(word[i])); };
  for (std::size_t i = 0; i < word.size();) {
    if (byte(i) < 0x80) {
      out.push_back(word[i++]);
    } else if (byte(i) < 0xe0) {
      const std::uint32_t c = (byte(i) & 0x1f) << 6 | (byte(i + 1) & 0x3f);
      out.push_back(static_cast<char>(0x80 | (c ^ c >> 7)));
      i += 2;
    } else {
      const std::size_t n = byte(i) < 0xf0 ? 3 : 4;
      std::uint32_t c = 0;
      for (std::size_t j = 0; j < n; ++j) c = c << 6 | (byte(i + j) & 0x3f);
      out.push_back(static_cast<char>(0x80 | (c >> 7)));
      out.push_back(static_cast<char>(0x80 | c));
      i += n;
    }
  }
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
bool has_digit_for_letter(std::string_view raw) {
  std::size_t lower = 0, digits = 0;
  for (const char c : raw) {
    lower += c >= 'a' && c <= 'z';
    digits += c >= '0' && c <= '9';
  }
  return digits > 0 && lower >= 2 && (raw[0] < '0' || raw[0] > '9');
}

bool ends_sentence(std::string_view mark) {
  return mark == "." || mark == "!" || mark == "?" || mark == "\u3002" || mark == "\uff01" || mark == "\uff1f" ||
         mark == ":" || mark == "\u2026" || mark == "\u0964" || mark == "\u061f" || mark == "\u06d4";
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

void Fingerprinter::read_words(const Document& zone, std::size_t dateline_token, bool by_lines, Fingerprint& out) {
  std::uint32_t shingle_bound = ~0U;
  std::size_t line = 0;
  for (const Token& t : zone.tokens()) {
    if (!t.is(kWord) && !t.is(kIdeograph)) continue;
    out.exact = hash_gram(out.exact + t.hash);
    if (by_lines) {
      while (static_cast<std::size_t>(&t - zone.tokens().data()) >= lines_[line].end) ++line;
      if ((skip_standing_ && lines_[line].kind == Line::kStanding) ||
          (skip_fragments_ && lines_[line].kind == Line::kFragment)) {
        continue;
      }
    }
    const std::string_view folded = zone.folded(t);
    ++out.words;
    if (!t.is(kIdeograph) && !folded_.empty()) folded_.push_back(' ');
    append_folded(folded, folded_);
    // The order of the last five words matters, their place does not: a polynomial over a ring of four.
    const std::size_t at = out.words % 4;
    std::uint64_t chain = t.hash;
    for (std::size_t back = 1; back <= 4; ++back) chain = chain * kGramFactor + recent_[(at + 4 - back) % 4];
    recent_[at] = t.hash;
    if (out.words >= 5) {
      const auto shingle = static_cast<std::uint32_t>(hash_gram(chain) >> 32);
      if (shingle < shingle_bound) shingles_.push_back(shingle);
      if (shingles_.size() >= 8 * kShingleSize) shingle_bound = shed(shingles_, kShingleSize);
    }
    if (t.is(kNumber)) {
      if (&t - zone.tokens().data() == static_cast<std::ptrdiff_t>(dateline_token)) continue;
      numbers_.push_back({hash_number(folded), zone.raw(t)});
    } else if (t.is(kCapital) && !t.is(kSentenceStart) && folded.size() > 1) {
      names_.push_back(static_cast<std::uint32_t>(hash_gram(t.hash) >> 32));
      if (names_.size() >= 64 * kNameSize) shed(names_, kNameSize);
    }
    if (numbers_.size() >= 256 * kNumberSize) sample_numbers(out);
  }
}

void Fingerprinter::forget_words(Fingerprint& out) {
  folded_.clear();
  shingles_.clear();
  names_.clear();
  numbers_.clear();
  recent_.assign(4, 0);
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
    for (std::size_t i = 0; i < windows; ++i) {
      std::uint64_t gram;
      std::memcpy(&gram, folded_.data() + i, kGramBytes);
      const std::uint64_t hash = hash_gram(gram);
      if (hash <= bound) hashes_.push_back(hash);
    }
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
  std::size_t suspects = 0;
  for (std::size_t i = 1; i < folded_.size(); ++i) {
    suspects += folded_[i] >= '0' && folded_[i] <= '9' && folded_[i - 1] >= 'a' && folded_[i - 1] <= 'z';
  }
  if (suspects == 0) return false;
  std::size_t hits = 0, words = 0;
  for (const Document* zone : {&headline, &body}) {
    for (const Token& t : zone->tokens()) {
      if (!t.is(kWord)) continue;
      ++words;
      hits += has_digit_for_letter(zone->raw(t));
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
  read_words(headline, std::numeric_limits<std::size_t>::max(), false, out);
  if (skip_fragments_) forget_words(out);
  read_words(body, dateline.token, true, out);
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
