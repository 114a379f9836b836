// Topics: are they there, and are they what we need? Asked once at start, before anything is produced, and by
// `tocsin check --online`.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/article/result.h"
#include "daemon/kafka/client.h"

namespace tocsin::kafka {

struct TopicFacts {
  std::int32_t partitions = 0;  // 0: does not exist
  std::int32_t replication = 0;
  std::map<std::string, std::string> config;  // cleanup.policy, max.message.bytes, ...; empty: the broker does not tell
};

// Asks the brokers. Fails when they do not answer in time; a topic that is not there is an answer.
Result<std::map<std::string, TopicFacts>> describe_topics(const ClientSettings& client,
                                                          const std::vector<std::string>& names,
                                                          std::chrono::milliseconds timeout);

struct NewTopic {
  std::string name;
  std::int32_t partitions = 1;
  std::int32_t replication = -1;  // the broker's default
  std::vector<std::pair<std::string, std::string>> config;
};
// The names of those that were made; one that exists already is left as it is.
Result<std::vector<std::string>> create_topics(const ClientSettings& client, const std::vector<NewTopic>& topics,
                                               std::chrono::milliseconds timeout);

}  // namespace tocsin::kafka
