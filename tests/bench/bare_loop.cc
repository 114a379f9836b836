#include "tests/bench/bare_loop.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <stdexcept>
#include <vector>

#include "tests/support/records.h"

namespace tocsin::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPatience_ms = 30'000;

void check(rd_kafka_error_t* error) {
  if (!error) return;
  const std::string message = rd_kafka_error_string(error);
  rd_kafka_error_destroy(error);
  throw std::runtime_error("bare loop: " + message);
}

struct ListDeleter {
  void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
};
using List = std::unique_ptr<rd_kafka_topic_partition_list_t, ListDeleter>;

void commit(rd_kafka_t* producer, rd_kafka_t* consumer, const std::string& topic,
            const std::map<std::int32_t, std::int64_t>& next) {
  const List list(rd_kafka_topic_partition_list_new(static_cast<int>(next.size())));
  for (const auto& [partition, offset] : next)
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  rd_kafka_consumer_group_metadata_t* group = rd_kafka_consumer_group_metadata(consumer);
  rd_kafka_error_t* error = rd_kafka_send_offsets_to_transaction(producer, list.get(), group, kPatience_ms);
  rd_kafka_consumer_group_metadata_destroy(group);
  check(error);
  check(rd_kafka_commit_transaction(producer, kPatience_ms));
}

}  // namespace

double run_bare_loop(const BareLoop& loop) {
  const Client consumer = make_client(RD_KAFKA_CONSUMER, {{"bootstrap.servers", loop.bootstrap},
                                                          {"group.id", loop.group},
                                                          {"enable.auto.commit", "false"},
                                                          {"isolation.level", "read_committed"},
                                                          {"auto.offset.reset", "earliest"},
                                                          {"fetch.queue.backoff.ms", "5"}});
  const Client producer = make_client(
      RD_KAFKA_PRODUCER, {{"bootstrap.servers", loop.bootstrap}, {"transactional.id", loop.group}, {"linger.ms", "5"}});
  rd_kafka_poll_set_consumer(consumer.get());
  check(rd_kafka_init_transactions(producer.get(), kPatience_ms));
  const List topics(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(topics.get(), loop.from.c_str(), RD_KAFKA_PARTITION_UA);
  rd_kafka_subscribe(consumer.get(), topics.get());
  rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(consumer.get());
  rd_kafka_topic_t* to = rd_kafka_topic_new(producer.get(), loop.to.c_str(), nullptr);
  std::array<rd_kafka_message_t*, 256> taken{};
  Clock::time_point began{};
  for (std::size_t done = 0; done < loop.records;) {
    std::size_t in_transaction = 0;
    std::map<std::int32_t, std::int64_t> next;
    while (in_transaction < loop.transaction && done + in_transaction < loop.records) {
      const ssize_t n = rd_kafka_consume_batch_queue(queue, in_transaction ? 0 : 100, taken.data(), taken.size());
      if (n <= 0 && in_transaction) break;
      for (ssize_t i = 0; i < n; ++i) {
        rd_kafka_message_t* m = taken[static_cast<std::size_t>(i)];
        if (!m->err) {
          if (began == Clock::time_point{}) began = Clock::now();
          if (in_transaction == 0) check(rd_kafka_begin_transaction(producer.get()));
          while (rd_kafka_produce(to, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, m->payload, m->len, m->key,
                                  m->key_len, nullptr) != 0)
            rd_kafka_poll(producer.get(), 10);
          next[m->partition] = m->offset + 1;
          ++in_transaction;
        }
        rd_kafka_message_destroy(m);
      }
    }
    if (in_transaction) commit(producer.get(), consumer.get(), loop.from, next);
    done += in_transaction;
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  rd_kafka_topic_destroy(to);
  rd_kafka_queue_destroy(queue);
  rd_kafka_consumer_close(consumer.get());
  return seconds;
}

}  // namespace tocsin::test
