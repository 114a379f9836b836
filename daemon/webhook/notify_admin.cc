#include "daemon/webhook/notify_admin.h"

#include <httplib.h>

#include <string>
#include <thread>

namespace tocsin {
namespace {

constexpr std::size_t kThreads = 2;
constexpr std::time_t kTimeoutSeconds = 2;

void text(httplib::Response& response, int code, const std::string& body) {
  response.status = code;
  response.set_content(body + "\n", "text/plain; charset=utf-8");
}

}  // namespace

struct NotifyAdmin::Server {
  httplib::Server http;
  std::uint16_t port = 0;
  std::thread thread;

  Server(std::int64_t progress_timeout_ms, const NotifyMetrics& metrics, const NotifyBoard& board) {
    http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    // The library's own default shares a busy port (SO_REUSEPORT), and two processes would answer in turn.
    http.set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    http.set_read_timeout(kTimeoutSeconds);
    http.set_write_timeout(kTimeoutSeconds);
    http.set_keep_alive_max_count(1);
    http.set_payload_max_length(0);
    http.set_default_headers({{"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"}});
    http.Get("/metrics", [&metrics](const httplib::Request&, httplib::Response& response) {
      response.set_content(metrics.expose(), "text/plain; version=0.0.4; charset=utf-8");
    });
    http.Get("/live", [&board, progress_timeout_ms](const httplib::Request&, httplib::Response& response) {
      const std::int64_t still = board.since_progress_ms();
      if (still <= progress_timeout_ms) return text(response, 200, "live");
      text(response, 503, "not live: a webhook's loop has not turned for " + std::to_string(still / 1000) + " s");
    });
    http.Get("/ready", [&board](const httplib::Request&, httplib::Response& response) {
      const std::vector<WebhookStatus> webhooks = board.snapshot();
      if (is_ready(webhooks)) return text(response, 200, "ready");
      text(response, 503, "not ready: " + notify_status_json(webhooks));
    });
    http.Get("/status", [&board](const httplib::Request&, httplib::Response& response) {
      response.set_content(notify_status_json(board.snapshot()) + "\n", "application/json");
    });
    http.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty())
        text(response, response.status, "there are /metrics, /live, /ready and /status, to be read by GET");
    });
  }

  ~Server() {
    http.stop();
    if (thread.joinable()) thread.join();
  }
};

NotifyAdmin::NotifyAdmin(std::unique_ptr<Server> server) : server_(std::move(server)) {}
NotifyAdmin::~NotifyAdmin() = default;
std::uint16_t NotifyAdmin::port() const { return server_->port; }

Result<std::unique_ptr<NotifyAdmin>> NotifyAdmin::start(const Config& config, const NotifyMetrics& metrics,
                                                        const NotifyBoard& board) {
  auto server = std::make_unique<Server>(config.progress_timeout_ms, metrics, board);
  const AdminConfig& listen = config.notify.admin;
  int port = listen.port;
  if (port == 0) {
    port = server->http.bind_to_any_port(listen.host);
  } else if (!server->http.bind_to_port(listen.host, port)) {
    port = -1;
  }
  if (port <= 0)
    return fail("notify.listen: cannot listen on " + listen.host + ":" + std::to_string(listen.port) +
                "; it is in use or not an address of this machine, set another one");
  server->port = static_cast<std::uint16_t>(port);
  Server& running = *server;
  server->thread = std::thread([&running] { running.http.listen_after_bind(); });
  while (!running.http.is_running()) std::this_thread::yield();  // else a stop right now would be lost
  return std::unique_ptr<NotifyAdmin>(new NotifyAdmin(std::move(server)));
}

}  // namespace tocsin
