#include "daemon/webhook/notify_board.h"

#include <algorithm>
#include <array>

#include "daemon/clock.h"
#include "daemon/json_text.h"

namespace tocsin {

std::string_view to_string(WebhookState state) {
  constexpr std::array<std::string_view, 6> kNames{"waiting_for_broker", "reading",      "posting",
                                                   "retrying",           "breaker_open", "stopped"};
  return kNames.at(static_cast<std::size_t>(state));
}

NotifyBoard::NotifyBoard(const std::vector<std::string>& webhooks) {
  for (const std::string& name : webhooks) {
    WebhookStatus& status = webhooks_.emplace_back();
    status.name = name;
    status.progress_ms = steady_ms();
  }
}

void NotifyBoard::update(std::size_t webhook, const std::function<void(WebhookStatus&)>& change) {
  const std::lock_guard lock(mutex_);
  change(webhooks_[webhook]);
  webhooks_[webhook].progress_ms = steady_ms();
}

void NotifyBoard::progress(std::size_t webhook) {
  update(webhook, [](WebhookStatus&) {});
}

std::vector<WebhookStatus> NotifyBoard::snapshot() const {
  const std::lock_guard lock(mutex_);
  return webhooks_;
}

std::int64_t NotifyBoard::since_progress_ms() const {
  const std::lock_guard lock(mutex_);
  std::int64_t longest = 0;
  for (const WebhookStatus& w : webhooks_)
    if (w.state != WebhookState::kStopped) longest = std::max(longest, steady_ms() - w.progress_ms);
  return longest;
}

bool is_ready(const std::vector<WebhookStatus>& webhooks) {
  return std::ranges::none_of(webhooks, [](const WebhookStatus& w) {
    return w.state == WebhookState::kWaitingForBroker || w.state == WebhookState::kStopped;
  });
}

std::string notify_status_json(const std::vector<WebhookStatus>& webhooks) {
  std::string out = "{\"ready\":";
  out += is_ready(webhooks) ? "true" : "false";
  out += ",\"webhooks\":[";
  for (const WebhookStatus& w : webhooks) {
    if (&w != webhooks.data()) out += ',';
    out += "{\"name\":";
    append_json_string(out, w.name);
    out += ",\"state\":";
    append_json_string(out, to_string(w.state));
    out += ",\"reason\":";
    append_json_string(out, w.reason);
    out += ",\"lag\":" + (w.lag < 0 ? std::string("null") : std::to_string(w.lag));
    out += ",\"held\":" + (w.held < 0 ? std::string("null") : std::to_string(w.held));
    out += ",\"quiet\":" + std::string(w.quiet ? "true" : "false");
    out += ",\"retrying\":" + std::to_string(w.retrying);
    out += ",\"delivered\":" + std::to_string(w.delivered);
    out += ",\"skipped\":" + std::to_string(w.skipped);
    out += ",\"repeated\":" + std::to_string(w.repeated);
    out += ",\"dead_letters\":" + std::to_string(w.dead_letters);
    out += ",\"last_delivery\":";
    if (w.last_delivery_ms == 0) {
      out += "null";
    } else {
      append_json_string(out, iso_time(w.last_delivery_ms));
    }
    out += '}';
  }
  return out + "]}";
}

}  // namespace tocsin
