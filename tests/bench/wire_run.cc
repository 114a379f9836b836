// wire_run: the whole wire against what Kafka itself costs, both in one run through one real broker.
//
//   wire_run throughput ARTICLES.ndjson N     articles a second: the bare loop, the daemon (role all), their ratio
//   wire_run latency ARTICLES.ndjson RATE S   raw to alert at RATE articles a second for S seconds: p50, p99, worst
//   wire_run roles ARTICLES.ndjson N          articles a second with 1, 2 and 3 processes (all; 1 or 2 prepare +
//   decide)
//
// TOCSIN_BINARY names the daemon. ARTICLES.ndjson is any file of plain articles (uri, title, text); it is read round
// and round, each round with ids and figures of its own so that its articles are not copies of the round before. See
// docs/performance.md for the figures and how they were taken.

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/bare_loop.h"
#include "tests/support/broker.h"
#include "tests/support/child.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace tocsin::test {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr int kPartitions = 4;
const std::vector<std::string> kOutputs = {"wire.enriched", "wire.duplicates", "wire.dead-letter"};

double seconds_since(Clock::time_point began) { return std::chrono::duration<double>(Clock::now() - began).count(); }

std::int64_t unix_ms() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) lines.push_back(line);
  if (lines.empty()) throw std::runtime_error(path + ": no articles");
  return lines;
}

// Article n: a line of the file; from the second round on its long words are altered, so that the round is no copy.
std::string article(const std::vector<std::string>& lines, std::size_t n) {
  std::string line = lines[n % lines.size()];
  const std::size_t round = n / lines.size();
  if (round == 0) return line;
  std::size_t letters = 0;
  for (std::size_t i = 1; i < line.size(); ++i) {
    const char c = line[i];
    letters = c >= 'a' && c <= 'z' && line[i - 1] != '\\' ? letters + 1 : 0;
    if (letters == 5) line[i] = static_cast<char>('a' + (static_cast<std::size_t>(c - 'a') + round * 7 + i) % 26);
  }
  return line;
}

struct Wire {
  TempDir dir;
  Cluster& cluster;
  std::vector<std::unique_ptr<Child>> daemons;
  int started = 0;

  explicit Wire(Cluster& c) : cluster(c) {}

  void create_topics(bool prepared) {
    std::vector<std::string> any = {"wire.raw", "wire.enriched", "wire.alerts", "wire.duplicates"};
    for (const std::string& t : any) cluster.create_topic(t, kPartitions, {{"max.message.bytes", "9000000"}});
    cluster.create_topic("wire.dead-letter", kPartitions, {{"max.message.bytes", "9100000"}});
    if (prepared) cluster.create_topic("wire.prepared", kPartitions, {{"max.message.bytes", "9100000"}});
    cluster.create_topic("wire.state", 1, {{"cleanup.policy", "delete"}});
    cluster.create_topic(
        "wire.memory", 1,
        {{"cleanup.policy", "compact,delete"}, {"retention.ms", "2764800000"}, {"max.message.bytes", "9100000"}});
  }

  void start(const std::string& role) {
    const std::string name = role + std::to_string(started++);
    const auto config = dir.write(name + ".yaml", "brokers: " + cluster.bootstrap() + "\nrole: " + role +
                                                      "\ntopics:\n  raw:\n    - name: wire.raw\n      preset: "
                                                      "plain\nalerts:\n  max_age: 0s\nadmin:\n  listen: 127.0.0.1:" +
                                                      std::to_string(free_port()) + "\nstate_dir: \"\"\n");
    daemons.push_back(
        std::make_unique<Child>(ChildOptions{.command = {tocsin_binary(), "run", "--config", config.string()},
                                             .environment = {},
                                             .input = {},
                                             .output = {},
                                             .errors = dir.path() / (name + ".log")}));
  }

  void stop() {
    for (auto& d : daemons) d->terminate();
    for (auto& d : daemons) d->wait(std::chrono::seconds(30));
    daemons.clear();
  }
};

void feed(const std::string& bootstrap, const std::string& topic, const std::vector<std::string>& lines,
          std::size_t count) {
  Producer producer(bootstrap, {{"linger.ms", "20"}, {"compression.type", "lz4"}});
  for (std::size_t i = 0; i < count; ++i) {
    Record r;
    r.topic = topic;
    r.key = "a" + std::to_string(i);
    r.value = article(lines, i);
    producer.send(r);
  }
  producer.flush();
}

