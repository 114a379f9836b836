// Nearest: which of the known names somebody meant who wrote an unknown one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tocsin {

// The known name with the fewest edits (insert, delete, replace, swap of neighbours), or empty when none is within a
// third of the word's length and 3 edits. `word` is looked at up to 64 bytes.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

// `; did you mean "wait"?` or, when nothing is near, `; known are a, b, c` (at most 30 names).
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace tocsin
