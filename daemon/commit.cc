#include "daemon/commit.h"

#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/failpoint.h"
#include "daemon/log.h"

namespace tocsin {
namespace {

// librdkafka can hang in send_offsets_to_transaction when its coordinator is taken away (its issue 5511), and a hung
// call cannot be taken back: past this the process ends, and whoever supervises it starts a new one.
constexpr std::chrono::seconds kHung{90};

// While a batch grows: how long one look for more records waits, and so how late it may be seen that the committer is
// free.
constexpr std::chrono::milliseconds kPoll{1};

// How often and after what pause offsets are offered again while the group changes its generation.
constexpr int kRegroupings = 20;
constexpr std::chrono::milliseconds kRegrouping{20};

Transaction metric_of(kafka::TransactionFailure failure) {
  switch (failure) {
    case kafka::TransactionFailure::kRegrouped:
    case kafka::TransactionFailure::kFenced:
      return Transaction::kFenced;
    case kafka::TransactionFailure::kAborted:
      return Transaction::kAborted;
    default:
      return Transaction::kUnknown;
  }
}

}  // namespace

Committer::Committer(kafka::Transaction& transaction, std::function<kafka::GroupMetadata()> group, Fence fence,
                     Metrics& metrics)
    : transaction_(transaction), group_(std::move(group)), fence_(fence), metrics_(metrics), thread_([this] {
        loop();
      }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Committer::wait_idle(std::unique_lock<std::mutex>& lock) {
  if (changed_.wait_for(lock, kHung, [&] { return failed_ || !batch_; })) return;
  log_error("transaction.hung", {{"seconds", kHung.count()}, {"action", "exit, to be started again"}});
  _exit(1);
}

bool Committer::submit(DecidedBatch batch) {
  std::unique_lock lock(mutex_);
  wait_idle(lock);
  if (failed_) return false;
  batch_ = std::move(batch);
  lock.unlock();
  changed_.notify_all();
  return true;
}

bool Committer::drain() {
  std::unique_lock lock(mutex_);
  wait_idle(lock);
  return !failed_;
}

bool Committer::busy() const {
  const std::lock_guard lock(mutex_);
  return batch_ && !failed_;
}

std::string Committer::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

void Committer::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || (batch_ && !failed_); });
    if (stopping_ && (!batch_ || failed_)) return;
    DecidedBatch& batch = *batch_;
    lock.unlock();
    Result<void> done = carry(batch);
    if (!done) {
      metrics_.add(Counter::kTransactions, index(metric_of(transaction_.failure())));
      (void)transaction_.abort();
    }
    lock.lock();
    if (!done) {
      failed_ = true;
      error_ = done.error().message;
    }
    batch_.reset();
    changed_.notify_all();
  }
}

// Offsets go first, because they wait best (see Transaction), and because nothing is lost yet when they are refused: a
// standby that joins changes the group's generation, and who commits in that moment is told so before it has heard of
// it. That we still are the mind our transactional.id says, until a successor takes it. Where the generation is the
// fence, its word is final.
Result<void> Committer::begin(const DecidedBatch& batch) {
  for (int again = fence_ == Fence::kTransactionalId ? kRegroupings : 0;; --again) {
    if (auto r = transaction_.begin(); !r) return r;
    auto sent = transaction_.send_offsets(batch.next, group_());
    if (sent || transaction_.failure() != kafka::TransactionFailure::kRegrouped || again == 0) return sent;
    if (auto r = transaction_.abort(); !r) return r;
    std::this_thread::sleep_for(kRegrouping);
  }
}

Result<void> Committer::carry(DecidedBatch& batch) {
  const std::int64_t began = steady_ms();
  const auto send_offsets = [&] { return transaction_.send_offsets(batch.next, group_()); };
  const bool apart = mutant("offsets_outside");
  if (auto r = apart ? transaction_.begin() : begin(batch); !r) return r;
  if (!apart) failpoint("after_offsets");
  for (const OutRecord& record : batch.records)
    if (auto r = transaction_.produce(record); !r) return r;
  failpoint("after_produce");
  if (apart) {
    // The defect on purpose: what was produced and how far was read are committed apart.
    if (auto r = transaction_.commit(); !r) return r;
    failpoint("between");
    if (auto r = transaction_.begin(); !r) return r;
    if (auto r = send_offsets(); !r) return r;
    failpoint("after_offsets");
  }
  failpoint("before_commit");
  if (auto r = transaction_.commit(); !r) return r;
  failpoint("after_commit");
  const double seconds = static_cast<double>(steady_ms() - began) / 1000.0;
  batch.tally.observe(Histogram::kTransactionSeconds, seconds);
  batch.tally.add(Counter::kTransactions, index(Transaction::kCommitted));
  const std::int64_t now = unix_ms();
  const auto observe = [&](Histogram h, std::int64_t raw_ms) {
    batch.tally.observe(h, static_cast<double>(std::max<std::int64_t>(0, now - raw_ms)) / 1000.0);
  };
  for (const std::int64_t raw_ms : batch.raw_times_ms) observe(Histogram::kRawToOutputSeconds, raw_ms);
  for (const std::int64_t raw_ms : batch.alert_times_ms) observe(Histogram::kRawToAlertSeconds, raw_ms);
  metrics_.flush(batch.tally);
  metrics_.set(Gauge::kLastCommit, static_cast<double>(now) / 1000.0);
  if (batch.committed) batch.committed();
  return {};
}

void read_batch(kafka::Reader& reader, const Committer& committer, const BatchConfig& limits,
                std::vector<RawRecord>& out, const std::function<void(std::size_t first)>& grown) {
  std::size_t bytes = 0;
  std::size_t told = 0;
  std::chrono::milliseconds wait{limits.wait_ms};
  do {
    const bool kept = reader.read(out, {.records = limits.articles - out.size(), .bytes = limits.bytes - bytes}, wait);
    if (!kept) told = bytes = 0;
    if (!kept || told < out.size()) {
      const std::size_t first = told;
      for (; told < out.size(); ++told) bytes += out[told].payload.size();
      grown(first);
    }
    wait = kPoll;
  } while (out.size() < limits.articles && bytes < limits.bytes && committer.busy());
}

}  // namespace tocsin
