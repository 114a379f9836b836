// The features that are no words, by the names that weights.tsv gives them: what the recogniser sees of a name and of its
// surroundings, and what the resolver weighs among candidates. The words themselves are features too ("prev=in"); they
// stand in the image's words.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace tocsin::places {

inline constexpr std::string_view kFeatureNames[] = {
    // -- recogniser: is this name a place? --
    "bias",
    // class of the best known candidate
    "class=country", "class=dependency", "class=region", "class=admin1", "class=admin2", "class=capital", "class=city",
    "class=section", "class=water", "class=nature", "class=site",
    // decimal digits of its population
    "digits=0", "digits=1", "digits=2", "digits=3", "digits=4", "digits=5", "digits=6", "digits=7", "digits=8",
    "strength=derived", "strength=alternate", "strength=main", "strength=curated",
    "tokens=1", "tokens=2", "tokens=3",
    "candidates=1", "candidates=2", "candidates=5", "candidates=20",
    "known=0", "known=1", "known=2", "known=3",  // how many alternate names: none, under 5, under 20, more
    "caps", "caps-line", "title-line", "sentence-start", "line-start", "lower-case",
    // the name's own words
    "self:given", "self:surname", "self:title", "self:speech", "self:preposition", "self:organisation", "self:tail",
    "self:head", "self:common", "self:calendar", "self:direction", "self:team", "self:function", "self:person",
    "self:agency", "self:road", "self:moving",
    // the word before
    "prev:given", "prev:surname", "prev:title", "prev:speech", "prev:preposition", "prev:organisation", "prev:tail",
    "prev:head", "prev:common", "prev:calendar", "prev:direction", "prev:team", "prev:function", "prev:person",
    "prev:agency", "prev:road", "prev:moving",
    // the word behind
    "next:given", "next:surname", "next:title", "next:speech", "next:preposition", "next:organisation", "next:tail",
    "next:head", "next:common", "next:calendar", "next:direction", "next:team", "next:function", "next:person",
    "next:agency", "next:road", "next:moving",
    // what stands before and behind
    "prev-capital", "prev-capital-lost", "prev-initial", "prev-comma", "prev-stop", "prev-quote", "prev-bracket",
    "prev-number", "prev-hyphen", "prev-slash", "prev-nothing", "prev-possessive", "prev-lower",
    "next-capital", "next-capital-lost", "next-comma", "next-stop", "next-quote", "next-bracket", "next-number",
    "next-hyphen", "next-slash", "next-nothing", "next-possessive", "next-lower", "next-dash",
    "prev-name", "next-name", "prev-name-comma", "next-name-comma", "prev-name-and", "next-name-and",
    "inside-next", "holds-prev", "inside-doc-admin", "inside-doc-country", "at-home", "dateline",
    // a chain of capitalised words around it: how long, and what it ends in
    "chain=1", "chain=2", "chain=3", "chain=4", "chain-first", "chain-last", "chain-middle",
    "chain:given-first", "chain:organisation-last", "chain:team-last", "chain:tail-last", "chain:road-last",
    "chain:title-before", "chain:speech-after", "chain:person-comma-age",
    // elsewhere in the article
    "doc:person", "doc:title", "doc:lower", "doc:once", "doc:more", "doc:inside", "doc:preposition",
    // an ambiguous word (given name, surname or common word) and where it stands
    "hard:preposition", "hard:inside-next", "hard:chain=1", "hard:prev-capital", "hard:next-capital",
    "hard:sentence-start", "hard:prev-comma", "hard:no-preposition", "hard:person", "hard:small",
    "prep:person", "prep:chain=1",
    // -- resolver: which of its candidates is it? --
    "resolve:population", "resolve:derived", "resolve:alternate", "resolve:main", "resolve:curated", "resolve:known",
    "resolve:country", "resolve:dependency", "resolve:region", "resolve:admin1", "resolve:admin2", "resolve:capital",
    "resolve:city", "resolve:section", "resolve:water", "resolve:nature", "resolve:site", "resolve:seat",
    "resolve:inside-next", "resolve:inside-doc-admin1", "resolve:inside-doc-admin2", "resolve:inside-doc-country",
    "resolve:same-country", "resolve:same-admin1", "resolve:same-admin2", "resolve:near", "resolve:near-200",
    "resolve:home-country", "resolve:home-admin1", "resolve:home-near", "resolve:strategic",
    "resolve:temperature",
};
inline constexpr std::size_t kDenseFeatures = sizeof kFeatureNames / sizeof kFeatureNames[0];

inline std::optional<std::size_t> dense_feature(std::string_view name) {
  for (std::size_t i = 0; i < kDenseFeatures; ++i)
    if (kFeatureNames[i] == name) return i;
  return std::nullopt;
}

// Index of a feature by its name, at compile time: a wrong name does not compile.
consteval std::size_t feature(std::string_view name) {
  for (std::size_t i = 0; i < kDenseFeatures; ++i)
    if (kFeatureNames[i] == name) return i;
  throw "no such feature";
}

}  // namespace tocsin::places
