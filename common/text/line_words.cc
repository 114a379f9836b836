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
      if (const std::size_t next = size_ == 0 ? plain_word(i) : i; next > i) {
        i = next;
        continue;
      }
      const auto b = static_cast<unsigned char>(line_[i]);
      i = b < 0x80 ? narrow(i, b) : wide(i);
    }
    if (out_.size() < stop_) flush();
  }

 private:
  // ASCII letters and digits from i on.
  std::uint32_t letters(std::size_t i) const {
    const std::uint64_t bits = map_.from(static_cast<std::uint32_t>(i));
    return static_cast<std::uint32_t>(std::min<std::size_t>(std::countr_one(bits), line_.size() - i));
  }

  // A short word and a mark or blank that only ends it: most words are. Gives what follows, `i` for all others.
  std::size_t plain_word(std::size_t i) {
    const std::uint32_t n = letters(i);
    if (n == 0 || n > kShortWord || i + n == line_.size()) return i;
    const char behind = line_[i + n];
    const bool number = is_digit(line_[i]);
    if (behind != ' ' && (number || !only_ends(behind) || (behind == '.' && n == 3))) return i;  // "www."
    out_.push_back(number ? kNumberWord : hash_short_word(lower_ + i, n) & ~kColonBit);
    if (behind == ' ') chunk_ = out_.size();
    return i + n + 1;
  }
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool only_ends(char c) { return c == ',' || c == '.' || c == '-' || c == '"' || c == ')' || c == ';'; }

  std::size_t narrow(std::size_t i, unsigned char b) {
    if (is_ascii_letter_or_digit(b)) return run_of_letters(i);
    if (b == '\'' || (number_ && size_ > 0 && (b == '.' || b == ','))) return i + 1;
    if (b == '@' || (b == ':' && line_.substr(i, 3) == "://") ||
        (b == '.' && size_ == 3 && std::string_view(word_, 3) == "www"))
      return address(i);
    const bool word = size_ > 0;
    flush();
    if (b == ':' && (word || out_.size() > chunk_)) out_.back() |= kColonBit;
    if (b == '%') out_.push_back(hash_word("%") & ~kColonBit);  // a row of a table is no share count
    if (b <= ' ') chunk_ = out_.size();
    return i + 1;
  }

  std::size_t run_of_letters(std::size_t i) {
    if (size_ == 0) number_ = is_digit(line_[i]);
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
      if (d.code_point == 0xa9) out_.push_back(hash_word("©") & ~kColonBit);  // a sign that says something
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
