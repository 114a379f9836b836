#include "daemon/failpoint.h"

#ifdef TOCSIN_FAILPOINTS

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <string>
#include <thread>

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
  if (armed.name != name || armed.left.fetch_sub(1) != 1) return;
  // What was handed to the Kafka client is to be on its way: a transaction of which the broker knows nothing is no
  // test.
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  ::kill(::getpid(), armed.signal);
}

bool mutant(std::string_view name) {
  static const char* const value = std::getenv("TOCSIN_MUTANT");
  return value && name == value;
}

}  // namespace tocsin

#endif
