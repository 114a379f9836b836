#include "daemon/failpoint.h"

#ifdef TOCSIN_FAILPOINTS

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <string>

namespace tocsin {
namespace {

struct Armed {
  std::string name;
  std::atomic<int> left{0};
  int signal = SIGKILL;
  Armed() {
    const char* value = std::getenv("TOCSIN_FAILPOINT");
    if (!value) return;
    std::istringstream text(value);
    std::string count = "1";
    std::string how;
    std::getline(text, name, ':');
    std::getline(text, count, ':');
    std::getline(text, how);
    left = static_cast<int>(std::strtol(count.c_str(), nullptr, 10));
    if (how == "stop") signal = SIGSTOP;
  }
};

}  // namespace

void failpoint(std::string_view name) {
  static Armed armed;
  if (armed.name == name && armed.left.fetch_sub(1) == 1) ::kill(::getpid(), armed.signal);
}

bool mutant(std::string_view name) {
  static const char* const value = std::getenv("TOCSIN_MUTANT");
  return value && name == value;
}

}  // namespace tocsin

#endif
