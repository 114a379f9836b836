#include "daemon/webhook/notify_loop.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <thread>

#include "daemon/clock.h"
#include "daemon/webhook/held_alerts.h"

namespace tocsin {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAsk{10'000};
constexpr milliseconds kRead{500};
constexpr milliseconds kAskBack{3000};  // of the leader of a partition that is read back
constexpr std::int64_t kAskBackAgain_ms = 10'000;
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

// A partition of wire.alerts that is ours.
struct NotifyLoop::Part {
  std::int64_t next = -1;  // all before it is settled, but for what waits; -1: not known yet
  HeldAlerts held;
};

// Members are destroyed from the last to the first: records hold on to the reader that they came from.
struct NotifyLoop::Session {
  std::unique_ptr<kafka::Transaction> transaction;
  std::unique_ptr<kafka::Reader> reader;
  std::deque<RawRecord> waiting;  // came while the reader was held; few, mostly none
  bool held = false;              // the reader, while an alert waits for its next attempt
  std::map<std::int32_t, Part> parts;
  std::uint64_t revocations = 0;  // of the reader, as `parts` know of them
  std::int64_t adopt_ms = 0;      // not before this, on the steady clock, is it asked again for a partition that failed
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
  return work(session, stop);
}

Result<void> NotifyLoop::work(Session& session, const NotifyStop& stop) {
  std::vector<RawRecord> records;
  while (!stop.asked) {
    board_.progress(number_);
    const bool due = find_due(session);
    if (session.waiting.empty()) {
      records.clear();
      session.reader->read(records, {.records = 1}, due ? milliseconds{0} : kRead);
      for (RawRecord& record : records) session.waiting.push_back(std::move(record));
    }
    for (const std::string& problem : session.reader->take_problems())
      if (trouble_.due(steady_ms())) log_warn("notify.input", {{"reason", problem}});
    if (auto r = adopt(session); !r) return r;
    take_gaps(session);
    report(session);
    if (session.waiting.empty() && !due) {
      if (auto r = commit_idle(session); !r) return r;
      continue;
    }
    // By turns, so that neither many that were held nor a stream of new ones stops the other.
    if (!session.waiting.empty()) {
      RawRecord record = std::move(session.waiting.front());
      session.waiting.pop_front();
      if (!assigned(*session.reader, record)) continue;
      if (auto r = handle(session, std::move(record), stop); !r) return r;
    }
    if (due && !stop.asked && session.revocations == session.reader->revocations())
      if (auto r = release(session, stop); !r) return r;
    if (trouble_.over()) log_info("notify.broker_back", {{"webhook", webhook_.name}});
  }
  return {};
}

// Takes note of the partitions that came and went. Of one that came is read what waits and what was told before. Once
// any was taken away nothing is believed of the others either: they may have gone and come back.
Result<void> NotifyLoop::adopt(Session& session) {
  if (session.revocations != session.reader->revocations()) {
    session.parts.clear();
    session.sent.clear();
    session.revocations = session.reader->revocations();
  }
  if (session.parts.size() == session.reader->lag().size() || steady_ms() < session.adopt_ms) return {};
  const auto committed = session.reader->committed_positions(kAsk);
  if (!committed) return tl::unexpected(committed.error());
  std::unique_ptr<kafka::Reader> back;
  for (const Position& p : *committed) {
    if (session.parts.contains(p.partition)) continue;
    Part part;
    if (p.offset >= 0) {
      if (!back) {
        auto opened =
            kafka::Reader::open(client_, {.queue_bytes = 4u << 20, .group = group_, .idle_fetch = milliseconds{10}});
        if (!opened) return tl::unexpected(opened.error());
        back = std::move(*opened);
      }
      if (const auto r = read_back(*back, p, part); !r) {  // its leader is away: the others need not wait for it
        session.adopt_ms = steady_ms() + kAskBackAgain_ms;
        if (trouble_.due(steady_ms())) log_warn("notify.input", {{"reason", r.error().message}});
        continue;
      }
    }
    session.parts.emplace(p.partition, std::move(part));
  }
  return {};
}

Result<void> NotifyLoop::handle(Session& session, RawRecord record, const NotifyStop& stop) {
  const auto part = session.parts.find(record.partition);
  if (part == session.parts.end()) return fail("it is not known what was told before of " + std::string(record.topic));
  if (record.offset < part->second.next) return {};  // taken before the partition went and came back
  const Outcome outcome = settle(session, record, stop);
  if (outcome.settled == Settled::kLeft) {
    session.waiting.push_front(std::move(record));
    return {};
  }
  part->second.next = record.offset + 1;
  return conclude(session, record.partition, outcome);
}

// Marks what need not wait any longer, and what must again. Whether there is any.
bool NotifyLoop::find_due(Session& session) const {
  const std::int64_t now = unix_ms();
  bool any = false;
  for (auto& [partition, part] : session.parts) {
    for (HeldAlert& held : part.held.all()) {
      const bool due = must_wait(webhook_, held.alert, told_.find(held.alert.incident), now) == Wait::kNone;
      held.due_ms = !due ? -1 : held.due_ms < 0 ? now : held.due_ms;
      any |= due;
    }
  }
  return any;
}

// Posts one alert that need not wait any longer, if there is one.
Result<void> NotifyLoop::release(Session& session, const NotifyStop& stop) {
  for (auto& [partition, part] : session.parts) {
    const auto held = std::ranges::find_if(part.held.all(), [](const HeldAlert& one) { return one.due_ms >= 0; });
    if (held == part.held.all().end()) continue;
    AlertMessage alert = held->alert;
    alert.due_ms = held->due_ms;
    const RawRecord record = owning_copy(held->records.back());
    const Outcome outcome = post_now(session, record, alert, stop);
    return outcome.settled == Settled::kLeft ? Result<void>{} : conclude(session, partition, outcome);
  }
  return {};
}

// Commits what came of an alert of a partition, with its dead letters if there are any.
Result<void> NotifyLoop::conclude(Session& session, std::int32_t partition, const Outcome& outcome) {
  const Part& part = session.parts.at(partition);
  if (auto r = commit(session, {{config_.topics.alerts, partition, part.next, part.held.metadata()}}, outcome.letters);
      !r)
    return r;
  for (const OutRecord& letter : outcome.letters) {
    metrics_.dead_letter(number_, outcome.reason);
    log_warn("notify.dead_letter", {{"webhook", webhook_.name},
                                    {"reason", to_string(outcome.reason)},
                                    {"detail", outcome.detail},
                                    {"partition", partition},
                                    {"key", letter.key}});
  }
  return {};
}

Result<void> NotifyLoop::commit(Session& session, const std::vector<Position>& next,
                                const std::vector<OutRecord>& letters) {
  kafka::Transaction& transaction = *session.transaction;
  board_.progress(number_);
  const auto carry = [&]() -> Result<void> {
    if (auto r = transaction.begin(); !r) return r;
    for (const OutRecord& letter : letters)
      if (auto r = transaction.produce(letter); !r) return r;
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
  std::erase_if(at, [&](const Position& p) { return !session.parts.contains(p.partition); });
  std::vector<Position> moved;
  for (Position& p : at) {
    Part& part = session.parts.at(p.partition);
    part.next = p.offset;
    p.metadata = part.held.metadata();
    if (std::ranges::find(session.sent, p) == session.sent.end()) moved.push_back(p);
  }
  if (moved.empty()) return {};
  session.sent = std::move(at);
  return commit(session, moved);
}

// Reads what lies before a partition's committed offset: the last kReadBack records, and what waits of older ones.
Result<void> NotifyLoop::read_back(kafka::Reader& reader, const Position& committed, Part& part) {
  const std::string& topic = committed.topic;
  const std::int32_t partition = committed.partition;
  const std::int64_t next = committed.offset;
  std::vector<std::int64_t> waiting = HeldAlerts::offsets(committed.metadata);
  std::erase_if(waiting, [&](std::int64_t offset) { return offset >= next; });  // it will be read
  const auto begin = reader.begin_of(topic, partition, kAskBack);
  if (!begin) return tl::unexpected(begin.error());
  const auto end = reader.end_of(topic, partition, kAskBack);
  if (!end) return tl::unexpected(end.error());
  if (next > *end) {  // not the log that this was committed of
    lost(topic, partition, *end, static_cast<std::int64_t>(waiting.size()));
    return {};
  }
  part.next = next;
  const std::int64_t wanted = next - kReadBack;
  const std::int64_t from = std::max(*begin, waiting.empty() ? wanted : std::min(wanted, waiting.front()));
  std::size_t found = 0;
  if (from < next) {
    if (auto r = reader.assign({{topic, partition, from}}); !r) return r;
    std::int64_t until = steady_ms() + kAskBack.count();
    while (reader.position(topic, partition) < next) {
      if (steady_ms() > until) return fail("cannot read back " + topic + " " + std::to_string(partition));
      board_.progress(number_);
      std::vector<RawRecord> records;  // gone before the reader is
      reader.read(records, {.records = 500}, milliseconds{kTurn_ms});
      if (!records.empty()) until = steady_ms() + kAskBack.count();
      for (const RawRecord& record : records)
        if (record.offset < next) found += recall(record, std::ranges::binary_search(waiting, record.offset), part);
    }
  }
  if (found < waiting.size())
    lost(topic, partition, waiting.front(), static_cast<std::int64_t>(waiting.size() - found));
  return {};
}

// One record of before: it waits, or it was told when it came. Whether it is one of those that waited.
bool NotifyLoop::recall(const RawRecord& record, bool waits, Part& part) {
  auto alert = read_alert(record.payload, record.timestamp_ms);
  if (!alert) return waits;
  const bool replayed = header(record, kReplays) != nullptr;
  const bool ours = !alert->backfill && is_for(webhook_, *alert);  // as it is configured now
  if (waits) {
    if (ours && (replayed || !told_.holds(*alert))) part.held.hold(record, std::move(*alert));
  } else if (ours && !replayed) {
    told_.add(*alert, record.timestamp_ms);
  }
  return waits;
}

NotifyLoop::Outcome NotifyLoop::settle(Session& session, const RawRecord& record, const NotifyStop& stop) {
  const std::string* only_for = header(record, kFor);
  if (only_for && *only_for != webhook_.name) return {Settled::kSkipped, {}, {}};
  Result<AlertMessage> alert = read_alert(record.payload, record.timestamp_ms);
  if (!alert) {
    const NotifyReason reason = NotifyReason::kNotAlert;
    return count(
        {Settled::kDeadLetter, reason, alert.error().message, {dead_letter(record, reason, alert.error().message)}});
  }
  if (alert->backfill || !is_for(webhook_, *alert)) return count({Settled::kSkipped, {}, {}});
  HeldAlerts& held = session.parts.at(record.partition).held;
  if ((told_.holds(*alert) && !header(record, kReplays)) || held.holds(*alert))
    return count({Settled::kRepeated, {}, {}});
  const std::int64_t now = unix_ms();
  const bool expired = alert->due_ms >= 0 && now - alert->due_ms > config_.notify.give_up_ms;
  const Wait why = expired ? Wait::kNone : must_wait(webhook_, *alert, told_.find(alert->incident), now);
  if (why != Wait::kNone) {
    if (held.hold(record, *alert)) {
      (void)full_.over();
      metrics_.held(number_, why);
      log_info("notify.held", {{"webhook", webhook_.name},
                               {"incident", alert->incident},
                               {"sequence", alert->sequence},
                               {"why", to_string(why)}});
      return {Settled::kHeld, {}, {}};
    }
    if (full_.due(steady_ms()))
      log_warn("notify.full", {{"webhook", webhook_.name}, {"waiting", held.size()}, {"action", "posted at once"}});
  }
  const HeldAlert* older = held.find(alert->incident);
  if (older && older->alert.sequence < alert->sequence) fold(older->alert, *alert);
  return post_now(session, record, *alert, stop);
}

// Posts, and when that is settled forgets what waited of the incident and is folded into it: it is told now. A dead
// letter is not: if its commit fails the alert must come again.
NotifyLoop::Outcome NotifyLoop::post_now(Session& session, const RawRecord& record, const AlertMessage& alert,
                                         const NotifyStop& stop) {
  Outcome outcome = post(session, alert, stop);
  if (session.held) session.reader->hold(session.held = false);
  if (outcome.settled == Settled::kLeft) return outcome;
  HeldAlerts& held = session.parts.at(record.partition).held;
  const HeldAlert* waited = held.find(alert.incident);
  const bool folded = waited && waited->alert.sequence <= alert.sequence;
  if (outcome.settled == Settled::kDelivered) told_.add(alert, unix_ms());
  if (outcome.settled == Settled::kDeadLetter) {
    if (folded)
      for (const RawRecord& older : waited->records)
        if (older.offset != record.offset)
          outcome.letters.push_back(dead_letter(older, outcome.reason, outcome.detail));
    outcome.letters.push_back(dead_letter(record, outcome.reason, outcome.detail));
  }
  if (folded) held.drop(alert.incident);
  return count(std::move(outcome), &alert);
}

// A time of the steady clock, or the alert's end if that comes first.
std::int64_t NotifyLoop::until(const AlertMessage& alert, std::int64_t ms) const {
  if (alert.due_ms < 0) return ms;
  const std::int64_t left_ms = std::max<std::int64_t>(0, alert.due_ms + config_.notify.give_up_ms - unix_ms());
  return std::min(ms, steady_ms() + left_ms + 1);
}

NotifyLoop::Outcome NotifyLoop::post(Session& session, const AlertMessage& alert, const NotifyStop& stop) {
  Backoff backoff(config_.notify.retry_first_ms, config_.notify.retry_most_ms, std::random_device{}());
  std::string last = "nothing was tried";
  for (std::int64_t tries = 0;; ++tries) {
    const std::int64_t now = steady_ms();
    if (alert.due_ms >= 0 && unix_ms() - alert.due_ms > config_.notify.give_up_ms)
      return {Settled::kDeadLetter, NotifyReason::kExpired,
              "after " + std::to_string(tries) + " attempts since it came into hand: " + last};
    if (!wait(session, until(alert, now + breaker_.wait_ms(now)), stop)) return {};
    if (breaker_.wait_ms(steady_ms()) > 0) continue;  // the wait was cut at the alert's end
    if (tries > 0 && must_wait(webhook_, alert, told_.find(alert.incident), unix_ms()) != Wait::kNone)
      return {};  // a quiet time has begun meanwhile
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
    if (!wait(session, until(alert, steady_ms() + pause_ms), stop)) return {};
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

// Keeps the membership of the group alive while nothing is taken. False: a stop, or partitions were taken away.
bool NotifyLoop::wait(Session& session, std::int64_t until_ms, const NotifyStop& stop) {
  for (std::int64_t now = steady_ms(); now < until_ms; now = steady_ms()) {
    if (stop.asked) return false;
    if (!session.held) session.reader->hold(session.held = true);
    std::vector<RawRecord> records;
    session.reader->read(records, {.records = 1}, milliseconds{std::min(kTurn_ms, until_ms - now)});
    for (RawRecord& r : records) session.waiting.push_back(std::move(r));
    report(session);
    board_.progress(number_);
    if (session.revocations != session.reader->revocations()) return false;
  }
  return !stop.asked;
}

NotifyLoop::Outcome NotifyLoop::count(Outcome outcome, const AlertMessage* alert) {
  const std::size_t alerts = std::max<std::size_t>(1, outcome.letters.size());
  for (std::size_t i = 0; i < alerts; ++i) metrics_.outcome(number_, static_cast<NotifyOutcome>(outcome.settled));
  const std::int64_t now = unix_ms();
  if (outcome.settled == Settled::kDelivered) {
    metrics_.folded(number_, alert->folded.size());
    metrics_.delivered(number_, static_cast<double>(std::max<std::int64_t>(0, now - alert->due_ms)) / 1000.0,
                       static_cast<double>(now) / 1000.0);
    log_info("notify.delivered",
             {{"webhook", webhook_.name}, {"incident", alert->incident}, {"sequence", alert->sequence}});
  }
  board_.update(number_, [&](WebhookStatus& s) {
    s.delivered += outcome.settled == Settled::kDelivered ? 1 : 0;
    s.skipped += outcome.settled == Settled::kSkipped ? 1 : 0;
    s.repeated += outcome.settled == Settled::kRepeated ? 1 : 0;
    s.dead_letters += outcome.letters.size();
    if (outcome.settled == Settled::kDelivered) s.last_delivery_ms = now;
    s.retrying = 0;
    s.state = WebhookState::kReading;
    s.reason.clear();
  });
  return outcome;
}

// As the daemon's own dead letters: the record as it came, and one set of `tocsin.*` headers in the place of any older.
OutRecord NotifyLoop::dead_letter(const RawRecord& record, NotifyReason reason, const std::string& detail) const {
  OutRecord out = sent_on(record, config_.notify.dead_letter, kReplays);
  out.headers.push_back({"tocsin.reason", std::string(to_string(reason))});
  out.headers.push_back({"tocsin.detail", detail});
  out.headers.push_back({kFor, webhook_.name});
  out.headers.push_back({"tocsin.topic", std::string(record.topic)});
  out.headers.push_back({"tocsin.partition", std::to_string(record.partition)});
  out.headers.push_back({"tocsin.offset", std::to_string(record.offset)});
  out.headers.push_back({"tocsin.timestamp", std::to_string(record.timestamp_ms)});
  return out;
}

void NotifyLoop::report(const Session& session) {
  std::int64_t lag = 0;
  for (const PartitionLag& p : session.reader->lag()) lag += std::max<std::int64_t>(0, p.lag);
  std::int64_t held = session.parts.size() == session.reader->lag().size() && !session.parts.empty() ? 0 : -1;
  for (const auto& [partition, part] : session.parts) {
    if (held >= 0) held += static_cast<std::int64_t>(part.held.size());
    lag += std::ranges::count_if(part.held.all(), [](const HeldAlert& one) { return one.due_ms >= 0; });
  }
  const bool quiet = webhook_.quiet.quiet_at(unix_ms());
  metrics_.lag(number_, lag);
  if (held >= 0) metrics_.waiting(number_, static_cast<std::size_t>(held));
  board_.update(number_, [&](WebhookStatus& s) {
    s.lag = lag;
    s.held = held;
    s.quiet = quiet;
  });
}

void NotifyLoop::take_gaps(Session& session) {
  for (const Gap& gap : session.reader->take_gaps()) {
    if (gap.to > gap.from) {
      lost(gap.topic, gap.partition, gap.from, gap.to - gap.from);
      continue;
    }
    // The topic was made anew: its offsets mean nothing any more.
    log_warn("notify.topic_anew", {{"webhook", webhook_.name},
                                   {"topic", gap.topic},
                                   {"partition", gap.partition},
                                   {"from", gap.from},
                                   {"to", gap.to}});
    const auto part = session.parts.find(gap.partition);
    if (part == session.parts.end()) continue;
    lost(gap.topic, gap.partition, gap.from, static_cast<std::int64_t>(part->second.held.size()));
    part->second = {};
  }
}

void NotifyLoop::lost(const std::string& topic, std::int32_t partition, std::int64_t from, std::int64_t count) {
  if (count <= 0) return;
  log_error(
      "notify.lost",
      {{"webhook", webhook_.name}, {"topic", topic}, {"partition", partition}, {"from", from}, {"records", count}});
  metrics_.lost(number_, static_cast<std::uint64_t>(count));
}

}  // namespace tocsin
