// Text from outside on its way to somebody's terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tocsin {

// One line without control characters (C0, DEL, C1), which could drive the terminal; at most `limit` bytes of UTF-8,
// cut at a character and ended by "...".
std::string for_terminal(std::string_view text, std::size_t limit = 200);

}  // namespace tocsin
