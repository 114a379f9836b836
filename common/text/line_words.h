// The words of a line as junk rules compare them: folded, without punctuation and apostrophes ("Today's" is "todays").
//
// A word is its hash with the lowest bit zero; kColonBit is set on it when a colon stands behind ("Related: ...").
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/ascii_map.h"

namespace tocsin {

inline constexpr std::uint64_t kColonBit = 1;
// Stands for every word that begins with a digit: "47", "1,000", "1.2K", "3rd".
inline constexpr std::uint64_t kNumberWord = 2;
// Stands for an e-mail address, an @name, and what begins with http:// or www.: all between two blanks.
inline constexpr std::uint64_t kAddressWord = 4;

// A text of lines, prepared so that they can be cut into words. Valid UTF-8 of less than 4 GiB in; borrows it.
class LineWords {
 public:
  void assign(std::string_view text);
  // Appends the words of the line at bytes [start, end) of the text, whole characters, at most `limit`.
  void append(std::size_t start, std::size_t end, std::size_t limit, std::vector<std::uint64_t>& out) const;

 private:
  std::string_view text_;
  std::string lower_;  // see AsciiMap
  AsciiMap map_;
};

// The same of a single line.
void append_line_words(std::string_view line, std::size_t limit, std::vector<std::uint64_t>& out);

}  // namespace tocsin
