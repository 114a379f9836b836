// Bytes to UTF-8: what sources send though they should not. What is published is the source's text; only what is no
// UTF-8, and so not publishable, is repaired. Normal forms (case, NFC, quotes, invisible characters) are the
// tokeniser's and never published: text/document.h.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

// Well-formed UTF-8: no overlong forms, no surrogates, nothing over U+10FFFF. 0.2 us for 6 kB.
bool is_utf8(std::string_view bytes);

// Makes UTF-8 of bytes that are nearly so. Bytes that begin no well-formed sequence are read as windows-1252, the usual
// cause; its five unassigned bytes, and a sequence cut behind its second or third byte by the end of the text, become
// U+FFFD. Two surrogates in three bytes each (CESU-8, from Java and MySQL) become the code point they mean. Valid input
// comes back unchanged.
std::string repair_utf8(std::string_view bytes);

// Decodes bytes of a named encoding ("windows-1251", "Shift_JIS", "gb2312") by the C library's iconv; what has no
// meaning in it becomes U+FFFD. An unknown name, or one that is UTF-8: repair_utf8().
std::string decode_charset(std::string_view bytes, std::string_view charset);

// The encoding that bytes of an unnamed one are most likely in, by the statistics of uchardet over the first 64 KiB;
// empty: no idea. For text that is neither UTF-8 nor nearly so.
std::string sniff_charset(std::string_view bytes);

// UTF-16 with a byte order mark becomes UTF-8; false (and nothing appended) when it has no mark or is broken.
bool append_from_utf16(std::string_view bytes, std::string& out);
// Text that is UTF-8 but for a few bytes (at most one in kMostBadBytes) is old windows-1252 somewhere in its making:
// those bytes are read as such. False, and nothing appended, when there are more: then it is another encoding or no
// text.
inline constexpr std::size_t kMostBadBytes = 5;
bool append_mended_utf8(std::string_view bytes, std::string& out);
// Appends one code point.
void append_utf8(char32_t c, std::string& out);
// The start of valid UTF-8 text: at most `limit` bytes, and no part of a character.
std::string_view utf8_start(std::string_view text, std::size_t limit);
// Length of the valid UTF-8 sequence at the front; 0 when there is none.
std::size_t utf8_sequence(std::string_view bytes);

}  // namespace tocsin
