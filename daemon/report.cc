#include "daemon/report.h"

#include <algorithm>

#include "daemon/clock.h"
#include "daemon/log.h"

namespace tocsin {
namespace {

template <typename A, typename B>
bool same_partition(const A& a, const B& b) {
  return a.partition == b.partition && a.topic == b.topic;
}

}  // namespace

void report_state(RunState state, Metrics& metrics, StatusBoard& board, std::string reason) {
  board.enter(state, std::move(reason));
  metrics.set_state(Gauge::kState, index(state));
}

void report_partitions(const std::vector<PartitionLag>& lags, Metrics& metrics, StatusBoard& board) {
  const std::vector<PartitionStatus> before = board.snapshot().partitions;
  std::vector<PartitionStatus> now;
  for (const PartitionLag& lag : lags) {
    const auto old = std::ranges::find_if(before, [&](const PartitionStatus& p) { return same_partition(p, lag); });
    const bool moved = old == before.end() || old->position != lag.position;
    now.push_back({lag.topic, lag.partition, lag.position, lag.lag, moved ? unix_ms() : old->moved_ms});
    metrics.set_partition(lag.topic, lag.partition, lag.position, lag.lag);
  }
  for (const PartitionStatus& old : before)
    if (std::ranges::none_of(lags, [&](const PartitionLag& lag) { return same_partition(lag, old); }))
      metrics.drop_partition(old.topic, old.partition);
  board.update([&](Status& s) { s.partitions = std::move(now); });
}

void report_gaps(const std::vector<Gap>& gaps, Metrics& metrics, StatusBoard& board) {
  for (const Gap& gap : gaps) {
    const std::string where = gap.topic + ":" + std::to_string(gap.partition);
    if (gap.to < gap.from) {
      board.error(where + " was made anew: it is read from its beginning");
      log_error("input.made_anew",
                {{"topic", gap.topic}, {"partition", gap.partition}, {"from", gap.from}, {"to", gap.to}});
      continue;
    }
    const auto lost = static_cast<std::uint64_t>(gap.to - gap.from);
    metrics.add(Counter::kLost, 0, lost);
    board.error(where + ": " + std::to_string(lost) + " records were deleted before they were read");
    log_error("input.lost", {{"topic", gap.topic},
                             {"partition", gap.partition},
                             {"from", gap.from},
                             {"to", gap.to},
                             {"change", "retention.ms of the topic, or why nothing read it for so long"}});
  }
}

}  // namespace tocsin
