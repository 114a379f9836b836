// Seen: which (provider, id, version) came from which raw coordinates, and what was decided then.
//
// What is remembered is a set: of every identity the kVersions highest (version, sequence). What a question answers
// depends on the set, the sequence number and the time asked with, never on the order in which entries were added; so
// the two state topics may be read interleaved in any way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/article/bytes.h"
#include "common/article/outcome.h"
#include "common/dedupe/huge_pages.h"

namespace tocsin {

struct SeenEntry {
  std::uint64_t identity = 0;     // Held::identity_of, or of the coordinates for an article without an id
  std::uint64_t coordinates = 0;  // hash of topic, partition, offset
  std::uint64_t sequence = 0;     // number of the decision
  std::int64_t version = 0;
  std::int64_t age_ms = 0;  // StoryBook's age clock when it was decided
  std::uint64_t cluster = 0;
  std::uint32_t exact = 0;  // of the text
  Outcome outcome = Outcome::kNew;
  std::uint8_t relation = kNoRelation;
  std::uint8_t similarity = 0;  // in 1/250
  bool has_id = false;  // the identity was stated; otherwise the entry only serves to know an article done again
  static constexpr std::uint8_t kNoRelation = 255;
  bool operator==(const SeenEntry&) const = default;
};

void append_seen(ByteWriter& out, const SeenEntry& entry);
// Check in.ok() afterwards; an enumerator out of its list fails the reader.
SeenEntry read_seen(ByteReader& in);

// Entries from before this are forgotten.
struct SeenLimits {
  std::int64_t id_ms = INT64_MIN;        // age clock of entries with an id
  std::int64_t nameless_ms = INT64_MIN;  // of those without
  std::uint64_t sequence = 0;
};

class Seen {
 public:
  static constexpr std::size_t kVersions = 16;

  // Twice the same changes nothing.
  void add(const SeenEntry& entry);
  // Calls visit(const SeenEntry&) for what is remembered of the identity, at most kVersions, in no order.
  template <typename Visit>
  void each(std::uint64_t identity, const SeenLimits& limits, Visit visit) const {
    for (std::uint32_t i = first(identity); i != kNone; i = entries_[i].next) {
      const SeenEntry& e = entries_[i].entry;
      if (e.identity == identity && alive(e, limits)) visit(e);
    }
  }
  // Drops what the limits forget, when that is worth the sweep. Changes no answer.
  void sweep(const SeenLimits& limits);

  static bool alive(const SeenEntry& e, const SeenLimits& limits) {
    return e.sequence >= limits.sequence && e.age_ms >= (e.has_id ? limits.id_ms : limits.nameless_ms);
  }
  std::size_t size() const { return entries_.size(); }
  std::size_t memory_bytes() const {
    return entries_.capacity() * sizeof(Node) + table_.size() * sizeof(std::uint32_t);
  }

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  struct Node {
    SeenEntry entry;
    std::uint32_t next = kNone;  // in the same bucket
  };
  std::uint32_t first(std::uint64_t identity) const {
    return table_.empty() ? kNone : table_[(identity ^ identity >> 29) & (table_.size() - 1)];
  }
  void link(std::uint32_t node);
  void rebuild_table();

  std::vector<Node, HugePages<Node>> entries_;
  std::vector<std::uint32_t, HugePages<std::uint32_t>> table_;
  std::size_t sweep_at_ = 1024;
};

}  // namespace tocsin
