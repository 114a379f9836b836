#include "daemon/kafka/election.h"

#include <librdkafka/rdkafka.h>

namespace tocsin::kafka {

using std::chrono::milliseconds;

Result<std::unique_ptr<Election>> Election::join(const ClientSettings& client, ElectionSettings settings) {
  std::unique_ptr<Election> election(new Election(std::move(settings)));
  const ElectionSettings& s = election->settings_;
  Election* self = election.get();
  if (client.events) self->events_ = *client.events;
  self->events_.on_rebalance = [self](int error, rd_kafka_topic_partition_list_t* list) {
    self->on_rebalance(error, list);
  };
  ClientSettings mine = client;
  mine.events = &self->events_;
  auto handle =
      make_client(mine, Kind::kConsumer,
                  {{"group.id", s.group},
                   {"enable.auto.commit", "false"},
                   {"enable.auto.offset.store", "false"},
                   {"isolation.level", "read_committed"},  // also makes committed() wait for open transactions
                   {"partition.assignment.strategy", "cooperative-sticky"},
                   {"session.timeout.ms", std::to_string(s.session_timeout.count())},
                   {"heartbeat.interval.ms", std::to_string(s.heartbeat.count())},
                   {"max.poll.interval.ms", std::to_string(std::max<std::int64_t>(60000, s.session_timeout.count()))},
                   {"allow.auto.create.topics", "false"},
                   {"topic.metadata.refresh.interval.ms", "10000"}});
  if (!handle) return tl::unexpected(handle.error());
  election->client_ = std::move(*handle);
  rd_kafka_poll_set_consumer(election->client_.get());
  const PartitionsHandle topics = to_list({{s.topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_OFFSET_INVALID}});
  if (const auto error = rd_kafka_subscribe(election->client_.get(), topics.get()))
    return fail(std::string("subscribe to ") + s.topic + ": " + rd_kafka_err2str(error));
  election->thread_ = std::thread([e = election.get()] { e->poll_loop(); });
  return election;
}

Election::~Election() {
  release();
  stopping_.store(true);
  if (thread_.joinable()) thread_.join();
  close_consumer(client_);
}

void Election::poll_loop() {
  while (!stopping_.load()) {
    // The partition is paused, so what comes is events only (errors: the broker is away, the topic is not there yet).
    rd_kafka_message_t* message = rd_kafka_consumer_poll(client_.get(), 100);
    if (!message) continue;
    if (message->err == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
        message->err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
      const std::lock_guard lock(mutex_);
      refused_ = std::string("group ") + settings_.group + ": " + rd_kafka_message_errstr(message);
    }
    rd_kafka_message_destroy(message);
  }
}

void Election::on_rebalance(int error, rd_kafka_topic_partition_list_t* partitions) {
  if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    // Owned, never read here: the state is read by its own reader.
    for (int i = 0; i < partitions->cnt; ++i) partitions->elems[i].offset = RD_KAFKA_OFFSET_END;
    ErrorHandle failed(rd_kafka_incremental_assign(client_.get(), partitions));
    rd_kafka_pause_partitions(client_.get(), partitions);
    if (partitions->cnt > 0 && !failed) {
      const std::lock_guard lock(mutex_);
      refused_.clear();
      active_.store(true, std::memory_order_release);
      changed_.notify_all();
    }
    return;
  }
  {
    std::unique_lock lock(mutex_);
    active_.store(false, std::memory_order_release);
    changed_.notify_all();
    // Lost: somebody else may be active already, there is nothing to wait for. Asked to give it up: finish first.
    if (!rd_kafka_assignment_lost(client_.get()) && !stopping_.load())
      changed_.wait_for(lock, settings_.let_go, [&] { return !held_; });
  }
  ErrorHandle ignored(rd_kafka_incremental_unassign(client_.get(), partitions));
}

bool Election::wait_active(milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return active(); });
}

std::string Election::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

void Election::hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void Election::release() {
  const std::lock_guard lock(mutex_);
  held_ = false;
  changed_.notify_all();
}

Result<std::vector<Position>> Election::committed(const std::vector<Position>& of, milliseconds timeout) {
  return kafka::committed(client_, of, timeout);
}

GroupMetadata Election::metadata() const { return GroupMetadata(rd_kafka_consumer_group_metadata(client_.get())); }

Result<std::int32_t> Election::partitions_of(const std::string& topic, milliseconds timeout) {
  return kafka::partitions_of(client_, topic, timeout);
}

}  // namespace tocsin::kafka
