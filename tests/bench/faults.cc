// What happens in trouble: instances are restarted one by one under load, the broker goes away, falls silent, is far
// away, has a full disk; names resolve no longer, the machine's clock jumps. After each the account must be right:
// nothing lost, nothing told twice.
//
//   TOCSIN_BINARY=build/release/daemon/tocsin bench_faults [RATE] [AWAY_S]
//   [rolling|away|silent|slow|names|clock|full]...
//
// RATE articles a second (1000), AWAY_S seconds without a broker (600); all when none is named. A table for
// docs/operating.md; the end is 1 where an account was wrong. Real brokers, one instance active and one or two that
// stand by. `full` fills the disk of $TMPDIR, where brokers, state_dir and logs are, so it wants one of its own:
//
//   unshare --mount sh -c 'mount -t tmpfs -o size=2g none /mnt && TMPDIR=/mnt TOCSIN_BINARY=... bench_faults 500 60
//   full'
#include <sys/statvfs.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/account.h"
#include "tests/support/articles.h"
#include "tests/support/broker.h"
#include "tests/support/instance.h"
#include "tests/support/temp_dir.h"
#include "tests/support/trouble.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kSettle{5};      // of undisturbed traffic before and after
constexpr seconds kRecovery{600};  // of the longest backlog, on a busy machine

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

using Instances = std::vector<std::unique_ptr<Instance>>;

std::ptrdiff_t open_files(pid_t pid) {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/" + std::to_string(pid) + "/fd", error);
  return std::distance(begin(files), end(files));
}

// What the instances complained about, a line each; librdkafka's own remarks aside.
void print_complaints(const Instances& instances) {
  for (const auto& instance : instances) {
    std::istringstream log(instance->log());
    for (std::string line; std::getline(log, line);) {
      const bool complaint = line.find("level=warn") != line.npos || line.find("level=error") != line.npos;
      if (complaint && line.find("event=kafka.client") == line.npos) std::printf("  %s\n", line.substr(0, 200).c_str());
    }
  }
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

Instance* in_state(const Instances& instances, const char* state) {
  for (const auto& instance : instances)
    if (instance->is(state)) return instance.get();
  return nullptr;
}

// What trouble is made of.
class Scene {
 public:
  Scene(Wire& wire, Instances& instances) : wire_(wire), instances_(instances) {}
  Wire& wire() { return wire_; }
  Instances& instances() { return instances_; }
  // Time passes; the memory of all instances is looked at each second.
  void pass(seconds time) {
    for (std::int64_t i = 0; i < time.count(); ++i) {
      std::this_thread::sleep_for(seconds(1));
      double all_mb = 0;
      for (const auto& instance : instances_) all_mb = std::max(all_mb, instance->process().anonymous_mb());
      if (first_mb_ == 0) first_mb_ = all_mb;
      most_mb_ = std::max(most_mb_, all_mb);
    }
  }
  double first_mb() const { return first_mb_; }  // of the largest instance
  double most_mb() const { return most_mb_; }

 private:
  Wire& wire_;
  Instances& instances_;
  double first_mb_ = 0;
  double most_mb_ = 0;
};

using Environment = std::map<std::string, std::string>;

// One row: the trouble is made under load by `trouble`.
bool show(const char* what, Cluster& cluster, std::size_t rate, int count, const std::function<void(Scene&)>& trouble,
          const Environment& environment = {}) {
  Wire wire(cluster, {.session_timeout = "9s", .transaction_timeout = "7s"});
  Instances instances;
  for (int i = 0; i < count; ++i)
    instances.push_back(std::make_unique<Instance>(wire, InstanceOptions{.environment = environment}));
  if (!eventually(seconds(60), [&] { return in_state(instances, "active") && in_state(instances, "standby"); })) {
    std::printf("%s: no active instance with a standby\n", what);
    return false;
  }
  Feed feed(wire, rate);
  std::this_thread::sleep_for(kSettle);
  const Child& active = in_state(instances, "active")->process();
  const double before_mb = active.anonymous_mb();
  const std::ptrdiff_t before_files = open_files(active.pid());
  Scene scene(wire, instances);
  const auto began = steady_clock::now();
  trouble(scene);
  const double took_s = since(began);
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
      "before, %.0f to %.0f MB in it, %.0f MB and %td files after; %zu log lines; %s\n",
      what, sent.size(), took_s, longest_silence(account), rest_s, before_mb, before_files, scene.first_mb(),
      scene.most_mb(), after_mb, after_files, lines,
      !all_read          ? "NOT ALL READ"
      : findings.empty() ? "0 lost, 0 twice"
                         : "WRONG");
  for (const std::string& finding : findings) std::printf("  %s\n", finding.c_str());
  print_complaints(instances);
  std::fflush(stdout);
  return all_read && findings.empty();
}

