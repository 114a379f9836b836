// Encode: ninjs 3.1 with one object more, `enrichment` (docs/record.md, docs/schema).
//
// In two steps, because the mind must be quick. render() makes everything that needs only the article: `head` up to the
// last standard member, `lean` (what a link carries of it), `geotags`, `knowledge`, and each event without its
// incident. The functions below it join these with what only the mind knows, by appending.
//
//   {"uri":..., ... ,"associations":[theirs, the head],"enrichment":{"schema":..,"outcome":..,"duplicate":{..},
//    "places":[..],"mentions":[..],"events":[{.. ,"incident":".."}],"knowledge":{..}}}
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/alert.h"
#include "common/article/article.h"
#include "common/article/event.h"
#include "common/article/geotags.h"
#include "common/article/prepared.h"
#include "common/article/story.h"

namespace tocsin {

// What the stages made of an article. Borrowed for the call; texts are valid UTF-8 and the offsets lie within them.
struct Enriched {
  const Article& article;
  std::string_view headline;  // as published
  std::string_view body;
  std::string_view byline;
  std::string_view located;                // dateline's place as written, or what the source states
  std::string_view language;               // BCP 47, or empty: unknown
  bool unsupported_language = false;       // events were not looked for
  std::size_t words = 0;                   // of the body
  std::vector<std::string_view> repeated;  // lines that are not in the body because the source repeats them
  const Geotags& geotags;
  std::span<const Event> events;
  std::string_view rules_hash;
  std::string_view gazetteer_hash;
};

struct Pieces {
  std::string head;
  std::string lean;
  std::string associations;
  std::string geotags;
  std::string knowledge;
  std::vector<std::string> events;  // objects without the closing brace
};

Pieces render(const Enriched& enriched);

// The record of a story or a revision. `incidents`: for each claim the incident's id, or empty; may be shorter.
std::string story_record(const Prepared& prepared, const Story& story, std::span<const std::string> incidents);
// A link (duplicate, stale): lean, with the head as association. A kill: the same, and pubStatus is canceled.
// `withheld`: its embargo has not ended; of the article nothing but its uri is told.
std::string link_record(const Prepared& prepared, const Story& story, bool withheld = false);
std::string held_record(const Prepared& prepared);
std::string rejected_record(std::string_view uri, Reason reason, std::string_view detail);
std::string alert_record(const Alert& alert);

// Name of an event type for a reader: "missile launch".
std::string readable(EventType type);

}  // namespace tocsin
