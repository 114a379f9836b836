#include "daemon/admin.h"

#include <httplib.h>

#include <atomic>
#include <string>
#include <thread>

#include "daemon/admin_page.h"

namespace tocsin {
namespace {

constexpr std::size_t kThreads = 4;
constexpr std::time_t kTimeoutSeconds = 2;
// A connection holds a thread while it is kept, so it is not kept for long: Prometheus connects anew for each scrape.
constexpr std::time_t kKeepAliveSeconds = 1;

void text(httplib::Response& response, int code, const std::string& body) {
  response.status = code;
  response.set_content(body + "\n", "text/plain; charset=utf-8");
}

std::string seconds(std::int64_t ms) { return std::to_string(ms / 1000) + " s"; }

}  // namespace

struct Admin::Server {
  httplib::Server http;
  const Metrics& metrics;
  const StatusBoard& board;
  std::int64_t progress_timeout_ms;
  std::uint16_t port = 0;
  std::thread thread;

  Server(const Config& config, const Metrics& m, const StatusBoard& b)
      : metrics(m), board(b), progress_timeout_ms(config.progress_timeout_ms) {
    http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    // The library's own default shares a busy port (SO_REUSEPORT), and two daemons would answer in turn.
    http.set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    http.set_read_timeout(kTimeoutSeconds);
    http.set_write_timeout(kTimeoutSeconds);
    http.set_keep_alive_timeout(kKeepAliveSeconds);
    http.set_keep_alive_max_count(100);
    http.set_payload_max_length(0);
    http.set_default_headers({{"X-Content-Type-Options", "nosniff"},
                              {"Content-Security-Policy", std::string(kAdminPagePolicy)},
                              {"Cache-Control", "no-store"},
                              {"Referrer-Policy", "no-referrer"}});
    routes();
  }

  ~Server() {
    http.stop();
    if (thread.joinable()) thread.join();
  }

  void routes() {
    http.Get("/", [](const httplib::Request&, httplib::Response& response) {
      response.set_content(std::string(admin_page()), "text/html; charset=utf-8");
    });
    http.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(metrics.expose(), "text/plain; version=0.0.4; charset=utf-8");
    });
    http.Get("/live", [this](const httplib::Request&, httplib::Response& response) {
      const std::int64_t still = board.since_progress_ms();
      if (still <= progress_timeout_ms) return text(response, 200, "live");
      text(response, 503, "not live: the loop has made no progress for " + seconds(still));
    });
    http.Get("/ready", [this](const httplib::Request&, httplib::Response& response) {
      const Status status = board.snapshot();
      const std::string state(to_string(status.state));
      const std::string why = status.reason.empty() ? "" : ": " + status.reason;
      if (is_ready(status)) return text(response, 200, "ready: " + state);
      text(response, 503, "not ready: " + state + why);
    });
    http.Get("/status", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(status_json(board.snapshot()) + "\n", "application/json");
    });
    http.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return;
      text(response, response.status, "there are /, /metrics, /live, /ready and /status, to be read by GET");
    });
  }
};

Admin::Admin(std::unique_ptr<Server> server) : server_(std::move(server)) {}
Admin::~Admin() = default;
std::uint16_t Admin::port() const { return server_->port; }

Result<std::unique_ptr<Admin>> Admin::start(const Config& config, const Metrics& metrics, const StatusBoard& board) {
  auto server = std::make_unique<Server>(config, metrics, board);
  const std::string& host = config.admin.host;
  int port = config.admin.port;
  if (port == 0) {
    port = server->http.bind_to_any_port(host);
  } else if (!server->http.bind_to_port(host, port)) {
    port = -1;
  }
  if (port <= 0) {
    return fail("admin.listen: cannot listen on " + host + ":" + std::to_string(config.admin.port) +
                "; it is in use or not an address of this machine, set another one");
  }
  server->port = static_cast<std::uint16_t>(port);
  Server& running = *server;
  server->thread = std::thread([&running] { running.http.listen_after_bind(); });
  while (!running.http.is_running()) std::this_thread::yield();  // else a stop right now would be lost
  return std::unique_ptr<Admin>(new Admin(std::move(server)));
}

}  // namespace tocsin
