// The forms of an English word, made once when rules are loaded, so that matching compares hashes and never lemmatises.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

// What a form says about its word; cues ask for it ("to *:base").
enum class Form : std::uint8_t { kNone, kBase, kThird, kPast, kIng, kSingular, kPlural };

struct Inflected {
  std::string word;
  Form form = Form::kNone;
  bool operator==(const Inflected&) const = default;
};

// All forms of a verb given in its base form, lower case: "fire" gives fire, fires, fired, firing. Irregular verbs come
// from a table; a final consonant is doubled where the table says so (English spelling follows stress, which the
// letters do not show). Past tense and participle both count as kPast.
std::vector<Inflected> verb_forms(std::string_view base);
// Singular and plural: "missile" gives missile, missiles.
std::vector<Inflected> noun_forms(std::string_view singular);

}  // namespace tocsin
