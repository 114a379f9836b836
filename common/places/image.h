// Layout of a gazetteer image: what compile.h writes and gazetteer.h maps. Little-endian, as the machine reads it.
//
// A header, then the sections in the order of SectionId, each aligned to 64 bytes. Every index that a row holds is
// checked once when the image is opened, so that lookups need no checks. A change of any struct here, of the classes of
// words (model.h) or of the features (features.h) is a new kImageVersion.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tocsin::places {

inline constexpr std::uint64_t kImageMagic = 0x31'5a'47'4e'53'43'4f'54;  // "TOCSNGZ1"
inline constexpr std::uint32_t kImageVersion = 5;
inline constexpr std::size_t kSectionAlignment = 64;

enum SectionId : std::uint32_t {
  kNodes,       // NameNode, open addressing by key, a power of two
  kCandidates,  // std::uint32_t, see pack_candidate
  kPlaces,      // PlaceRow
  kCountries,   // CountryRow; row 0 is "none"
  kAdmin1,      // AdminRow; row 0 is "none"
  kAdmin2,      // AdminRow; row 0 is "none"
  kWords,       // WordRow, open addressing by key: what a word says about the names beside it
  kHomes,       // HomeRow, open addressing by key: where a source is at home
  kDense,       // float, weights of the features that are no words (model.h)
  kStrings,     // zero-terminated UTF-8; offset 0 is the empty string
  kSections,
};

struct ImageHeader {
  std::uint64_t magic = kImageMagic;
  std::uint32_t version = kImageVersion;
  std::uint32_t sections = kSections;
  std::uint64_t bytes = 0;     // of the whole file
  std::uint64_t checksum = 0;  // of everything after the header
  struct Section {
    std::uint64_t offset = 0;
    std::uint64_t count = 0;  // of rows
  } section[kSections];
};

// One prefix of a name: the first n tokens. `count` 0: only a prefix.
struct NameNode {
  std::uint64_t key = 0;  // 0: the slot is empty
  std::uint32_t first = 0;
  std::uint16_t count = 0;
  std::uint16_t flags = 0;  // NodeFlag
};
enum NodeFlag : std::uint16_t { kContinues = 1 };

// How a name belongs to a place; the higher the surer. Kept beside the candidate.
enum class Strength : std::uint8_t {
  kDerived,    // made from a name ("Avoyelles" of "Avoyelles Parish")
  kAlternate,  // one of many alternate names
  kMain,       // the name, or its ASCII form
  kCurated,    // from our own tables
};
enum CandidateFlag : std::uint8_t {
  kDemonymFlag = 1,       // "Japanese"
  kAbbreviationFlag = 2,  // "Calif.", "NY": a place only beside another
};
inline constexpr std::uint32_t kMaxPlaces = 1u << 24;
constexpr std::uint32_t pack_candidate(std::uint32_t place, Strength strength, std::uint8_t flags) {
  return place | static_cast<std::uint32_t>(strength) << 24 | static_cast<std::uint32_t>(flags) << 27;
}
constexpr std::uint32_t place_of(std::uint32_t candidate) { return candidate & (kMaxPlaces - 1); }
constexpr Strength strength_of(std::uint32_t candidate) { return static_cast<Strength>(candidate >> 24 & 7); }
constexpr std::uint8_t flags_of(std::uint32_t candidate) { return static_cast<std::uint8_t>(candidate >> 27); }

// What sort of place: what resolution and the features look at. The exact kind is kept as a string.
enum class PlaceClass : std::uint8_t {
  kCountry,
  kDependency,
  kRegion,
  kAdmin1,
  kAdmin2,
  kCapital,
  kCity,
  kSection,
  kWater,
  kNature,
  kSite,
};
inline constexpr int kPlaceClasses = 11;

struct PlaceRow {
  std::uint32_t geoname_id = 0;
  float lat = 0, lon = 0;
  std::uint32_t population = 0;  // for waters and regions an equal in importance
  std::uint32_t name = 0;        // offsets into strings
  std::uint32_t own_id = 0;
  std::uint32_t kind = 0;
  std::uint16_t country = 0;
  std::uint16_t admin1 = 0;
  std::uint16_t admin2 = 0;
  PlaceClass place_class = PlaceClass::kCity;
  std::uint8_t names = 0;  // how many alternate names it has, at most 255: how known it is in the world
};

struct CountryRow {
  char iso2[4] = {};  // zero-terminated
  char iso3[4] = {};
  std::uint32_t place = 0;
  std::uint32_t capital = 0;  // place of the capital, 0xffffffff when it is not in the image
};
struct AdminRow {
  std::uint32_t code = 0;  // offset into strings: "40"
  std::uint32_t place = 0xffffffff;
  std::uint32_t country = 0;
};
struct WordRow {
  std::uint64_t key = 0;  // 0: empty
  std::uint32_t classes = 0;
  float prev = 0, next = 0, prev2 = 0, next2 = 0;  // learnt weights of the word in that position
  std::uint32_t spare = 0;                         // no padding: equal tables must give equal bytes
};
struct HomeRow {
  std::uint64_t key = 0;
  std::uint32_t place = 0;
  std::uint32_t spare = 0;
};
static_assert(sizeof(NameNode) == 16 && sizeof(PlaceRow) == 36 && sizeof(CountryRow) == 16 && sizeof(AdminRow) == 12 &&
              sizeof(WordRow) == 32 && sizeof(HomeRow) == 16);

// Key of a name: the hashes of its folded tokens, one after the other. Never 0.
constexpr std::uint64_t extend_key(std::uint64_t key, std::uint64_t token_hash) {
  std::uint64_t x = (key ^ 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu + token_hash;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  x ^= x >> 29;
  return x ? x : 1;
}
inline constexpr std::size_t kMaxNameTokens = 10;
// Demonyms and adjectives of other languages than English begin with it instead of 0: keys of their own, because in
// English "Russo" is a person, and "indien" is India in German.
inline constexpr std::uint64_t kAdjectiveKey = 1;

}  // namespace tocsin::places
