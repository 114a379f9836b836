#include <cstdio>

#include "common/events/rule_set.h"
#include "daemon/cli/commands.h"

namespace tocsin {

int test_rules_command(const std::string& directory) {
  const auto rules = RuleSet::load(directory);
  if (!rules) {
    std::fprintf(stderr, "tocsin: %s\n", rules.error().message.c_str());
    return 2;
  }
  const auto failures = test_rules(*rules);
  for (const RuleFailure& failure : failures) {
    std::printf("%s/%s:%d: %s: %s: %s\n", directory.c_str(), failure.file.c_str(), failure.line, failure.rule.c_str(),
                failure.reason.c_str(), failure.example.c_str());
  }
  std::printf("%zu rules, %zu example%s failed (rules %s)\n", rules->rules(), failures.size(),
              failures.size() == 1 ? "" : "s", rules->hash().c_str());
  return failures.empty() ? 0 : 1;
}

}  // namespace tocsin
