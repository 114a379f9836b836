#include "daemon/failpoint.h"

#ifdef TOCSIN_FAILPOINTS

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>

namespace tocsin {
namespace {

struct Armed {
  std::string name;
  std::atomic<int> left{0};
  Armed() {
    const char* value = std::getenv("TOCSIN_FAILPOINT");
    if (!value) return;
    const std::string text = value;
    const std::size_t colon = text.rfind(':');
    name = text.substr(0, colon);
    left = colon == std::string::npos ? 1 : std::atoi(text.c_str() + colon + 1);
  }
};

}  // namespace

void failpoint(std::string_view name) {
  static Armed armed;
  if (armed.name == name && armed.left.fetch_sub(1) == 1) std::raise(SIGKILL);
}

bool mutant(std::string_view name) {
  static const char* const value = std::getenv("TOCSIN_MUTANT");
  return value && name == value;
}

}  // namespace tocsin

#endif
