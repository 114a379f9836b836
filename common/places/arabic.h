// What Arabic writes together with a name. Internal to places/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::places {

struct ArabicStem {
  std::string text;
  std::uint32_t joined = 0;  // bytes of the word before it and its article; 0 where they cannot be told apart ("لل")
};

// What a word may be without the words that are joined to it: wa-, fa- (and), bi-, li-, ka- (in, for, as), al- (the);
// "li-" and "al-" together are written "لل". What is likelier first, the word itself left out: arabic_stems("وللمغرب")
// is "للمغرب", "المغرب", "لمغرب", "مغرب". Only stems of three letters or more; none for words of other scripts.
std::vector<ArabicStem> arabic_stems(std::string_view word);

}  // namespace tocsin::places
