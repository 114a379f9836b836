// What happens in trouble: instances are restarted one by one under load, the broker goes away, falls silent, is far
// away. After each the account must be right: nothing lost, nothing told twice.
//
//   TOCSIN_BINARY=build/release/daemon/tocsin bench_faults [RATE] [AWAY_S] [rolling|away|silent|slow]...
//
// RATE articles a second (1000), AWAY_S seconds without a broker (600); all four when none is named. A table for
// docs/operating.md; the end is 1 where an account was wrong. Real brokers, one instance active and one or two that
// stand by.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/account.h"
#include "tests/support/articles.h"
#include "tests/support/broker.h"
#include "tests/support/instance.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kSettle{5};  // of undisturbed traffic before and after
constexpr seconds kRecovery{180};

double since(steady_clock::time_point began) { return duration<double>(steady_clock::now() - began).count(); }

// Feeds the wire on a thread of its own. While the broker is away articles wait in the producer, as a newsroom's would.
class Feed {
 public:
  Feed(Wire& wire, std::size_t rate) : wire_(wire), rate_(rate), thread_([this] { loop(); }) {}
  ~Feed() {
    if (thread_.joinable()) (void)stop();
  }
  std::vector<MadeArticle> stop() {
    stopping_ = true;
    thread_.join();
    return std::move(sent_);
  }

 private:
  void loop() {
    Producer producer(wire_.cluster().bootstrap(), {{"linger.ms", "1"},
                                                    {"enable.idempotence", "true"},
                                                    {"acks", "all"},
                                                    {"message.timeout.ms", "1800000"},
                                                    {"queue.buffering.max.messages", "2000000"}});
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    ArticleMaker maker({.start_ms = std::chrono::duration_cast<milliseconds>(now).count(), .interval_ms = 1});
    const auto began = steady_clock::now();
    while (!stopping_) {
      const auto due = static_cast<std::size_t>(since(began) * static_cast<double>(rate_));
      while (sent_.size() < due) {
        sent_.push_back(maker.next());
        Record record = sent_.back().record;
        record.topic = wire_.raw();
        producer.send(record);
      }
      std::this_thread::sleep_for(milliseconds(1));
    }
    producer.flush();
  }

  Wire& wire_;
  std::size_t rate_;
  std::atomic<bool> stopping_{false};
  std::vector<MadeArticle> sent_;
  std::thread thread_;
};

std::ptrdiff_t open_files(pid_t pid) {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/" + std::to_string(pid) + "/fd", error);
  return std::distance(begin(files), end(files));
}

// The longest time without a record in the outputs, by the times at which they were produced.
double longest_silence(const Account& account) {
  std::vector<std::int64_t> times;
  for (const auto& [at, told] : account.told) times.push_back(told.front().record.timestamp_ms);
  std::sort(times.begin(), times.end());
  std::int64_t longest = 0;
  for (std::size_t i = 1; i < times.size(); ++i) longest = std::max(longest, times[i] - times[i - 1]);
  return static_cast<double>(longest) / 1000;
}

using Instances = std::vector<std::unique_ptr<Instance>>;

Instance* in_state(const Instances& instances, const char* state) {
  for (const auto& instance : instances)
    if (instance->is(state)) return instance.get();
  return nullptr;
}

