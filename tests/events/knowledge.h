// The project's own rules, found beside the sources, and small helpers for tests of events.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/events/dates.h"
#include "common/events/event_finder.h"
#include "common/events/rule_set.h"

namespace tocsin {

inline std::string rules_directory() { return TOCSIN_SOURCE_DIR "/common/knowledge/rules"; }

inline const RuleSet& own_rules() {
  static const RuleSet* const kRules = [] {
    auto rules = RuleSet::load(rules_directory());
    if (!rules) {
      ADD_FAILURE() << rules.error().message;
      std::abort();
    }
    return new RuleSet(std::move(*rules));
  }();
  return *kRules;
}

inline std::int64_t noon_of(std::string_view day) { return *days_from_iso(day) * 86'400'000LL + 43'200'000; }

inline std::vector<Event> find_in(std::string_view headline, std::string_view body, std::string_view published = {},
                                  const Geotags& geotags = {}, std::string_view language = "en") {
  EventFinder finder(own_rules());
  Document h;
  Document b;
  h.assign(std::string(headline));
  b.assign(std::string(body));
  std::optional<std::int64_t> at;
  if (!published.empty()) at = noon_of(published);
  return finder.find(h, b, geotags, at, language);
}

inline std::vector<Event> of_type(std::vector<Event> events, EventType type) {
  std::erase_if(events, [&](const Event& e) { return e.type != type; });
  return events;
}

// The lists without which no rule set is whole, and one rule over them.
inline std::vector<RuleSet::File> small_rules(const std::string& more = {}) {
  const std::string lists =
      "lists:\n  clause_break: [after, while]\n  no_break: [as well as]\n  comma_break: [and]\n  background: [after]\n"
      "  dead: [kill/v]\n  target_word: [at]\n  agent_word: [by]\n  place_word: [in]\n  report_word: [say/v]\n  "
      "goes_on: [shortly after]\n  another_word: [another]\n  known_word: [the]\n  same_day: [hours later]\n  thing: "
      "[dart/n]\n";
  const std::string rules =
      "type: missile_launch\nrules:\n  - rule: r.one\n    triggers: [\"^fire/v ~4 @thing\"]\n"
      "    match: [\"They fired two darts.\"]\n    no_match: [\"They fired a clerk.\"]\n";
  return {{"lists.yaml", lists}, {"one.yaml", rules + more}};
}

}  // namespace tocsin
