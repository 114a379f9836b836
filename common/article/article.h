// Article: one item as its source sent it, after decoding. The stages that follow read it and never change it.
//
// Plain values; an Article owns its bytes. Not shared between threads while it is filled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/outcome.h"

namespace tocsin {

// Where an article stands in the log. In `tocsin enrich` the topic is empty and the offset is the line number from 0.
struct Coordinates {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  bool operator==(const Coordinates&) const = default;
};

// How an article reached us; known before its payload is read.
struct Arrival {
  Coordinates at;
  std::int64_t record_ms = 0;  // record time: the log's timestamp, Unix milliseconds (enrich: the published time)
  std::string_view key;        // borrowed for the call
};

// Words at the head of a headline by which wires mark what an item is ("UPDATE 2-", "CORRECTED-", "RPT-", "WRAPUP").
enum class Mark : std::uint8_t { kNone, kUpdate, kCorrected, kRepeat, kRoundup, kKill };

// What a source states beyond what we read, published as it came. JSON text, checked to be JSON.
struct Carried {
  std::string standard;  // whole members that ninjs 3 knows: `,"urgency":4,"slugline":"x"`
  std::string own;       // members that it does not know, for `enrichment.source`: `,"desk":"x"`
  // Elements (`{...},{...}`) of lists that we write too; theirs stand beside ours. Of headlines and bodies the one that
  // was chosen is not here: its published form stands first.
  std::string headlines, bodies, places, subjects, events, alt_ids, associations, info_sources;
  std::string type;       // "text", "picture" ... or empty
  std::string body_role;  // of the chosen body and headline, or empty
  std::string headline_role;
};

struct Article {
  std::string uri;           // as stated (uri or id), else made from the coordinates; published unchanged
  std::string provider;      // who sends it, as the source writes it; with `id` the identity. Empty: unknown
  std::string id;            // identity within the provider. Empty: none was stated
  std::int64_t version = 0;  // 0: none was stated
  std::string source_name;   // for a reader ("Reuters")
  std::string url;           // canonical address, or empty
  std::string headline;      // raw text or HTML as sent, see *_is_html
  std::string body;
  std::string byline;
  std::string located;                       // the place that the source states for the item, as written
  std::string language;                      // as stated (BCP 47 or ISO 639-3), or empty
  std::optional<std::int64_t> published_ms;  // Unix milliseconds; absent when unreadable
  std::optional<std::int64_t> embargo_ms;    // not to be published before
  PubStatus status = PubStatus::kUsable;
  Mark mark = Mark::kNone;  // as the source states it beside the text
  bool headline_is_html = false;
  bool body_is_html = false;
  bool plain_file = false;     // a payload that was no JSON: its first lines may be headline and byline
  bool truncated = false;      // the source cut the body (newsapi's "[+1234 chars]")
  std::string preset;          // which preset read it
  std::string version_text;    // version as stated
  std::string published_text;  // versionCreated as stated, when it is RFC 3339; its zone is news
  std::string summary;         // what the source calls description or abstract, when it is not the body
  Carried carried;
};

}  // namespace tocsin
