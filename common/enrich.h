// The pipeline: the one file that names every stage.
//
//   payload -> Preparer::prepare -> Prepared -> Mind::decide -> Decision
//              pure, many threads               one, in order
//
// Lines that a source repeats are learnt by the mind and removed by the preparers, who run ahead of it: what they
// removed may not be what the mind knows when the article's turn comes. Then it is prepared again (Mind::outdated), so
// that what becomes of an article hangs on the order of articles and on nothing else.
//
// `tocsin enrich` and the daemon run exactly this; they differ in where bytes come from and where they go.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/alert.h"
#include "common/article/article.h"
#include "common/article/prepared.h"
#include "common/article/result.h"
#include "common/article/state.h"

namespace tocsin {

// Where the compiled knowledge lies. Empty paths: `directory` + the default names (gazetteer.img, rules/, cues/,
// presets.yaml, junk.yaml ...).
struct KnowledgePaths {
  std::string directory;
  std::string gazetteer;
  std::string rules;
  std::string presets;
};

// Rules, gazetteer, presets and junk lines that a batch is worked with. Immutable and shared by threads; a reload makes
// a new one and the old lives until its last batch is done.
class Knowledge {
 public:
  static Result<std::shared_ptr<const Knowledge>> load(const KnowledgePaths& paths);
  ~Knowledge();
  const std::string& rules_hash() const;
  const std::string& gazetteer_hash() const;
  // What PrepareOptions::preset may be: those of presets.yaml, and auto, text, html.
  std::vector<std::string_view> presets() const;
  struct Parts;  // the stages' tables; enrich.cc knows them
  const Parts& parts() const { return *parts_; }

 private:
  Knowledge();
  std::unique_ptr<Parts> parts_;
};

struct PrepareOptions {
  std::string preset = "auto";
  bool keep_text = false;  // publish the text unchanged
  std::size_t article_bytes = 8u << 20;
  std::size_t depth = 64;       // JSON nesting
  std::size_t id_bytes = 1024;  // of id and uri
};

// One per thread: it holds scratch buffers. Keeps the knowledge alive.
class Preparer {
 public:
  Preparer(std::shared_ptr<const Knowledge> knowledge, PrepareOptions options);
  ~Preparer();
  Preparer(Preparer&&) noexcept;
  // Never throws, never fails: an article that cannot be read comes back rejected(), with reason and detail.
  // `arrival.record_ms` is taken as it stands; `enrich` passes kPublishedTime to have the published time (or the
  // fallback it gives) as record time.
  // `promoted`: lines that sources repeat (Mind::promoted_lines), which are removed; read in the call only.
  Prepared prepare(std::string_view payload, const Arrival& arrival, const PromotedLines& promoted = {});

 private:
  struct Scratch;
  std::unique_ptr<Scratch> scratch_;
};

// A rejection made outside prepare (tombstone, too many headers, crashed): the same shape, so that the account is one.
Prepared reject(const Arrival& arrival, Reason reason, std::string detail);

struct MindOptions {
  bool dedupe = true;
  std::int64_t window_ms = 72LL * 3600 * 1000;          // text can match within this much record time
  std::int64_t ids_ms = 30LL * 24 * 3600 * 1000;        // ids, versions and kills are remembered for
  std::size_t max_heads = 2'000'000;                    // oldest leave first
  std::int64_t alerts_max_age_ms = 24LL * 3600 * 1000;  // 0: nothing is backfill
  std::vector<AlertRule> alert_rules;
  bool learn_lines = true;  // that sources repeat; needs dedupe, which knows the new stories
};

enum class Stream : std::uint8_t { kEnriched, kAlerts, kDuplicates, kDeadLetter };

struct Output {
  Stream stream = Stream::kEnriched;
  std::string key;
  std::string value;  // kDeadLetter: empty, the daemon sends the original bytes
};

// What became of one article. `record` is the line of `tocsin enrich`; the daemon sends `outputs`.
struct Decision {
  Outcome outcome = Outcome::kNew;
  Reason reason = Reason::kNone;
  std::vector<Output> outputs;        // exactly one of enriched, duplicates, dead letter (none while held), then alerts
  const std::string& record() const;  // of outputs[0], or of held_record
  std::string held_record;            // outcome held: its line in `enrich`
  std::optional<Relation> relation;   // of a link, for metrics
  std::vector<Alert> alerts;          // those in outputs, for metrics and the admin page; a backfilled one rings nobody
};

// An embargoed article that fell due: to be prepared and decided again with these coordinates.
struct Due {
  Coordinates at;
  std::int64_t record_ms = 0;
  std::string key;      // of the raw record
  std::string payload;  // its original bytes
};

// The one place that knows the past. Not thread-safe; one thread decides. Equal sequences of calls give equal answers,
// and a Mind that applied the deltas of another answers as that one does.
class Mind {
 public:
  explicit Mind(MindOptions options);
  ~Mind();

  // Lines that sources repeat, as far as the articles decided so far tell. Changes with decide() and with restoring.
  const PromotedLines& promoted_lines() const;
  // Other lines were removed than promoted_lines() asks for: prepare it again with these before it is decided.
  bool outdated(const Prepared& prepared) const;

  // Decides and remembers. `raw` and `key` are the raw record's, kept when the article must be held.
  // `due` marks an article that take_due() gave back: its embargo is over.
  Decision decide(const Prepared& prepared, std::string_view raw, bool due = false, std::string_view key = {});
  // Held articles whose embargo ends at or before now_ms, oldest first, at most `limit`. They stay held until decided.
  std::vector<Due> take_due(std::int64_t now_ms, std::size_t limit);
  // What was learnt since the last call, for the transaction that carries the decisions. Empty if nothing was.
  StateDelta take_delta();

  // Restoring, in the order in which the records stand in their topic; the two topics may be interleaved in any way.
  // A block of an unknown format or a corrupted one is refused whole.
  Result<void> apply_block(std::string_view block);
  Result<void> apply_memory(std::string_view key, std::optional<std::string_view> value);

  struct Size {
    std::size_t heads = 0, ids = 0, incidents = 0, held = 0, held_bytes = 0, promoted_lines = 0;
    std::uint64_t evicted_by_memory = 0;
  };
  Size size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

inline constexpr std::int64_t kPublishedTime = INT64_MIN + 1;

}  // namespace tocsin
