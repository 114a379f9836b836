#include <atomic>

#include "daemon/app.h"
#include "daemon/cli/commands.h"

namespace tocsin {

int run_command(const Config& config) {
  std::atomic<bool> stop{false};
  return run_app(config, stop);
}

}  // namespace tocsin
