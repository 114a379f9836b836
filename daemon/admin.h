// Admin: the HTTP server for people, Prometheus and probes. Read only.
//
//   /         what there is, as a page
//   /metrics  Prometheus text
//   /live     200 while the loop makes progress, else 503 and why
//   /ready    200 when active or standing by with the state restored, else 503 and why
//   /status   JSON, status.h
//
// Requests are short (8 KiB of head, no body, 2 s), and few threads serve them, so that a scrape storm takes no core
// from the work.
#pragma once

#include <cstdint>
#include <memory>

#include "common/article/result.h"
#include "daemon/config.h"
#include "daemon/metrics.h"
#include "daemon/status.h"

namespace tocsin {

class Admin {
 public:
  // Binds at once; an address that cannot be had is an Error. `metrics` and `board` are borrowed and outlive it.
  static Result<std::unique_ptr<Admin>> start(const Config& config, const Metrics& metrics, const StatusBoard& board);
  ~Admin();  // stops the server and waits for its threads
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;

  std::uint16_t port() const;  // the one bound, also when the configuration said 0

 private:
  struct Server;
  explicit Admin(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace tocsin
