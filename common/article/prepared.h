// Prepared: what prepare hands to decide, and what travels over wire.prepared when the two are different processes.
//
// Decide must cost microseconds, so everything that needs the text is done before: the record is already rendered but
// for the few members that only the mind knows (outcome, duplicate, incidents, associations).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/article/article.h"
#include "common/article/event.h"
#include "common/article/fingerprint.h"
#include "common/article/result.h"

namespace tocsin {

// One event as the incident book and the alert rules see it.
struct Claim {
  EventType type = EventType::kMissileLaunch;
  bool security = true;
  Factuality factuality = Factuality::kOccurred;
  Salience salience = Salience::kBackground;
  std::uint8_t severity = 1;
  float confidence = 0;
  std::vector<std::string> actors;
  std::string target;
  std::string weapon_class;
  std::string weapon_designation;
  std::int32_t weapon_count = 0;  // 0: not stated
  std::string place_name;         // empty: no place
  std::string place_kind;         // GeoNames feature code of the place (PCLI: a state), or empty
  std::string country;            // ISO alpha-2 of the place, or empty
  std::int64_t geoname_id = 0;
  float lat = 0, lon = 0;
  bool placed = false;
  std::string day;       // ISO date of the event, or empty
  bool another = false;  // the text sets it off from an earlier one of that day ("a second launch hours later")
  std::optional<std::uint32_t> same_as;  // an earlier claim of the article: two names for one happening
  std::string json;                      // the event's object in the record, without `incident` and the closing brace
  bool operator==(const Claim&) const = default;
};

// A line of the text that may be junk because its source repeats it: no rule knows it, and it is short or stands near
// an end of the text (text/line_judge.h).
struct SourceLine {
  std::uint64_t key = 0;  // 48 bits, of the source and the folded line
  bool sentence = false;  // must be repeated more often to be junk
  bool removed = false;   // was promoted when the article was prepared, and is not in the published text
  bool operator==(const SourceLine&) const = default;
};

// Lines that a source repeats, by key; behind each, when it was last told (text/repeated_lines.h, which learns them).
using PromotedLines = std::unordered_map<std::uint64_t, std::int64_t>;

struct Prepared {
  Coordinates at;                 // of the raw record
  std::int64_t record_ms = 0;     // record time, Unix milliseconds
  Reason reason = Reason::kNone;  // other than kNone: rejected, and only the members up to `uri` are filled
  std::string detail;             // for the dead letter: one line, no article text
  std::string uri;
  std::string provider;
  std::string id;
  std::int64_t version = 0;
  PubStatus status = PubStatus::kUsable;
  Mark mark = Mark::kNone;
  int mark_number = 0;  // of "UPDATE 2-"
  std::int64_t published_ms = kNoTime;
  std::int64_t embargo_ms = kNoTime;
  std::string headline;  // as published, for alerts and links
  std::string language;
  bool unsupported_language = false;  // the rules of events do not know it: no claims
  std::string preset;                 // which one read it, for metrics
  Fingerprint fingerprint;
  std::vector<SourceLine> lines;  // each once; empty where the source is unknown
  std::vector<Claim> claims;      // as many as the record's events, same order

  // Pieces of the record, JSON text: `{"uri":...` up to the last standard member; what a link carries of it;
  // `"places":[...],"mentions":[...]`; `"knowledge":{...}`. See wire/encode.h for how they are joined.
  std::string head;
  std::string lean;
  std::string associations;  // elements that the source had stated, `{...},{...}`, before ours
  std::string geotags;
  std::string knowledge;

  static constexpr std::int64_t kNoTime = INT64_MIN;
  bool rejected() const { return reason != Reason::kNone; }
};

// The form on wire.prepared: a version byte, then fields in order, integers little-endian varints, strings prefixed by
// their length. The versions before are read, too. Another version, a cut or an overlong message gives an Error, never
// a partial Prepared.
void append_prepared(const Prepared& prepared, std::string& out);
Result<Prepared> read_prepared(std::string_view bytes);

}  // namespace tocsin
