#include "daemon/admin.h"

#include <string>

#include "daemon/admin_page.h"

namespace tocsin {
namespace {

AdminAnswer live(const StatusBoard& board, std::int64_t progress_timeout_ms) {
  const std::int64_t still = board.since_progress_ms();
  if (still <= progress_timeout_ms) return {200, "live\n"};
  return {503, "not live: the loop has made no progress for " + std::to_string(still / 1000) + " s\n"};
}

AdminAnswer ready(const StatusBoard& board) {
  const Status status = board.snapshot();
  const std::string state(to_string(status.state));
  if (is_ready(status)) return {200, "ready: " + state + "\n"};
  return {503, "not ready: " + state + (status.reason.empty() ? "" : ": " + status.reason) + "\n"};
}

}  // namespace

Result<std::unique_ptr<AdminServer>> start_admin(const Config& config, const Metrics& metrics,
                                                 const StatusBoard& board) {
  auto server = std::make_unique<AdminServer>(std::vector<AdminPage>{
      {"/", true,
       [] {
         return AdminAnswer{200, std::string(admin_page()), "text/html; charset=utf-8"};
       }},
      {"/metrics", false,
       [&metrics] {
         return AdminAnswer{200, metrics.expose(), kMetricsType};
       }},
      {"/live", true, [&board, most = config.progress_timeout_ms] { return live(board, most); }},
      {"/ready", true, [&board] { return ready(board); }},
      {"/status", false,
       [&board] {
         return AdminAnswer{200,
                            status_json(board.snapshot(), board.recent_alerts(), board.recent_dead_letters()) + "\n",
                            "application/json"};
       }},
  });
  if (auto r = server->listen("admin", config.admin); !r) return tl::unexpected(r.error());
  return server;
}

}  // namespace tocsin
