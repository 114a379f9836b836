#include "daemon/admin.h"

#include <string>

#include "daemon/admin_page.h"
#include "daemon/admin_server.h"

namespace tocsin {
namespace {

constexpr std::size_t kThreads = 4;
// A connection holds a thread while it is kept, so it is not kept for long: Prometheus connects anew for each scrape.
constexpr std::time_t kKeepAliveSeconds = 1;

std::string seconds(std::int64_t ms) { return std::to_string(ms / 1000) + " s"; }

}  // namespace

struct Admin::Server {
  AdminServer server{kThreads};
  const Metrics& metrics;
  const StatusBoard& board;
  std::int64_t progress_timeout_ms;

  Server(const Config& config, const Metrics& m, const StatusBoard& b)
      : metrics(m), board(b), progress_timeout_ms(config.progress_timeout_ms) {
    httplib::Server& http = server.http();
    http.set_keep_alive_timeout(kKeepAliveSeconds);
    http.set_keep_alive_max_count(100);
    http.set_default_headers({{"X-Content-Type-Options", "nosniff"},
                              {"Content-Security-Policy", std::string(kAdminPagePolicy)},
                              {"Cache-Control", "no-store"},
                              {"Referrer-Policy", "no-referrer"}});
    routes(http);
  }

  void routes(httplib::Server& http) {
    http.Get("/", [](const httplib::Request&, httplib::Response& response) {
      response.set_content(std::string(admin_page()), "text/html; charset=utf-8");
    });
    http.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(metrics.expose(), "text/plain; version=0.0.4; charset=utf-8");
    });
    http.Get("/live", [this](const httplib::Request&, httplib::Response& response) {
      const std::int64_t still = board.since_progress_ms();
      if (still <= progress_timeout_ms) return answer(response, 200, "live");
      answer(response, 503, "not live: the loop has made no progress for " + seconds(still));
    });
    http.Get("/ready", [this](const httplib::Request&, httplib::Response& response) {
      const Status status = board.snapshot();
      const std::string state(to_string(status.state));
      const std::string why = status.reason.empty() ? "" : ": " + status.reason;
      if (is_ready(status)) return answer(response, 200, "ready: " + state);
      answer(response, 503, "not ready: " + state + why);
    });
    http.Get("/status", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(status_json(board.snapshot()) + "\n", "application/json");
    });
    http.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return;
      answer(response, response.status, "there are /, /metrics, /live, /ready and /status, to be read by GET");
    });
  }
};

Admin::Admin(std::unique_ptr<Server> server) : server_(std::move(server)) {}
Admin::~Admin() = default;
std::uint16_t Admin::port() const { return server_->server.port(); }

Result<std::unique_ptr<Admin>> Admin::start(const Config& config, const Metrics& metrics, const StatusBoard& board) {
  auto server = std::make_unique<Server>(config, metrics, board);
  if (auto r = server->server.listen("admin.listen", config.admin); !r) return tl::unexpected(r.error());
  return std::unique_ptr<Admin>(new Admin(std::move(server)));
}

}  // namespace tocsin
