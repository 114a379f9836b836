#include <chrono>
#include <cstdio>
#include <string>

#include "common/enrich.h"
#include "daemon/cli/commands.h"
#include "daemon/client_settings.h"
#include "daemon/config.h"
#include "daemon/knowledge.h"
#include "daemon/topic_check.h"
#include "daemon/webhook/webhook.h"

namespace tocsin {
namespace {

constexpr std::chrono::milliseconds kAsk{10'000};

int wrong(const Error& error) {
  std::fprintf(stderr, "tocsin: %s\n", error.message.c_str());
  return 2;
}

// Creates what is missing; what is there is left as it is, and judged by check_online() afterwards.
Result<void> create(const Config& config, const CheckOptions& options) {
  const auto made = kafka::create_topics(client_settings(config),
                                         wanted_topics(config, options.partitions, options.replication), kAsk);
  if (!made) return tl::unexpected(made.error());
  for (const std::string& name : *made) std::printf("created %s\n", name.c_str());
  return {};
}

int check_online(const Config& config) {
  const auto report = check_topics(config, client_settings(config), kAsk);
  if (!report) return wrong(report.error());
  for (const std::string& warning : report->warnings) std::printf("warning: %s\n", warning.c_str());
  for (const std::string& problem : report->problems) std::fprintf(stderr, "tocsin: %s\n", problem.c_str());
  if (report->problems.empty()) std::printf("the topics on %s are good\n", config.brokers.c_str());
  return report->problems.empty() ? 0 : 2;
}

}  // namespace

int check_command(const CheckOptions& options) {
  const auto config = load_config(options.file);
  if (!config) return wrong(config.error());
  if (const auto r = check_webhooks(config->notify); !r) return wrong(r.error());
  const auto knowledge = load_knowledge(*config);
  if (!knowledge) return wrong(knowledge.error());
  std::printf("%s is good: role %s, group %s, %zu raw topic%s, rules %s, gazetteer %s\n", options.file.c_str(),
              std::string(to_string(config->role)).c_str(), config->group.c_str(), config->topics.raw.size(),
              config->topics.raw.size() == 1 ? "" : "s", (*knowledge)->rules_hash().c_str(),
              (*knowledge)->gazetteer_hash().c_str());
  if (options.create)
    if (auto r = create(*config, options); !r) return wrong(r.error());
  return options.online || options.create ? check_online(*config) : 0;
}

}  // namespace tocsin
