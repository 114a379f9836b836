// AdminServer: Tocsin's own HTTP server, for people, Prometheus and probes; its pages are their owners'. Read only.
//
// One thread and one poll(): nothing that a client does, or leaves, keeps the others from their answers. A client that
// sends or reads slowly costs one of kConnections places; where all are taken, a new one takes that of the oldest. Each
// connection serves one request (GET or HEAD, no body) and is closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/article/result.h"
#include "daemon/config.h"

namespace tocsin {

struct AdminAnswer {
  int code = 200;
  std::string body;
  std::string_view type = "text/plain; charset=utf-8";
};

struct AdminPage {
  std::string_view path;
  bool open = false;                    // answered without the token too: it tells nothing that a stranger may not know
  std::function<AdminAnswer()> answer;  // on the server's thread; must not block
};

inline constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

// The token that a file holds: one line of visible ASCII, at most 4 KiB.
Result<std::string> read_admin_token(const std::string& path);

// The whole answer to a request's head, "HTTP/1.1 200 OK...". Pure but for what the pages do. With a token every page
// that is not open asks for "Authorization: Bearer TOKEN".
std::string admin_response(const std::vector<AdminPage>& pages, std::string_view token, std::string_view head);

class AdminServer {
 public:
  static constexpr std::size_t kConnections = 64;
  static constexpr std::size_t kHeadBytes = 8u << 10;  // of a request, its empty line too
  static constexpr std::int64_t kRequest_ms = 2'000;   // from the connection to the end of the head
  static constexpr std::int64_t kAnswer_ms = 10'000;   // from there until all is taken

  explicit AdminServer(std::vector<AdminPage> pages) : pages_(std::move(pages)) {}
  ~AdminServer();  // stops at once
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // Binds and serves. An address that cannot be had, or a token that cannot be read, is an Error that names `key`, the
  // block of the configuration ("admin"). A busy port is refused, not shared.
  Result<void> listen(const std::string& key, const AdminConfig& address);
  std::uint16_t port() const { return port_; }  // the one bound, also when the configuration said 0

 private:
  struct Connection;
  class Loop;

  std::vector<AdminPage> pages_;
  std::string token_;
  int listener_ = -1;
  int wake_ = -1;  // eventfd: written to by the destructor
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace tocsin
