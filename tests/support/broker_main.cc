// tocsin_test_broker [--nodes N] [--heap MB] [NAME:PARTITIONS[:setting=value...]]...
//
// A real broker for runs by hand: starts it, makes the topics, prints the bootstrap address, and stays until SIGTERM,
// SIGINT or the end of stdin (a terminal's or a pipe's; /dev/null does not count). Its data is deleted at the end.
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <sstream>
#include <string>

#include "tests/support/broker.h"

namespace {

volatile std::sig_atomic_t stop_asked = 0;

void make_topic(tocsin::test::Cluster& cluster, const std::string& argument) {
  std::istringstream parts(argument);
  std::string name;
  std::string partitions = "1";
  std::string setting;
  std::getline(parts, name, ':');
  std::getline(parts, partitions, ':');
  tocsin::test::Config config;
  while (std::getline(parts, setting, ':')) {
    const std::size_t equals = setting.find('=');
    config[setting.substr(0, equals)] = equals == std::string::npos ? "" : setting.substr(equals + 1);
  }
  cluster.create_topic(name, std::stoi(partitions), config);
}

void stay() {
  struct stat status {};
  const bool watches_stdin = ::fstat(0, &status) == 0 && (S_ISFIFO(status.st_mode) || ::isatty(0) != 0);
  char buffer[256];
  while (stop_asked == 0) {
    pollfd stdin_fd{.fd = watches_stdin ? 0 : -1, .events = POLLIN, .revents = 0};
    if (::poll(&stdin_fd, 1, 1'000) > 0 && ::read(0, buffer, sizeof buffer) <= 0) return;
  }
}

}  // namespace

int main(int count, char** arguments) {
  for (const int number : {SIGTERM, SIGINT}) std::signal(number, [](int) { stop_asked = 1; });
  try {
    tocsin::test::ClusterOptions options;
    int i = 1;
    for (; i + 1 < count && std::string(arguments[i]).starts_with("--"); i += 2) {
      (std::string(arguments[i]) == "--heap" ? options.heap_mb : options.nodes) = std::stoi(arguments[i + 1]);
    }
    tocsin::test::Cluster cluster(options);
    for (; i < count; ++i) make_topic(cluster, arguments[i]);
    std::puts(cluster.bootstrap().c_str());
    std::fflush(stdout);
    stay();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tocsin_test_broker: %s\n", error.what());
    return 1;
  }
}
