#include <cstdio>

#include "daemon/cli/commands.h"
#include "daemon/metrics.h"

namespace tocsin {

int metrics_doc_command() {
  const std::string text = metrics_markdown();
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}

}  // namespace tocsin
