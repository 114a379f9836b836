#include "daemon/webhook/notify_admin.h"

#include <string>

#include "daemon/admin_server.h"

namespace tocsin {
namespace {

constexpr std::size_t kThreads = 2;

}  // namespace

struct NotifyAdmin::Server {
  AdminServer server{kThreads};

  Server(std::int64_t progress_timeout_ms, const NotifyMetrics& metrics, const NotifyBoard& board) {
    httplib::Server& http = server.http();
    http.set_keep_alive_max_count(1);
    http.set_default_headers({{"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"}});
    http.Get("/metrics", [&metrics](const httplib::Request&, httplib::Response& response) {
      response.set_content(metrics.expose(), "text/plain; version=0.0.4; charset=utf-8");
    });
    http.Get("/live", [&board, progress_timeout_ms](const httplib::Request&, httplib::Response& response) {
      const std::int64_t still = board.since_progress_ms();
      if (still <= progress_timeout_ms) return answer(response, 200, "live");
      answer(response, 503, "not live: a webhook's loop has not turned for " + std::to_string(still / 1000) + " s");
    });
    http.Get("/ready", [&board](const httplib::Request&, httplib::Response& response) {
      const std::vector<WebhookStatus> webhooks = board.snapshot();
      if (is_ready(webhooks)) return answer(response, 200, "ready");
      answer(response, 503, "not ready: " + notify_status_json(webhooks));
    });
    http.Get("/status", [&board](const httplib::Request&, httplib::Response& response) {
      response.set_content(notify_status_json(board.snapshot()) + "\n", "application/json");
    });
    http.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty())
        answer(response, response.status, "there are /metrics, /live, /ready and /status, to be read by GET");
    });
  }
};

NotifyAdmin::NotifyAdmin(std::unique_ptr<Server> server) : server_(std::move(server)) {}
NotifyAdmin::~NotifyAdmin() = default;
std::uint16_t NotifyAdmin::port() const { return server_->server.port(); }

Result<std::unique_ptr<NotifyAdmin>> NotifyAdmin::start(const Config& config, const NotifyMetrics& metrics,
                                                        const NotifyBoard& board) {
  auto server = std::make_unique<Server>(config.progress_timeout_ms, metrics, board);
  if (auto r = server->server.listen("notify.listen", config.notify.admin); !r) return tl::unexpected(r.error());
  return std::unique_ptr<NotifyAdmin>(new NotifyAdmin(std::move(server)));
}

}  // namespace tocsin
