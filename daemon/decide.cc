#include "daemon/decide.h"

#include <algorithm>
#include <thread>

#include "daemon/clock.h"
#include "daemon/failpoint.h"
#include "daemon/report.h"

namespace tocsin {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAsk{5000};  // one question to the broker (metadata, offsets)
constexpr std::int64_t kAllCommittedEvery_ms =
    3600'000;  // the broker forgets offsets of topics a group does not subscribe to
constexpr std::int64_t kPartitionsEvery_ms = 30'000;
constexpr std::int64_t kMarkersAfter_ms = 1000;   // idle for so long: offsets are committed past what is never returned
constexpr std::size_t kDueAtOnce = 64;            // held articles can be large
constexpr std::size_t kMostHeldBytes = 1u << 30;  // of payloads that wait for the end of their embargo
constexpr std::size_t kArticlesABlock = 250;      // one state record stays well below 1 MB
constexpr std::int64_t kNoOffset = -1001;         // librdkafka's "none committed"

std::size_t largest_record(const Config& config, const TopicBytes& bytes) {
  return std::max(
             {config.limits.record_bytes, config.limits.article_bytes + config.limits.header_bytes, bytes.largest()}) +
         (64u << 10);
}

const std::string& topic_of(const TopicsConfig& topics, Stream stream) {
  switch (stream) {
    case Stream::kAlerts:
      return topics.alerts;
    case Stream::kDuplicates:
      return topics.duplicates;
    case Stream::kDeadLetter:
      return topics.dead_letter;
    case Stream::kEnriched:
      break;
  }
  return topics.enriched;
}

OutputTopic metric_of(Stream stream) {
  switch (stream) {
    case Stream::kAlerts:
      return OutputTopic::kAlerts;
    case Stream::kDuplicates:
      return OutputTopic::kDuplicates;
    case Stream::kDeadLetter:
      return OutputTopic::kDeadLetter;
    case Stream::kEnriched:
      break;
  }
  return OutputTopic::kEnriched;
}

void add_coordinates(const Coordinates& at, std::vector<Header>& headers) {
  headers.push_back({"tocsin.topic", at.topic});
  headers.push_back({"tocsin.partition", std::to_string(at.partition)});
  headers.push_back({"tocsin.offset", std::to_string(at.offset)});
}

// The original bytes, key and headers; our own headers are one set that replaces an earlier one, so that a letter that
// was replayed and came back does not gather them. How often it was replayed is kept.
OutRecord dead_letter(const std::string& topic, const RawRecord& raw, const Prepared& prepared, std::size_t most) {
  OutRecord out = sent_on(raw, topic, "tocsin.replays");
  out.headers.push_back({"tocsin.reason", std::string(to_string(prepared.reason))});
  out.headers.push_back({"tocsin.detail", prepared.detail});
  add_coordinates(prepared.at, out.headers);
  out.headers.push_back({"tocsin.timestamp", std::to_string(raw.timestamp_ms)});
  if (const auto cut = std::ranges::find(raw.headers, kTruncated, &Header::name); cut != raw.headers.end())
    out.headers.push_back(*cut);  // by role prepare
  shorten(out, most);
  return out;
}

RecentAlert recent(const Alert& alert) {
  RecentAlert r;
  r.at_ms = alert.record_ms;
  r.factuality = to_string(alert.claim.factuality);
  r.severity = alert.claim.severity;
  r.incident = alert.incident;
  r.type = to_string(alert.claim.type);
  r.headline = alert.headline;
  r.place = alert.claim.place_name;
  r.country = alert.claim.country;
  r.uri = alert.uri;
  r.change = to_string(alert.change);
  r.lat = static_cast<double>(alert.claim.lat);
  r.lon = static_cast<double>(alert.claim.lon);
  r.placed = alert.claim.placed;
  r.backfill = alert.backfill;
  return r;
}

// A held article on its way to be decided again: a raw record that owns its bytes.
RawRecord to_record(Due due) {
  auto* owned = new Due(std::move(due));
  RawRecord r;
  r.owner = {owned, [](void* p) { delete static_cast<Due*>(p); }};
  r.topic = owned->at.topic;
  r.partition = owned->at.partition;
  r.offset = owned->at.offset;
  r.timestamp_ms = owned->record_ms;
  r.has_key = !owned->key.empty();
  r.key = owned->key;
  r.payload = owned->payload;
  return r;
}

}  // namespace

