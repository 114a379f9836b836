// Character references of HTML: "&eacute;", "&#233;", "&#xE9;".
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

// Appends `raw` with its character references resolved, as browsers do: windows-1252 for &#128; to &#159;, U+FFFD for
// what is no character, and a reference that is none stands as it is. The 376 names that occur in news are known.
void append_unescaped(std::string_view raw, std::string& out);

}  // namespace tocsin
