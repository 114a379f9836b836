// AdminServer: how Tocsin's own HTTP servers listen and what limits hold there; the routes are their owners'.
//
// Requests are short (no body, 2 s), few threads serve them, and a busy port is refused, not shared.
#pragma once

#include <httplib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

#include "common/article/result.h"
#include "daemon/config.h"

namespace tocsin {

class AdminServer {
 public:
  explicit AdminServer(std::size_t threads);
  ~AdminServer();  // stops the server and waits for its threads
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  httplib::Server& http() { return http_; }  // for routes and headers, before listen()
  // Binds and serves; an address that cannot be had is an Error that names `key` of the configuration.
  Result<void> listen(std::string_view key, const AdminConfig& address);
  std::uint16_t port() const { return port_; }  // the one bound, also when the configuration said 0

 private:
  httplib::Server http_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// `body` and a line end, as plain text.
void answer(httplib::Response& response, int code, const std::string& body);

}  // namespace tocsin
