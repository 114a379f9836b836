// How every client of ours is made: settings in, a librdkafka handle out, its log and its errors to one place.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/article/result.h"
#include "daemon/io.h"
#include "daemon/kafka/handles.h"

namespace tocsin::kafka {

using Properties = std::vector<std::pair<std::string, std::string>>;

// What librdkafka says of itself. Called from its threads; must not block and must outlive every client.
struct ClientEvents {
  std::function<void(int level, std::string_view facility, std::string_view message)> on_log;  // syslog levels
  std::function<void(std::string_view reason)> on_all_brokers_down;
  // Set by classes that join a group, in a copy of their own: called from polling, with a code of librdkafka's.
  std::function<void(int error, rd_kafka_topic_partition_list_s* partitions)> on_rebalance;
};

// What all clients share. `properties` is the configuration's pass-through block (TLS, SASL, ...), already checked.
struct ClientSettings {
  std::string brokers;
  Properties properties;
  const ClientEvents* events = nullptr;
};

// librdkafka's version, "2.15.1".
std::string library_version();
// Versions before 2.12 have known defects in exactly-once (docs/decisions.md): a line to warn with, empty when new
// enough.
std::string library_warning();

enum class Kind { kConsumer, kProducer };

// `ours` overrides the pass-through block. Fails with the property and what librdkafka says of it.
Result<ClientHandle> make_client(const ClientSettings& settings, Kind kind, const Properties& ours);

// Leaves the group, where one was joined, and closes. librdkafka's close alone says nothing to the group when the
// member has no partitions (2.15.1): the others' next rebalance would wait until its session ends.
void close_consumer(const ClientHandle& client);

// The client's group's committed offsets of these partitions; offset -1001 where there is none.
Result<std::vector<Position>> committed(const ClientHandle& client, const std::vector<Position>& of,
                                        std::chrono::milliseconds timeout);
// How many partitions a topic has, asked of the broker; 0 when it does not exist.
Result<std::int32_t> partitions_of(const ClientHandle& client, const std::string& topic,
                                   std::chrono::milliseconds timeout);

// Positions to and from librdkafka's lists.
PartitionsHandle to_list(const std::vector<Position>& positions);
std::vector<Position> from_list(const rd_kafka_topic_partition_list_s* list);

}  // namespace tocsin::kafka
