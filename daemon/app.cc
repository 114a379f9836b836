#include "daemon/app.h"

#include <malloc.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "daemon/admin.h"
#include "daemon/client_settings.h"
#include "daemon/clock.h"
#include "daemon/crash.h"
#include "daemon/decide.h"
#include "daemon/kafka/client.h"
#include "daemon/knowledge.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "daemon/notify.h"
#include "daemon/prepare.h"
#include "daemon/prepare_loop.h"
#include "daemon/report.h"
#include "daemon/status.h"
#include "daemon/topic_check.h"
#include "daemon/version.h"

namespace tocsin {
namespace {

using std::chrono::milliseconds;

enum ExitCode { kDone = 0, kFailed = 1, kWrongStart = 2 };

int wrong_start(const std::string& message) {
  log_error("start.refused", {{"reason", message}});
  return kWrongStart;
}

// Signals are taken by one thread that waits for them, so that no handler runs in the middle of anything.
sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

// librdkafka's own lines; what matters to an operator is said by the loops. A broker that is away is told of by each
// client with each attempt to connect: lines of one facility come at a growing interval, anew after a quiet time.
class ClientLog {
 public:
  void operator()(int level, std::string_view facility, std::string_view message) {
    const LogLevel mine = level <= 3 ? LogLevel::kWarn : level <= 4 ? LogLevel::kInfo : LogLevel::kDebug;
    if (!log_enabled(mine)) return;
    std::uint64_t swallowed = 0;
    if (mine != LogLevel::kDebug) {
      const std::lock_guard lock(mutex_);
      Said& said = said_[std::string(facility)];
      const std::int64_t now = steady_ms();
      if (now - said.last_ms > kQuiet_ms) said.lines.over();
      said.last_ms = now;
      if (!said.lines.due(now)) return;
      swallowed = said.lines.swallowed();
    }
    log_event(mine, "kafka.client", {{"facility", facility}, {"message", message}, {"repeats", swallowed}});
  }

 private:
  static constexpr std::int64_t kQuiet_ms = 60'000;
  struct Said {
    Repeated lines;
    std::int64_t last_ms = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Said> said_;
};

// The loop of the role, from asking for the topics to its end. Runs on a thread of its own.
class Runner {
 public:
  Runner(const Config& config, const kafka::ClientSettings& client, const KnowledgeBox& knowledge, Metrics& metrics,
         StatusBoard& board)
      : config_(config), client_(client), stage_(config, knowledge), metrics_(metrics), board_(board) {
    metrics_.set(Gauge::kThreads, static_cast<double>(stage_.threads()));
  }

  int run(const std::atomic<bool>& stop) {
    const auto topics = wait_for_topics(stop);
    if (!topics) return stop ? kDone : wrong_start("topics are not as they must be");
    Result<void> done;
    if (config_.role == Role::kPrepare)
      done = PrepareLoop(config_, client_, stage_, metrics_, board_, *topics).run(stop);
    else
      done = DecideLoop(config_, client_, stage_, metrics_, board_, *topics).run(stop);
    if (done) return kDone;
    board_.error(done.error().message);
    report_state(RunState::kFailed, metrics_, board_, done.error().message);
    log_error("run.failed", {{"reason", done.error().message}});
    return kWrongStart;  // what a new attempt mends, the loops have tried again themselves
  }

 private:
  // Waits as long as the brokers are away. Nothing: stopped, or the topics are wrong (each problem logged).
  std::optional<TopicReport> wait_for_topics(const std::atomic<bool>& stop) {
    Repeated away;
    while (!stop) {
      board_.progress();
      auto report = check_topics(config_, client_, milliseconds{3000});
      if (report) {
        for (const std::string& warning : report->warnings) log_warn("topics.warning", {{"what", warning}});
        for (const std::string& problem : report->problems) log_error("topics.problem", {{"what", problem}});
        if (away.over()) log_info("broker.back");
        return report->problems.empty() ? std::optional(std::move(*report)) : std::nullopt;
      }
      report_state(RunState::kWaitingForBroker, metrics_, board_, report.error().message);
      if (away.due(steady_ms()))
        log_warn("broker.away", {{"reason", report.error().message}, {"repeats", away.swallowed()}});
      std::this_thread::sleep_for(milliseconds{500});
    }
    return std::nullopt;
  }

