// NotifyMetrics: every series that `tocsin notify` exports, beside those of the process. notify_metrics.cc holds the
// table that docs/metrics.md is printed from. The one label that is not a closed list is `webhook`, the names of the
// configuration; all of a webhook's series are exported from the start. All functions are thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/metrics.h"

namespace tocsin {

enum class NotifyPost : std::uint8_t { kDelivered, kRefused, kBusy, kFailed };
enum class NotifyOutcome : std::uint8_t { kDelivered, kSkipped, kRepeated, kDeadLetter };
enum class NotifyReason : std::uint8_t { kNotAlert, kRefused, kExpired };
// Why an alert waits.
enum class Wait : std::uint8_t { kNone, kQuiet, kDebounce };
std::string_view to_string(Wait);  // "quiet", "debounce"
inline constexpr std::size_t kNotifyReasons = 3;
std::string_view to_string(NotifyReason);  // "not_alert", "refused", "expired": as in the dead letter's header

std::vector<MetricRow> notify_metric_table();

class NotifyMetrics {
 public:
  explicit NotifyMetrics(const std::vector<std::string>& webhooks);
  ~NotifyMetrics();
  NotifyMetrics(const NotifyMetrics&) = delete;
  NotifyMetrics& operator=(const NotifyMetrics&) = delete;

  // `webhook` is an index into the names given.
  void post(std::size_t webhook, NotifyPost result, double seconds);
  void outcome(std::size_t webhook, NotifyOutcome outcome);
  void dead_letter(std::size_t webhook, NotifyReason reason);
  void delivered(std::size_t webhook, double delay_seconds, double now_seconds);  // beside outcome()
  void held(std::size_t webhook, Wait why);                                       // not kNone
  void folded(std::size_t webhook, std::size_t alerts);
  void waiting(std::size_t webhook, std::size_t alerts);  // that are held now
  void breaker(std::size_t webhook, bool open);
  void lag(std::size_t webhook, std::int64_t records);
  void lost(std::size_t webhook, std::uint64_t records);  // deleted before they were read
  std::string expose() const;                             // text exposition format 0.0.4

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace tocsin
