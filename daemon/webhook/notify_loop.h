// NotifyLoop: one webhook's way through wire.alerts, alert by alert in the order of each partition.
//
// Each webhook is a consumer group of its own ("<group>.notify.<name>"), so that one whose receiver is away holds up no
// other. An alert is settled when it was delivered, passed over, or written to the dead letters; then its offset is
// committed (with the dead letter, in one transaction), and only then the next one is begun.
//
// An alert that must wait (held_alerts.h) is passed over for now and posted when its time has come; one that comes
// meanwhile need not wait for it, unless it tells of the same incident: then the older is folded into it. A wait is
// kept over restarts and when another instance takes the partition. It is not part of give_up, which counts from its
// end, and begins anew when the process does.
//
// What is guaranteed. No alert is lost: each is posted until the receiver takes it, or it becomes a dead letter. Each
// is posted once, but again, with the same id and body, when it cannot be known or could not be kept that it was taken:
//   - the process died, or was cut off at the end of drain_timeout, between sending and the commit of the offset;
//   - the answer was lost: a timeout, or a connection that broke behind the request;
//   - the group gave the partition to another instance while a post was under way.
// Each of these repeats the one alert that was in hand, never one before it: at most one for each webhook and
// partition. A commit that fails is no such case while the process lives: it remembers what it has told (kRemembered
// alerts), also against a topic that holds an alert twice, and before it posts of a partition it reads the
// last kReadBack records before its committed offset back.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "common/article/result.h"
#include "daemon/config.h"
#include "daemon/io.h"
#include "daemon/kafka/client.h"
#include "daemon/kafka/reader.h"
#include "daemon/kafka/transaction.h"
#include "daemon/log.h"
#include "daemon/notify_metrics.h"
#include "daemon/webhook/http_client.h"
#include "daemon/webhook/notify_board.h"
#include "daemon/webhook/retry.h"
#include "daemon/webhook/told_alerts.h"
#include "daemon/webhook/webhook.h"

namespace tocsin {

// How a stop is asked for. A post that is under way may end until `cut`; everything else ends at `asked`.
struct NotifyStop {
  std::atomic<bool> asked{false};
  std::atomic<bool> cut{false};
};

class NotifyLoop {
 public:
  static constexpr std::size_t kRemembered = 16'384;
  static constexpr std::int64_t kReadBack = 1000;  // records of a partition before its committed offset

  // Everything is borrowed and outlives it; `number` is the webhook's index in `metrics` and `board`.
  NotifyLoop(const Config& config, const kafka::ClientSettings& client, const Webhook& webhook, std::size_t number,
             HttpSettings http, NotifyMetrics& metrics, NotifyBoard& board);
  // Until a stop is asked for. Starts again by itself after whatever goes wrong with Kafka.
  void run(const NotifyStop& stop);

 private:
  enum class Settled : std::uint8_t { kDelivered, kSkipped, kRepeated, kDeadLetter, kHeld, kLeft };
  struct Outcome {
    Settled settled = Settled::kLeft;  // kLeft: not settled: a stop, partitions went, or a quiet time began
    NotifyReason reason = NotifyReason::kNotAlert;
    std::string detail;
    std::vector<OutRecord> letters = {};  // kDeadLetter: the alert, behind those that are folded into it
  };
  struct Part;
  struct Session;

  Result<void> session(const NotifyStop& stop);
  Result<void> work(Session& session, const NotifyStop& stop);
  Result<void> handle(Session& session, RawRecord record, const NotifyStop& stop);
  Result<void> release(Session& session, const NotifyStop& stop);
  bool find_due(Session& session) const;
  Result<void> conclude(Session& session, std::int32_t partition, const Outcome& outcome);
  Result<void> commit(Session& session, const std::vector<Position>& next, const std::vector<OutRecord>& letters = {});
  Result<void> commit_idle(Session& session);
  Result<void> adopt(Session& session);
  Result<void> read_back(kafka::Reader& reader, const Position& committed, Part& part);
  bool recall(const RawRecord& record, bool waits, Part& part);
  Outcome settle(Session& session, const RawRecord& record, const NotifyStop& stop);
  Outcome post_now(Session& session, const RawRecord& record, const AlertMessage& alert, const NotifyStop& stop);
  Outcome post(Session& session, const AlertMessage& alert, const NotifyStop& stop);
  bool wait(Session& session, std::int64_t until_ms, const NotifyStop& stop);
  std::int64_t until(const AlertMessage& alert, std::int64_t ms) const;
  HttpAnswer attempt(const AlertMessage& alert, const NotifyStop& stop);
  Outcome count(Outcome outcome, const AlertMessage* alert = nullptr);
  void enter(WebhookState state, const std::string& reason = {});
  OutRecord dead_letter(const RawRecord& record, NotifyReason reason, const std::string& detail) const;
  void report(const Session& session);
  void take_gaps(Session& session);
  void lost(const std::string& topic, std::int32_t partition, std::int64_t from, std::int64_t count);

  const Config& config_;
  const kafka::ClientSettings& client_;
  const Webhook& webhook_;
  std::size_t number_;
  NotifyMetrics& metrics_;
  NotifyBoard& board_;
  std::string group_;
  HttpClient http_;
  Breaker breaker_;
  ToldAlerts told_{kRemembered};
  Repeated trouble_, failing_, full_;
};

}  // namespace tocsin
