// Alert: one change of an incident that is worth waking somebody for. Made by events/incident_book.h, written by
// wire/encode. (incident, sequence) is unique for ever: readers are idempotent by it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/prepared.h"

namespace tocsin {

enum class AlertChange : std::uint8_t { kFirst, kCorroborated, kPlaced, kDenied, kWithdrawn, kEscalated };
std::string_view to_string(AlertChange);

struct Alert {
  std::string incident;        // key on wire.alerts
  std::uint32_t sequence = 0;  // from 1, per incident
  AlertChange change = AlertChange::kFirst;
  bool backfill = false;           // nobody is rung
  std::vector<std::string> rules;  // names of the alert rules that asked for it
  Claim claim;                     // the incident as it is now known (best of its reports)
  std::vector<EventType> also;     // what else it is, besides the claim's type; in the order of the list of types
  std::string uri;                 // the article that caused this
  std::string headline;
  std::string provider;
  std::string cluster;
  std::uint32_t reports = 0;   // stories that report it
  std::uint32_t sources = 0;   // independent ones
  std::int64_t record_ms = 0;  // of the article that caused this
};

// A part of the globe in degrees. West of `west` and east of `east` is outside; west > east reaches over the 180th
// meridian.
struct Area {
  double south = 0, west = 0, north = 0, east = 0;
  bool holds(double lat, double lon) const {
    return lat >= south && lat <= north && (west <= east ? lon >= west && lon <= east : lon >= west || lon <= east);
  }
};

// Which alerts ring. From the configuration's `alerts`; an empty list of rules means: security events that are
// occurred, claimed or disputed, of severity 3 or more and a confidence of .3 or more, and every missile launch that
// did.
struct AlertRule {
  std::string name;
  std::vector<std::string> types;  // event types, of which the incident is one or more; empty: all security events
  int min_severity = 1;
  std::vector<std::string> countries;     // of place or actor, ISO alpha-2 or alpha-3; empty: anywhere
  std::optional<Area> area;               // of the place; what has no coordinates is outside
  std::vector<std::string> actors;        // ISO alpha-2 or alpha-3, or a group's name; any case; empty: anybody
  std::vector<std::string> factualities;  // empty: occurred, claimed, disputed
  std::vector<std::string> saliences;     // empty: all
  double min_confidence = 0;              // of the incident: that one of its sources at least tells it rightly
  std::uint32_t min_sources = 1;          // independent ones that tell it
};

}  // namespace tocsin
