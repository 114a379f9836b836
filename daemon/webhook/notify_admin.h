// NotifyAdmin: what `tocsin notify` tells Prometheus and probes over HTTP, at notify.listen: /metrics, /live, /ready,
// /status. The daemon's own is daemon/admin.h.
#pragma once

#include <memory>

#include "common/article/result.h"
#include "daemon/admin_server.h"
#include "daemon/config.h"
#include "daemon/notify_metrics.h"
#include "daemon/webhook/notify_board.h"

namespace tocsin {

// Serves at once; an address that cannot be had is an Error. `metrics` and `board` are borrowed and outlive the server.
Result<std::unique_ptr<AdminServer>> start_notify_admin(const Config& config, const NotifyMetrics& metrics,
                                                        const NotifyBoard& board);

}  // namespace tocsin
