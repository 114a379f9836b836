// What the recogniser looks at, by name: the classes of words in words.tsv and the features in weights.tsv. The two
// lists here are the vocabulary that the tables, the image, the recogniser and the training script share.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tocsin::places {

// Bits of WordRow::classes.
enum WordClass : std::uint32_t {
  kGivenName = 1u << 0,     // David
  kSurname = 1u << 1,       // Jones
  kTitle = 1u << 2,         // Mr., President, Sgt.
  kSpeech = 1u << 3,        // said, told
  kPreposition = 1u << 4,   // in, near, toward
  kOrganisation = 1u << 5,  // University, Police, Inc.: what follows a place in the name of a body
  kPlaceTail = 1u << 6,     // County, River, Street: what follows the name of a place
  kPlaceHead = 1u << 7,     // Lake, Mount, Fort: what stands before
  kCommon = 1u << 8,        // a word of the language (Bank, One, You)
  kCalendar = 1u << 9,      // Monday, March
  kDirection = 1u << 10,    // north, southern, central, downtown
  kTeam = 1u << 11,         // Giants, Rovers: what follows a place in the name of a team
  kFunction = 1u << 12,     // the, and, of: never a name alone
  kPersonNoun = 1u << 13,   // woman, man, residents, mayor, senator
  kNewsAgency = 1u << 14,   // Reuters, AP, Xinhua
  kRoad = 1u << 15,         // Street, Avenue: the place is not the town
  kMoving = 1u << 16,       // fled, travelled, arrived, based: verbs that a place follows
  kOrdinary = 1u << 17,     // summit, reading: news writes it in small letters, four times in five at least
  kActing = 1u << 18,       // denies, will: what governments do
  kBlaming = 1u << 19,      // accuses, against: what is done to them
};
// Those that are features of names ("self:given"); the others are for rules.
inline constexpr std::uint32_t kFeatureClasses = kActing - 1;
struct WordClassName {
  std::string_view name;
  WordClass bit;
};
inline constexpr WordClassName kWordClassNames[] = {
    {"given", kGivenName},         {"surname", kSurname},           {"title", kTitle},         {"speech", kSpeech},
    {"preposition", kPreposition}, {"organisation", kOrganisation}, {"tail", kPlaceTail},      {"head", kPlaceHead},
    {"common", kCommon},           {"calendar", kCalendar},         {"direction", kDirection}, {"team", kTeam},
    {"function", kFunction},       {"person", kPersonNoun},         {"agency", kNewsAgency},   {"road", kRoad},
    {"moving", kMoving},           {"ordinary", kOrdinary},         {"acting", kActing},       {"blaming", kBlaming},
};
inline constexpr int kWordClasses = 20;

}  // namespace tocsin::places
