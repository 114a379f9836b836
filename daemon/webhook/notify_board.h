// NotifyBoard: what `tocsin notify` says of itself to /status, /ready and /live. The webhooks' threads write, the admin
// server reads; every function is thread-safe and none waits for longer than a copy takes.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

enum class WebhookState : std::uint8_t { kWaitingForBroker, kReading, kPosting, kRetrying, kBreakerOpen, kStopped };
std::string_view to_string(WebhookState);

struct WebhookStatus {
  std::string name;
  WebhookState state = WebhookState::kWaitingForBroker;
  std::string reason;         // why it waits or tries again; empty when all is well
  std::int64_t lag = -1;      // alerts not yet settled; -1: not known
  std::int64_t held = -1;     // alerts that wait for the end of a quiet time or of a debounce; -1: not known yet
  bool quiet = false;         // it is a quiet time
  std::int64_t retrying = 0;  // attempts of the alert in hand that failed
  std::uint64_t delivered = 0, skipped = 0, repeated = 0, dead_letters = 0;
  std::int64_t last_delivery_ms = 0;  // Unix
  std::int64_t progress_ms = 0;       // steady clock: when its loop last turned
};

class NotifyBoard {
 public:
  explicit NotifyBoard(const std::vector<std::string>& webhooks);
  void update(std::size_t webhook, const std::function<void(WebhookStatus&)>& change);  // marks progress too
  void progress(std::size_t webhook);
  std::vector<WebhookStatus> snapshot() const;
  // The longest that one of the loops has not turned.
  std::int64_t since_progress_ms() const;

 private:
  mutable std::mutex mutex_;
  std::vector<WebhookStatus> webhooks_;
};

// Ready: every webhook is read for. One whose receiver is away is ready: its alerts wait in the topic.
bool is_ready(const std::vector<WebhookStatus>& webhooks);
std::string notify_status_json(const std::vector<WebhookStatus>& webhooks);

}  // namespace tocsin
