// Commit: one thread that carries decided batches through their transactions, one after another, while the next batch
// is computed. The first failure ends it: all that was handed over and not committed is dropped, and the caller takes
// the path of taking over.
//
// read_batch() is the other half of that rhythm: while a transaction is on its way the next batch grows, its articles
// are worked on as they come, and it is closed when the committer can take it. So an article waits for one transaction
// at most before its own, with its work done meanwhile, and batches are as large as the load makes them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/article/result.h"
#include "daemon/config.h"
#include "daemon/io.h"
#include "daemon/kafka/handles.h"
#include "daemon/kafka/reader.h"
#include "daemon/kafka/transaction.h"
#include "daemon/metrics.h"

namespace tocsin {

// A batch as it stands before its transaction: all is computed, nothing is sent.
struct DecidedBatch {
  std::vector<OutRecord> records;            // in order
  std::vector<Position> next;                // of the input; never empty
  Tally tally;                               // counted once it is committed
  std::vector<std::int64_t> raw_times_ms;    // record time of each article, for raw-to-output
  std::vector<std::int64_t> alert_times_ms;  // of those that ring
  std::function<void()> committed;           // told on the commit thread; may be empty
};

// What keeps a predecessor from committing: the mind's transactional.id, which its successor takes, or, where each
// instance has an id of its own (role prepare), the group's generation (KIP-447).
enum class Fence : std::uint8_t { kTransactionalId, kGeneration };

class Committer {
 public:
  // `transaction`, `metrics` and what `group` captures are borrowed and outlive it.
  Committer(kafka::Transaction& transaction, std::function<kafka::GroupMetadata()> group, Fence fence,
            Metrics& metrics);
  ~Committer();  // waits for the batch in work

  // Takes the batch as soon as the one before is committed. False when one has failed: stop, and ask error().
  bool submit(DecidedBatch batch);
  // Waits until everything handed over is committed. False when something failed.
  bool drain();
  // Whether a batch is in work, so that submit() would wait.
  bool busy() const;
  std::string error() const;

 private:
  void loop();
  Result<void> carry(DecidedBatch& batch);
  Result<void> begin(const DecidedBatch& batch);
  void wait_idle(std::unique_lock<std::mutex>& lock);

  kafka::Transaction& transaction_;
  std::function<kafka::GroupMetadata()> group_;
  Fence fence_;
  Metrics& metrics_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<DecidedBatch> batch_;
  bool failed_ = false;
  bool stopping_ = false;
  std::string error_;
  std::thread thread_;
};

// Waits at most `limits.wait_ms` for a first record, then takes what is there and what comes until the limits are
// reached or the committer is free. Appends to `out`, which is empty. `grown(first)` is called each time that records
// came: out[first] and those behind it are new. It is 0 again when partitions were taken away meanwhile and their
// records with them (only where a group hands partitions out): what was made of the batch so far is void.
void read_batch(kafka::Reader& reader, const Committer& committer, const BatchConfig& limits,
                std::vector<RawRecord>& out, const std::function<void(std::size_t first)>& grown);

}  // namespace tocsin
