// What `tocsin explain` prints of one article, as text for people.
#pragma once

#include <string>
#include <string_view>

#include "common/explain.h"

namespace tocsin {

// "en, by its common words"; "Tokyo, JP (PPLC) geonames 1850147".
std::string language_words(const Language& language);
std::string place_words(const Place& place);
// Of an article without events.
std::string_view why_no_events(const Explanation& told);
// The stages: what was removed, language, places, events.
std::string explain_stages(const Explanation& told);
// What the mind decided: new or a copy of what, and which events ring by which rules, or why not.
std::string explain_decision(const Prepared& prepared, const Decision& decision, const std::vector<AlertRule>& rules,
                             std::size_t earlier);
// Why an alert rule does not ask for an event; empty when it does. Each condition is tried alone.
std::string why_not(const AlertRule& rule, const Claim& claim);

}  // namespace tocsin
