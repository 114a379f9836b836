// Decide: the loop of the one mind. Stands by warm until the group gives it the state topic's partition, takes over,
// works, and on any failure drops what was not committed and begins anew.
//
//   stand by --elected--> take over --> work --lost, failed--> stand by
//                                            --stop--> drain, leave
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/enrich.h"
#include "daemon/commit.h"
#include "daemon/config.h"
#include "daemon/crash.h"
#include "daemon/kafka/client.h"
#include "daemon/kafka/election.h"
#include "daemon/kafka/reader.h"
#include "daemon/kafka/state_log.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "daemon/prepare.h"
#include "daemon/status.h"
#include "daemon/topic_check.h"

namespace tocsin {

// What the configuration asks of the mind; `tocsin explain` asks the same.
MindOptions mind_options(const Config& config);

class DecideLoop {
 public:
  // All arguments are borrowed and outlive it.
  DecideLoop(const Config& config, const kafka::ClientSettings& client, PrepareStage& stage, Metrics& metrics,
             StatusBoard& board, const TopicReport& topics);
  // Runs until `stop` is set; then finishes the batch in work, commits it, leaves the group and returns.
  // An Error is one that a new attempt cannot mend (state of another group, a state format from the future).
  Result<void> run(const std::atomic<bool>& stop);

 private:
  // What lives from taking over to losing it. Members in the order in which they depend on one another.
  struct Session {
    std::unique_ptr<Mind> mind;
    std::unique_ptr<kafka::StateTail> tail;  // while standing by
    std::unique_ptr<kafka::Transaction> transaction;
    std::unique_ptr<kafka::Reader> reader;  // of the input; assigned when active
    std::unique_ptr<Committer> committer;   // while active
    std::vector<Position> positions;        // of all input partitions, as decided so far
    std::vector<Position> sent;             // as handed to the committer
    std::int64_t sent_ms = 0;               // when a batch was last handed over
    std::int64_t all_committed_ms = 0;
    std::int64_t partitions_seen_ms = 0;
    std::uint64_t evicted = 0;  // as reported so far
  };

  Result<void> open_clients(Session& session);
  Result<void> stand_by(Session& session, const std::atomic<bool>& stop);
  Result<void> take_over(Session& session);
  Result<void> work(Session& session, const std::atomic<bool>& stop);
  Result<std::vector<Position>> begin_positions(kafka::Reader& reader);
  Result<void> notice_new_partitions(Session& session);
  // Prepares and decides records_ from `first` on.
  void take(Session& session, std::size_t first, DecidedBatch& batch);
  // What must be produced for the records goes to the batch.
  void decide(Session& session, std::span<const RawRecord> records, std::span<Prepared> prepared, bool due,
              DecidedBatch& batch);
  // Which topic would not take what is to be published or held of the article, in words; empty when all do.
  // `held_bytes` are held already.
  std::string misfit(const RawRecord& raw, const Prepared& prepared, std::size_t held_bytes) const;
  // How large the batch became, why it was closed and what its parts took.
  void tally(DecidedBatch& batch) const;
  void add_outputs(const RawRecord& raw, const Prepared& prepared, Decision decision, std::int64_t since_ms,
                   DecidedBatch& batch);
  void add_state(Session& session, DecidedBatch& batch);
  void add_positions(Session& session, DecidedBatch& batch);
  bool release_due(Session& session, DecidedBatch& batch);
  void report(Session& session);
  void wait(std::chrono::milliseconds time, const std::atomic<bool>& stop) const;

  const Config& config_;
  const kafka::ClientSettings& client_;
  PrepareStage& stage_;
  Metrics& metrics_;
  StatusBoard& board_;
  std::unique_ptr<kafka::Election> election_;
  kafka::StateTopics state_topics_;
  std::vector<std::string> input_topics_;
  const TopicBytes bytes_;
  std::size_t message_bytes_;       // of the largest record that is read or written
  std::vector<RawRecord> records_;  // of the batch in work
  std::vector<Prepared> prepared_;  // of the part of it in work
  struct {
    std::size_t bytes = 0;  // as they were read
    std::int64_t preparing_us = 0;
    std::int64_t deciding_us = 0;
  } spent_;  // on the batch in work
  struct {
    std::vector<RecentAlert> alerts;
    std::vector<RecentDeadLetter> letters;
  } told_;  // by the batch in work: shown once it is committed
  std::int64_t reported_ms_ = 0;
  Repeated trouble_;
  CrashWatch watch_;  // of the thread that decides
};

}  // namespace tocsin
