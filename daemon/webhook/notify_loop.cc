#include "daemon/webhook/notify_loop.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <random>
#include <thread>

#include "daemon/clock.h"

namespace tocsin {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAsk{10'000};
constexpr milliseconds kRead{500};
constexpr std::int64_t kTurn_ms = 100;         // how often a wait looks at the stop and at the group
constexpr std::int64_t kIdleCommit_ms = 1000;  // positions that moved without an alert (transaction markers)
constexpr std::int64_t kMostRetryAfter_ms = 3'600'000;
constexpr const char* kFor = "tocsin.webhook";  // of a replayed dead letter: whom it is for
constexpr const char* kReplays = "tocsin.replays";

const std::string* header(const RawRecord& record, std::string_view name) {
  const auto it = std::ranges::find(record.headers, name, &Header::name);
  return it == record.headers.end() ? nullptr : &it->value;
}

bool assigned(const kafka::Reader& reader, const RawRecord& record) {
  const auto lags = reader.lag();
  return std::ranges::any_of(
      lags, [&](const PartitionLag& p) { return p.partition == record.partition && p.topic == record.topic; });
}

// Unique for each start: the group's generation is the fence (KIP-447), not the id.
std::string transactional_id(const std::string& group) {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return group + "." + host.data() + "." + std::to_string(getpid()) + "." + std::to_string(unix_ms());
}

}  // namespace

void ToldAlerts::add(const std::string& id) {
  if (!ids_.insert(id).second) return;
  order_.push_back(id);
  if (order_.size() <= most_) return;
  ids_.erase(order_.front());
  order_.pop_front();
}

// Members are destroyed from the last to the first: records hold on to the reader that they came from.
struct NotifyLoop::Session {
  std::unique_ptr<kafka::Transaction> transaction;
  std::unique_ptr<kafka::Reader> reader;
  std::deque<RawRecord> waiting;  // came while the reader was held; few, mostly none
  bool held = false;              // the reader, while an alert waits for its next attempt
  std::vector<Position> sent;     // as last committed
  std::int64_t sent_ms = 0;
};

NotifyLoop::NotifyLoop(const Config& config, const kafka::ClientSettings& client, const Webhook& webhook,
                       std::size_t number, HttpSettings http, NotifyMetrics& metrics, NotifyBoard& board)
    : config_(config),
      client_(client),
      webhook_(webhook),
      number_(number),
      metrics_(metrics),
      board_(board),
      group_(config.group + ".notify." + webhook.name),
      http_(std::move(http)),
      breaker_(static_cast<int>(config.notify.breaker_failures), config.notify.breaker_pause_ms) {}

void NotifyLoop::enter(WebhookState state, const std::string& reason) {
  board_.update(number_, [&](WebhookStatus& s) {
    s.state = state;
    s.reason = reason;
  });
}

void NotifyLoop::run(const NotifyStop& stop) {
  std::int64_t pause_ms = 100;
  while (!stop.asked) {
    const std::int64_t began = steady_ms();
    const Result<void> r = session(stop);
    if (r) continue;
    enter(WebhookState::kWaitingForBroker, r.error().message);
    if (trouble_.due(steady_ms()))
      log_warn("notify.again", {{"webhook", webhook_.name}, {"reason", r.error().message}});
    if (steady_ms() - began > 10'000) pause_ms = 100;
    for (std::int64_t passed = 0; passed < pause_ms && !stop.asked; passed += kTurn_ms) {
      board_.progress(number_);
      std::this_thread::sleep_for(milliseconds{kTurn_ms});
    }
    pause_ms = std::min<std::int64_t>(pause_ms * 2, 5000);
  }
  enter(WebhookState::kStopped);
}

Result<void> NotifyLoop::session(const NotifyStop& stop) {
  Session session;
  auto transaction = kafka::Transaction::open(
      client_, {.id = transactional_id(group_), .timeout = milliseconds{config_.transaction_timeout_ms}});
  if (!transaction) return tl::unexpected(transaction.error());
  session.transaction = std::move(*transaction);
  if (auto r = session.transaction->init(milliseconds{20'000}); !r) return r;
  kafka::ReaderSettings settings{.queue_bytes = 4u << 20, .group = group_};
  settings.session_timeout = milliseconds{config_.session_timeout_ms};
  settings.from_end = config_.notify.start == StartAt::kLatest;
  auto reader = kafka::Reader::open(client_, settings);
  if (!reader) return tl::unexpected(reader.error());
  session.reader = std::move(*reader);
  if (auto r = session.reader->subscribe({config_.topics.alerts}, [] {}); !r) return r;
  enter(WebhookState::kReading);
  read_back_.clear();  // partitions may have been another instance's meanwhile
  return work(session, stop);
}

Result<void> NotifyLoop::work(Session& session, const NotifyStop& stop) {
  std::vector<RawRecord> records;
  while (!stop.asked) {
    board_.progress(number_);
    if (session.waiting.empty()) {
      records.clear();
      session.reader->read(records, {.records = 1}, kRead);
      for (RawRecord& record : records) session.waiting.push_back(std::move(record));
    }
    for (const std::string& problem : session.reader->take_problems())
      if (trouble_.due(steady_ms())) log_warn("notify.input", {{"reason", problem}});
    for (const Gap& gap : session.reader->take_gaps()) {
      log_error("notify.lost", {{"webhook", webhook_.name},
                                {"topic", gap.topic},
                                {"partition", gap.partition},
                                {"from", gap.from},
                                {"to", gap.to}});
      if (gap.to > gap.from) metrics_.lost(number_, static_cast<std::uint64_t>(gap.to - gap.from));
    }
    report(*session.reader);
    if (session.waiting.empty()) {
      if (auto r = commit_idle(session); !r) return r;
      continue;
    }
    const RawRecord record = std::move(session.waiting.front());
    session.waiting.pop_front();
    if (!assigned(*session.reader, record)) continue;
    if (auto r = handle(session, record, stop); !r) return r;
    if (trouble_.over()) log_info("notify.broker_back", {{"webhook", webhook_.name}});
  }
  return {};
}

Result<void> NotifyLoop::handle(Session& session, const RawRecord& record, const NotifyStop& stop) {
  if (!read_back_.contains(record.partition))
    if (auto r = read_back(record); !r) return r;
  read_back_.insert(record.partition);
  const Outcome outcome = settle(session, record, stop);
  if (session.held) session.reader->hold(session.held = false);
  if (outcome.settled == Settled::kLeft) return {};
  const std::vector<Position> to{{std::string(record.topic), record.partition, record.offset + 1}};
  if (outcome.settled != Settled::kDeadLetter) return commit(session, to, nullptr);
  const OutRecord letter = dead_letter(record, outcome);
  if (auto r = commit(session, to, &letter); !r) return r;
  metrics_.dead_letter(number_, outcome.reason);
  log_warn("notify.dead_letter", {{"webhook", webhook_.name},
                                  {"reason", to_string(outcome.reason)},
                                  {"detail", outcome.detail},
                                  {"partition", record.partition},
                                  {"offset", record.offset}});
  return {};
}

Result<void> NotifyLoop::commit(Session& session, std::vector<Position> next, const OutRecord* letter) {
  kafka::Transaction& transaction = *session.transaction;
  board_.progress(number_);
  const auto carry = [&]() -> Result<void> {
    if (auto r = transaction.begin(); !r) return r;
    if (letter)
      if (auto r = transaction.produce(*letter); !r) return r;
    if (auto r = transaction.send_offsets(next, session.reader->metadata()); !r) return r;
    return transaction.commit();
  };
  Result<void> r = carry();
  if (!r) (void)transaction.abort();
  return r;
}

// Also the first position of all, so that a webhook that starts at the end of the topic stays there over a restart.
Result<void> NotifyLoop::commit_idle(Session& session) {
  const std::int64_t now = steady_ms();
  if (now - session.sent_ms < kIdleCommit_ms) return {};
  session.sent_ms = now;
  std::vector<Position> at = session.reader->positions();
  std::vector<Position> moved;
  for (const Position& p : at)
    if (std::ranges::find(session.sent, p) == session.sent.end()) moved.push_back(p);
  if (moved.empty()) return {};
  session.sent = std::move(at);
  return commit(session, std::move(moved), nullptr);
}

Result<void> NotifyLoop::read_back(const RawRecord& first) {
  if (first.offset == 0) return {};
  auto reader = kafka::Reader::open(client_, {.queue_bytes = 4u << 20, .group = group_});
  if (!reader) return tl::unexpected(reader.error());
  const std::string topic(first.topic);
  const auto begin = (*reader)->begin_of(topic, first.partition, kAsk);
  if (!begin) return tl::unexpected(begin.error());
  const std::int64_t from = std::max(*begin, first.offset - kReadBack);
  if (from >= first.offset) return {};
  if (auto r = (*reader)->assign({{topic, first.partition, from}}); !r) return r;
  const std::int64_t until = steady_ms() + kAsk.count();
  for (bool done = false; !done;) {
    if (steady_ms() > until) return fail("cannot read back " + topic);
    board_.progress(number_);
    std::vector<RawRecord> records;  // gone before the reader is
    (*reader)->read(records, {.records = 500}, milliseconds{kTurn_ms});
    for (const RawRecord& record : records) {
      done |= record.offset >= first.offset;
      if (record.offset >= first.offset || header(record, kReplays)) continue;
      if (const auto alert = read_alert(record.payload, record.timestamp_ms)) told_.add(alert->id());
    }
    done |= (*reader)->position(topic, first.partition) >= first.offset;
  }
  return {};
}

NotifyLoop::Outcome NotifyLoop::settle(Session& session, const RawRecord& record, const NotifyStop& stop) {
  const std::string* only_for = header(record, kFor);
  if (only_for && *only_for != webhook_.name) return {Settled::kSkipped, {}, {}};
  const Result<AlertMessage> alert = read_alert(record.payload, record.timestamp_ms);
  Outcome outcome;
  if (!alert) {
    outcome = {Settled::kDeadLetter, NotifyReason::kNotAlert, alert.error().message};
  } else if (alert->backfill || !is_for(webhook_, *alert)) {
    outcome.settled = Settled::kSkipped;
  } else if (told_.holds(alert->id()) && !header(record, kReplays)) {
    outcome.settled = Settled::kRepeated;
  } else {
    outcome = post(session, record, *alert, stop);
    if (outcome.settled != Settled::kLeft) told_.add(alert->id());
  }
  count(outcome, alert ? &*alert : nullptr);
  return outcome;
}

NotifyLoop::Outcome NotifyLoop::post(Session& session, const RawRecord& record, const AlertMessage& alert,
                                     const NotifyStop& stop) {
  Backoff backoff(config_.notify.retry_first_ms, config_.notify.retry_most_ms, std::random_device{}());
  std::string last = "nothing was tried";
  for (std::int64_t tries = 0;; ++tries) {
    const std::int64_t now = steady_ms();
    if (alert.record_ms >= 0 && unix_ms() - alert.record_ms > config_.notify.give_up_ms)
      return {Settled::kDeadLetter, NotifyReason::kExpired,
              "after " + std::to_string(tries) + " attempts since it came into hand: " + last};
    if (!wait(session, record, now + breaker_.wait_ms(now), stop)) return {};
    if (breaker_.wait_ms(steady_ms()) > 0) continue;  // the wait was cut at the alert's end
    enter(WebhookState::kPosting, tries > 0 ? last : "");
    const HttpAnswer answer = attempt(alert, stop);
    if (answer.failure == HttpFailure::kStopped) return {};
    const PostResult result = judge(answer);
    if (result == PostResult::kDelivered) return {Settled::kDelivered, {}, {}};
    last = describe(webhook_, answer);
    if (result == PostResult::kRefused) return {Settled::kDeadLetter, NotifyReason::kRefused, last};
    if (failing_.due(steady_ms()))
      log_warn("notify.failed", {{"webhook", webhook_.name}, {"reason", last}, {"attempts", tries + 1}});
    const std::int64_t asked_ms = std::min(answer.retry_after_s.value_or(0) * 1000, kMostRetryAfter_ms);
    const std::int64_t pause_ms = std::max(backoff.next_ms(), asked_ms);
    board_.update(number_, [&](WebhookStatus& s) { s.retrying = tries + 1; });
    enter(breaker_.wait_ms(steady_ms()) > 0 ? WebhookState::kBreakerOpen : WebhookState::kRetrying, last);
    if (!wait(session, record, steady_ms() + pause_ms, stop)) return {};
  }
}

// One attempt, counted and told to the breaker.
HttpAnswer NotifyLoop::attempt(const AlertMessage& alert, const NotifyStop& stop) {
  const std::int64_t began = steady_ms();
  HttpAnswer answer = http_.post(webhook_request(webhook_, alert, unix_ms() / 1000), [&] {
    board_.progress(number_);
    return stop.cut.load();
  });
  const std::int64_t now = steady_ms();
  if (answer.failure == HttpFailure::kStopped) return answer;
  const PostResult result = judge(answer);
  metrics_.post(number_, static_cast<NotifyPost>(result), static_cast<double>(now - began) / 1000.0);
  if (result == PostResult::kFailed) {
    breaker_.failed(now);
  } else {
    breaker_.succeeded();  // it answers: it is well, whatever it says of this alert
    if (failing_.over()) log_info("notify.well_again", {{"webhook", webhook_.name}});
  }
  metrics_.breaker(number_, breaker_.state(now) != Breaker::State::kClosed);
  return answer;
}

// Keeps the membership of the group alive while nothing is taken. False: a stop, or the partition is not ours any more.
bool NotifyLoop::wait(Session& session, const RawRecord& record, std::int64_t until_ms, const NotifyStop& stop) {
  const std::int64_t ends_ms =
      steady_ms() + std::max<std::int64_t>(0, record.timestamp_ms + config_.notify.give_up_ms - unix_ms()) + 1;
  if (record.timestamp_ms >= 0) until_ms = std::min(until_ms, ends_ms);
  for (std::int64_t now = steady_ms(); now < until_ms; now = steady_ms()) {
    if (stop.asked) return false;
    if (!session.held) session.reader->hold(session.held = true);
    std::vector<RawRecord> records;
    session.reader->read(records, {.records = 1}, milliseconds{std::min(kTurn_ms, until_ms - now)});
    for (RawRecord& r : records) session.waiting.push_back(std::move(r));
    report(*session.reader);
    board_.progress(number_);
    if (!assigned(*session.reader, record)) return false;
  }
  return !stop.asked;
}

void NotifyLoop::count(const Outcome& outcome, const AlertMessage* alert) {
  if (outcome.settled == Settled::kLeft) return;
  metrics_.outcome(number_, static_cast<NotifyOutcome>(outcome.settled));
  const std::int64_t now = unix_ms();
  if (outcome.settled == Settled::kDelivered) {
    metrics_.delivered(number_, static_cast<double>(std::max<std::int64_t>(0, now - alert->record_ms)) / 1000.0,
                       static_cast<double>(now) / 1000.0);
    log_info("notify.delivered",
             {{"webhook", webhook_.name}, {"incident", alert->incident}, {"sequence", alert->sequence}});
  }
  board_.update(number_, [&](WebhookStatus& s) {
    s.delivered += outcome.settled == Settled::kDelivered ? 1 : 0;
    s.skipped += outcome.settled == Settled::kSkipped ? 1 : 0;
    s.repeated += outcome.settled == Settled::kRepeated ? 1 : 0;
    s.dead_letters += outcome.settled == Settled::kDeadLetter ? 1 : 0;
    if (outcome.settled == Settled::kDelivered) s.last_delivery_ms = now;
    s.retrying = 0;
    s.state = WebhookState::kReading;
    s.reason.clear();
  });
}

// As the daemon's own dead letters: the record as it came, and one set of `tocsin.*` headers in the place of any older.
OutRecord NotifyLoop::dead_letter(const RawRecord& record, const Outcome& outcome) const {
  OutRecord out = sent_on(record, config_.notify.dead_letter, kReplays);
  out.headers.push_back({"tocsin.reason", std::string(to_string(outcome.reason))});
  out.headers.push_back({"tocsin.detail", outcome.detail});
  out.headers.push_back({kFor, webhook_.name});
  out.headers.push_back({"tocsin.topic", std::string(record.topic)});
  out.headers.push_back({"tocsin.partition", std::to_string(record.partition)});
  out.headers.push_back({"tocsin.offset", std::to_string(record.offset)});
  out.headers.push_back({"tocsin.timestamp", std::to_string(record.timestamp_ms)});
  return out;
}

void NotifyLoop::report(const kafka::Reader& reader) {
  std::int64_t lag = 0;
  const std::vector<PartitionLag> lags = reader.lag();
  for (const PartitionLag& p : lags) lag += std::max<std::int64_t>(0, p.lag);
  std::erase_if(read_back_, [&](std::int32_t partition) {
    return std::ranges::find(lags, partition, &PartitionLag::partition) == lags.end();
  });
  metrics_.lag(number_, lag);
  board_.update(number_, [&](WebhookStatus& s) { s.lag = lag; });
}

}  // namespace tocsin
