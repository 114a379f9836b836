#include "daemon/kafka/embedded_broker.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "daemon/kafka/client.h"

namespace tocsin::kafka {

Result<std::unique_ptr<EmbeddedBroker>> EmbeddedBroker::start() {
  // The cluster lives in a client of its own, which never connects to it.
  auto client = make_client({.brokers = "127.0.0.1:1", .properties = {}, .events = nullptr}, Kind::kProducer, {});
  if (!client) return tl::unexpected(client.error());
  rd_kafka_mock_cluster_t* cluster = rd_kafka_mock_cluster_new(client->get(), 1);
  if (!cluster) return fail("the embedded broker does not start");
  return std::unique_ptr<EmbeddedBroker>(new EmbeddedBroker(std::move(*client), cluster));
}

EmbeddedBroker::EmbeddedBroker(ClientHandle client, rd_kafka_mock_cluster_s* cluster)
    : client_(std::move(client)), cluster_(cluster) {}

EmbeddedBroker::~EmbeddedBroker() { rd_kafka_mock_cluster_destroy(cluster_); }

std::string EmbeddedBroker::bootstrap() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

Result<void> EmbeddedBroker::create_topic(const std::string& name, std::int32_t partitions) {
  if (const auto error = rd_kafka_mock_topic_create(cluster_, name.c_str(), partitions, 1))
    return fail("embedded broker: topic " + name + ": " + rd_kafka_err2str(error));
  return {};
}

}  // namespace tocsin::kafka
