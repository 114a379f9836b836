// NotifyAdmin: the HTTP server of `tocsin notify` for Prometheus and probes: /metrics, /live, /ready, /status. Read
// only; the daemon's own is daemon/admin.h.
#pragma once

#include <cstdint>
#include <memory>

#include "common/article/result.h"
#include "daemon/config.h"
#include "daemon/notify_metrics.h"
#include "daemon/webhook/notify_board.h"

namespace tocsin {

class NotifyAdmin {
 public:
  // Binds notify.listen at once; an address that cannot be had is an Error. `metrics` and `board` outlive it.
  static Result<std::unique_ptr<NotifyAdmin>> start(const Config& config, const NotifyMetrics& metrics,
                                                    const NotifyBoard& board);
  ~NotifyAdmin();
  NotifyAdmin(const NotifyAdmin&) = delete;
  NotifyAdmin& operator=(const NotifyAdmin&) = delete;
  std::uint16_t port() const;

 private:
  struct Server;
  explicit NotifyAdmin(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace tocsin
