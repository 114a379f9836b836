// App: the only place that knows how the daemon is put together.
#pragma once

#include <atomic>
#include <functional>

#include "daemon/config.h"

namespace tocsin {

struct AppHooks {
  std::function<void(unsigned admin_port)> started;  // the admin address is bound; may be empty
};

// malloc as the daemon uses it; run_app calls it, and what measures memory must, before anything large is allocated.
void set_up_malloc();

// Runs until SIGTERM or SIGINT (or `stop` is set by somebody else), reloads on SIGHUP. The exit code of cli.h:
// 0 after a graceful stop, 1 after a failure that a restart may mend, 2 for a start that cannot work.
int run_app(const Config& config, std::atomic<bool>& stop, const AppHooks& hooks = {});

}  // namespace tocsin
