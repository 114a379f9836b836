// Where sentences end: the second half of tokenising, over tokens that already know lines, abbreviations and quotes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/document.h"

namespace tocsin {

// A line of more bytes than this is a paragraph: hard-wrapped text has shorter ones (agencies 60 to 80 characters).
inline constexpr std::uint32_t kParagraphLine = 100;

// . ! ? and their like in other scripts.
bool is_terminal(char32_t code_point);

// Writes `sentences` and sets kSentenceStart. `breaks` holds, ascending, the tokens that may have a sentence end at
// them: terminal punctuation, abbreviations, and the first token of each line but the first.
void cut_sentences(std::string_view text, std::string_view folded, const std::vector<std::uint32_t>& breaks,
                   std::vector<Token>& tokens, std::vector<Sentence>& sentences);

}  // namespace tocsin
