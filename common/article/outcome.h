// The closed lists: what became of an article, why one was rejected, how a copy relates to its story.
// Their names (to_string) are part of the record format: docs/record.md. Adding one is a change of that contract.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tocsin {

enum class Outcome : std::uint8_t { kNew, kRevision, kDuplicate, kStale, kKill, kHeld, kRejected };

// Why an article could not be read. The code goes into the dead letter's header `tocsin.reason` and into the record.
enum class Reason : std::uint8_t {
  kNone,            // not rejected
  kTombstone,       // null payload
  kEmpty,           // nothing but white space
  kNotJson,         // JSON was due, and this is none
  kCutJson,         // JSON that ends before it is closed
  kWrongType,       // a field has a type that it cannot have (a number as body, an array as article)
  kNoText,          // neither headline nor body
  kTooLarge,        // payload over limits.article_bytes, or the enriched record over its topic's limit
  kTooDeep,         // nesting over limits.depth
  kBadUtf8,         // not UTF-8, and not one of the encodings that are repaired
  kBinary,          // NUL bytes in a payload that should be text
  kUnknownPreset,   // no preset fits the payload, or the topic names one that is not there
  kBadId,           // id or uri over limits.id_bytes
  kTooManyHeaders,  // record headers over limits.headers
  kNotPrepared,     // wire.prepared holds something that is no prepared article
  kCrashed,         // the process crashed twice at this article
  kNotXml,          // XML was due, and this is none, is cut, or declares entities; last, for prepared articles' numbers
};
inline constexpr Reason kLastReason = Reason::kNotXml;

// How an article relates to the story that it was linked to.
enum class Relation : std::uint8_t {
  kExact,       // the same normalised text
  kCopy,        // the same text but for small changes, by any provider
  kPart,        // cut from the head, or containing it
  kRevision,    // supersedes, same provider
  kKill,        // withdraws
  kStale,       // an older version than the one known
  kRedelivery,  // the same id and version again
  kRoundup,     // parts of three or more stories; keeps its own cluster
};

enum class PubStatus : std::uint8_t { kUsable, kWithheld, kCanceled };

std::string_view to_string(Outcome);
std::string_view to_string(Reason);
std::string_view to_string(Relation);
std::string_view to_string(PubStatus);
std::optional<Reason> reason_from(std::string_view code);  // for `tocsin replay --reason`

}  // namespace tocsin
