// EventFinder: which security events an article tells, and how surely. Driven by a RuleSet; docs/rules.md says what
// belongs to which type.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "common/article/event.h"
#include "common/article/geotags.h"
#include "common/events/rule_set.h"
#include "common/text/document.h"

namespace tocsin {

// Whether the rules know the language (BCP 47, or as a source states it): they are English. Unknown counts as known.
bool is_language_of_rules(std::string_view language);

// One per thread: it holds scratch. The rules must outlive it.
class EventFinder {
 public:
  explicit EventFinder(const RuleSet& rules);
  ~EventFinder();
  EventFinder(EventFinder&&) noexcept;

  // Events in order of their first evidence; none when is_language_of_rules(language) is false.
  // `published_ms`: Unix milliseconds; without it no weekday is resolved.
  // Mentions of one happening are one event: same type and factuality group, and nothing stated that differs (actor,
  // day, weapon count, place). Events of different types or sides that share words of the text, or a clause, are told
  // to be one happening (Event::same_as). What counts as salience: main is the headline or the main clause of one of
  // the first two sentences; secondary two or more sentences in the first third; background the rest.
  std::vector<Event> find(const Document& headline, const Document& body, const Geotags& geotags,
                          std::optional<std::int64_t> published_ms, std::string_view language);

 private:
  struct Scratch;
  std::unique_ptr<Scratch> scratch_;
};

// What an event's confidence hangs on: signs by name, and how much each weighs (logarithm of odds), the heaviest first.
// docs/rules.md says what they mean. For people.
struct SureBecause {
  std::string_view sign;
  float weight = 0;
};
std::vector<SureBecause> sure_because(const RuleSet& rules, const Event& event);

// CAMEO, PLOVER and Media Topic codes of a type, for the encoder; empty where the rules name none.
struct EventCodes {
  std::vector<std::string> cameo;
  std::vector<std::string> plover;
  std::vector<std::string> topics;
};
EventCodes codes_of(const RuleSet& rules, EventType type);

}  // namespace tocsin
