#include "common/text/line_words.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "common/text/eight_bytes.h"
#include "common/text/unicode.h"
#include "common/text/word_hash.h"

namespace tocsin {
namespace {

constexpr std::size_t kLongest = 64;  // bytes of a word that count

// What stands behind a word.
enum After : std::uint8_t {
  kMore,   // that may belong to it, or says something
  kEnds,   // that only ends it
  kBlank,  // that ends what is taken together
};
struct AfterTable {
  After of[256];
  constexpr AfterTable() : of() {
    for (const char c : {',', '.', '-', '"', ')', ';'}) of[static_cast<unsigned char>(c)] = kEnds;
    of[static_cast<unsigned char>(' ')] = kBlank;
  }
};
constexpr AfterTable kAfter;

class Cutter {
 public:
  Cutter(std::string_view text, const std::string& lower, const AsciiMap& map, std::size_t end, std::size_t limit,
         std::vector<std::uint64_t>& out)
      : line_(text.substr(0, end)),
        lower_(lower.data()),
        map_(map),
        out_(out),
        stop_(out.size() + limit),
        chunk_(out.size()) {}

  void run(std::size_t i) {
    while (i < line_.size() && out_.size() < stop_) {
      if (size_ == 0) i = plain_words(i);
      if (i == line_.size() || out_.size() == stop_) break;
      const auto b = static_cast<unsigned char>(line_[i]);
      i = b < 0x80 ? narrow(i, b) : wide(i);
    }
    if (out_.size() < stop_) flush();
  }

 private:
  // Short words from i on, as long as what stands behind each only ends it: most do. Gives what follows.
  std::size_t plain_words(std::size_t i) {
    constexpr std::size_t kAtOnce = 16;
    std::uint64_t words[kAtOnce];
    std::size_t found = 0;
    const std::size_t end = line_.size(), most = std::min(kAtOnce, stop_ - out_.size());
    WordLengths lengths(map_, i);
    while (found < most) {
      const std::uint32_t n = lengths.next();
      const std::size_t behind = i + n;
      if (n > kShortWord || behind >= end) break;
      const char c = line_[behind];
      const After after = kAfter.of[static_cast<unsigned char>(c)];
      if (n > 0) {
        const bool number = is_ascii_digit(line_[i]);
        if (after != kBlank && (after == kMore || number || (n == 3 && c == '.'))) break;  // "www."
        const std::uint64_t hash = hash_short_word(lower_ + i, n) & ~kColonBit;
        words[found++] = number ? kNumberWord : hash;
      } else if (after == kMore) {
        break;
      }
      if (after == kBlank) chunk_ = out_.size() + found;
      i = behind + 1;
      lengths.skip(n + 1);
    }
    out_.insert(out_.end(), words, words + found);
    return i;
  }

  // ASCII letters and digits from i on.
  std::size_t letters(std::size_t i) const {
    const std::uint64_t bits = map_.from(static_cast<std::uint32_t>(i));
    return std::min<std::size_t>(static_cast<std::size_t>(std::countr_one(bits)), line_.size() - i);
  }

  std::size_t narrow(std::size_t i, unsigned char b) {
    if (is_ascii_letter_or_digit(b)) return run_of_letters(i);
    if (b == '\'' || (number_ && size_ > 0 && (b == '.' || b == ','))) return i + 1;
    if (b == '@' || (b == ':' && line_.substr(i, 3) == "://") ||
        (b == '.' && size_ == 3 && std::string_view(word_, 3) == "www"))
      return address(i);
    const bool word = size_ > 0;
    flush();
    if (b == ':' && (word || out_.size() > chunk_)) out_.back() |= kColonBit;
    if (b == '%') push_sign("%");  // a row of a table is no share count
    if (b <= ' ') chunk_ = out_.size();
    return i + 1;
  }

  std::size_t run_of_letters(std::size_t i) {
    if (size_ == 0) number_ = is_ascii_digit(line_[i]);
    const std::size_t n = letters(i);
    const std::size_t kept = size_ < kLongest ? std::min(n, kLongest - size_) : 0;
    std::memcpy(word_ + size_, lower_ + i, kept);
    size_ += kept;
    return i + n;
  }

  std::size_t wide(std::size_t i) {
    const Decoded d = decode_utf8(line_.data() + i);
    const CharInfo info = char_info(d.code_point);
    if (info.cls == CharClass::kIgnorable || info.folded == '\'') return i + d.size;
    if (!is_word_class(info.cls) && info.cls != CharClass::kIdeograph) {
      flush();
      if (d.code_point == 0xa9) push_sign("©");
      if (info.cls == CharClass::kSpace || info.cls == CharClass::kNewline) chunk_ = out_.size();
      return i + d.size;
    }
    if (size_ == 0) number_ = info.cls == CharClass::kDigit;
    if (size_ < kLongest) {
      std::string utf8;
      append_code_point(info.folded, utf8);
      utf8.copy(word_ + size_, utf8.size());
      size_ += utf8.size();
    }
    return i + d.size;
  }

  // All between the blanks around i is one address.
  std::size_t address(std::size_t i) {
    size_ = 0;
    out_.resize(chunk_);
    out_.push_back(kAddressWord);
    while (i < line_.size() && static_cast<unsigned char>(line_[i]) > ' ') ++i;
    chunk_ = out_.size();
    return i;
  }

  // A sign that says something by itself.
  void push_sign(std::string_view sign) {
    if (out_.size() < stop_) out_.push_back(hash_word(sign) & ~kColonBit);
  }

  void flush() {
    if (size_ == 0) return;
    out_.push_back(number_ ? kNumberWord : hash_word({word_, size_}) & ~kColonBit);
    size_ = 0;
  }

  std::string_view line_;  // the text up to its end
  const char* lower_;
  const AsciiMap& map_;
  std::vector<std::uint64_t>& out_;
  std::size_t stop_;
  std::size_t chunk_;  // where the words since the last blank begin in out_
  char word_[kLongest + 8];
  std::size_t size_ = 0;
  bool number_ = false;
};

}  // namespace

void LineWords::assign(std::string_view text) {
  text_ = text;
  map_.assign(text, lower_);
}

void LineWords::append(std::size_t start, std::size_t end, std::size_t limit, std::vector<std::uint64_t>& out) const {
  Cutter(text_, lower_, map_, end, limit, out).run(start);
}

void append_line_words(std::string_view line, std::size_t limit, std::vector<std::uint64_t>& out) {
  LineWords words;
  words.assign(line);
  words.append(0, line.size(), limit, out);
}

}  // namespace tocsin
