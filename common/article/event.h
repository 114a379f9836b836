// Events of one article, as data. Made by events/, read by wire/encode and by the incident book.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/geotags.h"

namespace tocsin {

// Closed list; the names are the record's (to_string). What belongs to which: docs/rules.md.
enum class EventType : std::uint8_t {
  kMissileLaunch,
  kRocketAttack,
  kAirStrike,
  kBombardment,
  kArmedClash,
  kBombing,
  kTerrorAttack,
  kAssassination,
  kKidnapping,
  kArson,
  kCoup,
  kMilitaryMovement,
  kMilitaryExercise,
  kMaritimeAirIncident,
  kBorderIncident,
  kWeaponsSeizure,
  kNuclearTest,
  kWmdChemical,
  kCyberAttack,
  kSanctions,
  kCeasefireDeal,
  kCivilUnrest,
  kEvacuationEmergency,
  kSpaceLaunch,
};
inline constexpr int kEventTypes = 24;

enum class Factuality : std::uint8_t {
  kOccurred,
  kClaimed,
  kDisputed,
  kDenied,
  kPlanned,
  kThreatened,
  kHypothetical,
  kHistorical
};
enum class Salience : std::uint8_t { kMain, kSecondary, kBackground };

std::string_view to_string(EventType);
std::string_view to_string(Factuality);
std::string_view to_string(Salience);
std::optional<EventType> event_type_from(std::string_view);
std::optional<Factuality> factuality_from(std::string_view);
std::optional<Salience> salience_from(std::string_view);

struct Evidence {
  Zone zone = Zone::kBody;
  std::uint32_t start = 0;  // bytes [start, end) of the zone's published text
  std::uint32_t end = 0;
};

// What the text states and nothing more. Mentions of one happening are one Event with several pieces of evidence; a
// happening that is several types, or that two sides act in, is as many Events, all `same_as` the first of them.
struct Event {
  EventType type = EventType::kMissileLaunch;
  std::string subtype;  // "test", "attack", ... or empty
  bool security = true;
  Factuality factuality = Factuality::kOccurred;
  Salience salience = Salience::kBackground;
  int severity = 1;                 // 1..5, docs/rules.md
  double confidence = 0;            // 0..1: that the article does tell this, as `factuality` says
  std::vector<std::string> actors;  // ISO 3166-1 alpha-3 for states, else the name as written
  std::string target;               // as written, or empty
  std::string weapon_class;         // "icbm", "ballistic", "cruise", "missile", ... or empty
  std::string weapon_designation;   // as written ("Hwasong-17"), or empty
  std::optional<int> weapon_count;
  std::optional<std::uint32_t> place;  // index into Geotags::places
  std::string time_text;               // as written ("Thursday morning"), or empty
  std::string time_resolved;           // ISO date, or empty where the text does not say
  std::vector<Evidence> evidence;      // at least one, in text order
  bool another = false;                // the text sets it off from an earlier one of that day ("hours later, a second")
  std::optional<std::uint32_t> same_as;  // an earlier event of the article: two names for one happening
  std::string rule;                      // name of the rule that found it
  std::uint32_t signs = 0;               // what the confidence is reckoned from: bits of events/confidence.h
};

}  // namespace tocsin
