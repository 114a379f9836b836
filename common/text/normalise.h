// The encoding of a page: what it declares, what it is.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

// The encoding of an HTML page: by byte order mark, else by the first <meta charset> or http-equiv within 1,024 bytes
// (4,096 are searched: real pages do not keep to it), else empty.
std::string html_charset(std::string_view html);

// UTF-8 of an HTML page or plain file. UTF-8 that is valid is believed over what is declared; where nothing is, the
// encoding is told by its bytes (sniff_charset).
std::string html_to_utf8(std::string_view html);

}  // namespace tocsin
