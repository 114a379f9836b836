// Reader: committed records, of partitions that were assigned by hand (the mind's input, the state) or that a group
// hands out (role prepare). Offsets are committed through the transaction only. One thread at a time.
//
// Back-pressure: librdkafka stops fetching at `queue_bytes`; a loop that does not read costs no more memory than that.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/article/result.h"
#include "daemon/io.h"
#include "daemon/kafka/client.h"
#include "daemon/kafka/handles.h"

namespace tocsin::kafka {

// When a batch is closed: the input is empty, or one of these is reached.
struct BatchLimits {
  std::size_t records = 1000;
  std::size_t bytes = 4u << 20;
};

struct ReaderSettings {
  std::size_t queue_bytes = 64u << 20;
  std::size_t message_bytes = 9u << 20;  // the largest record that can come
  std::string group;  // joined by subscribe(); otherwise only named: librdkafka wants one to be given
  std::chrono::milliseconds session_timeout{9000};
  std::chrono::milliseconds idle_fetch{500};  // so long a broker waits for records before it says that there are none
  bool from_end = false;  // subscribe(): a group that has committed nothing at all begins at the end
};

class Reader {
 public:
  static Result<std::unique_ptr<Reader>> open(const ClientSettings& client, const ReaderSettings& settings);
  ~Reader();

  // Offsets are absolute, or kBeginning / kEnd. Replaces what was assigned.
  Result<void> assign(const std::vector<Position>& positions);
  // Joins the group. Partitions without a committed offset are read from their beginning (they were added later), but
  // see from_end. `before_revoke` is called from read() before partitions are given up: commit what is in work.
  // Records of a partition that was taken away are never returned after that.
  Result<void> subscribe(const std::vector<std::string>& topics, std::function<void()> before_revoke);
  GroupMetadata metadata() const;
  // Waits at most `wait` for a first record, then takes what is there up to the limits, in the order of each
  // partition. Appends to `out`. False: records of `out` were removed, because their partition was taken away.
  bool read(std::vector<RawRecord>& out, const BatchLimits& limits, std::chrono::milliseconds wait);
  // While held nothing is fetched: read() only keeps the membership alive (a group drops who does not read for 5
  // minutes). Partitions that the group hands out meanwhile are held too. Records that were fetched already may still
  // come from the first read() after it.
  void hold(bool held);
  // End of the partition as a reader of committed records sees it (the last stable offset), asked of the broker.
  Result<std::int64_t> end_of(const std::string& topic, std::int32_t partition, std::chrono::milliseconds timeout);
  Result<std::int64_t> begin_of(const std::string& topic, std::int32_t partition, std::chrono::milliseconds timeout);
  // Of the first record with this time or a later one; kEnd when there is none. Asked of the broker.
  Result<std::int64_t> offset_at(const std::string& topic, std::int32_t partition, std::int64_t time_ms,
                                 std::chrono::milliseconds timeout);
  // What the group has committed of each partition that is read, with its metadata; offset -1001 where nothing is.
  // Waits for a transaction that has it in hand. Asked of the broker.
  Result<std::vector<Position>> committed_positions(std::chrono::milliseconds timeout) const;
  // The next offset of each partition that is read and known, behind the records returned so far and, at the end of a
  // partition, behind the transaction markers and aborted records that are never returned.
  std::vector<Position> positions() const;
  // The same of one partition; negative before its first record or its end was seen. At end_of() or behind it all is
  // read that stood there. (Waiting to be told of the end instead may take for ever: under a steady stream there is
  // always more to come.)
  std::int64_t position(const std::string& topic, std::int32_t partition) const;
  // Lag of all assigned partitions by the watermarks last seen in fetch responses; asks nobody.
  std::vector<PartitionLag> lag() const;
  // How often partitions were taken away so far. One that comes back has a position of its own.
  std::uint64_t revocations() const { return revocations_; }
  // Records that were deleted before they were read, since the last call; empty mostly.
  std::vector<Gap> take_gaps();
  // Lines on what went wrong since the last call (a topic that vanished, a permission that is missing); empty mostly.
  std::vector<std::string> take_problems();

  static constexpr std::int64_t kBeginning = -2;
  static constexpr std::int64_t kEnd = -1;

 private:
  Reader() = default;
  void on_rebalance(int error, rd_kafka_topic_partition_list_s* partitions);
  Result<void> find_first_start(const std::vector<std::string>& topics);
  void begin_at_end(rd_kafka_topic_partition_list_s* partitions) const;
  Position* find(std::string_view topic, std::int32_t partition);
  void arrived(const Position& before, std::int64_t at);

  ClientEvents events_;
  std::function<void()> before_revoke_;
  ClientHandle client_;
  QueueHandle queue_;
  std::vector<Position> partitions_;  // that are read, and where each goes on
  std::uint64_t revocations_ = 0;
  bool held_ = false;
  bool from_end_ = false;
  std::vector<Position> at_first_start_;  // partitions that are read from their end unless something is committed
  std::vector<Gap> gaps_;
  std::vector<std::string> problems_;
};

// One librdkafka message as a RawRecord that owns it. `message` is taken. Used by whoever consumes.
RawRecord to_record(void* message);

}  // namespace tocsin::kafka