MindOptions mind_options(const Config& config) {
  MindOptions options;
  options.window_ms = config.window_ms;
  options.ids_ms = config.ids_ms;
  options.max_heads = config.max_heads;
  options.alerts_max_age_ms = config.alerts.max_age_ms;
  options.alert_rules = config.alerts.rules;
  options.learn_lines = config.repeated_lines == RepeatedLinesMode::kRemove;
  return options;
}

DecideLoop::DecideLoop(const Config& config, const kafka::ClientSettings& client, PrepareStage& stage, Metrics& metrics,
                       StatusBoard& board, const TopicReport& topics)
    : config_(config),
      client_(client),
      stage_(stage),
      metrics_(metrics),
      board_(board),
      state_topics_{config.topics.state, config.topics.memory, config.group},
      bytes_(topics.bytes),
      message_bytes_(largest_record(config, bytes_)) {
  if (config.role == Role::kDecide)
    input_topics_ = {config.topics.prepared};
  else
    for (const RawTopic& t : config.topics.raw) input_topics_.push_back(t.name);
}

void DecideLoop::wait(milliseconds time, const std::atomic<bool>& stop) const {
  for (milliseconds passed{0}; passed < time && !stop; passed += milliseconds{50})
    std::this_thread::sleep_for(milliseconds{50});
}

Result<void> DecideLoop::run(const std::atomic<bool>& stop) {
  auto election = kafka::Election::join(client_, {.group = config_.group,
                                                  .topic = config_.topics.state,
                                                  .session_timeout = milliseconds{config_.session_timeout_ms}});
  if (!election) return tl::unexpected(election.error());
  election_ = std::move(*election);
  milliseconds pause{100};
  while (!stop) {
    board_.progress();
    Session session;
    Result<void> r = stand_by(session, stop);
    if (r && !stop) r = take_over(session);
    if (r && !stop) {
      pause = milliseconds{100};
      r = work(session, stop);
    }
    // Messages hold on to the reader that they came from: it would wait for them for ever when it is closed.
    records_.clear();
    election_->release();
    if (stop) election_.reset();  // first of all: the successor need not wait for what is closed after it
    if (r) continue;
    if (session.tail && session.tail->untrusted()) return r;
    board_.error(r.error().message);
    if (session.committer) board_.update([](Status& s) { ++s.aborted; });
    if (trouble_.due(steady_ms()))
      log_warn("decide.again", {{"reason", r.error().message}, {"repeats", trouble_.swallowed()}});
    report_state(session.committer ? RunState::kStarting : RunState::kWaitingForBroker, metrics_, board_,
                 r.error().message);
    wait(pause, stop);
    pause = std::min(pause * 2, milliseconds{5000});
  }
  report_state(RunState::kStopping, metrics_, board_);
  election_.reset();
  return {};
}

// Opened while standing by, so that taking over finds connections that are up.
Result<void> DecideLoop::open_clients(Session& session) {
  auto tail = kafka::StateTail::open(client_, state_topics_, message_bytes_);
  if (!tail) return tl::unexpected(tail.error());
  session.tail = std::move(*tail);
  auto transaction = kafka::Transaction::open(client_, {.id = config_.group,
                                                        .timeout = milliseconds{config_.transaction_timeout_ms},
                                                        .message_bytes = message_bytes_,
                                                        .batch_bytes = bytes_.smallest()});
  if (!transaction) return tl::unexpected(transaction.error());
  session.transaction = std::move(*transaction);
  auto reader = kafka::Reader::open(
      client_,
      {.queue_bytes = config_.limits.queue_bytes, .message_bytes = message_bytes_, .group = config_.group + ".input"});
  if (!reader) return tl::unexpected(reader.error());
  session.reader = std::move(*reader);
  return {};
}

