#include "common/text/line_words.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "common/text/document.h"
#include "common/text/eight_bytes.h"
#include "common/text/unicode.h"

namespace tocsin {
namespace {

constexpr std::size_t kLongest = 64;  // bytes of a word that count

class Cutter {
 public:
  Cutter(std::string_view line, std::size_t limit, std::vector<std::uint64_t>& out)
      : line_(line), out_(out), stop_(out.size() + limit), chunk_(out.size()) {}

  void run() {
    std::size_t i = 0;
    while (i < line_.size() && out_.size() < stop_) {
      if (const std::size_t next = size_ == 0 ? short_word(i) : i; next > i) {
        i = next;
        continue;
      }
      const auto b = static_cast<unsigned char>(line_[i]);
      i = b < 0x80 ? narrow(i, b) : wide(i);
    }
    if (out_.size() < stop_) flush();
  }

 private:
  // Most words are less than eight ASCII letters with a blank behind. Gives what follows the blank, `i` for all others.
  std::size_t short_word(std::size_t i) {
    const std::uint64_t bytes = load_eight(line_.data() + i, line_.data() + line_.size());
    const AsciiEight eight(bytes);
    const std::uint32_t n = eight.run();
    if (n == 0 || n == 8 || (bytes >> (8 * n) & 0xff) != ' ') return i;
    const bool number = (eight.digit & 0x80) != 0;
    char word[kReadBehind + 8];
    const std::uint64_t lower = bytes | eight.upper >> 2;
    std::memcpy(word, &lower, sizeof lower);
    out_.push_back(number ? kNumberWord : hash_short_word(word, n) & ~kColonBit);
    chunk_ = out_.size();
    return i + n + 1;
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
    if (b == '%') out_.push_back(hash_word("%") & ~kColonBit);  // a row of a table is no share count
    if (b <= ' ') chunk_ = out_.size();
    return i + 1;
  }

  // ASCII letters and digits from i on, lower-cased.
  std::size_t run_of_letters(std::size_t i) {
    const char* const text = line_.data();
    const std::size_t end = line_.size();
    if (size_ == 0) number_ = text[i] >= '0' && text[i] <= '9';
    for (std::uint32_t n = 8; n == 8 && i < end; i += n) {
      const std::uint64_t bytes = load_eight(text + i, text + end);
      const AsciiEight eight(bytes);
      n = eight.run();
      if (size_ >= kLongest) continue;
      const std::uint64_t lower = bytes | eight.upper >> 2;
      std::memcpy(word_ + size_, &lower, sizeof lower);
      size_ = std::min(size_ + n, kLongest);
    }
    return i;
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

  std::string_view line_;
  std::vector<std::uint64_t>& out_;
  std::size_t stop_;
  std::size_t chunk_;  // where the words since the last blank begin in out_
  char word_[kLongest + 8];
  std::size_t size_ = 0;
  bool number_ = false;
};

}  // namespace

void append_line_words(std::string_view line, std::size_t limit, std::vector<std::uint64_t>& out) {
  Cutter(line, limit, out).run();
}

}  // namespace tocsin
