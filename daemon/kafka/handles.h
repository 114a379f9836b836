// Every librdkafka handle in a typed holder. Only daemon/kafka includes <librdkafka/rdkafka.h>; the types are declared
// here so that holders can be members of classes that others see.
#pragma once

#include <memory>

struct rd_kafka_s;
struct rd_kafka_conf_s;
struct rd_kafka_topic_s;
struct rd_kafka_topic_partition_list_s;
struct rd_kafka_queue_s;
struct rd_kafka_error_s;
struct rd_kafka_consumer_group_metadata_s;
struct rd_kafka_mock_cluster_s;
struct rd_kafka_metadata;

namespace tocsin::kafka {

struct Release {
  void operator()(rd_kafka_s*) const;  // destroys without closing: a consumer is closed by its class
  void operator()(rd_kafka_conf_s*) const;
  void operator()(rd_kafka_topic_s*) const;
  void operator()(rd_kafka_topic_partition_list_s*) const;
  void operator()(rd_kafka_queue_s*) const;
  void operator()(rd_kafka_error_s*) const;
  void operator()(rd_kafka_consumer_group_metadata_s*) const;
  void operator()(const struct rd_kafka_metadata*) const;
};

using ClientHandle = std::unique_ptr<rd_kafka_s, Release>;
using ConfHandle = std::unique_ptr<rd_kafka_conf_s, Release>;
using TopicHandle = std::unique_ptr<rd_kafka_topic_s, Release>;
using PartitionsHandle = std::unique_ptr<rd_kafka_topic_partition_list_s, Release>;
using QueueHandle = std::unique_ptr<rd_kafka_queue_s, Release>;
using ErrorHandle = std::unique_ptr<rd_kafka_error_s, Release>;
using GroupMetadata = std::unique_ptr<rd_kafka_consumer_group_metadata_s, Release>;
using MetadataHandle = std::unique_ptr<const struct rd_kafka_metadata, Release>;

}  // namespace tocsin::kafka
