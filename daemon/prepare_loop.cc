#include "daemon/prepare_loop.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <thread>

#include "daemon/clock.h"
#include "daemon/failpoint.h"
#include "daemon/report.h"

namespace tocsin {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kMarkersAfter_ms = 1000;  // idle for so long: offsets are committed past what is never returned

// Unique for each start: the group's generation is the fence here (KIP-447), not the id.
std::string new_transactional_id(const std::string& group) {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return group + ".prepare." + host.data() + "." + std::to_string(getpid()) + "." + std::to_string(unix_ms());
}

}  // namespace

PrepareLoop::PrepareLoop(const Config& config, const kafka::ClientSettings& client, PrepareStage& stage,
                         Metrics& metrics, StatusBoard& board, const TopicReport& topics)
    : config_(config),
      client_(client),
      stage_(stage),
      metrics_(metrics),
      board_(board),
      topics_(topics),
      transactional_id_(new_transactional_id(config.group)) {}

Result<void> PrepareLoop::run(const std::atomic<bool>& stop) {
  milliseconds pause{100};
  while (!stop) {
    const std::int64_t began = steady_ms();
    const Result<void> r = session(stop);
    if (r) continue;
    board_.error(r.error().message);
    if (trouble_.due(steady_ms()))
      log_warn("prepare.again", {{"reason", r.error().message}, {"repeats", trouble_.swallowed()}});
    report_state(RunState::kWaitingForBroker, metrics_, board_, r.error().message);
    if (steady_ms() - began > 10'000) pause = milliseconds{100};
    for (milliseconds passed{0}; passed < pause && !stop; passed += milliseconds{50}) {
      board_.progress();
      std::this_thread::sleep_for(milliseconds{50});
    }
    pause = std::min(pause * 2, milliseconds{5000});
  }
  report_state(RunState::kStopping, metrics_, board_);
  return {};
}

Result<void> PrepareLoop::session(const std::atomic<bool>& stop) {
  const std::size_t message_bytes =
      std::max({config_.limits.record_bytes, config_.limits.article_bytes * 2, topics_.bytes.prepared}) + (128u << 10);
  auto transaction = kafka::Transaction::open(client_, {.id = transactional_id_,
                                                        .timeout = milliseconds{config_.transaction_timeout_ms},
                                                        .message_bytes = message_bytes,
                                                        .batch_bytes = topics_.bytes.smallest()});
  if (!transaction) return tl::unexpected(transaction.error());
  if (auto r = (*transaction)->init(milliseconds{30'000}); !r) return r;
  if (auto r = stage_.reload_crashes(); !r) return r;
  sent_.clear();
  kafka::ReaderSettings settings{
      .queue_bytes = config_.limits.queue_bytes, .message_bytes = message_bytes, .group = config_.group + ".prepare"};
  settings.session_timeout = milliseconds{config_.session_timeout_ms};
  settings.from_end = config_.start == StartAt::kLatest;
  auto reader = kafka::Reader::open(client_, settings);
  if (!reader) return tl::unexpected(reader.error());
  // The committer asks the reader for the group's metadata, so it goes first when this ends.
  Committer committer(
      **transaction, [&] { return (*reader)->metadata(); }, Fence::kGeneration, metrics_);
  std::vector<std::string> topics;
  for (const RawTopic& t : config_.topics.raw) topics.push_back(t.name);
  if (auto r = (*reader)->subscribe(topics, [&] { committer.drain(); }); !r) return r;
  report_state(RunState::kActive, metrics_, board_);
  Result<void> r = work(**reader, committer, stop);
  // Messages hold on to the reader that they came from: it would wait for them for ever when it is closed.
  records_.clear();
  return r;
}

Result<void> PrepareLoop::work(kafka::Reader& reader, Committer& committer, const std::atomic<bool>& stop) {
  while (!stop) {
    board_.progress();
    records_.clear();
    prepared_.clear();
    preparing_ms_ = 0;
    read_batch(reader, committer, config_.batch, records_, [&](std::size_t first) { prepare(first); });
    for (const std::string& problem : reader.take_problems())
      if (trouble_.due(steady_ms())) log_warn("input.problem", {{"reason", problem}});
    report_gaps(reader.take_gaps(), metrics_, board_);
    if (!records_.empty() || steady_ms() - sent_ms_ > kMarkersAfter_ms) {
      DecidedBatch next = batch();
      if (add_positions(reader, next) && !committer.submit(std::move(next))) return fail(committer.error());
    }
    if (!records_.empty() && trouble_.over()) log_info("broker.back");
    report(reader);
  }
  if (!committer.drain()) return fail(committer.error());
  return {};
}

std::int32_t PrepareLoop::partition_for(const RawRecord& raw) const {
  std::int32_t first = 0;
  for (const RawTopic& t : config_.topics.raw) {
    if (t.name == raw.topic) break;
    first += 7;  // topics start at different partitions, so that the first ones are not all on partition 0
  }
  return (first + raw.partition) % topics_.prepared_partitions;
}

void PrepareLoop::prepare(std::size_t first) {
  const std::int64_t began = steady_ms();
  prepared_.resize(first);
  stage_.run(std::span(records_).subspan(first), prepared_);
  preparing_ms_ += steady_ms() - began;
}

DecidedBatch PrepareLoop::batch() {
  DecidedBatch batch;
  if (records_.empty()) return batch;
  batch.tally.observe(Histogram::kPrepareSeconds, static_cast<double>(preparing_ms_) / 1000.0);
  batch.tally.observe(Histogram::kBatchArticles, static_cast<double>(records_.size()));
  for (std::size_t i = 0; i < records_.size(); ++i) {
    RawRecord& raw = records_[i];
    OutRecord record =
        prepared_record(config_.topics.prepared, partition_for(raw), raw, prepared_[i], topics_.bytes.prepared);
    if (size_of(record) > topics_.bytes.prepared) {
      const Arrival arrival{prepared_[i].at, prepared_[i].record_ms, raw.key};
      shorten(raw, topics_.bytes.prepared / 2);
      record = prepared_record(
          config_.topics.prepared, partition_for(raw), raw,
          reject(arrival, Reason::kTooLarge,
                 "prepared article of " + std::to_string(record.value.size()) + " bytes is over its topic's limit"),
          topics_.bytes.prepared);
    }
    batch.records.push_back(std::move(record));
    batch.tally.add(Counter::kRecords, index(OutputTopic::kPrepared));
    batch.tally.add(Counter::kRecordBytes, index(OutputTopic::kPrepared), batch.records.back().value.size());
    batch.tally.add(Counter::kArticleBytes, 0, raw.payload.size());
    batch.raw_times_ms.push_back(prepared_[i].record_ms);
  }
  return batch;
}

bool PrepareLoop::add_positions(const kafka::Reader& reader, DecidedBatch& batch) {
  std::vector<Position> now = reader.positions();
  for (const Position& p : now)
    if (std::ranges::find(sent_, p) == sent_.end()) batch.next.push_back(p);
  sent_ = std::move(now);
  sent_ms_ = steady_ms();
  stage_.passed(batch.next);
  return !batch.next.empty();
}

void PrepareLoop::report(const kafka::Reader& reader) {
  const std::int64_t now = steady_ms();
  if (now - reported_ms_ < 1000) return;
  reported_ms_ = now;
  metrics_.set(Gauge::kLastProgress, static_cast<double>(unix_ms()) / 1000.0);
  report_partitions(reader.lag(), metrics_, board_);
}

}  // namespace tocsin