// Each in turn is stopped in good order and started again, as a Deployment or a fleet of units is.
void restart_each(Scene& scene) {
  for (auto& instance : scene.instances()) {
    instance->stop();
    instance = std::make_unique<Instance>(scene.wire());
    eventually(seconds(60),
               [&] { return instance->get("/ready").code == 200 && in_state(scene.instances(), "active"); });
  }
}

// Trouble that the machine makes, by the preloaded library.
class Machine {
 public:
  Machine() { meet({}); }
  Environment environment() const { return {{"LD_PRELOAD", TOCSIN_TROUBLE_LIBRARY}, {"TOCSIN_TROUBLE", file_}}; }
  void meet(const Trouble& trouble) {
    std::fstream out(file_, std::ios::binary | std::ios::in | std::ios::out);  // in place: it is mapped
    if (!out) out.open(file_, std::ios::binary | std::ios::out);
    out.write(reinterpret_cast<const char*>(&trouble), sizeof trouble);
  }

 private:
  TempDir dir_;
  std::string file_ = (dir_.path() / "trouble").string();
};

// As a log disk that another program fills; a broker ends itself when it cannot write.
void fill_disk(Cluster& cluster, Scene& scene, seconds away) {
  const auto filler = std::filesystem::temp_directory_path() / "filler";
  {
    std::ofstream out(filler, std::ios::binary);
    const std::vector<char> block(1 << 16);
    while (out.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  scene.pass(away);
  std::filesystem::remove(filler);
  cluster.kill(0);
  cluster.start(0);
}

bool has_disk_of_its_own() {
  struct statvfs disk {};
  const std::string path = std::filesystem::temp_directory_path().string();
  return ::statvfs(path.c_str(), &disk) == 0 && disk.f_blocks * disk.f_frsize <= (std::uint64_t{4} << 30);
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
    right &= show("away", cluster, rate, 2, [&](Scene& scene) {
      cluster.kill(0);
      scene.pass(away);
      cluster.start(0);
    });
  }
  if (asked("silent")) {
    Cluster cluster({.heap_mb = 512, .config = {}});
    right &= show("silent", cluster, rate, 2, [&](Scene& scene) {
      cluster.pause(0);
      scene.pass(seconds(60));
      cluster.resume(0);
    });
  }
  if (asked("slow")) {
    Cluster cluster({.heap_mb = 512, .proxied = true, .config = {}});
    right &= show("slow", cluster, rate, 2, [&](Scene& scene) {
      cluster.set_delay(milliseconds(100));
      scene.pass(seconds(30));
      cluster.set_delay(milliseconds(0));
    });
  }
  if (asked("names")) {  // connections that stand go on without names, so the broker is restarted meanwhile
    Cluster cluster({.heap_mb = 512, .config = {}});
    Machine machine;
    right &= show(
        "names", cluster, rate, 2,
        [&](Scene& scene) {
          machine.meet({.no_names = 1});
          scene.pass(seconds(10));
          cluster.kill(0);
          cluster.start(0);
          scene.pass(seconds(60));
          machine.meet({});
        },
        machine.environment());
  }
  if (asked("clock")) {  // the instances' clocks; the broker's and the producer's are right
    Cluster cluster({.heap_mb = 512, .config = {}});
    Machine machine;
    right &= show(
        "clock", cluster, rate, 2,
        [&](Scene& scene) {
          for (const std::int64_t minutes : {30, -30, 120, -120, 0}) {
            machine.meet({.clock_s = minutes * 60});
            scene.pass(seconds(15));
          }
        },
        machine.environment());
  }
  if (asked("full") && !has_disk_of_its_own()) {
    std::printf("full     not tried: $TMPDIR is no disk of its own of at most 4 GiB\n");
  } else if (asked("full")) {
    Cluster cluster({.heap_mb = 512, .config = {}});
    right &= show("full", cluster, rate, 2, [&](Scene& scene) { fill_disk(cluster, scene, away); });
  }
  return right ? 0 : 1;
}

}  // namespace tocsin::test

int main(int count, char** arguments) {
  const std::size_t rate = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1000;
  const std::chrono::seconds away{count > 2 ? std::atoi(arguments[2]) : 600};
  return tocsin::test::faults(rate, away, {arguments + std::min(count, 3), arguments + count});
}
