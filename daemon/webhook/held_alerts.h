// HeldAlerts: the alerts of one partition that wait, because the receiver is not to be rung now (quiet times) or was
// told of the incident just before (debounce).
//
// They are not copied anywhere: an alert lies on wire.alerts, and which of them wait is written, as offsets, into the
// metadata of the group's committed offset, in the same transaction that moves the offset over them. So whoever reads
// the partition next, after a restart or another instance, finds them, and none is lost or told twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/io.h"
#include "daemon/notify_metrics.h"
#include "daemon/webhook/message.h"
#include "daemon/webhook/told_alerts.h"
#include "daemon/webhook/webhook.h"

namespace tocsin {

// Whether an alert waits at this time. `told` is what the receiver knows of its incident, null when nothing.
//   - In quiet times what is below quiet_min_severity waits; an incident that rang at that severity goes on being told.
//   - Within `debounce` of what was last told of its incident waits what only adds to it: corroborated, placed. What
//     changes it is told at once: denied, withdrawn, escalated.
Wait must_wait(const Webhook& webhook, const AlertMessage& alert, const ToldIncident* told, std::int64_t now_ms);

struct HeldAlert {
  AlertMessage alert;
  // Of those that are folded into it, in order, and its own behind them. They own their bytes.
  std::vector<RawRecord> records;
  std::int64_t due_ms = -1;  // since when it need not wait any longer, Unix; negative: it must
};

class HeldAlerts {
 public:
  // What Kafka's brokers take as metadata by default is 4,096 bytes (offset.metadata.max.bytes): some 1,600 alerts.
  static constexpr std::size_t kMetadataBytes = 4000;

  // Of an incident the newest is held, and the older are folded into it (`alert.folded`), whichever came first. False,
  // and nothing is held: there is no room.
  bool hold(const RawRecord& record, AlertMessage alert);
  bool holds(const AlertMessage& alert) const;
  // What waits of an incident, or null; until the next call that changes anything.
  const HeldAlert* find(const std::string& incident) const;
  void drop(const std::string& incident);
  std::vector<HeldAlert>& all() { return held_; }  // in the order in which their newest came
  const std::vector<HeldAlert>& all() const { return held_; }
  std::size_t size() const;  // with those that are folded

  // "held:1200,3,2": the first offset, then the steps to the next ones; empty when nothing waits.
  std::string metadata() const;
  // The offsets, ascending; empty for what is no metadata of ours.
  static std::vector<std::int64_t> offsets(std::string_view metadata);

 private:
  std::vector<HeldAlert> held_;
};

// `newer` tells what `older` and those folded into it told as well.
void fold(const AlertMessage& older, AlertMessage& newer);

}  // namespace tocsin
