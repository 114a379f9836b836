// The shape of a piece of text, in one pass over its bytes: what tells prose from navigation without knowing a word.
#pragma once

#include <cstdint>
#include <string_view>

namespace tocsin {

struct TextShape {
  std::uint32_t bytes = 0;
  std::uint32_t words = 0;    // runs without white space
  std::uint32_t lower = 0;    // words that begin with a lower-case letter, or with one of a script without case
  std::uint32_t capital = 0;  // words that begin with an upper-case letter
  std::uint32_t number = 0;   // words that begin with a digit
  std::uint32_t commas = 0;   // of all scripts
  std::uint32_t stops = 0;    // words that end in . ! ? and their like
  std::uint32_t letters = 0;
  std::uint32_t uppers = 0;          // upper-case ASCII letters
  std::uint32_t function_words = 0;  // of English
  bool ends_in_stop = false;         // sentence punctuation, closing quotes behind it allowed
  bool ends_in_colon = false;
  bool starts_upper = false;  // first letter
  bool starts_quote = false;
};

TextShape shape_of(std::string_view text);
// Only bytes, words (counted by blanks) and how it ends: a tenth of the cost, for text that is prose anyway.
TextShape rough_shape_of(std::string_view text);
// Whether it ends in who made a picture and for whom, in brackets: "... at the border (Ana Berg/Example News)".
bool ends_in_credit(std::string_view line);

}  // namespace tocsin
