// The lines of a plain text, each looked at once: what the junk rules and the line model judge by.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tocsin {

// One line without the white space around it. Empty lines are not listed; `blank_before` tells of them.
struct Line {
  std::uint32_t start = 0;  // bytes [start, end) of the text
  std::uint32_t end = 0;
  bool blank_before = false;
};

inline constexpr std::size_t kMaxLines = 50'000;  // some 350 bytes are kept for each while a text is judged

// Splits at LF, CR, CRLF, VT, FF, NEL, U+2028 and U+2029. Appends to `out`. What stands behind kMaxLines lines
// is the last one's.
void split_lines(std::string_view text, std::vector<Line>& out);

}  // namespace tocsin
