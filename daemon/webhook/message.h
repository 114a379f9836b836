// AlertMessage: an alert as it was read from wire.alerts, for those who ring somebody by it. The record's contract is
// docs/schema/alert.json; members that are not known here travel on in `json`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/result.h"

namespace tocsin {

// An alert that was not told by itself, because a newer one of its incident tells it as well.
struct FoldedAlert {
  std::int64_t sequence = 0;
  std::string change;
};

struct AlertMessage {
  std::string incident;
  std::int64_t sequence = 0;
  std::string change;  // first, corroborated, placed, denied, withdrawn, escalated
  bool backfill = false;
  std::vector<std::string> rules;

  // Of the event; empty and 0 when the alert has none.
  std::string type, subtype, factuality, salience, weapon;
  std::vector<std::string> actors;
  std::vector<std::string> also;  // further types of the incident
  std::int64_t severity = 0;
  double confidence = 0;  // of the incident; of the event in alerts of before there was one

  std::string place, country, day;  // empty: not known
  double lat = 0, lon = 0;
  bool placed = false;
  std::string uri, headline, provider;
  std::int64_t reports = 0, sources = 0;

  std::vector<FoldedAlert> folded;  // told by this one, in order; not of the record

  std::int64_t record_ms = 0;  // of the record on wire.alerts, Unix milliseconds
  std::int64_t due_ms = 0;     // from when it could be told: the record's time, or the end of a wait
  std::string json;            // the record itself

  // "<incident>:<sequence>": what a receiver is idempotent by.
  std::string id() const { return incident + ":" + std::to_string(sequence); }
};

// The largest alert that is taken: ours are below 10 kB, and PagerDuty takes no more than 512 KiB.
inline constexpr std::size_t kMaxAlertBytes = 256u << 10;

// Fails with what is wrong when it is no alert of ours. Members are read leniently but incident and sequence, without
// which nothing can be idempotent.
Result<AlertMessage> read_alert(std::string_view json, std::int64_t record_ms);

}  // namespace tocsin
