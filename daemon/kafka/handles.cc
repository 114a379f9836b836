#include "daemon/kafka/handles.h"

#include <librdkafka/rdkafka.h>

namespace tocsin::kafka {

void Release::operator()(rd_kafka_s* h) const { rd_kafka_destroy_flags(h, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE); }
void Release::operator()(rd_kafka_conf_s* h) const { rd_kafka_conf_destroy(h); }
void Release::operator()(rd_kafka_topic_s* h) const { rd_kafka_topic_destroy(h); }
void Release::operator()(rd_kafka_topic_partition_list_s* h) const { rd_kafka_topic_partition_list_destroy(h); }
void Release::operator()(rd_kafka_queue_s* h) const { rd_kafka_queue_destroy(h); }
void Release::operator()(rd_kafka_error_s* h) const { rd_kafka_error_destroy(h); }
void Release::operator()(rd_kafka_consumer_group_metadata_s* h) const { rd_kafka_consumer_group_metadata_destroy(h); }
void Release::operator()(const struct rd_kafka_metadata* h) const { rd_kafka_metadata_destroy(h); }

}  // namespace tocsin::kafka
