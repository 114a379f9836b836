#include "daemon/topic_check.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>

#include "common/events/incident_book.h"

namespace tocsin {
namespace {

constexpr std::size_t kBrokerDefaultBytes = 1'048'588;  // max.message.bytes of a topic that sets none
constexpr std::size_t kOurHeaders = 4096;               // coordinates, reason, detail, a trace; and the batch's framing
constexpr std::int64_t kDay_ms = 24LL * 3600 * 1000;

using Facts = std::map<std::string, kafka::TopicFacts>;

std::string config_of(const kafka::TopicFacts& facts, const std::string& name) {
  const auto it = facts.config.find(name);
  return it == facts.config.end() ? std::string() : it->second;
}

std::size_t message_bytes(const kafka::TopicFacts& facts) {
  const std::string value = config_of(facts, "max.message.bytes");
  return value.empty() ? kBrokerDefaultBytes : static_cast<std::size_t>(std::strtoull(value.c_str(), nullptr, 10));
}

std::vector<std::string> needed(const Config& config) {
  const TopicsConfig& t = config.topics;
  std::vector<std::string> names;
  if (config.role != Role::kDecide)
    for (const RawTopic& raw : t.raw) names.push_back(raw.name);
  if (config.role != Role::kAll) names.push_back(t.prepared);
  if (config.role != Role::kPrepare)
    names.insert(names.end(), {t.enriched, t.alerts, t.duplicates, t.dead_letter, t.state, t.memory});
  return names;
}

// What is left of a topic's limit for a record.
std::size_t record_bytes(const Facts& facts, const std::string& name, TopicReport& report) {
  const std::size_t all = message_bytes(facts.at(name));
  if (all < kLeastTopicBytes)
    report.problems.push_back("topic " + name + " has max.message.bytes=" + std::to_string(all) + ": set it to " +
                              std::to_string(kLeastTopicBytes) + " or more");
  return std::max(all, kLeastTopicBytes) - kOurHeaders;
}

// Ids and kills are needed for `ids`, incidents for 31 days; held articles are written again every week.
std::int64_t memory_ms(const Config& config) { return std::max(config.ids_ms + kDay_ms, IncidentBook::kForgetMs); }

void check_state_topic(const Facts& facts, const std::string& name, bool compacted, std::int64_t least_retention_ms,
                       TopicReport& report) {
  const kafka::TopicFacts& f = facts.at(name);
  if (f.partitions == 0) return;
  if (f.partitions != 1)
    report.problems.push_back("topic " + name + " has " + std::to_string(f.partitions) +
                              " partitions: it must have one, the order of the state is one order");
  const std::string policy = config_of(f, "cleanup.policy");
  if (!policy.empty() && compacted != (policy.find("compact") != std::string::npos))
    report.problems.push_back("topic " + name + " has cleanup.policy=" + policy + ": set it to " +
                              (compacted ? "compact,delete" : "delete"));
  const std::string retention = config_of(f, "retention.ms");
  if (!retention.empty() && (!compacted || policy.find("delete") != std::string::npos)) {
    const std::int64_t ms = std::strtoll(retention.c_str(), nullptr, 10);
    if (ms >= 0 && ms < least_retention_ms)
      report.problems.push_back("topic " + name + " has retention.ms=" + retention + ": set it to " +
                                std::to_string(least_retention_ms) + " or more, or a restart forgets");
  }
}

// A topic that must take whatever the raw topics take, and what we add.
void check_takes_raw(const Config& config, const Facts& facts, const std::string& name, TopicReport& report) {
  std::size_t largest = 0;
  for (const RawTopic& raw : config.topics.raw)
    if (const auto it = facts.find(raw.name); it != facts.end() && it->second.partitions > 0)
      largest = std::max(largest, message_bytes(it->second));
  const auto it = facts.find(name);
  if (largest == 0 || it == facts.end() || it->second.partitions == 0 || it->second.config.empty()) return;
  if (message_bytes(it->second) < largest + kOurHeaders)
    report.problems.push_back("topic " + name + " has max.message.bytes=" + std::to_string(message_bytes(it->second)) +
                              ": set it to " + std::to_string(largest + kOurHeaders) +
                              " or more, so that it takes the largest raw record and our headers");
}

}  // namespace

std::size_t TopicBytes::smallest() const {
  std::size_t least = SIZE_MAX;
  for (const std::size_t bytes : {enriched, alerts, duplicates, dead_letter, memory, prepared})
    if (bytes > 0) least = std::min(least, bytes);
  return least;
}

std::size_t TopicBytes::largest() const {
  return std::max({enriched, alerts, duplicates, dead_letter, memory, prepared});
}

Result<TopicReport> check_topics(const Config& config, const kafka::ClientSettings& client,
                                 std::chrono::milliseconds timeout) {
  const std::vector<std::string> names = needed(config);
  auto described = kafka::describe_topics(client, names, timeout);
  if (!described) return tl::unexpected(described.error());
  const Facts& facts = *described;
  TopicReport report;
  std::int32_t most_replicated = 0;
  bool none_told = true;
  bool any_there = false;
  for (const std::string& name : names) {
    const kafka::TopicFacts& f = facts.at(name);
    if (f.partitions == 0)
      report.problems.push_back("topic " + name +
                                " does not exist, or this user may not see it: create it (tocsin check --create does) "
                                "or allow READ or WRITE");
    most_replicated = std::max(most_replicated, f.replication);
    none_told &= f.config.empty();
    any_there |= f.partitions > 0;
  }
  if (any_there && none_told)
    report.warnings.push_back(
        "the broker does not tell the topics' configurations (no permission to describe them?): sizes and clean-up are "
        "not checked");
  if (config.role != Role::kPrepare) {
    check_state_topic(facts, config.topics.state, false, config.window_ms + kDay_ms, report);
    check_state_topic(facts, config.topics.memory, true, memory_ms(config), report);
    check_takes_raw(config, facts, config.topics.dead_letter, report);
    check_takes_raw(config, facts, config.topics.memory, report);
    for (const std::string& name : {config.topics.state, config.topics.memory})
      if (const auto& f = facts.at(name); f.partitions > 0 && f.replication < most_replicated)
        report.warnings.push_back("topic " + name + " has " + std::to_string(f.replication) +
                                  " replicas, others have " + std::to_string(most_replicated) +
                                  ": losing it loses what a restart must not forget");
    const TopicsConfig& t = config.topics;
    report.bytes.enriched = record_bytes(facts, t.enriched, report);
    report.bytes.alerts = record_bytes(facts, t.alerts, report);
    report.bytes.duplicates = record_bytes(facts, t.duplicates, report);
    report.bytes.dead_letter = record_bytes(facts, t.dead_letter, report);
    report.bytes.memory = record_bytes(facts, t.memory, report);
  }
  if (config.role != Role::kAll) {
    check_takes_raw(config, facts, config.topics.prepared, report);
    report.prepared_partitions = facts.at(config.topics.prepared).partitions;
    if (config.role == Role::kPrepare) report.bytes.prepared = record_bytes(facts, config.topics.prepared, report);
  }
  return report;
}

std::vector<kafka::NewTopic> wanted_topics(const Config& config, std::int32_t partitions, std::int32_t replication) {
  const TopicsConfig& t = config.topics;
  const std::string raw_bytes = std::to_string(kBrokerDefaultBytes);
  const std::string more_bytes = std::to_string(kBrokerDefaultBytes + 64 * 1024);
  const std::string many_bytes = std::to_string(8 * kBrokerDefaultBytes);
  std::vector<kafka::NewTopic> topics;
  for (const RawTopic& raw : t.raw)
    topics.push_back({raw.name, partitions, replication, {{"max.message.bytes", raw_bytes}}});
  if (config.role != Role::kAll)
    topics.push_back({t.prepared, partitions, replication, {{"max.message.bytes", many_bytes}}});
  topics.push_back({t.enriched, partitions, replication, {{"max.message.bytes", many_bytes}}});
  topics.push_back({t.alerts, partitions, replication, {}});
  topics.push_back({t.duplicates, partitions, replication, {}});
  topics.push_back({t.dead_letter, partitions, replication, {{"max.message.bytes", more_bytes}}});
  if (!config.notify.webhooks.empty()) topics.push_back({config.notify.dead_letter, partitions, replication, {}});
  topics.push_back({t.state,
                    1,
                    replication,
                    {{"cleanup.policy", "delete"}, {"retention.ms", std::to_string(config.window_ms + kDay_ms)}}});
  topics.push_back({t.memory,
                    1,
                    replication,
                    {{"cleanup.policy", "compact,delete"},
                     {"retention.ms", std::to_string(memory_ms(config))},
                     {"max.message.bytes", more_bytes}}});
  return topics;
}

}  // namespace tocsin
