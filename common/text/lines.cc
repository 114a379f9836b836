#include "common/text/lines.h"

#include <bit>

#include "common/text/eight_bytes.h"
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

// How many bytes at the front are ASCII over CR: of the next eight, or of what is left.
std::size_t plain_bytes(std::string_view s, std::size_t i) {
  const std::uint64_t eight = load_eight(s.data() + i, s.data() + s.size());
  // A borrow marks bytes above one that is to be marked, never below it: the lowest mark is right.
  const std::uint64_t marks = (eight | (eight - kEachByte * ('\r' + 1))) & kHighBits;
  return static_cast<std::size_t>(std::countr_zero(marks)) / 8;
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

}  // namespace

void split_lines(std::string_view text, std::vector<Line>& out) {
  bool blank = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size() && out.size() + 1 < kMaxLines;) {
    i += plain_bytes(text, i);
    if (i == text.size()) break;
    const std::size_t n = line_break(text, i);
    if (n == 0) {
      ++i;
      continue;
    }
    add(text, start, i, blank, out);
    i += n;
    start = i;
  }
  add(text, start, text.size(), blank, out);
}

}  // namespace tocsin
