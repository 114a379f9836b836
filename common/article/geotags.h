// Places of one article, as data. Made by places/, read by events/ and wire/encode.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tocsin {

enum class Zone : std::uint8_t { kHeadline, kBody };
enum class PlaceRole : std::uint8_t { kDateline, kEvent, kMentioned };
// kMetonym: the name of a country or a capital that says who acts ("Washington said"), and not where.
enum class MentionForm : std::uint8_t { kName, kDemonym, kMetonym };

// One row of the record's `places`. A mention that could not be resolved has a row with resolved == false.
struct Place {
  std::int64_t geoname_id = 0;  // 0: none (our own table, or unresolved)
  std::string own_id;           // id in our own table of strategic sites, or empty
  std::string name;             // preferred English name; unresolved: the text's own
  std::string kind;             // GeoNames feature code (PCLI, PPLC, ADM1, ...) or a kind of our own table
  std::string country;          // ISO 3166-1 alpha-2, or empty (seas)
  std::string admin1;           // GeoNames admin1 code, or empty
  double lat = 0;               // WGS 84 degrees; meaningless when not resolved
  double lon = 0;
  bool resolved = false;
  std::uint32_t mention_count = 0;
  PlaceRole role = PlaceRole::kMentioned;
  double confidence = 0;  // 0..1, calibrated: of those at .9, nine of ten are right
};

// Bytes [start, end) of the zone's published text.
struct Mention {
  Zone zone = Zone::kBody;
  std::uint32_t start = 0;
  std::uint32_t end = 0;
  std::uint32_t place = 0;  // index into Geotags::places
  MentionForm form = MentionForm::kName;
};

struct Geotags {
  std::vector<Place> places;      // in order of first mention
  std::vector<Mention> mentions;  // headline first, then body, each by start; never overlapping
};

}  // namespace tocsin
