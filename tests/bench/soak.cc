// Memory and restart: feeds many made-up articles through a real broker, samples the daemon's resident memory, then
// restarts it with all its heads and measures the time to ready.
//
//   TOCSIN_BINARY=build/release/daemon/tocsin bench_soak [ARTICLES] [MAX_HEADS]
//
// With MAX_HEADS below ARTICLES memory must be flat once that many heads are there; with MAX_HEADS above it the restart
// is one with ARTICLES heads. All articles are stories of their own, so heads count them.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "tests/support/account.h"
#include "tests/support/articles.h"
#include "tests/support/broker.h"
#include "tests/support/instance.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr int kSamples = 20;

double since(steady_clock::time_point began) {
  return std::chrono::duration<double>(steady_clock::now() - began).count();
}

void soak(std::size_t articles, std::size_t max_heads) {
  Cluster cluster({.heap_mb = 512});
  Wire wire(cluster,
            {.more = "max_heads: " + std::to_string(max_heads), .session_timeout = "9s", .transaction_timeout = "7s"});
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  // Within an hour of record time, so that the window drops none.
  ArticleMaker maker({.start_ms = std::chrono::duration_cast<milliseconds>(now).count() - 3600'000,
                      .interval_ms = 1,
                      .copied = 0,
                      .revised = 0,
                      .redelivered = 0,
                      .killed = 0,
                      .stale = 0,
                      .events = 0.001,
                      .bad = 0});
  const auto began = steady_clock::now();
  {
    Instance tocsin(wire);
    Producer producer(cluster.bootstrap(), {{"linger.ms", "5"}, {"compression.type", "lz4"}});
    for (int sample = 1; sample <= kSamples; ++sample) {
      for (std::size_t i = 0; i < articles / kSamples; ++i) {
        Record record = maker.next().record;
        record.topic = wire.raw();
        producer.send(record);
      }
      producer.flush();
      if (!wait_all_read(wire, seconds(600))) {
        std::printf("not read in time\n%s\n", tocsin.log().c_str());
        return;
      }
      std::this_thread::sleep_for(seconds(1));  // /status is refreshed once a second
      std::printf("%8zu articles  %7s heads  %7.1f MB  %6.0f s\n",
                  articles / kSamples * static_cast<std::size_t>(sample), tocsin.status("/memory/heads").c_str(),
                  tocsin.process().anonymous_mb(), since(began));
      std::fflush(stdout);
    }
    tocsin.stop();
  }
  const auto restart = steady_clock::now();
  Instance tocsin(wire);
  eventually(seconds(120), [&] { return tocsin.get("/ready").code == 200; });
  const double ready = since(restart);
  tocsin.wait_for("active", seconds(120));
  const double active = since(restart);
  std::this_thread::sleep_for(seconds(2));
  std::printf("restart: ready after %.2f s, active after %.2f s, %s heads, %.1f MB\n", ready, active,
              tocsin.status("/memory/heads").c_str(), tocsin.process().anonymous_mb());
}

}  // namespace
}  // namespace tocsin::test

int main(int count, char** arguments) {
  const std::size_t articles = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1'000'000;
  const std::size_t max_heads = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 2'000'000;
  tocsin::test::soak(articles, max_heads);
}
