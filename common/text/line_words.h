// The words of a line as junk rules compare them: folded, without punctuation and apostrophes ("Today's" is "todays").
//
// A word is its hash with the lowest bit zero; kColonBit is set on it when a colon stands behind ("Related: ...").
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tocsin {

inline constexpr std::uint64_t kColonBit = 1;
// Stands for every word that begins with a digit: "47", "1,000", "1.2K", "3rd".
inline constexpr std::uint64_t kNumberWord = 2;
// Stands for an e-mail address, an @name, and what begins with http:// or www.: all between two blanks.
inline constexpr std::uint64_t kAddressWord = 4;

// Appends the words of `line`, at most `limit`. Valid UTF-8 in.
void append_line_words(std::string_view line, std::size_t limit, std::vector<std::uint64_t>& out);

}  // namespace tocsin
