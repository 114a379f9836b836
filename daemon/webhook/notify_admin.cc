#include "daemon/webhook/notify_admin.h"

#include <string>

namespace tocsin {
namespace {

AdminAnswer live(const NotifyBoard& board, std::int64_t progress_timeout_ms) {
  const std::int64_t still = board.since_progress_ms();
  if (still <= progress_timeout_ms) return {200, "live\n"};
  return {503, "not live: a webhook's loop has not turned for " + std::to_string(still / 1000) + " s\n"};
}

AdminAnswer ready(const NotifyBoard& board) {
  const std::vector<WebhookStatus> webhooks = board.snapshot();
  if (is_ready(webhooks)) return {200, "ready\n"};
  return {503, "not ready: " + notify_status_json(webhooks) + "\n"};
}

}  // namespace

Result<std::unique_ptr<AdminServer>> start_notify_admin(const Config& config, const NotifyMetrics& metrics,
                                                        const NotifyBoard& board) {
  auto server = std::make_unique<AdminServer>(std::vector<AdminPage>{
      {"/metrics", false,
       [&metrics] {
         return AdminAnswer{200, metrics.expose(), kMetricsType};
       }},
      {"/live", true, [&board, most = config.progress_timeout_ms] { return live(board, most); }},
      {"/ready", true, [&board] { return ready(board); }},
      {"/status", false,
       [&board] {
         return AdminAnswer{200, notify_status_json(board.snapshot()) + "\n", "application/json"};
       }},
  });
  if (auto r = server->listen("notify", config.notify.admin); !r) return tl::unexpected(r.error());
  return server;
}

}  // namespace tocsin
