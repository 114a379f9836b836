// One record of an output topic as `tocsin tap` filters and shows it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/io.h"

namespace tocsin {

struct TapRecord {
  std::string outcome;  // new, revision, duplicate ...; of an alert its change, of a dead letter "dead"
  std::string uri, headline, source;
  std::vector<std::string> types;      // of events, each once; of a dead letter its reason
  std::vector<std::string> places;     // names
  std::vector<std::string> countries;  // ISO alpha-2
  std::string detail;                  // "copy of URI, .93"; "severity 4, 2 sources"; a dead letter's detail
};

// Never fails: what is no record of ours is shown by its first bytes.
TapRecord read_tap_record(const RawRecord& record);

struct TapFilter {
  std::vector<std::string> types, places, sources;
};
bool passes(const TapRecord& record, const TapFilter& filter);

// One line for people, without its end.
std::string tap_line(const RawRecord& raw, const TapRecord& record);

}  // namespace tocsin
