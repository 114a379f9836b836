// Status: what the daemon says of itself to /status, /ready, /live and to systemd. The loops write, the admin server
// reads; every member function of StatusBoard is thread-safe and none waits for longer than a copy takes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/clock.h"
#include "daemon/config.h"

namespace tocsin {

enum class RunState : std::uint8_t { kStarting, kWaitingForBroker, kStandby, kTakingOver, kActive, kStopping, kFailed };
inline constexpr std::size_t kRunStates = 7;
std::string_view to_string(RunState);

struct PartitionStatus {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t position = -1;  // next offset to be decided; -1: not known
  std::int64_t lag = -1;       // records from there to the high watermark; -1: not known
  std::int64_t moved_ms = 0;   // when `position` last changed, Unix milliseconds
};

struct Status {
  RunState state = RunState::kStarting;
  std::string reason;         // in words, why not ready ("broker 127.0.0.1:9092 does not answer"); empty when ready
  std::int64_t since_ms = 0;  // of `state`
  Role role = Role::kAll;
  std::string group;
  std::string instance;  // host and process id
  std::int64_t started_ms = 0;
  std::vector<PartitionStatus> partitions;
  std::string rules_hash, gazetteer_hash;
  std::int64_t knowledge_ms = 0;  // when it was loaded
  std::string last_error;
  std::int64_t last_error_ms = 0;
  std::int64_t last_commit_ms = 0;
  std::uint64_t articles = 0, dead_letters = 0, alerts = 0, links = 0, committed = 0, aborted = 0, takeovers = 0;
  std::size_t heads = 0, ids = 0, incidents = 0, held = 0;
};

// Active, or standing by with the state restored.
bool is_ready(const Status& status);

// A few of the last alerts and dead letters that were committed, for the admin page.
struct RecentAlert {
  std::int64_t at_ms = 0;  // of the raw record
  std::string incident, change, type, factuality, headline, place, country, uri;
  int severity = 1;
  double lat = 0, lon = 0;
  bool placed = false, backfill = false;
};
struct RecentDeadLetter {
  std::int64_t at_ms = 0;
  std::string reason, detail, topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
};

class StatusBoard {
 public:
  static constexpr std::size_t kRecent = 50;

  // `role`, `group` and the times at start.
  explicit StatusBoard(const Config& config);

  // Called by the loop each time it turns, idle or not: what /live and the watchdog look at.
  void progress() { progress_ms_.store(steady_ms(), std::memory_order_relaxed); }
  std::int64_t since_progress_ms() const { return steady_ms() - progress_ms_.load(std::memory_order_relaxed); }

  void enter(RunState state, std::string reason = {});  // sets since_ms when the state changes
  void error(std::string message);
  void update(const std::function<void(Status&)>& change);  // under the lock: copy, do not compute
  void alert(RecentAlert alert);
  void dead_letter(RecentDeadLetter letter);

  Status snapshot() const;
  std::vector<RecentAlert> recent_alerts() const;  // newest first
  std::vector<RecentDeadLetter> recent_dead_letters() const;
  bool ready() const { return is_ready(snapshot()); }

 private:
  std::atomic<std::int64_t> progress_ms_;
  mutable std::mutex mutex_;
  Status status_;
  std::vector<RecentAlert> alerts_;
  std::vector<RecentDeadLetter> letters_;
};

// Alerts and dead letters newest first.
std::string status_json(const Status& status, const std::vector<RecentAlert>& alerts,
                        const std::vector<RecentDeadLetter>& letters);

}  // namespace tocsin
