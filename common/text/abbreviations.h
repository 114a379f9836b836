// Abbreviations that end in a full stop of their own, as far as sentences of news depend on them.
#pragma once

#include <cstdint>
#include <string_view>

namespace tocsin {

enum class Abbreviation : std::uint8_t {
  kNone,
  kTitle,      // before a name: "Gen. Smith", "Mt. Everest"
  kEnding,     // capitalised, may end a sentence: "Inc.", "Jr."
  kMonth,      // "Jan. 5"
  kState,      // behind a comma only, since many are words too: "Jackson, Miss."
  kNumber,     // before a number only: "No. 5"
  kLowerCase,  // "vs.", "approx."
};

// Of a lower-cased ASCII word without its full stop, known by its hash.
Abbreviation abbreviation(std::uint64_t word);

// Words that begin a sentence when they stand capitalised behind "U.S." or "Inc.": "the", "he", "but".
bool starts_sentences(std::string_view folded);

}  // namespace tocsin
