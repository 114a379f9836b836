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

// A topic of ours takes a record of so many bytes for certain: one that does not is refused at the start.
inline constexpr std::size_t kLeastTopicBytes = 65'536;

// The largest record that each topic takes: key, value and headers, with our own headers and the framing allowed for.
// What the broker does not tell is its default; 0 where the role does not write it.
struct TopicBytes {
  std::size_t enriched = 0, alerts = 0, duplicates = 0, dead_letter = 0, memory = 0, prepared = 0;
  std::size_t smallest() const;  // of those written
  std::size_t largest() const;
};

struct TopicReport {
  std::vector<std::string> problems;  // what must be changed before a start, each one line
  std::vector<std::string> warnings;  // what works and should not stay so
  TopicBytes bytes;
  std::int32_t prepared_partitions = 0;
};

// An Error: the brokers do not answer (in time). Everything else is in the report.
Result<TopicReport> check_topics(const Config& config, const kafka::ClientSettings& client,
                                 std::chrono::milliseconds timeout);

// The topics as Tocsin needs them, for whoever creates them (the demo, tests, `check --online --create`).
// `partitions` is for those that may have any number, `replication` -1 is the broker's default.
std::vector<kafka::NewTopic> wanted_topics(const Config& config, std::int32_t partitions, std::int32_t replication);

}  // namespace tocsin
