#include "daemon/kafka/client.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <cstring>

namespace tocsin::kafka {
namespace {

constexpr int kOldestTrusted = 0x020c00ff;  // 2.12.0, see facts in docs/decisions.md

const ClientEvents* events_of(const rd_kafka_t* client) {
  return static_cast<const ClientEvents*>(rd_kafka_opaque(client));
}

void on_log(const rd_kafka_t* client, int level, const char* facility, const char* message) {
  const ClientEvents* events = client ? events_of(client) : nullptr;
  if (events && events->on_log) events->on_log(level, facility, message);
}

void on_error(rd_kafka_t*, int code, const char* reason, void* opaque) {
  const auto* events = static_cast<const ClientEvents*>(opaque);
  if (!events) return;
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && events->on_all_brokers_down) events->on_all_brokers_down(reason);
  if (events->on_log) events->on_log(4, "ERROR", reason);
}

void on_rebalance(rd_kafka_t*, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  static_cast<const ClientEvents*>(opaque)->on_rebalance(error, partitions);
}

Result<void> set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, 512> text{};
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text.data(), text.size()) != RD_KAFKA_CONF_OK)
    return fail("kafka." + name + ": " + text.data());
  return {};
}

}  // namespace

std::string library_version() { return rd_kafka_version_str(); }

std::string library_warning() {
  if (rd_kafka_version() >= kOldestTrusted) return {};
  return "librdkafka " + library_version() +
         " has known defects in exactly-once; build with 2.12 or newer (deploy/deps.sh)";
}

Result<ClientHandle> make_client(const ClientSettings& settings, Kind kind, const Properties& ours) {
  ConfHandle conf(rd_kafka_conf_new());
  if (auto r = set(conf.get(), "bootstrap.servers", settings.brokers); !r) return tl::unexpected(r.error());
  for (const auto& [name, value] : settings.properties)
    if (auto r = set(conf.get(), name, value); !r) return tl::unexpected(r.error());
  for (const auto& [name, value] : ours)
    if (auto r = set(conf.get(), name, value); !r) return tl::unexpected(r.error());
  rd_kafka_conf_set_opaque(conf.get(), const_cast<ClientEvents*>(settings.events));
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  if (settings.events && settings.events->on_rebalance) rd_kafka_conf_set_rebalance_cb(conf.get(), on_rebalance);
  std::array<char, 512> text{};
  rd_kafka_t* client = rd_kafka_new(kind == Kind::kConsumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER, conf.get(),
                                    text.data(), text.size());
  if (!client) return fail(std::string("kafka: ") + text.data());
  (void)conf.release();  // the client owns it now
  return ClientHandle(client);
}

void close_consumer(const ClientHandle& client) {
  if (!client) return;
  rd_kafka_unsubscribe(client.get());
  rd_kafka_consumer_close(client.get());
}

PartitionsHandle to_list(const std::vector<Position>& positions) {
  PartitionsHandle list(rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
  for (const Position& p : positions) {
    rd_kafka_topic_partition_t* element = rd_kafka_topic_partition_list_add(list.get(), p.topic.c_str(), p.partition);
    element->offset = p.offset;
    if (p.metadata.empty()) continue;
    element->metadata = rd_kafka_mem_malloc(nullptr, p.metadata.size());  // the list frees it
    element->metadata_size = p.metadata.size();
    std::memcpy(element->metadata, p.metadata.data(), p.metadata.size());
  }
  return list;
}

std::vector<Position> from_list(const rd_kafka_topic_partition_list_s* list) {
  std::vector<Position> positions;
  if (!list) return positions;
  positions.reserve(static_cast<std::size_t>(list->cnt));
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& element = list->elems[i];
    positions.push_back({element.topic, element.partition, element.offset});
    if (element.metadata_size > 0)
      positions.back().metadata.assign(static_cast<const char*>(element.metadata), element.metadata_size);
  }
  return positions;
}

Result<std::vector<Position>> committed(const ClientHandle& client, const std::vector<Position>& of,
                                        std::chrono::milliseconds timeout) {
  const PartitionsHandle list = to_list(of);
  if (const auto error = rd_kafka_committed(client.get(), list.get(), static_cast<int>(timeout.count())))
    return fail(std::string("committed offsets: ") + rd_kafka_err2str(error));
  for (int i = 0; i < list->cnt; ++i)
    if (list->elems[i].err)
      return fail(std::string("committed offset of ") + list->elems[i].topic + ": " +
                  rd_kafka_err2str(list->elems[i].err));
  return from_list(list.get());
}

Result<std::int32_t> partitions_of(const ClientHandle& client, const std::string& topic,
                                   std::chrono::milliseconds timeout) {
  const TopicHandle handle(rd_kafka_topic_new(client.get(), topic.c_str(), nullptr));
  const struct rd_kafka_metadata* raw = nullptr;
  const auto error = rd_kafka_metadata(client.get(), 0, handle.get(), &raw, static_cast<int>(timeout.count()));
  const MetadataHandle metadata(raw);
  if (error) return fail("metadata of " + topic + ": " + rd_kafka_err2str(error));
  if (metadata->topic_cnt != 1) return 0;
  if (metadata->topics[0].err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return 0;
  if (metadata->topics[0].err) return fail("metadata of " + topic + ": " + rd_kafka_err2str(metadata->topics[0].err));
  return metadata->topics[0].partition_cnt;
}

}  // namespace tocsin::kafka
