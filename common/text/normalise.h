// Bytes to UTF-8. What is published is the source's text; only what is no UTF-8, and so not publishable, is repaired
// here. Normal forms (case, NFC, quotes, invisible characters) are the tokeniser's and never published: document.h.
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

// The encoding of an HTML page: by byte order mark, else by the first <meta charset> or http-equiv within 1,024 bytes
// (4,096 are searched: real pages do not keep to it), else empty.
std::string html_charset(std::string_view html);

// UTF-8 of an HTML page or plain file of unknown encoding. UTF-8 that is valid is believed over what is declared.
std::string html_to_utf8(std::string_view html);

}  // namespace tocsin
