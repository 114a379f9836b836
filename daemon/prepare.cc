#include "daemon/prepare.h"

#include <algorithm>
#include <cstdlib>

#include "common/article/bytes.h"
#include "daemon/failpoint.h"
#include "daemon/topic_check.h"

namespace tocsin {
namespace {

constexpr std::size_t kAlone = 4;  // batches up to this size are not worth waking a thread (measured: ~15 us a wake-up)

Arrival arrival_of(const RawRecord& record) {
  return {.at = {std::string(record.topic), record.partition, record.offset},
          .record_ms = std::max<std::int64_t>(0, record.timestamp_ms),
          .key = record.key};
}

constexpr std::size_t kPreparedFrame = 32;  // around the parts of a prepared record

std::size_t header_bytes(const RawRecord& record) {
  std::size_t bytes = 0;
  for (const Header& h : record.headers) bytes += h.name.size() + h.value.size();
  return bytes;
}

}  // namespace

WorkerPool::WorkerPool(std::size_t threads) {
  for (std::size_t i = 1; i < std::max<std::size_t>(1, threads); ++i)
    threads_.emplace_back([this, i] { worker_loop(i); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  start_.notify_all();
  for (std::thread& t : threads_) t.join();
}

void WorkerPool::take(std::size_t worker) {
  for (std::size_t i = next_.fetch_add(1); i < count_; i = next_.fetch_add(1)) (*work_)(worker, i);
}

void WorkerPool::worker_loop(std::size_t worker) {
  std::uint64_t seen = 0;
  std::unique_lock lock(mutex_);
  for (;;) {
    start_.wait(lock, [&] { return stopping_ || round_ != seen; });
    if (stopping_) return;
    seen = round_;
    lock.unlock();
    take(worker);
    lock.lock();
    if (--busy_ == 0) done_.notify_one();
  }
}

void WorkerPool::run(std::size_t count, const std::function<void(std::size_t, std::size_t)>& work) {
  if (threads_.empty() || count <= kAlone) {
    for (std::size_t i = 0; i < count; ++i) work(0, i);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    work_ = &work;
    count_ = count;
    next_.store(0);
    busy_ = threads_.size();
    ++round_;
  }
  start_.notify_all();
  take(0);
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return busy_ == 0; });
}

PrepareStage::PrepareStage(const Config& config, const KnowledgeBox& knowledge)
    : config_(config),
      knowledge_(knowledge),
      pool_(config.threads ? config.threads : std::max(1u, std::thread::hardware_concurrency())),
      workers_(pool_.size()) {}

const std::string& PrepareStage::preset_of(std::string_view topic) const {
  const auto it = std::ranges::find(config_.topics.raw, topic, &RawTopic::name);
  return it == config_.topics.raw.end() ? config_.topics.raw.front().preset : it->preset;
}

Prepared PrepareStage::prepare(Worker& worker, const RawRecord& record, const Arrival& arrival,
                               const PromotedLines& promoted) {
  const LimitsConfig& limits = config_.limits;
  if (crashed_twice(arrival.at)) return reject(arrival, Reason::kCrashed, kCrashedTwice);
  if (record.tombstone) return reject(arrival, Reason::kTombstone, "null payload");
  if (record.headers.size() > limits.headers)
    return reject(
        arrival, Reason::kTooManyHeaders,
        std::to_string(record.headers.size()) + " headers, limits.headers is " + std::to_string(limits.headers));
  if (const std::size_t bytes = header_bytes(record); bytes > limits.header_bytes)
    return reject(
        arrival, Reason::kTooManyHeaders,
        std::to_string(bytes) + " bytes of headers, limits.header_bytes is " + std::to_string(limits.header_bytes));
  const std::string& preset = preset_of(arrival.at.topic);
  auto it = worker.preparers.find(preset);
  if (it == worker.preparers.end())
    it = worker.preparers
             .emplace(preset, Preparer(worker.knowledge, {.preset = preset,
                                                          .keep_text = false,
                                                          .article_bytes = limits.article_bytes,
                                                          .depth = limits.depth,
                                                          .id_bytes = limits.id_bytes}))
             .first;
  thread_local CrashWatch watch;
  watch.enter(arrival.at);
  if (mutant("crash_on_marker") && record.payload.find("crash-marker") != std::string_view::npos) std::abort();
  Prepared prepared = it->second.prepare(record.payload, arrival, promoted);
  watch.leave();
  return prepared;
}

void PrepareStage::give(Worker& worker, const std::shared_ptr<const Knowledge>& knowledge) {
  if (worker.knowledge == knowledge) return;
  worker.preparers.clear();
  worker.knowledge = knowledge;
}

void PrepareStage::run(std::span<const RawRecord> records, std::vector<Prepared>& prepared,
                       const PromotedLines& promoted) {
  const std::size_t first = prepared.size();
  prepared.resize(first + records.size());
  const auto knowledge = knowledge_.get();
  pool_.run(records.size(), [&](std::size_t w, std::size_t i) {
    give(workers_[w], knowledge);
    prepared[first + i] = prepare(workers_[w], records[i], arrival_of(records[i]), promoted);
  });
}

Prepared PrepareStage::again(const RawRecord& record, const Coordinates& at, const PromotedLines& promoted) {
  give(workers_.front(), knowledge_.get());
  Arrival arrival = arrival_of(record);
  arrival.at = at;
  return prepare(workers_.front(), record, arrival, promoted);
}

void PrepareStage::passed(const std::vector<Position>& next) {
  if (crashes_.empty()) return;
  for (const Position& p : next) crashes_.passed(p.topic, p.partition, p.offset);
}

Result<void> PrepareStage::reload_crashes() {
  auto loaded = CrashRecord::load(config_.state_dir);
  if (!loaded) return tl::unexpected(loaded.error());
  crashes_ = std::move(*loaded);
  return {};
}

OutRecord prepared_record(const std::string& topic, std::int32_t partition, const RawRecord& raw,
                          const Prepared& prepared, std::size_t most) {
  OutRecord out{.topic = topic,
                .partition = partition,
                .has_key = raw.has_key,
                .key = std::string(raw.key),
                .value = {},
                .headers = raw.headers};
  std::string form;
  append_prepared(prepared, form);
  const bool keep_raw =
      prepared.rejected() || prepared.embargo_ms != Prepared::kNoTime || form.size() > kLeastTopicBytes / 2 ||
      (!prepared.lines.empty() && size_of(out) + form.size() + raw.payload.size() + kPreparedFrame <= most);
  ByteWriter w(out.value);
  w.svarint(raw.timestamp_ms);
  w.u8(static_cast<std::uint8_t>((keep_raw ? 1 : 0) | (raw.tombstone ? 2 : 0)));
  w.str(form);
  if (keep_raw) w.str(raw.payload);
  return out;
}

Prepared read_prepared_record(RawRecord& record) {
  ByteReader r(record.payload);
  const std::int64_t timestamp_ms = r.svarint();
  const std::uint8_t flags = r.u8();
  const std::string_view form = r.str();
  const std::string_view raw = (flags & 1) ? r.str() : std::string_view();
  if (!record.tombstone && r.ok() && r.at_end()) {
    if (auto prepared = read_prepared(form)) {
      record.timestamp_ms = timestamp_ms;
      record.payload = raw;
      record.tombstone = (flags & 2) != 0;
      return std::move(*prepared);
    }
  }
  return reject(arrival_of(record), Reason::kNotPrepared, "not a prepared article of this format");
}

}  // namespace tocsin
