#include "common/text/lines.h"

#include <bit>

#include "common/text/sixteen_bytes.h"
#include "common/text/unicode.h"

namespace tocsin {
namespace {

// Bytes of the line break at `i`; 0: there is none.
std::size_t line_break(std::string_view s, std::size_t i) {
  const auto b = static_cast<unsigned char>(s[i]);
  if (b > '\r' && b < 0xc2) return 0;
  if (b == '\r') return i + 1 < s.size() && s[i + 1] == '\n' ? 2 : 1;
  if (b == '\n' || b == '\v' || b == '\f') return 1;
  if (b == 0xc2 && i + 1 < s.size() && static_cast<unsigned char>(s[i + 1]) == 0x85) return 2;
  if (b != 0xe2 || i + 2 >= s.size() || static_cast<unsigned char>(s[i + 1]) != 0x80) return 0;
  return (static_cast<unsigned char>(s[i + 2]) | 1) == 0xa9 ? 3 : 0;
}

// Of the sixteen bytes at `at`, those that may begin a line break.
std::uint32_t may_break(const char* at) {
  constexpr auto kNextLine = static_cast<signed char>(0xc2);   // the first byte of NEL ...
  constexpr auto kSeparator = static_cast<signed char>(0xe2);  // ... and of the separators of lines and paragraphs
  const SixteenBytes v = load_sixteen(at);
  return bits_of(((v >= '\n') & (v <= '\r')) | (v == kNextLine) | (v == kSeparator));
}

// Bytes of the white space at `i`: ASCII and controls, no-break space, U+2000 to U+200A, U+202F, U+3000, U+FEFF.
std::size_t space(std::string_view s, std::size_t i) {
  const auto b = static_cast<unsigned char>(s[i]);
  if (b <= ' ' || b == 0x7f) return 1;
  if (b < 0xc2) return 0;
  const Decoded d = decode_utf8(s.data() + i);
  const CharClass cls = char_info(d.code_point).cls;
  return cls == CharClass::kSpace || d.code_point == 0xfeff ? d.size : 0;
}

void add(std::string_view text, std::size_t start, std::size_t end, bool& blank, std::vector<Line>& out) {
  while (start < end) {
    const std::size_t n = space(text, start);
    if (n == 0) break;
    start += n;
  }
  while (end > start) {
    std::size_t last = end - 1;
    while (last > start && (static_cast<unsigned char>(text[last]) & 0xc0) == 0x80) --last;
    if (space(text, last) == 0) break;
    end = last;
  }
  if (start >= end) {
    blank = true;
    return;
  }
  out.push_back({static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end), blank});
  blank = false;
}

class Splitter {
 public:
  Splitter(std::string_view text, std::vector<Line>& out) : text_(text), out_(out) {}

  void run() {
    constexpr std::size_t kStep = sizeof(SixteenBytes);
    std::size_t i = 0;
    for (; i + kStep <= text_.size(); i += kStep) {
      for (std::uint32_t marks = may_break(text_.data() + i); marks != 0; marks &= marks - 1)
        look_at(i + static_cast<std::size_t>(std::countr_zero(marks)));
    }
    for (; i < text_.size(); ++i) look_at(i);
    add(text_, start_, text_.size(), blank_, out_);
  }

 private:
  void look_at(std::size_t i) {
    if (i < start_ || out_.size() + 1 >= kMaxLines) return;  // LF behind CR; the rest is one line
    const std::size_t n = line_break(text_, i);
    if (n == 0) return;
    add(text_, start_, i, blank_, out_);
    start_ = i + n;
  }

  std::string_view text_;
  std::vector<Line>& out_;
  std::size_t start_ = 0;  // of the line at hand
  bool blank_ = false;     // stands before it
};

}  // namespace

void split_lines(std::string_view text, std::vector<Line>& out) { Splitter(text, out).run(); }

}  // namespace tocsin