  const Config& config_;
  const kafka::ClientSettings& client_;
  PrepareStage stage_;
  Metrics& metrics_;
  StatusBoard& board_;
};

void publish_knowledge(const Knowledge& knowledge, Metrics& metrics, StatusBoard& board) {
  metrics.set_knowledge(knowledge.rules_hash(), knowledge.gazetteer_hash());
  std::vector<std::string_view> presets = knowledge.presets();
  std::erase(presets, "auto");  // it chooses, and reads nothing
  metrics.set_presets(presets);
  board.update([&](Status& s) {
    s.rules_hash = knowledge.rules_hash();
    s.gazetteer_hash = knowledge.gazetteer_hash();
    s.knowledge_ms = unix_ms();
  });
}

// Checked first, swapped between batches, the old kept when the new is wrong. Off the signal thread: a gazetteer takes
// a moment, and the watchdog must be fed meanwhile.
void reload(const Config& config, KnowledgeBox& box, Metrics& metrics, StatusBoard& board) {
  auto loaded = load_knowledge(config);
  metrics.add(Counter::kReloads, index(loaded ? Reload::kTaken : Reload::kRefused));
  if (!loaded) {
    board.error(loaded.error().message);
    log_error("reload.refused", {{"reason", loaded.error().message}, {"kept", box.get()->rules_hash()}});
    return;
  }
  box.put(*loaded);
  publish_knowledge(**loaded, metrics, board);
  metrics.set(Gauge::kLastReload, static_cast<double>(unix_ms()) / 1000.0);
  log_info("reload.taken", {{"rules", (*loaded)->rules_hash()}, {"gazetteer", (*loaded)->gazetteer_hash()}});
}

// One reload after the other, so that the last word is heard.
class Reloading {
 public:
  void ask() { asked_ = true; }
  // True when what was asked for has begun.
  template <typename Work>
  bool start(Work work) {
    if (!asked_ || busy()) return false;
    asked_ = false;
    work_ = std::async(std::launch::async, std::move(work));
    return true;
  }
  bool settled() const { return !asked_ && !busy(); }

 private:
  bool busy() const { return work_.valid() && work_.wait_for(milliseconds{0}) != std::future_status::ready; }

  bool asked_ = false;
  std::future<void> work_;
};

}  // namespace

void set_up_malloc() {
  // CLD2 and large records would otherwise map and unmap memory on every call (measured: 78 us against 6).
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
}

int run_app(const Config& config, std::atomic<bool>& stop, const AppHooks& hooks) {
  set_up_malloc();
  prctl(PR_SET_DUMPABLE, 0);  // a core dump would hold articles and passwords
  log_setup(config.log);
  const sigset_t signals = watched_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before the first thread: all of them inherit it
  Notify notify;
  if (const std::string warning = kafka::library_warning(); !warning.empty())
    log_warn("kafka.old", {{"what", warning}});
  if (auto r = install_crash_handler(config.state_dir); !r)
    log_warn("crash.not_remembered", {{"reason", r.error().message}, {"change", "state_dir"}});

  auto knowledge = load_knowledge(config);
  if (!knowledge) return wrong_start(knowledge.error().message);
  KnowledgeBox box(*knowledge);
  Metrics metrics;
  metrics.set_build(std::string(version()), kafka::library_version());
  StatusBoard board(config);
  publish_knowledge(**knowledge, metrics, board);
  auto admin = start_admin(config, metrics, board);
  if (!admin) return wrong_start(admin.error().message);
  log_info("start", {{"version", version()},
                     {"librdkafka", kafka::library_version()},
                     {"role", to_string(config.role)},
                     {"group", config.group},
                     {"admin_port", (*admin)->port()}});
  if (hooks.started) hooks.started((*admin)->port());

  kafka::ClientEvents events;
  ClientLog client_log;
  events.on_log = std::ref(client_log);
  const kafka::ClientSettings client = client_settings(config, &events);
  Runner runner(config, client, box, metrics, board);
  std::promise<int> ended;
  std::future<int> end = ended.get_future();
  std::thread loop([&] { ended.set_value(runner.run(stop)); });

  Reloading reloading;
  bool told_ready = false;
  std::int64_t stop_ms = 0;
  while (end.wait_for(milliseconds{0}) != std::future_status::ready) {
    const timespec tick{0, 100'000'000};
    const int signal = sigtimedwait(&signals, nullptr, &tick);
    if ((signal == SIGTERM || signal == SIGINT) && !stop) {
      log_info("stop", {{"signal", signal == SIGTERM ? "TERM" : "INT"}});
      stop = true;
    }
    if (signal == SIGHUP) reloading.ask();
    if (!stop && reloading.start([&] { reload(config, box, metrics, board); })) {
      notify.reloading();
      told_ready = false;
    }
    if (!told_ready && reloading.settled()) {
      // Ready for systemd is "started": a broker that is away must not make the unit fail.
      notify.ready(to_string(board.snapshot().state));
      told_ready = true;
    }
    if (stop && stop_ms == 0) {
      stop_ms = steady_ms();
      notify.stopping("draining");
    }
    if (stop && steady_ms() - stop_ms > config.drain_timeout_ms) {
      log_error("stop.not_drained", {{"seconds", config.drain_timeout_ms / 1000}});
      _exit(kFailed);
    }
    if (told_ready && !stop) notify.status(to_string(board.snapshot().state));  // says it only when it changed
    notify.watchdog(board.since_progress_ms(), config.progress_timeout_ms);
  }
  loop.join();
  const int code = end.get();
  log_info("stopped", {{"code", code}});
  return code;
}

}  // namespace tocsin
