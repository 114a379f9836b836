#include "common/text/line_words.h"

#include <algorithm>
#include <string>

#include "common/text/document.h"
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
      const auto b = static_cast<unsigned char>(line_[i]);
      i = b < 0x80 ? narrow(i, b) : wide(i);
    }
    if (out_.size() < stop_) flush();
  }

 private:
  std::size_t narrow(std::size_t i, unsigned char b) {
    if (is_letter_or_digit(b)) return run_of_letters(i);
    if (b == '\'' || (number_ && size_ > 0 && (b == '.' || b == ','))) return i + 1;
    if (b == '@' || (b == ':' && line_.substr(i, 3) == "://") ||
        (b == '.' && size_ == 3 && std::string_view(word_, 3) == "www"))
      return address(i);
    const bool word = size_ > 0;
    flush();
    if (b == ':' && (word || out_.size() > chunk_)) out_.back() |= kColonBit;
    if (b <= ' ') chunk_ = out_.size();
    return i + 1;
  }

  // ASCII letters and digits from i on, all at once: a byte at a time costs four times as much.
  std::size_t run_of_letters(std::size_t i) {
    const char* const text = line_.data();
    const std::size_t end = line_.size();
    std::size_t j = i;
    while (j < end && is_letter_or_digit(static_cast<unsigned char>(text[j]))) ++j;
    if (size_ == 0) number_ = text[i] >= '0' && text[i] <= '9';
    const std::size_t n = std::min(j - i, kLongest - std::min(size_, kLongest));
    char* const to = word_ + size_;
    for (std::size_t k = 0; k < n; ++k) {
      const auto c = static_cast<unsigned char>(text[i + k]);
      to[k] = static_cast<char>(c | (static_cast<unsigned char>(c - 'A') < 26 ? 0x20 : 0));
    }
    size_ += n;
    return j;
  }

  static bool is_letter_or_digit(unsigned char c) {
    return static_cast<unsigned char>((c | 0x20) - 'a') < 26 || static_cast<unsigned char>(c - '0') < 10;
  }

  std::size_t wide(std::size_t i) {
    const Decoded d = decode_utf8(line_.data() + i);
    const CharInfo info = char_info(d.code_point);
    if (info.cls == CharClass::kIgnorable || info.folded == '\'') return i + d.size;
    if (!is_word_class(info.cls) && info.cls != CharClass::kIdeograph) {
      flush();
      if (d.code_point == 0xa9) out_.push_back(hash_word("©") & ~kColonBit);  // the one sign that says something
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
  char word_[kLongest + 4];
  std::size_t size_ = 0;
  bool number_ = false;
};

}  // namespace

void append_line_words(std::string_view line, std::size_t limit, std::vector<std::uint64_t>& out) {
  Cutter(line, limit, out).run();
}

}  // namespace tocsin
