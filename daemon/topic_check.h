// Topic check: at start, before anything is produced or consumed, and for `tocsin check --online`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/article/result.h"
#include "daemon/config.h"
#include "daemon/kafka/client.h"
#include "daemon/kafka/topics.h"

namespace tocsin {

struct TopicReport {
  std::vector<std::string> problems;  // what must be changed before a start, each one line
  std::vector<std::string> warnings;  // what works and should not stay so
  // Largest value that the topics take, headers and framing allowed for; what the broker does not tell is its default.
  std::size_t enriched_bytes = 0;
  std::size_t prepared_bytes = 0;
  std::int32_t prepared_partitions = 0;
};

// An Error: the brokers do not answer (in time). Everything else is in the report.
Result<TopicReport> check_topics(const Config& config, const kafka::ClientSettings& client,
                                 std::chrono::milliseconds timeout);

// The topics as Tocsin needs them, for whoever creates them (the demo, tests, `check --online --create`).
// `partitions` is for those that may have any number, `replication` -1 is the broker's default.
std::vector<kafka::NewTopic> wanted_topics(const Config& config, std::int32_t partitions, std::int32_t replication);

}  // namespace tocsin
