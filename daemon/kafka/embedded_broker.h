// The embedded broker: librdkafka's built-in mock cluster, for `tocsin demo` and for injected errors.
//
// It is no Kafka: it forgets offsets committed through transactions and shows aborted records. It can show what Tocsin
// does, and prove nothing about exactly-once; tests of that use a real broker (tests/support/broker.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/article/result.h"
#include "daemon/kafka/handles.h"

namespace tocsin::kafka {

class EmbeddedBroker {
 public:
  static Result<std::unique_ptr<EmbeddedBroker>> start();
  ~EmbeddedBroker();

  std::string bootstrap() const;  // "127.0.0.1:port"
  Result<void> create_topic(const std::string& name, std::int32_t partitions);

 private:
  EmbeddedBroker(ClientHandle client, rd_kafka_mock_cluster_s* cluster);
  ClientHandle client_;
  rd_kafka_mock_cluster_s* cluster_;
};

}  // namespace tocsin::kafka
