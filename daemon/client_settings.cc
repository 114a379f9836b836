#include "daemon/client_settings.h"

namespace tocsin {

kafka::ClientSettings client_settings(const Config& config, const kafka::ClientEvents* events) {
  kafka::ClientSettings settings{.brokers = config.brokers, .properties = {}, .events = events};
  for (const KafkaProperty& p : config.kafka) settings.properties.emplace_back(p.name, p.value);
  return settings;
}

}  // namespace tocsin