// Reads the output topics as a consumer of committed records would and tells when the first and the last came.
double time_outputs(const std::string& bootstrap, std::size_t count) {
  Reader reader(bootstrap, kOutputs);
  Clock::time_point first{};
  std::size_t seen = 0;
  while (seen < count) {
    if (!reader.next(std::chrono::seconds(60)))
      throw std::runtime_error("the daemon stopped at " + std::to_string(seen));
    if (seen++ == 0) first = Clock::now();
  }
  return seconds_since(first);
}

double run_daemons(Cluster& cluster, const std::vector<std::string>& lines, std::size_t count, int prepare) {
  for (const char* t : {"wire.raw", "wire.enriched", "wire.alerts", "wire.duplicates", "wire.dead-letter", "wire.state",
                        "wire.memory", "wire.prepared"}) {
    try {
      cluster.delete_topic(t);
    } catch (const std::runtime_error&) {  // not there the first time
    }
  }
  Wire wire(cluster);
  wire.create_topics(prepare > 0);
  feed(cluster.bootstrap(), "wire.raw", lines, count);
  if (prepare == 0) {
    wire.start("all");
  } else {
    for (int i = 0; i < prepare; ++i) wire.start("prepare");
    wire.start("decide");
  }
  const double seconds = time_outputs(cluster.bootstrap(), count);
  wire.stop();
  return seconds;
}

int throughput(const std::vector<std::string>& lines, std::size_t count) {
  Cluster cluster({.nodes = 1, .heap_mb = 1024, .as_shipped = true, .config = {}});
  cluster.create_topic("bare.in", kPartitions, {{"max.message.bytes", "9000000"}});
  cluster.create_topic("bare.out", kPartitions, {{"max.message.bytes", "9000000"}});
  feed(cluster.bootstrap(), "bare.in", lines, count);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i) bytes += lines[i % lines.size()].size();
  std::printf("%zu articles, %.1f kB each on average\n", count,
              static_cast<double>(bytes) / static_cast<double>(count) / 1000);
  for (int round = 0; round < 3; ++round) {
    const double bare = run_bare_loop({.bootstrap = cluster.bootstrap(),
                                       .from = "bare.in",
                                       .to = "bare.out",
                                       .group = "bare" + std::to_string(round),
                                       .records = count});
    const double daemon = run_daemons(cluster, lines, count, 0);
    std::printf("bare loop %.0f/s   daemon %.0f/s   ratio %.2f\n", static_cast<double>(count) / bare,
                static_cast<double>(count) / daemon, bare / daemon);
    std::fflush(stdout);
  }
  return 0;
}

int roles(const std::vector<std::string>& lines, std::size_t count) {
  Cluster cluster({.nodes = 1, .heap_mb = 1024, .as_shipped = true, .config = {}});
  for (const int prepare : {0, 1, 2}) {
    const double seconds = run_daemons(cluster, lines, count, prepare);
    std::printf("%d processes (%s): %.0f articles/s\n", prepare ? prepare + 1 : 1,
                prepare ? "prepare and decide" : "all", static_cast<double>(count) / seconds);
    std::fflush(stdout);
  }
  return 0;
}

