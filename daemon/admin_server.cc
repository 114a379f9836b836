#include "daemon/admin_server.h"

namespace tocsin {
namespace {

constexpr std::time_t kTimeoutSeconds = 2;

}  // namespace

AdminServer::AdminServer(std::size_t threads) {
  http_.new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
  // The library's own default shares a busy port (SO_REUSEPORT), and two processes would answer in turn.
  http_.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  http_.set_read_timeout(kTimeoutSeconds);
  http_.set_write_timeout(kTimeoutSeconds);
  http_.set_payload_max_length(0);
}

AdminServer::~AdminServer() {
  http_.stop();
  if (thread_.joinable()) thread_.join();
}

Result<void> AdminServer::listen(std::string_view key, const AdminConfig& address) {
  int port = address.port;
  if (port == 0) {
    port = http_.bind_to_any_port(address.host);
  } else if (!http_.bind_to_port(address.host, port)) {
    port = -1;
  }
  if (port <= 0) {
    return fail(std::string(key) + ": cannot listen on " + address.host + ":" + std::to_string(address.port) +
                "; it is in use or not an address of this machine, set another one");
  }
  port_ = static_cast<std::uint16_t>(port);
  thread_ = std::thread([this] { http_.listen_after_bind(); });
  while (!http_.is_running()) std::this_thread::yield();  // else a stop right now would be lost
  return {};
}

void answer(httplib::Response& response, int code, const std::string& body) {
  response.status = code;
  response.set_content(body + "\n", "text/plain; charset=utf-8");
}

}  // namespace tocsin
