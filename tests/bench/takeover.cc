// How long a take-over takes: from the signal to the active instance until the first record that its successor commits,
// under a steady trickle of articles. Ten in good order (SIGTERM) and ten after kill -9, on one real broker.
//
//   TOCSIN_BINARY=build/release/daemon/tocsin bench_takeover [ROUNDS]
//
// Sessions are as the configuration has them by default (session_timeout 9s).
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/articles.h"
#include "tests/support/broker.h"
#include "tests/support/instance.h"
#include "tests/support/records.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr milliseconds kEvery{10};  // an article

void trickle(Cluster& cluster, const std::string& topic, const std::atomic<bool>& stop) {
  Producer producer(cluster.bootstrap(), {{"linger.ms", "0"}});
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  ArticleMaker maker({.start_ms = std::chrono::duration_cast<milliseconds>(now).count(), .interval_ms = 10});
  for (auto next = steady_clock::now(); !stop; next += kEvery) {
    Record record = maker.next().record;
    record.topic = topic;
    producer.send(record);
    std::this_thread::sleep_until(next);
  }
  producer.flush();
}

// When the first record came that stands behind everything that had been told so far.
double seconds_to_first_record(Cluster& cluster, const std::string& topic, steady_clock::time_point began) {
  const std::vector<std::int64_t> before = end_offsets(cluster.bootstrap(), topic);
  Reader reader(cluster.bootstrap(), {topic});
  while (const auto record = reader.next(seconds(60))) {
    // What the predecessor committed between the signal and its end stands within moments of it.
    if (record->offset >= before[static_cast<std::size_t>(record->partition)])
      return std::chrono::duration<double>(steady_clock::now() - began).count();
  }
  return -1;
}

std::vector<double> measure(Cluster& cluster, bool graceful, int rounds) {
  Wire wire(cluster, {.out_partitions = 1, .session_timeout = "9s", .transaction_timeout = "7s"});
  std::vector<std::unique_ptr<Instance>> instances;
  for (int i = 0; i < 2; ++i) instances.push_back(std::make_unique<Instance>(wire));
  std::atomic<bool> stop = false;
  std::thread feeder([&] { trickle(cluster, wire.raw(), stop); });
  std::vector<double> all;
  while (std::ssize(all) < rounds) {
    const auto in_state = [&](const char* state) {
      return std::find_if(instances.begin(), instances.end(), [&](const auto& i) { return i->is(state); });
    };
    if (!eventually(seconds(60),
                    [&] { return in_state("active") != instances.end() && in_state("standby") != instances.end(); })) {
      std::fprintf(stderr, "no active instance with a standby; what they say:\n");
      for (const auto& i : instances)
        std::fprintf(stderr, "%s, /status: %s\n%s\n", i->process().running() ? "runs" : "has ended",
                     i->get("/status").body.c_str(), i->log().c_str());
      break;
    }
    std::this_thread::sleep_for(seconds(2));  // records flow
    const auto found = in_state("active");
    if (found == instances.end()) continue;
    auto& active = *found;
    const auto began = steady_clock::now();
    if (graceful) {
      active->process().terminate();
      active->process().wait(seconds(30));
    } else {
      active->process().kill();
    }
    all.push_back(seconds_to_first_record(cluster, wire.topic("enriched"), began));
    std::fprintf(stderr, "%.2f s\n", all.back());
    active = std::make_unique<Instance>(wire);
  }
  stop = true;
  feeder.join();
  std::sort(all.begin(), all.end());
  return all;
}

void report(const char* what, const std::vector<double>& all) {
  if (all.empty()) return;
  std::printf("%-12s n=%zu median %.2f s, worst %.2f s, best %.2f s\n", what, all.size(), all[all.size() / 2],
              all.back(), all.front());
  std::fflush(stdout);
}

}  // namespace
}  // namespace tocsin::test

int main(int count, char** arguments) {
  using namespace tocsin::test;
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 10;
  Cluster cluster;
  report("in good order", measure(cluster, true, rounds));
  report("kill -9", measure(cluster, false, rounds));
}
