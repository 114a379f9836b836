// What a test puts into Kafka and reads out of it, by librdkafka itself: nothing of the daemon's own Kafka code, which
// is what is under test. Everything here throws std::runtime_error with Kafka's own words when it fails.
#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::test {

using Config = std::map<std::string, std::string>;

struct Record {
  std::string topic;
  int partition = -1;  // when sent: -1 is "by key"
  std::int64_t offset = -1;
  std::optional<std::string> key;
  std::optional<std::string> value;                                         // nothing is a tombstone
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;  // in order; names may repeat
  std::int64_t timestamp_ms = 0;                                            // when sent: 0 is now

  // The last header of that name as text; "" when there is none.
  std::string header(std::string_view name) const;
};

struct ClientDeleter {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
};
using Client = std::unique_ptr<rd_kafka_t, ClientDeleter>;

// A bare librdkafka handle with these settings.
Client make_client(rd_kafka_type_t type, const Config& config);

// Sends records. With "transactional.id" in `extra` it is transactional, and ready to begin once constructed.
class Producer {
 public:
  explicit Producer(const std::string& bootstrap, const Config& extra = {});

  // Queues a record (waits while the queue is full). Whether it arrived says flush() or commit().
  void send(const Record& record);
  void flush();

  void begin();
  void commit();
  void abort();

 private:
  std::unique_ptr<rd_kafka_resp_err_t> first_error_;  // of a delivery since the last flush; outlives the client
  Client client_;
};

enum class Isolation { kCommitted, kUncommitted };

// Reads whole topics from their beginning, all partitions, without a group.
class Reader {
 public:
  Reader(const std::string& bootstrap, const std::vector<std::string>& topics,
         Isolation isolation = Isolation::kCommitted);

  // The next record; nothing when none came within `timeout`.
  std::optional<Record> next(std::chrono::milliseconds timeout);

  // All records up to the high watermark as it is at the call, aborted transactions' markers included: a transaction
  // that is still open keeps a committed reader before it, and this waits for its end (throws after `timeout`). In
  // order of arrival; each partition in order of offsets.
  std::vector<Record> read_to_end(std::chrono::milliseconds timeout = std::chrono::seconds(60));

 private:
  std::string bootstrap_;
  Client client_;
  std::map<std::pair<std::string, int>, std::int64_t> positions_;  // the next offset that is to be read
};

// Reader(...).read_to_end(), sorted by partition and offset.
std::vector<Record> read_topic(const std::string& bootstrap, const std::string& topic,
                               Isolation isolation = Isolation::kCommitted,
                               std::chrono::milliseconds timeout = std::chrono::seconds(60));

// The high watermark of each partition of a topic.
std::vector<std::int64_t> end_offsets(const std::string& bootstrap, const std::string& topic);

// A group's committed offset for each partition of a topic; -1 where there is none.
std::vector<std::int64_t> committed_offsets(const std::string& bootstrap, const std::string& group,
                                            const std::string& topic);

// How many members a group has; 0 while it is being rebalanced.
int settled_members(const std::string& bootstrap, const std::string& group);

}  // namespace tocsin::test
