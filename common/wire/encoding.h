// Bytes to UTF-8 before anything is parsed: what sources send though they should not.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

// UTF-16 with a byte order mark becomes UTF-8; false (and nothing appended) when it has no mark or is broken.
bool append_from_utf16(std::string_view bytes, std::string& out);
// Text that is UTF-8 but for a few bytes (at most one in kMostBadBytes) is old windows-1252 somewhere in its making:
// those bytes are read as such. False, and nothing appended, when there are more: then it is another encoding or no
// text.
inline constexpr std::size_t kMostBadBytes = 5;
bool append_mended_utf8(std::string_view bytes, std::string& out);
// Appends one code point.
void append_utf8(char32_t c, std::string& out);
// Length of the valid UTF-8 sequence at the front; 0 when there is none.
std::size_t utf8_sequence(std::string_view bytes);

}  // namespace tocsin
