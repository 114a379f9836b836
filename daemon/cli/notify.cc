// `tocsin notify`: one thread for each webhook, the admin server, signals, and systemd.

#include "daemon/notify.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "daemon/cli/commands.h"
#include "daemon/client_settings.h"
#include "daemon/clock.h"
#include "daemon/kafka/topics.h"
#include "daemon/log.h"
#include "daemon/notify_metrics.h"
#include "daemon/version.h"
#include "daemon/webhook/notify_admin.h"
#include "daemon/webhook/notify_board.h"
#include "daemon/webhook/notify_loop.h"
#include "daemon/webhook/webhook.h"

namespace tocsin {
namespace {

using std::chrono::milliseconds;

enum ExitCode { kDone = 0, kFailed = 1, kWrongStart = 2 };

// A call of librdkafka can hang when its coordinator is taken away (its issue 5511) and cannot be taken back: past this
// the process ends, and whoever supervises it starts a new one.
constexpr std::int64_t kHung_ms = 90'000;

int wrong_start(const std::string& message) {
  log_error("start.refused", {{"reason", message}});
  return kWrongStart;
}

void log_client(int level, std::string_view facility, std::string_view message) {
  const LogLevel mine = level <= 3 ? LogLevel::kWarn : level <= 4 ? LogLevel::kInfo : LogLevel::kDebug;
  if (log_enabled(mine)) log_event(mine, "kafka.client", {{"facility", facility}, {"message", message}});
}

// Signals are taken by the main thread alone, which waits for them a tick at a time.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    for (const int signal : {SIGTERM, SIGINT}) sigaddset(&set_, signal);
    std::signal(SIGPIPE, SIG_IGN);               // a receiver that hangs up is an answer, not an end
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);  // before the first thread: all of them inherit it
  }
  bool stop_within_tick() const {
    const timespec tick{0, 100'000'000};
    return sigtimedwait(&set_, nullptr, &tick) > 0;
  }

 private:
  sigset_t set_{};
};

// Waits as long as the brokers are away. An exit code when it ends here: a topic is missing, or a signal came first.
std::optional<int> wait_for_topics(const Config& config, const kafka::ClientSettings& client, NotifyBoard& board,
                                   const Signals& signals, Notify& notify) {
  Repeated away;
  const std::vector<std::string> names{config.topics.alerts, config.notify.dead_letter};
  for (;;) {
    for (std::size_t i = 0; i < config.notify.webhooks.size(); ++i) board.progress(i);
    const auto facts = kafka::describe_topics(client, names, milliseconds{3000});
    if (facts) {
      for (const std::string& name : names)
        if (facts->at(name).partitions == 0)
          return wrong_start("topic " + name + " does not exist: create it (tocsin check --create does)");
      if (away.over()) log_info("broker.back");
      return std::nullopt;
    }
    if (away.due(steady_ms())) log_warn("broker.away", {{"reason", facts.error().message}});
    notify.watchdog(board.since_progress_ms(), config.progress_timeout_ms);
    for (int i = 0; i < 5; ++i)
      if (signals.stop_within_tick()) return kDone;
  }
}

// Runs the loops until a signal, then lets them end within drain_timeout.
int serve(const Config& config, std::vector<std::unique_ptr<NotifyLoop>>& loops, const NotifyBoard& board,
          const Signals& signals, Notify& notify) {
  NotifyStop stop;
  std::vector<std::thread> threads;
  threads.reserve(loops.size());
  for (const auto& loop : loops) threads.emplace_back([&loop, &stop] { loop->run(stop); });
  std::int64_t asked_ms = 0;
  const auto all_stopped = [&] {
    const auto all = board.snapshot();
    return std::ranges::all_of(all, [](const WebhookStatus& w) { return w.state == WebhookState::kStopped; });
  };
  while (!stop.asked || !all_stopped()) {
    const std::int64_t still = board.since_progress_ms();
    notify.watchdog(still, config.progress_timeout_ms);
    if (signals.stop_within_tick() && !stop.asked) {
      log_info("stop");
      notify.stopping("draining");
      asked_ms = steady_ms();
      stop.asked = true;
    }
    if (stop.asked && steady_ms() - asked_ms > config.drain_timeout_ms) stop.cut = true;
    const bool overdue = stop.asked && steady_ms() - asked_ms > config.drain_timeout_ms + 10'000;
    if (still > kHung_ms || overdue) {
      log_error("notify.hung", {{"seconds", still / 1000}, {"action", "exit, to be started again"}});
      _exit(kFailed);
    }
  }
  for (std::thread& thread : threads) thread.join();
  log_info("stopped", {{"code", 0}});
  return kDone;
}

}  // namespace

int notify_command(const Config& config) {
  prctl(PR_SET_DUMPABLE, 0);  // a core dump would hold what is posted, and to whom
  log_setup(config.log);
  const Signals signals;
  Notify notify;
  const auto webhooks = make_webhooks(config.notify);
  if (!webhooks) return wrong_start(webhooks.error().message);
  auto networks = allowed_networks(config.notify);
  if (!networks) return wrong_start(networks.error().message);
  std::vector<std::string> names;
  for (const Webhook& webhook : *webhooks) names.push_back(webhook.name);
  NotifyMetrics metrics(names);
  NotifyBoard board(names);
  const auto admin = start_notify_admin(config, metrics, board);
  if (!admin) return wrong_start(admin.error().message);
  log_info("start", {{"version", version()},
                     {"command", "notify"},
                     {"group", config.group},
                     {"webhooks", names.size()},
                     {"admin_port", (*admin)->port()}});
  notify.ready("starting");

  kafka::ClientEvents events;
  events.on_log = log_client;
  const kafka::ClientSettings client = client_settings(config, &events);
  if (const auto code = wait_for_topics(config, client, board, signals, notify)) return *code;
  const HttpSettings http{milliseconds{config.notify.timeout_ms}, config.notify.ca_file, std::move(*networks)};
  std::vector<std::unique_ptr<NotifyLoop>> loops;
  for (std::size_t i = 0; i < webhooks->size(); ++i)
    loops.push_back(std::make_unique<NotifyLoop>(config, client, (*webhooks)[i], i, http, metrics, board));
  notify.ready("posting alerts");
  return serve(config, loops, board, signals, notify);
}

}  // namespace tocsin
