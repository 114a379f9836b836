#include <cstdio>
#include <string>

#include "common/enrich.h"
#include "daemon/cli/commands.h"
#include "daemon/config.h"
#include "daemon/knowledge_paths.h"

namespace tocsin {
namespace {

int wrong(const Error& error) {
  std::fprintf(stderr, "tocsin: %s\n", error.message.c_str());
  return 2;
}

}  // namespace

int check_command(const CheckOptions& options) {
  const auto config = load_config(options.file);
  if (!config) return wrong(config.error());
  const auto knowledge = Knowledge::load(with_default_directory(config->knowledge));
  if (!knowledge) return wrong(knowledge.error());
  std::printf("%s is good: role %s, group %s, %zu raw topic%s, rules %s, gazetteer %s\n", options.file.c_str(),
              std::string(to_string(config->role)).c_str(), config->group.c_str(), config->topics.raw.size(),
              config->topics.raw.size() == 1 ? "" : "s", (*knowledge)->rules_hash().c_str(),
              (*knowledge)->gazetteer_hash().c_str());
  return 0;
}

}  // namespace tocsin
