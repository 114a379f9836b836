// Transaction: a producer under one transactional.id. Everything that an article causes goes through one of these,
// with the offsets of its input, or not at all.
//
// Any call that fails leaves the transaction unusable: the caller calls abort(), drops what it had computed, and takes
// the one path of taking over with a new Transaction. There is no other recovery, because a commit whose answer is lost
// may have succeeded; but for send_offsets before anything was produced (kRegrouped). One thread at a time.
//
// The order that costs least is begin, send_offsets, produce, commit. The brokers write the markers of a transaction
// after they have answered its commit, and refuse what follows until then: librdkafka asks again for offsets after
// retry.backoff.ms, but for the partitions of produced records only after 20 ms.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/article/result.h"
#include "daemon/io.h"
#include "daemon/kafka/client.h"
#include "daemon/kafka/handles.h"

namespace tocsin::kafka {

struct TransactionSettings {
  std::string id;                           // transactional.id
  std::chrono::milliseconds timeout{7000};  // transaction.timeout.ms, below the group's session timeout
  std::size_t message_bytes = 9u << 20;     // message.max.bytes: the largest record of any topic we write
  std::size_t batch_bytes = 1'000'000;      // of records sent together, at most; a topic's limit counts for them too
};

// How the call that failed left it.
enum class TransactionFailure { kNone, kAborted, kRegrouped, kFenced, kUnknown };

class Transaction {
 public:
  static Result<std::unique_ptr<Transaction>> open(const ClientSettings& client, TransactionSettings settings);
  ~Transaction();

  // Fences whoever holds the id, and returns when its last transaction is wholly committed or aborted, markers
  // written. Retries what can be retried until `deadline`.
  Result<void> init(std::chrono::milliseconds deadline);
  Result<void> begin();
  // Copies the record. Waits while librdkafka's queue is full.
  Result<void> produce(const OutRecord& record);
  // `next` must not be empty: an empty list would commit without being fenced by the group.
  Result<void> send_offsets(const std::vector<Position>& next, const GroupMetadata& group);
  Result<void> commit();
  // kRegrouped: the group has gone on to another generation, because a member came or went; of send_offsets only.
  // Whoever is still active may abort and begin again. kFenced: another producer has taken over, or the group has put
  // us out. kUnknown: whether it was committed is not known.
  TransactionFailure failure() const { return failure_; }
  // Best effort within 3 s; a fenced or broken producer cannot abort, and need not: the broker does. After success
  // begin() is possible again.
  Result<void> abort();

 private:
  Transaction(ClientHandle client, TransactionSettings settings);
  rd_kafka_topic_s* topic(const std::string& name);
  template <typename Call>
  Result<void> retry(const char* what, std::chrono::milliseconds deadline, Call call);

  TransactionSettings settings_;
  ClientHandle client_;
  TransactionFailure failure_ = TransactionFailure::kNone;
  std::unordered_map<std::string, TopicHandle> topics_;  // after client_: released before it
};

}  // namespace tocsin::kafka
