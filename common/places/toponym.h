// A name found in a text on its way through the three steps. Internal to places/.
#pragma once

#include <cstdint>
#include <vector>

#include "common/article/geotags.h"
#include "common/places/image.h"
#include "common/text/document.h"

namespace tocsin::places {

inline constexpr std::uint32_t kNoPlace = 0xffffffff;

// Names that are put together rather than found: capitalised words and the noun that says what they name ("Orchard
// Street", "Readington Township"), and a direction before a name ("North Texas").
enum class Shape : std::uint8_t { kNone, kRoad, kUnit, kWater, kLand, kDirection };

// How the sentence that a name stands in is written.
enum class LineCase : std::uint8_t { kSentence, kTitle, kCaps };

struct Toponym {
  Zone zone = Zone::kBody;
  std::uint32_t first = 0;  // tokens [first, last) of its zone
  std::uint32_t last = 0;
  std::uint32_t joined = 0;        // bytes before the name that its first token holds too (Arabic "and", "in")
  const NameNode* node = nullptr;  // nullptr: no name of the gazetteer, it stays unresolved
  std::uint64_t key = 0;           // of the name: equal for equal names
  Shape shape = Shape::kNone;
  std::uint32_t group = 0;        // index of its name among the article's
  std::uint32_t best = kNoPlace;  // candidate (packed) that is best known
  LineCase line = LineCase::kSentence;
  bool demonym = false;
  bool abbreviation = false;  // counts only beside another place
  bool dateline = false;
  bool taken = false;
  bool metonym = false;             // of a country or a capital: who acts
  std::uint32_t inside = kNoPlace;  // place that the next name says it lies in ("Paris, Texas")
  std::uint32_t chain_first = 0;    // the chain of capitalised words that it is part of
  std::uint32_t chain_last = 0;
  float logit = 0;  // of being a place
};

// All mentions of one name (of one key) in an article: they mean one place ("one sense an article").
struct NameGroup {
  const NameNode* node = nullptr;
  std::uint64_t key = 0;
  std::uint32_t mentions = 0;
  std::uint32_t inside = kNoPlace;   // of any of its mentions
  std::uint32_t inside_mention = 0;  // count of mentions that said so
  std::uint32_t after_preposition = 0;
  std::uint32_t persons = 0;  // mentions that read as a person
  std::uint32_t titles = 0;
  // Whether one of the places that bear it lies in a country or a region that the article names, or near the source.
  bool in_named_country = false;
  bool in_named_admin1 = false;
  bool at_home = false;
  float best_logit = -100;
  bool taken = false;
  std::uint32_t chosen = kNoPlace;
  float share = 0;  // of the chosen against the other candidates, 0..1
};

// What a zone's tokens are to the three steps; buffers are reused.
struct ZoneView {
  const Document* document = nullptr;
  Zone zone = Zone::kBody;
  std::vector<std::uint16_t> owner;  // token -> 1 + index of the toponym that covers it; 0 none
};

}  // namespace tocsin::places
