// Election: who is the mind. The group subscribes to the state topic, which has one partition: whoever is given it, is.
//
// The member polls on a thread of its own, so that a long batch never costs the membership; that the loop makes
// progress is watched elsewhere (/live). Cooperative assignment: a member that joins takes nothing from the one that is
// active.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/article/result.h"
#include "daemon/io.h"
#include "daemon/kafka/client.h"
#include "daemon/kafka/handles.h"

namespace tocsin::kafka {

struct ElectionSettings {
  std::string group;
  std::string topic;  // one partition
  std::chrono::milliseconds session_timeout{9000};
  std::chrono::milliseconds heartbeat{250};
  std::chrono::milliseconds let_go{5000};  // how long a revocation waits for release()
};

class Election {
 public:
  static Result<std::unique_ptr<Election>> join(const ClientSettings& client, ElectionSettings settings);
  // Leaves the group at once, so that a successor need not wait for the session to time out.
  ~Election();

  // Any thread. True from the assignment until the revocation begins. A zombie may still read true: its first commit
  // fails, that is the fence.
  bool active() const { return active_.load(std::memory_order_acquire); }
  // Waits until active() or the time is over.
  bool wait_active(std::chrono::milliseconds timeout);
  // Why this instance may not be a member (a right that is missing), in words; empty while nothing speaks against it.
  std::string refused() const;
  // The loop has let go (committed or dropped its batch): a revocation may proceed. hold() takes that back.
  void hold();
  void release();

  // As in client.h, of the group.
  Result<std::vector<Position>> committed(const std::vector<Position>& of, std::chrono::milliseconds timeout);
  Result<std::int32_t> partitions_of(const std::string& topic, std::chrono::milliseconds timeout);
  GroupMetadata metadata() const;

 private:
  explicit Election(ElectionSettings settings) : settings_(std::move(settings)) {}
  void on_rebalance(int error, rd_kafka_topic_partition_list_s* partitions);
  void poll_loop();

  ElectionSettings settings_;
  ClientEvents events_;
  ClientHandle client_;
  std::atomic<bool> active_{false};
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  std::string refused_;
  std::thread thread_;
};

}  // namespace tocsin::kafka
