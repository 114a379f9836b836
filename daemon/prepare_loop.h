// The role prepare: any number of these, an ordinary consumer group on the raw topics, each writing prepared articles
// to wire.prepared in transactions with the offsets of what it read.
//
// All articles of one raw partition go to one prepared partition, in order: what the log had in order stays so.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "common/article/result.h"
#include "daemon/commit.h"
#include "daemon/config.h"
#include "daemon/kafka/client.h"
#include "daemon/kafka/reader.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "daemon/prepare.h"
#include "daemon/status.h"
#include "daemon/topic_check.h"

namespace tocsin {

class PrepareLoop {
 public:
  // All arguments are borrowed and outlive it.
  PrepareLoop(const Config& config, const kafka::ClientSettings& client, PrepareStage& stage, Metrics& metrics,
              StatusBoard& board, const TopicReport& topics);
  // Runs until `stop` is set; then commits the batch in work and leaves the group.
  Result<void> run(const std::atomic<bool>& stop);

 private:
  Result<void> session(const std::atomic<bool>& stop);
  Result<void> work(kafka::Reader& reader, Committer& committer, const std::atomic<bool>& stop);
  void prepare(std::size_t first);  // records_ from there on; all before are prepared already
  DecidedBatch batch();             // of records_ and prepared_
  // Offsets that moved since the batch before; the reader's, so that transaction markers at an end are passed too.
  bool add_positions(const kafka::Reader& reader, DecidedBatch& batch);
  std::int32_t partition_for(const RawRecord& raw) const;
  void report(const kafka::Reader& reader);

  const Config& config_;
  const kafka::ClientSettings& client_;
  PrepareStage& stage_;
  Metrics& metrics_;
  StatusBoard& board_;
  const TopicReport& topics_;
  std::string transactional_id_;
  std::vector<RawRecord> records_;
  std::vector<Prepared> prepared_;  // of records_, as far as they are prepared
  std::int64_t preparing_ms_ = 0;   // spent on them
  std::vector<Position> sent_;      // as handed to the committer
  std::int64_t sent_ms_ = 0;
  std::int64_t reported_ms_ = 0;
  Repeated trouble_;
};

}  // namespace tocsin
