// State log: what the mind must not forget, on wire.state and wire.memory.
//
// Written in the transaction of the decisions it belongs to; read by standbys as it grows, and to its end by whoever
// takes over. A record of another group is refused: two groups on one state topic would poison each other.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/article/result.h"
#include "common/enrich.h"
#include "daemon/io.h"
#include "daemon/kafka/client.h"
#include "daemon/kafka/reader.h"

namespace tocsin::kafka {

struct StateTopics {
  std::string state;
  std::string memory;
  std::string group;
};

// The records that carry `delta`, for the caller's transaction.
std::vector<OutRecord> state_records(const StateTopics& topics, StateDelta delta);

// Feeds a Mind from the two topics. One thread at a time.
class StateTail {
 public:
  static Result<std::unique_ptr<StateTail>> open(const ClientSettings& client, const StateTopics& topics,
                                                 std::size_t message_bytes);
  // Applies what has come, waiting at most `wait` for the first record. How many records were applied.
  // An error means that the state cannot be trusted (a corrupted block, another group's record).
  Result<std::size_t> follow(Mind& mind, std::chrono::milliseconds wait);
  // True after an error of the state itself, which no new attempt can mend.
  bool untrusted() const { return untrusted_; }
  // Reads both topics to their ends as they are when this is called. `on_progress` is called between batches;
  // when it returns false, or `deadline` passes, this fails.
  Result<void> catch_up(Mind& mind, std::chrono::milliseconds deadline, const std::function<bool()>& on_progress);

 private:
  StateTail(StateTopics topics, std::unique_ptr<Reader> reader)
      : topics_(std::move(topics)), reader_(std::move(reader)) {}
  Result<void> apply(Mind& mind, const RawRecord& record) const;

  StateTopics topics_;
  std::unique_ptr<Reader> reader_;
  std::vector<RawRecord> records_;
  bool untrusted_ = false;
};

}  // namespace tocsin::kafka
