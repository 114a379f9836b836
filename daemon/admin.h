// Admin: what the daemon tells people, Prometheus and probes over HTTP, at `admin.listen`.
//
//   /         what there is, as a page
//   /metrics  Prometheus text
//   /live     200 while the loop makes progress, else 503 and why
//   /ready    200 when active or standing by with the state restored, else 503 and why
//   /status   JSON, status.h
//
// With admin.token_file, /metrics and /status ask for its token; the page asks the person for it.
#pragma once

#include <memory>

#include "common/article/result.h"
#include "daemon/admin_server.h"
#include "daemon/config.h"
#include "daemon/metrics.h"
#include "daemon/status.h"

namespace tocsin {

// Serves at once; an address that cannot be had is an Error. `metrics` and `board` are borrowed and outlive the server.
Result<std::unique_ptr<AdminServer>> start_admin(const Config& config, const Metrics& metrics,
                                                 const StatusBoard& board);

}  // namespace tocsin
