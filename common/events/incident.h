// One incident as the book keeps it, and whether a claim may belong to it. Internal to events/.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/prepared.h"

namespace tocsin {

struct Report {
  std::uint64_t cluster = 0;   // hash of the story's cluster
  std::uint64_t provider = 0;  // hash of the provider; 0: unknown
};

struct Incident {
  std::string id;
  Claim claim;                     // what its reports say together; its type and JSON are the gravest's, its confidence
                                   // that one of its sources at least is right
  std::bitset<kEventTypes> types;  // all that it is, the claim's among them
  int day = 0;                     // days since 1970-01-01
  bool day_stated = false;         // else the day of the first report
  std::int64_t first_ms = 0;       // record times of the first and the last report
  std::int64_t last_ms = 0;
  std::uint32_t sequence = 0;  // of the last alert; 0: none yet
  bool rung = false;           // an alert that was no backfill
  bool corroborated = false;
  bool denied = false;
  bool withdrawn = false;
  std::uint32_t stories = 0;
  std::vector<Report> reports;    // one a story
  std::uint32_t sources() const;  // distinct known providers, at least 1
  bool is(EventType type) const { return types[static_cast<std::size_t>(type)]; }
  bool operator==(const Incident& other) const;
};

void append_incident(const Incident& incident, std::string& out);
std::optional<Incident> read_incident(std::string_view bytes);

// Whether an incident that is both is better called by `a`: the graver, and of equals the type that says more.
bool leads(const Claim& a, const Claim& b);

// Is it a type by which one and the same deed may be reported: a bombing, a terror attack, an assassination?
bool names_a_deed(EventType type);

// Did it happen on the incident's day and in its town, as far as both say? A day that is not stated is the record's, of
// a main claim.
bool same_day_and_town(const Incident& incident, const Claim& claim, std::optional<int> day, int record_day);

// How well a claim of this day fits: 0 where something stated differs or nothing agrees, else higher is better.
// `record_day` stands for a day that the claim does not state.
int fit(const Incident& incident, const Claim& claim, std::optional<int> day, int record_day);

// Adds what the claim states to what the incident knows, but for its confidence. True for each thing that changed.
struct Learnt {
  bool denied = false;
  bool escalated = false;
  bool placed = false;
};
Learnt learn(Incident& incident, const Claim& claim, std::optional<int> day);

}  // namespace tocsin
