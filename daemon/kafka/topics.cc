#include "daemon/kafka/topics.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>

namespace tocsin::kafka {
namespace {

using std::chrono::milliseconds;

struct EventRelease {
  void operator()(rd_kafka_event_t* e) const { rd_kafka_event_destroy(e); }
};
using EventHandle = std::unique_ptr<rd_kafka_event_t, EventRelease>;
struct OptionsRelease {
  void operator()(rd_kafka_AdminOptions_t* o) const { rd_kafka_AdminOptions_destroy(o); }
};
using OptionsHandle = std::unique_ptr<rd_kafka_AdminOptions_t, OptionsRelease>;

OptionsHandle options(rd_kafka_t* client, rd_kafka_admin_op_t op, milliseconds timeout) {
  OptionsHandle o(rd_kafka_AdminOptions_new(client, op));
  std::array<char, 256> text{};
  const int ms = static_cast<int>(timeout.count());
  rd_kafka_AdminOptions_set_request_timeout(o.get(), ms, text.data(), text.size());
  if (op == RD_KAFKA_ADMIN_OP_CREATETOPICS)
    rd_kafka_AdminOptions_set_operation_timeout(o.get(), ms, text.data(), text.size());
  return o;
}

// Waits for the one answer of an admin call.
Result<EventHandle> answer(rd_kafka_queue_t* queue, milliseconds timeout, const char* what) {
  EventHandle event(rd_kafka_queue_poll(queue, static_cast<int>(timeout.count()) + 1000));
  if (!event) return fail(std::string(what) + ": no answer");
  if (rd_kafka_event_error(event.get()))
    return fail(std::string(what) + ": " + rd_kafka_event_error_string(event.get()));
  return event;
}

void read_configs(rd_kafka_t* client, std::map<std::string, TopicFacts>& facts, milliseconds timeout) {
  std::vector<rd_kafka_ConfigResource_t*> resources;
  for (const auto& [name, f] : facts)
    if (f.partitions > 0) resources.push_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
  if (resources.empty()) return;
  const QueueHandle queue(rd_kafka_queue_new(client));
  const auto opts = options(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout);
  rd_kafka_DescribeConfigs(client, resources.data(), resources.size(), opts.get(), queue.get());
  rd_kafka_ConfigResource_destroy_array(resources.data(), resources.size());
  auto event = answer(queue.get(), timeout, "describe configs");
  if (!event) return;
  std::size_t n = 0;
  const rd_kafka_ConfigResource_t** results =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event->get()), &n);
  for (std::size_t i = 0; i < n; ++i) {
    if (rd_kafka_ConfigResource_error(results[i])) continue;  // not allowed to describe: its config stays unknown
    TopicFacts& f = facts[rd_kafka_ConfigResource_name(results[i])];
    std::size_t entries = 0;
    const rd_kafka_ConfigEntry_t** list = rd_kafka_ConfigResource_configs(results[i], &entries);
    for (std::size_t k = 0; k < entries; ++k)
      if (const char* value = rd_kafka_ConfigEntry_value(list[k])) f.config[rd_kafka_ConfigEntry_name(list[k])] = value;
  }
}

}  // namespace

Result<std::map<std::string, TopicFacts>> describe_topics(const ClientSettings& settings,
                                                          const std::vector<std::string>& names, milliseconds timeout) {
  auto client = make_client(settings, Kind::kProducer, {});
  if (!client) return tl::unexpected(client.error());
  const struct rd_kafka_metadata* raw = nullptr;
  const auto error = rd_kafka_metadata(client->get(), 1, nullptr, &raw, static_cast<int>(timeout.count()));
  const MetadataHandle metadata(raw);
  if (error)
    return fail(settings.brokers + " does not answer: " + rd_kafka_err2str(error) +
                "; look whether a broker is there, and at `brokers`, TLS and SASL in the configuration");
  std::map<std::string, TopicFacts> facts;
  for (const std::string& name : names) facts[name];
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& t = metadata->topics[i];
    const auto it = facts.find(t.topic);
    if (it == facts.end() || t.err) continue;
    it->second.partitions = t.partition_cnt;
    it->second.replication = t.partition_cnt > 0 ? t.partitions[0].replica_cnt : 0;
  }
  // Without a controller (the embedded broker has none), or without permission, the configurations stay unknown.
  if (rd_kafka_controllerid(client->get(), 100) >= 0) read_configs(client->get(), facts, timeout);
  return facts;
}

Result<std::vector<std::string>> create_topics(const ClientSettings& settings, const std::vector<NewTopic>& topics,
                                               milliseconds timeout) {
  auto client = make_client(settings, Kind::kProducer, {});
  if (!client) return tl::unexpected(client.error());
  std::vector<rd_kafka_NewTopic_t*> list;
  std::array<char, 256> text{};
  for (const NewTopic& t : topics) {
    rd_kafka_NewTopic_t* n =
        rd_kafka_NewTopic_new(t.name.c_str(), t.partitions, t.replication, text.data(), text.size());
    if (!n) {
      rd_kafka_NewTopic_destroy_array(list.data(), list.size());
      return fail("topic " + t.name + ": " + text.data());
    }
    for (const auto& [name, value] : t.config) rd_kafka_NewTopic_set_config(n, name.c_str(), value.c_str());
    list.push_back(n);
  }
  const QueueHandle queue(rd_kafka_queue_new(client->get()));
  const auto opts = options(client->get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout);
  rd_kafka_CreateTopics(client->get(), list.data(), list.size(), opts.get(), queue.get());
  rd_kafka_NewTopic_destroy_array(list.data(), list.size());
  auto event = answer(queue.get(), timeout, "create topics");
  if (!event) return tl::unexpected(event.error());
  std::size_t n = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event->get()), &n);
  std::vector<std::string> made;
  for (std::size_t i = 0; i < n; ++i) {
    const auto error = rd_kafka_topic_result_error(results[i]);
    if (error && error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
      return fail(std::string("create topic ") + rd_kafka_topic_result_name(results[i]) + ": " +
                  rd_kafka_topic_result_error_string(results[i]));
    if (!error) made.emplace_back(rd_kafka_topic_result_name(results[i]));
  }
  return made;
}

}  // namespace tocsin::kafka
