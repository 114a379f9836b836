#include <algorithm>

#include "common/events/event_scan.h"
#include "common/events/rule_set.h"
#include "common/events/rule_tables.h"

namespace tocsin {
namespace {

bool counts(Factuality f) {
  return f == Factuality::kOccurred || f == Factuality::kClaimed || f == Factuality::kDisputed;
}

}  // namespace

std::vector<RuleFailure> test_rules(const RuleSet& set) {
  const RuleTables& tables = set.tables();
  EventScan scan(tables);
  Document document;
  const Geotags none;
  std::vector<RuleMatch> matches;
  std::vector<RuleFailure> out;
  const auto run = [&](const std::string& text) {
    matches.clear();
    document.assign(text);
    scan.scan(document, Zone::kBody, none, std::nullopt, matches);
  };
  for (std::uint32_t i = 0; i < tables.rules.size(); ++i) {
    const Rule& rule = tables.rules[i];
    const auto report = [&](const Example& e, std::string reason) {
      out.push_back({rule.name, rule.file, e.line, e.text, std::move(reason)});
    };
    for (const Example& e : rule.match) {
      run(e.text);
      const auto own = std::ranges::find(matches, i, &RuleMatch::rule);
      if (own == matches.end()) {
        report(e, "the rule does not find it");
        continue;
      }
      const bool good = std::ranges::any_of(matches, [&](const RuleMatch& m) {
        return m.rule == i && (rule.factuality ? m.factuality == *rule.factuality : counts(m.factuality));
      });
      if (!good) report(e, "found, but as " + std::string(to_string(own->factuality)));
    }
    for (const Example& e : rule.no_match) {
      run(e.text);
      const auto wrong = std::ranges::find_if(
          matches, [&](const RuleMatch& m) { return tables.rules[m.rule].type == rule.type && counts(m.factuality); });
      if (wrong != matches.end())
        report(e, "found by " + tables.rules[wrong->rule].name + " as " + std::string(to_string(wrong->factuality)) +
                      ": \"" + e.text.substr(wrong->first, wrong->last - wrong->first) + "\"");
    }
  }
  return out;
}

}  // namespace tocsin