// Every 50th article is a launch of its own; what comes out on wire.alerts names it in its key's article uri.
int latency(const std::vector<std::string>& lines, std::size_t rate, std::size_t seconds) {
  Cluster cluster({.nodes = 1, .heap_mb = 1024, .as_shipped = true, .config = {}});
  Wire wire(cluster);
  wire.create_topics(false);
  wire.start("all");
  constexpr std::size_t kWarmUp_s = 20;  // the broker's own code is cold at first
  const std::size_t count = rate * (seconds + kWarmUp_s);
  std::vector<std::int64_t> waits_ms;
  std::atomic<bool> done{false};
  std::atomic<std::int64_t> measured_from_ms{INT64_MAX};
  std::thread watcher([&] {
    Reader reader(cluster.bootstrap(), {"wire.alerts"});
    while (!done) {
      const auto record = reader.next(milliseconds(100));
      if (!record || !record->value) continue;
      const std::size_t at = record->value->find("sent-");
      if (at == std::string::npos) continue;
      const std::int64_t sent_ms = std::atoll(record->value->c_str() + at + 5);
      if (sent_ms >= measured_from_ms) waits_ms.push_back(unix_ms() - sent_ms);
    }
  });
  std::this_thread::sleep_for(std::chrono::seconds(8));  // the group forms; not measured
  Producer producer(cluster.bootstrap(), {{"linger.ms", "1"}});
  const Clock::time_point began = Clock::now();
  measured_from_ms = unix_ms() + static_cast<std::int64_t>(kWarmUp_s) * 1000;
  // Each kind in each country is an incident of its own, so that each rings.
  static const char* const kWhat[] = {
      " launched two ballistic missiles, the defence ministry said.",
      " carried out a nuclear test, the defence ministry said.",
      " was shaken when a car bomb exploded outside a market, killing nine people, police said.",
      " was seized by soldiers in a military coup, state television said.",
      " said that gunmen had kidnapped four engineers, police said.",
      " was hit by an air strike that killed six soldiers, officials said.",
      " assassinated a general in a drone attack, officials said.",
      " shelled a town across the border, killing eight people, officials said.",
  };
  static const char* const kWho[] = {
      "North Korea", "Iran",      "Russia",   "China",     "India",   "Pakistan", "Israel",  "Yemen",   "Turkey",
      "Egypt",       "Brazil",    "Chile",    "Peru",      "Mexico",  "Canada",   "France",  "Spain",   "Portugal",
      "Italy",       "Greece",    "Poland",   "Sweden",    "Norway",  "Finland",  "Estonia", "Latvia",  "Hungary",
      "Romania",     "Serbia",    "Ukraine",  "Georgia",   "Armenia", "Iraq",     "Syria",   "Jordan",  "Oman",
      "Kuwait",      "Qatar",     "Kenya",    "Ghana",     "Nigeria", "Angola",   "Algeria", "Morocco", "Tunisia",
      "Libya",       "Sudan",     "Ethiopia", "Somalia",   "Uganda",  "Japan",    "Taiwan",  "Vietnam", "Indonesia",
      "Malaysia",    "Australia", "Cuba",     "Argentina", "Bolivia", "Colombia"};
  constexpr std::size_t kWhos = std::size(kWho);
  for (std::size_t i = 0; i < count; ++i) {
    std::this_thread::sleep_until(began + std::chrono::microseconds(1'000'000 * i / rate));
    Record r;
    r.topic = "wire.raw";
    r.key = "a" + std::to_string(i);
    if (i % 50 == 7) {
      const std::string n = std::to_string(i);
      const std::size_t k = i / 50;
      r.value = "{\"uri\":\"urn:sent-" + std::to_string(unix_ms()) + "-" + n + "\",\"source\":\"wire" + n +
                "\",\"title\":\"Report from " + kWho[k % kWhos] + "\",\"text\":\"" + kWho[k % kWhos] +
                kWhat[k / kWhos % std::size(kWhat)] + " Report number " + n + " of desk " +
                std::to_string(i * 7919 % 10007) + ".\"}";
    } else {
      r.value = article(lines, i);
    }
    producer.send(r);
  }
  producer.flush();
  std::this_thread::sleep_for(std::chrono::seconds(3));
  done = true;
  watcher.join();
  wire.stop();
  std::ranges::sort(waits_ms);
  if (waits_ms.empty()) throw std::runtime_error("no alert came");
  const auto at = [&](double q) {
    return waits_ms[static_cast<std::size_t>(q * static_cast<double>(waits_ms.size() - 1))];
  };
  std::printf("raw to alert at %zu articles/s for %zu s: n=%zu p50=%lld ms p99=%lld ms worst=%lld ms\n", rate, seconds,
              waits_ms.size(), static_cast<long long>(at(.5)), static_cast<long long>(at(.99)),
              static_cast<long long>(waits_ms.back()));
  return 0;
}

}  // namespace
}  // namespace tocsin::test

int main(int argc, char** argv) {
  using namespace tocsin::test;
  const std::string mode = argc > 3 ? argv[1] : "";
  try {
    if (mode == "throughput") return throughput(read_lines(argv[2]), std::strtoull(argv[3], nullptr, 10));
    if (mode == "roles") return roles(read_lines(argv[2]), std::strtoull(argv[3], nullptr, 10));
    if (mode == "latency" && argc > 4)
      return latency(read_lines(argv[2]), std::strtoull(argv[3], nullptr, 10), std::strtoull(argv[4], nullptr, 10));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "wire_run: %s\n", e.what());
    return 1;
  }
  std::fprintf(stderr, "usage: wire_run throughput|roles FILE N, or wire_run latency FILE RATE SECONDS\n");
  return 2;
}
