// Metrics: every series that Tocsin exports. metrics.cc holds the one table that names them (name, help, type, label,
// buckets); docs/metrics.md is printed from it and a test compares what is documented with what is exported.
//
// A thread that works on articles counts in a Tally of its own (plain integers) and flushes it once a batch:
//
//   Tally tally;
//   tally.add(Counter::kArticles, index(Outcome::kNew));
//   tally.observe(Histogram::kPrepareSeconds, seconds);
//   metrics.flush(tally);                        // adds all, clears the tally
//
// What happens once a second or less may call Metrics directly. Labels have closed sets of values, all exported from
// the start; only lag and position are per partition, and go when the partition goes, and presets are those of the
// knowledge that was loaded.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tocsin {

// The label of a series is an index into its closed list: of Outcome, Reason, EventType, or of the enum named here.
enum class Counter : std::uint8_t {
  kArticles,         // by Outcome: raw articles decided, each once (a held one as held)
  kArticleBytes,     // raw payload bytes decided
  kRecords,          // by Output (below): records produced in committed transactions
  kRecordBytes,      // by Output
  kDeadLetters,      // by Reason
  kAlerts,           // by EventType: alerts that ring
  kAlertsBackfill,   // alerts that carry the backfill mark
  kEvents,           // by EventType: events found, whatever their factuality
  kLinks,            // by Relation: articles linked to a story
  kBatches,          // by BatchEnd: why a batch was closed
  kTransactions,     // by Transaction: how it ended
  kTakeovers,        // times this instance became the mind
  kReloads,          // by Reload
  kDueReleased,      // by Outcome: held articles whose embargo ended
  kEvictedByMemory,  // heads that left before their window was over
  kPreparedAgain,    // articles prepared a second time, because a line of theirs was promoted in between
  kUnsupported,      // articles in a language that the rules of events do not know
  kLost,             // raw records that the broker had deleted before they were read
};
inline constexpr std::size_t kCounters = 18;

enum class Gauge : std::uint8_t {
  kState,  // by RunState (status.h): 1 for the present one
  kHeads,
  kIds,
  kIncidents,
  kHeld,
  kPromotedLines,   // that a source repeats
  kLastCommit,      // Unix seconds of the last committed transaction
  kLastReload,      // Unix seconds of the last reload that was taken
  kLastProgress,    // Unix seconds of the loop's last turn
  kThreads,         // of prepare
  kRestoreSeconds,  // how long the last take-over took to restore the state
};
inline constexpr std::size_t kGauges = 11;

enum class Histogram : std::uint8_t {
  kBatchArticles,       // articles a batch
  kBatchBytes,          // raw bytes a batch
  kPrepareSeconds,      // of one batch, wall
  kDecideSeconds,       // of one batch, wall
  kTransactionSeconds,  // begin to committed
  kRawToOutputSeconds,  // raw record's timestamp to committed output, each article
  kRawToAlertSeconds,   // the same for articles that ring
  kTakeoverSeconds,     // assigned to first poll of the input
};
inline constexpr std::size_t kHistograms = 8;

enum class OutputTopic : std::uint8_t { kEnriched, kAlerts, kDuplicates, kDeadLetter, kPrepared, kState, kMemory };
enum class BatchEnd : std::uint8_t { kInputEmpty, kArticles, kBytes };
enum class Transaction : std::uint8_t { kCommitted, kAborted, kFenced, kUnknown };
enum class Reload : std::uint8_t { kTaken, kRefused };

template <typename Enum>
requires std::is_enum_v<Enum>
constexpr std::size_t index(Enum value) { return static_cast<std::size_t>(value); }

inline constexpr std::size_t kMaxLabels = 32;   // values of one label
inline constexpr std::size_t kMaxBuckets = 24;  // upper bounds of one histogram, +Inf apart

// One thread's counts since its last flush. Not thread-safe.
class Tally {
 public:
  void add(Counter counter, std::size_t label = 0, std::uint64_t n = 1) {
    counters_[tocsin::index(counter)][label] += n;
  }
  void observe(Histogram histogram, double value, std::uint64_t times = 1);
  // One article read by this preset.
  void read_by(const std::string& preset) { ++presets_[preset]; }

 private:
  friend class Metrics;
  struct Observed {
    std::array<std::uint64_t, kMaxBuckets + 1> buckets{};
    double sum = 0;
    bool any = false;
  };
  std::array<std::array<std::uint64_t, kMaxLabels>, kCounters> counters_{};
  std::array<Observed, kHistograms> histograms_{};
  std::map<std::string, std::uint64_t> presets_;
};

// A row of the table, for the documentation.
struct MetricRow {
  std::string_view name;
  std::string_view type;  // counter, gauge, histogram
  std::string_view unit;  // seconds, bytes, or empty: a number of things
  std::string_view help;
  std::vector<std::string> labels;               // names
  std::vector<std::vector<std::string>> values;  // of each label; empty: not a closed set
};
std::vector<MetricRow> metric_table();
std::string metrics_markdown();  // docs/metrics.md

// All functions are thread-safe.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void flush(Tally& tally);
  void add(Counter counter, std::size_t label = 0, std::uint64_t n = 1);
  void observe(Histogram histogram, double value);
  void set(Gauge gauge, double value) { set(gauge, 0, value); }
  void set(Gauge gauge, std::size_t label, double value);
  // A gauge with a closed label as a state: 1 for `label`, 0 for all others.
  void set_state(Gauge gauge, std::size_t label);
  std::uint64_t value(Counter counter, std::size_t label = 0) const;
  std::uint64_t total(Counter counter) const;  // over all labels

  // Next offset to be decided, and how many records lie behind it (high watermark - position).
  void set_partition(const std::string& topic, std::int32_t partition, std::int64_t position, std::int64_t lag);
  void drop_partition(const std::string& topic, std::int32_t partition);

  void set_knowledge(const std::string& rules_hash, const std::string& gazetteer_hash);
  // Series of tocsin_articles_read_total that are there from now on.
  void set_presets(const std::vector<std::string_view>& presets);
  void set_build(const std::string& version, const std::string& librdkafka);

  // Text exposition format 0.0.4.
  std::string expose() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace tocsin