// One row: the trouble is made under load by `trouble`, which tells how long it took to be over.
bool show(const char* what, Cluster& cluster, std::size_t rate, int count,
          const std::function<double(Instances&, Wire&)>& trouble) {
  Wire wire(cluster, {.session_timeout = "9s", .transaction_timeout = "7s"});
  Instances instances;
  for (int i = 0; i < count; ++i) instances.push_back(std::make_unique<Instance>(wire));
  if (!eventually(seconds(60), [&] { return in_state(instances, "active") && in_state(instances, "standby"); })) {
    std::printf("%s: no active instance with a standby\n", what);
    return false;
  }
  Feed feed(wire, rate);
  std::this_thread::sleep_for(kSettle);
  const Child& active = in_state(instances, "active")->process();
  const double before_mb = active.anonymous_mb();
  const std::ptrdiff_t before_files = open_files(active.pid());
  const double took_s = trouble(instances, wire);
  std::this_thread::sleep_for(kSettle);
  const std::vector<MadeArticle> sent = feed.stop();
  const auto stopped = steady_clock::now();
  const bool all_read = wait_all_read(wire, kRecovery);
  const double rest_s = since(stopped);
  std::size_t lines = 0;
  double after_mb = 0;
  std::ptrdiff_t after_files = 0;
  for (const auto& instance : instances) {
    lines += instance->logged("\n");
    if (!instance->is("active")) continue;
    after_mb = instance->process().anonymous_mb();
    after_files = open_files(instance->process().pid());
  }
  for (const auto& instance : instances) instance->process().terminate();
  for (const auto& instance : instances) instance->process().wait(seconds(40));
  const Account account = read_account(wire);
  const std::vector<std::string> findings = check_account(account, wire.raw(), sent);
  std::printf(
      "%-8s %zu articles; trouble %.1f s, silence %.1f s, all told %.1f s after the last; active %.0f MB and %td files "
      "before, %.0f MB and %td after; %zu log lines; %s\n",
      what, sent.size(), took_s, longest_silence(account), rest_s, before_mb, before_files, after_mb, after_files,
      lines,
      !all_read          ? "NOT ALL READ"
      : findings.empty() ? "0 lost, 0 twice"
                         : "WRONG");
  for (const std::string& finding : findings) std::printf("  %s\n", finding.c_str());
  std::fflush(stdout);
  return all_read && findings.empty();
}

// Each in turn is stopped in good order and started again, as a Deployment or a fleet of units is.
double restart_each(Instances& instances, Wire& wire) {
  const auto began = steady_clock::now();
  for (auto& instance : instances) {
    instance->stop();
    instance = std::make_unique<Instance>(wire);
    eventually(seconds(60), [&] { return instance->get("/ready").code == 200 && in_state(instances, "active"); });
  }
  return since(began);
}

}  // namespace

int faults(std::size_t rate, seconds away, const std::vector<std::string>& which) {
  bool right = true;
  const auto asked = [&](const char* name) {
    return which.empty() || std::find(which.begin(), which.end(), name) != which.end();
  };
  if (asked("rolling")) {
    Cluster cluster({.heap_mb = 512, .config = {}});
    right &= show("rolling", cluster, rate, 3, restart_each);
  }
  if (asked("away")) {
    Cluster cluster({.heap_mb = 512, .config = {}});
    right &= show("away", cluster, rate, 2, [&](Instances&, Wire&) {
      cluster.kill(0);
      std::this_thread::sleep_for(away);
      cluster.start(0);
      return static_cast<double>(away.count());
    });
  }
  if (asked("silent")) {
    Cluster cluster({.heap_mb = 512, .config = {}});
    right &= show("silent", cluster, rate, 2, [&](Instances&, Wire&) {
      cluster.pause(0);
      std::this_thread::sleep_for(seconds(60));
      cluster.resume(0);
      return 60.0;
    });
  }
  if (asked("slow")) {
    Cluster cluster({.heap_mb = 512, .proxied = true, .config = {}});
    right &= show("slow", cluster, rate, 2, [&](Instances&, Wire&) {
      cluster.set_delay(milliseconds(100));
      std::this_thread::sleep_for(seconds(30));
      cluster.set_delay(milliseconds(0));
      return 30.0;
    });
  }
  return right ? 0 : 1;
}

}  // namespace tocsin::test

int main(int count, char** arguments) {
  const std::size_t rate = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1000;
  const std::chrono::seconds away{count > 2 ? std::atoi(arguments[2]) : 600};
  return tocsin::test::faults(rate, away, {arguments + std::min(count, 3), arguments + count});
}
