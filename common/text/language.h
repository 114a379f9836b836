// Which language an article is in: what its source states, unless the text plainly is in another, else what the text
// shows, else unknown. In order of cost, and each step only when the one before did not settle it:
//   1. the stated tag, when the text's letters and common words do not contradict it (0.3 us);
//   2. English by its function words (0.3 us): most of what arrives, and CLD2 would cost 20 us;
//   3. CLD2 on 400 bytes of the body, then on 1,600 when it is not sure (6 us and more; see docs/text.md on mallopt).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/text/document.h"

namespace tocsin {

enum class LanguageSource : std::uint8_t {
  kUnknown,  // tag is empty
  kStated,
  kWords,     // English by its function words
  kDetected,  // by CLD2
};

struct Language {
  std::string tag;  // BCP 47: "en", "pt-BR", "zh-Hant"; empty: unknown
  LanguageSource source = LanguageSource::kUnknown;
  std::string stated;  // what was stated and found wrong; empty otherwise
};

// BCP 47 of what a source states: ISO 639-3 and 639-2 codes and English names become 639-1, "en_us" becomes "en-US".
// Empty when it is no language tag.
std::string language_tag(std::string_view stated);

Language find_language(std::string_view stated, const Document& headline, const Document& body);

}  // namespace tocsin
