// StoryBook: the past of stories. Judges each article in order and remembers it.
//
//   Prepared -> decide -> Story            what became of it, of which story it is
//                      -> take_block       what was learnt, for wire.state
//                      -> take_memory      what outlives the window, for wire.memory
//
// What is compared: an article against the heads whose record time lies within the window, found by the smallest values
// of their sketches (sketch_index.h), judged by likeness.h. Heads only, never chains: copies of copies do not drift.
//
// Equal sequences of decide() give equal answers. A book that applied the blocks and memory of another, interleaved in
// any way, decides exactly as that one from then on: decide() only computes an entry, and applies it to itself by the
// code that restoring uses. Not thread-safe. Dates in articles evict nothing; a lone record time far ahead of the log
// does not either.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/bytes.h"
#include "common/article/prepared.h"
#include "common/article/result.h"
#include "common/article/state.h"
#include "common/article/story.h"
#include "common/dedupe/head_store.h"
#include "common/dedupe/kills.h"
#include "common/dedupe/likeness.h"
#include "common/dedupe/seen.h"
#include "common/dedupe/sketch_index.h"

namespace tocsin {

inline constexpr std::size_t kIndexedValues = 16;  // of a head's smallest sketch values

struct StoryBookOptions {
  bool enabled = true;                            // false: every article is new, nothing is remembered
  std::int64_t window_ms = 72LL * 3600 * 1000;    // by record time, both directions
  std::int64_t ids_ms = 30LL * 24 * 3600 * 1000;  // ids, versions and kills
  std::size_t max_heads = 2'000'000;              // 1 .. SketchIndex::kMaxHeads; the oldest leaves first
  std::size_t max_ids = 16'000'000;               // decisions back from the newest that ids are remembered for
};

// A cluster as it is published: 13 characters of [0-9a-v].
std::string cluster_name(std::uint64_t cluster);

class StoryBook {
 public:
  explicit StoryBook(StoryBookOptions options);

  // `prepared` must not be rejected, nor an article that is held.
  Story decide(const Prepared& prepared);
  // A held article that a newer version replaced, or a kill ended (Held::find(at)->superseded): a stale link.
  Story decide_superseded(const Prepared& prepared);

  // Appends what was decided since the last call; nothing when nothing was.
  void take_block(std::string& out);
  void take_memory(std::vector<MemoryRecord>& out);

  // Reads one block from where `in` stands to where it ends. A block of an unknown format, a cut or a wrong one is
  // refused with its offset, and nothing of it is applied.
  Result<void> apply_block(ByteReader& in);
  // Keys that begin with "ids/" or "kill/".
  Result<void> apply_memory(std::string_view key, std::optional<std::string_view> value);

  struct Size {
    std::size_t heads = 0;
    std::size_t ids = 0;
    std::size_t kills = 0;
    std::uint64_t evicted_by_memory = 0;  // heads that left before the window did
    std::size_t memory_bytes = 0;         // of heads, index and ids
  };
  Size size() const;
  std::uint64_t decisions() const { return clock_.sequence; }  // what is done again leaves none
  std::int64_t age_ms() const { return clock_.age_ms; }        // how far the log has moved forward in all
  std::int64_t log_ms() const {
    return clock_.log_ms;
  }  // the record time that it has reached; a lone stray moves it not

 private:
  // What one decision adds; also what a block consists of.
  struct Entry {
    std::int64_t record_ms = 0;
    std::optional<SeenEntry> seen;
    std::uint32_t provider = 0;
    bool head = false;
    std::uint64_t head_cluster = 0;
    std::string head_bytes;
    std::vector<std::uint64_t> head_keys;
    std::optional<Kill> kill;
    bool revived = false;  // a newer version of what was killed: the kill of (cluster, provider) in `seen` is over
  };
  // A head that shares sketch values with the article, compared.
  struct Candidate {
    std::uint64_t number = 0;
    std::uint64_t cluster = 0;
    std::uint32_t provider = 0;
    bool roundup = false;
    Likeness likeness;
  };
  struct Context;  // of one decision

  void begin(std::int64_t record_ms);
  void commit(Entry entry);
  static void append_entry(ByteWriter& out, const Entry& entry);
  static bool read_entry(ByteReader& in, Entry& entry);

  std::optional<Story> done_before(Context& c);
  std::optional<Story> by_identity(Context& c);
  Story by_text(Context& c);
  Story kill(Context& c);
  std::optional<Story> late_copy_of_killed(Context& c);
  std::optional<Story> as_roundup(Context& c, const std::vector<Candidate>& alike);
  void find_candidates(Context& c);
  Story head_of_its_own(Context& c, std::uint64_t cluster);
  void remember(Context& c, const Story& story, std::uint64_t cluster);
  void count_holders(Context& c);
  void add_head(Context& c, std::uint64_t cluster, bool roundup, std::string_view uri);
  std::optional<std::uint64_t> newest_head(std::uint64_t cluster);
  std::string uri_of(std::uint64_t head);

  // Memory may outlive the blocks (a silence longer than they are kept): counting goes on behind what it tells.
  void outlived(std::uint64_t sequence, std::int64_t age_ms);
  SeenLimits seen_limits() const;
  std::int64_t kills_since() const { return clock_.age_ms - options_.ids_ms; }

  StoryBookOptions options_;
  HeadStore heads_;
  SketchIndex index_;
  Seen seen_;
  Kills kills_;

  // Where the log stands. Part of every block, so that a reader who begins in the middle counts as the writer does.
  struct Clock {
    std::uint64_t sequence = 0;       // of the next decision
    std::int64_t log_ms = INT64_MIN;  // record time that the log has reached
    std::int64_t age_ms = 0;          // how far it has moved forward in all; never goes back
    std::uint32_t strays = 0;         // record times in a row that lie over a window away from log_ms
    std::int64_t back_ms = 0;         // how far log_ms went back: until it is there again nothing ages
    bool operator==(const Clock&) const = default;
  };
  Clock clock_;
  std::uint64_t evicted_by_memory_ = 0;

  std::string block_;  // entries since take_block
  std::size_t block_entries_ = 0;
  Clock block_clock_;                       // before its first entry
  std::deque<SeenEntry> unspilled_;         // ids that stand in blocks only
  std::uint64_t spilled_to_ = 0;            // sequence up to which ids stand in memory chunks
  std::vector<MemoryRecord> kill_records_;  // kills since take_memory

  // Scratch.
  HeadView view_;
  std::vector<Candidate> candidates_;
  std::vector<std::uint64_t> votes_;
};

}  // namespace tocsin