Result<void> DecideLoop::stand_by(Session& session, const std::atomic<bool>& stop) {
  report_state(RunState::kStarting, metrics_, board_, "the state is being read");
  report_partitions({}, metrics_, board_);
  session.mind = std::make_unique<Mind>(mind_options(config_));
  if (auto r = open_clients(session); !r) return r;
  const auto turn = [&] {
    board_.progress();
    return !stop.load();
  };
  if (!mutant("skip_state"))
    if (auto r = session.tail->catch_up(*session.mind, milliseconds{600'000}, turn); !r)
      return stop ? Result<void>{} : r;
  report_state(RunState::kStandby, metrics_, board_);
  if (!election_->active()) log_info("standby", {{"group", config_.group}});
  if (trouble_.over()) log_info("broker.back");
  while (!stop && !election_->active()) {
    board_.progress();
    if (mutant("skip_state")) {
      wait(milliseconds{50}, stop);
      continue;
    }
    if (auto r = session.tail->follow(*session.mind, milliseconds{50}); !r) return tl::unexpected(r.error());
    if (const std::string why = election_->refused(); !why.empty()) return fail(why);
    report(session);
  }
  return {};
}

Result<std::vector<Position>> DecideLoop::begin_positions(kafka::Reader& reader) {
  std::vector<Position> all;
  for (const std::string& topic : input_topics_) {
    const auto count = election_->partitions_of(topic, kAsk);
    if (!count) return tl::unexpected(count.error());
    if (*count == 0) return fail("topic " + topic + " does not exist");
    for (std::int32_t p = 0; p < *count; ++p) all.push_back({topic, p, kNoOffset});
  }
  auto committed = election_->committed(all, kAsk);
  if (!committed) return tl::unexpected(committed.error());
  const bool first_start = std::ranges::all_of(*committed, [](const Position& p) { return p.offset < 0; });
  for (Position& p : *committed) {
    if (p.offset >= 0) continue;
    // Nothing is committed for it. A partition that was added later is read from its beginning, whatever `start` says;
    // and so is what role prepare has written.
    const bool latest = first_start && config_.start == StartAt::kLatest && config_.role == Role::kAll;
    const auto offset =
        latest ? reader.end_of(p.topic, p.partition, kAsk) : reader.begin_of(p.topic, p.partition, kAsk);
    if (!offset) return tl::unexpected(offset.error());
    p.offset = *offset;
  }
  return std::move(*committed);
}

Result<void> DecideLoop::take_over(Session& session) {
  const std::int64_t began = steady_ms();
  report_state(RunState::kTakingOver, metrics_, board_);
  election_->hold();
  if (!election_->active()) return fail("elected and lost again");
  failpoint("takeover_begin");
  // 1. Fence the predecessor; its last transaction is wholly decided when this returns.
  if (auto r = session.transaction->init(milliseconds{30'000}); !r) return r;
  failpoint("takeover_fenced");
  // 2. The state to its end as it is now.
  const auto turn = [&] {
    board_.progress();
    return election_->active();
  };
  const std::int64_t fenced = steady_ms();
  if (!mutant("skip_state"))
    if (auto r = session.tail->catch_up(*session.mind, milliseconds{600'000}, turn); !r) return r;
  metrics_.set(Gauge::kRestoreSeconds, static_cast<double>(steady_ms() - fenced) / 1000.0);
  failpoint("takeover_restored");
  // 3. Where the input stands.
  auto positions = begin_positions(*session.reader);
  if (!positions) return tl::unexpected(positions.error());
  session.positions = session.sent = std::move(*positions);
  if (auto r = session.reader->assign(session.positions); !r) return r;
  if (auto r = stage_.reload_crashes(); !r) return r;
  session.committer = std::make_unique<Committer>(
      *session.transaction, [this] { return election_->metadata(); }, Fence::kTransactionalId, metrics_);
  session.tail.reset();
  session.partitions_seen_ms = steady_ms();
  session.all_committed_ms = INT64_MIN / 2;  // all of them with the first transaction
  const double seconds = static_cast<double>(steady_ms() - began) / 1000.0;
  metrics_.add(Counter::kTakeovers);
  metrics_.observe(Histogram::kTakeoverSeconds, seconds);
  const auto size = session.mind->size();
  session.evicted = size.evicted_by_memory;
  log_info("takeover.done",
           {{"seconds", seconds}, {"heads", size.heads}, {"incidents", size.incidents}, {"held", size.held}});
  board_.update([](Status& s) { ++s.takeovers; });
  return {};
}

Result<void> DecideLoop::work(Session& session, const std::atomic<bool>& stop) {
  report_state(RunState::kActive, metrics_, board_);
  while (!stop && election_->active()) {
    board_.progress();
    records_.clear();
    spent_ = {};
    told_ = {};
    DecidedBatch batch;
    read_batch(*session.reader, *session.committer, config_.batch, records_,
               [&](std::size_t first) { take(session, first, batch); });
    for (const std::string& problem : session.reader->take_problems()) {
      board_.error(problem);
      if (trouble_.due(steady_ms())) log_warn("input.problem", {{"reason", problem}});
    }
    report_gaps(session.reader->take_gaps(), metrics_, board_);
    if (!records_.empty()) tally(batch);
    const bool released = release_due(session, batch);
    session.positions = session.reader->positions();
    const std::int64_t now = steady_ms();
    const bool lull = (session.positions != session.sent && now - session.sent_ms > kMarkersAfter_ms) ||
                      now - session.all_committed_ms > kAllCommittedEvery_ms;
    if (!records_.empty() || released || lull) {
      add_state(session, batch);
      add_positions(session, batch);
      if (!session.committer->submit(std::move(batch))) return fail(session.committer->error());
    }
    if (auto r = notice_new_partitions(session); !r) return r;
    report(session);
  }
  if (!session.committer->drain()) return fail(session.committer->error());
  return {};
}

void DecideLoop::take(Session& session, std::size_t first, DecidedBatch& batch) {
  const std::span<RawRecord> part = std::span(records_).subspan(first);
  const std::int64_t began = steady_us();
  for (const RawRecord& r : part) spent_.bytes += r.payload.size();
  prepared_.clear();
  if (config_.role == Role::kDecide)
    for (RawRecord& r : part) prepared_.push_back(read_prepared_record(r));
  else
    stage_.run(part, prepared_, session.mind->promoted_lines());
  const std::int64_t ready = steady_us();
  decide(session, part, prepared_, false, batch);
  spent_.preparing_us += ready - began;
  spent_.deciding_us += steady_us() - ready;
}

void DecideLoop::tally(DecidedBatch& batch) const {
  const BatchEnd end = records_.size() >= config_.batch.articles ? BatchEnd::kArticles
                       : spent_.bytes >= config_.batch.bytes     ? BatchEnd::kBytes
                                                                 : BatchEnd::kInputEmpty;
  batch.tally.add(Counter::kBatches, index(end));
  batch.tally.add(Counter::kArticleBytes, 0, spent_.bytes);
  batch.tally.observe(Histogram::kBatchArticles, static_cast<double>(records_.size()));
  batch.tally.observe(Histogram::kBatchBytes, static_cast<double>(spent_.bytes));
  batch.tally.observe(Histogram::kPrepareSeconds, static_cast<double>(spent_.preparing_us) / 1e6);
  batch.tally.observe(Histogram::kDecideSeconds, static_cast<double>(spent_.deciding_us) / 1e6);
}

std::string DecideLoop::misfit(const RawRecord& raw, const Prepared& p, std::size_t held_bytes) const {
  const auto over = [](const char* what, std::size_t bytes, const std::string& topic, std::size_t most) {
    return bytes <= most ? std::string()
                         : std::string(what) + " of " + std::to_string(bytes) + " bytes, " + topic + " takes " +
                               std::to_string(most);
  };
  const std::size_t ours = 4096 + 8 * config_.limits.id_bytes;  // what is added: outcome, cluster, uri and key
  std::size_t claims = 0;
  std::size_t largest_claim = 0;
  for (const Claim& c : p.claims) {
    claims += c.json.size() + 64;
    largest_claim = std::max(largest_claim, c.json.size());
  }
  std::string wrong =
      over("an enriched record",
           p.head.size() + p.associations.size() + p.geotags.size() + p.knowledge.size() + claims + ours,
           config_.topics.enriched, std::min(bytes_.enriched, config_.limits.record_bytes));
  if (wrong.empty()) wrong = over("a link", p.lean.size() + ours, config_.topics.duplicates, bytes_.duplicates);
  if (wrong.empty() && !p.claims.empty())
    wrong = over("an alert", p.lean.size() + largest_claim + ours, config_.topics.alerts, bytes_.alerts);
  if (wrong.empty() && p.embargo_ms != Prepared::kNoTime)
    wrong =
        over("an embargoed article", raw.payload.size() + raw.key.size() + ours, config_.topics.memory, bytes_.memory);
  if (wrong.empty() && p.embargo_ms != Prepared::kNoTime)
    wrong = over("embargoed articles", held_bytes + raw.payload.size(), "the memory of held ones", kMostHeldBytes);
  return wrong;
}

void DecideLoop::decide(Session& session, std::span<const RawRecord> records, std::span<Prepared> prepared, bool due,
                        DecidedBatch& batch) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    const RawRecord& raw = records[i];
    board_.progress();
    if (!prepared[i].rejected() && stage_.crashed_twice(prepared[i].at))
      prepared[i] = reject({prepared[i].at, prepared[i].record_ms, raw.key}, Reason::kCrashed, kCrashedTwice);
    // Lines were promoted, or forgotten, since it was prepared. Bytes are not there when role prepare could not send
    // them.
    if (session.mind->outdated(prepared[i]) && !raw.payload.empty()) {
      prepared[i] = stage_.again(raw, prepared[i].at, session.mind->promoted_lines());
      batch.tally.add(Counter::kPreparedAgain);
    }
    // Asked here and not after the decision: the mind must not remember as told what could not be published.
    if (!prepared[i].rejected())
      if (std::string wrong = misfit(raw, prepared[i], due ? 0 : session.mind->size().held_bytes); !wrong.empty())
        prepared[i] = reject({prepared[i].at, prepared[i].record_ms, raw.key}, Reason::kTooLarge, std::move(wrong));
    // A held article was not late before its embargo ended.
    const std::int64_t since_ms = due ? std::max(prepared[i].record_ms, prepared[i].embargo_ms) : prepared[i].record_ms;
    watch_.enter(prepared[i].at);
    if (mutant("crash_in_decide") && !prepared[i].rejected() &&
        raw.payload.find("crash-marker") != std::string_view::npos)
      std::abort();
    Decision decision = session.mind->decide(prepared[i], raw.payload, due, raw.key);
    batch.tally.add(due ? Counter::kDueReleased : Counter::kArticles, index(decision.outcome));
    if (!due && !prepared[i].preset.empty()) batch.tally.read_by(prepared[i].preset);
    if (!due && prepared[i].unsupported_language) batch.tally.add(Counter::kUnsupported);
    add_outputs(raw, prepared[i], std::move(decision), since_ms, batch);
    watch_.leave();
    if (batch.raw_times_ms.size() % kArticlesABlock == 0)
      for (OutRecord& r : kafka::state_records(state_topics_, session.mind->take_delta()))
        batch.records.push_back(std::move(r));
  }
}

void DecideLoop::add_outputs(const RawRecord& raw, const Prepared& prepared, Decision decision, std::int64_t since_ms,
                             DecidedBatch& batch) {
  if (decision.reason != Reason::kNone) batch.tally.add(Counter::kDeadLetters, index(decision.reason));
  if (decision.relation) batch.tally.add(Counter::kLinks, index(*decision.relation));
  batch.raw_times_ms.push_back(since_ms);
  const auto trace = std::ranges::find(raw.headers, "traceparent", &Header::name);
  for (Output& output : decision.outputs) {
    OutRecord record;
    if (output.stream == Stream::kDeadLetter) {
      record = dead_letter(config_.topics.dead_letter, raw, prepared, bytes_.dead_letter);
      told_.letters.push_back({prepared.record_ms, std::string(to_string(prepared.reason)), prepared.detail,
                               prepared.at.topic, prepared.at.partition, prepared.at.offset});
    } else {
      record.topic = topic_of(config_.topics, output.stream);
      record.key = std::move(output.key);
      record.value = std::move(output.value);
      add_coordinates(prepared.at, record.headers);
      if (trace != raw.headers.end()) record.headers.push_back(*trace);
    }
    batch.tally.add(Counter::kRecords, index(metric_of(output.stream)));
    batch.tally.add(Counter::kRecordBytes, index(metric_of(output.stream)), record.value.size());
    batch.records.push_back(std::move(record));
  }
  for (const Claim& claim : prepared.claims)
    if (decision.outcome == Outcome::kNew || decision.outcome == Outcome::kRevision)
      batch.tally.add(Counter::kEvents, index(claim.type));
  for (const Alert& alert : decision.alerts) {
    if (alert.backfill) {
      batch.tally.add(Counter::kAlertsBackfill);
    } else {
      batch.tally.add(Counter::kAlerts, index(alert.claim.type));
      batch.alert_times_ms.push_back(since_ms);
    }
    told_.alerts.push_back(recent(alert));
  }
}

// What moved since the batch before; all partitions at least hourly, and when nothing moved (an embargo ended): the
// list must never be empty.
void DecideLoop::add_positions(Session& session, DecidedBatch& batch) {
  const std::int64_t now = steady_ms();
  for (const Position& p : session.positions)
    if (std::ranges::find(session.sent, p) == session.sent.end()) batch.next.push_back(p);
  if (batch.next.empty() || now - session.all_committed_ms > kAllCommittedEvery_ms) {
    batch.next = session.positions;
    session.all_committed_ms = now;
  }
  session.sent = session.positions;
  session.sent_ms = now;
  stage_.passed(session.positions);
}

bool DecideLoop::release_due(Session& session, DecidedBatch& batch) {
  std::vector<Due> due = session.mind->take_due(unix_ms(), kDueAtOnce);
  if (due.empty()) return false;
  std::vector<RawRecord> records;
  records.reserve(due.size());
  for (Due& d : due) records.push_back(to_record(std::move(d)));
  std::vector<Prepared> prepared;
  stage_.run(records, prepared, session.mind->promoted_lines());
  decide(session, records, prepared, true, batch);
  return true;
}

void DecideLoop::add_state(Session& session, DecidedBatch& batch) {
  for (OutRecord& r : kafka::state_records(state_topics_, session.mind->take_delta()))
    batch.records.push_back(std::move(r));
  const std::uint64_t articles = records_.size();
  const auto sent_to = [&](const std::string& topic) {
    return static_cast<std::uint64_t>(std::ranges::count(batch.records, topic, &OutRecord::topic));
  };
  const std::uint64_t letters = sent_to(config_.topics.dead_letter);
  const std::uint64_t links = sent_to(config_.topics.duplicates);
  const std::uint64_t rung = batch.alert_times_ms.size();
  batch.committed = [this, articles, letters, links, rung, told = std::move(told_)]() mutable {
    for (RecentAlert& alert : told.alerts) board_.alert(std::move(alert));
    for (RecentDeadLetter& letter : told.letters) board_.dead_letter(std::move(letter));
    board_.update([&](Status& s) {
      s.articles += articles;
      s.dead_letters += letters;
      s.links += links;
      s.alerts += rung;
      ++s.committed;
      s.last_commit_ms = unix_ms();
    });
  };
}

Result<void> DecideLoop::notice_new_partitions(Session& session) {
  const std::int64_t now = steady_ms();
  if (now - session.partitions_seen_ms < kPartitionsEvery_ms) return {};
  session.partitions_seen_ms = now;
  std::vector<Position> added;
  for (const std::string& topic : input_topics_) {
    const auto count = election_->partitions_of(topic, milliseconds{1000});
    if (!count) return {};  // the broker is busy or away: the next commit will tell
    const auto known = std::ranges::count(session.positions, topic, &Position::topic);
    for (std::int32_t p = static_cast<std::int32_t>(known); p < *count; ++p) added.push_back({topic, p, 0});
  }
  if (added.empty()) return {};
  for (const Position& p : added) {
    log_info("input.partition_added", {{"topic", p.topic}, {"partition", p.partition}});
    session.positions.push_back(p);
  }
  if (!session.committer->drain()) return fail(session.committer->error());
  return session.reader->assign(session.positions);
}

void DecideLoop::report(Session& session) {
  const std::int64_t now = steady_ms();
  if (now - reported_ms_ < 1000) return;
  reported_ms_ = now;
  const Mind::Size size = session.mind->size();
  if (session.committer) metrics_.add(Counter::kEvictedByMemory, 0, size.evicted_by_memory - session.evicted);
  session.evicted = size.evicted_by_memory;
  metrics_.set(Gauge::kHeads, static_cast<double>(size.heads));
  metrics_.set(Gauge::kIds, static_cast<double>(size.ids));
  metrics_.set(Gauge::kIncidents, static_cast<double>(size.incidents));
  metrics_.set(Gauge::kHeld, static_cast<double>(size.held));
  metrics_.set(Gauge::kPromotedLines, static_cast<double>(size.promoted_lines));
  metrics_.set(Gauge::kLastProgress, static_cast<double>(unix_ms()) / 1000.0);
  report_partitions(session.committer ? session.reader->lag() : std::vector<PartitionLag>{}, metrics_, board_);
  board_.update([&](Status& s) {
    s.heads = size.heads;
    s.ids = size.ids;
    s.incidents = size.incidents;
    s.held = size.held;
  });
}

}  // namespace tocsin
