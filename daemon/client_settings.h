// From the configuration to what every Kafka client is made of.
#pragma once

#include "daemon/config.h"
#include "daemon/kafka/client.h"

namespace tocsin {

// `events` is borrowed by the clients and outlives them; may be null (commands that only ask).
kafka::ClientSettings client_settings(const Config& config, const kafka::ClientEvents* events = nullptr);

}  // namespace tocsin
