#include "daemon/cli/explain_text.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <iterator>

#include "common/events/event_finder.h"
#include "common/events/incident_book.h"
#include "daemon/cli/terminal.h"

namespace tocsin {
namespace {

constexpr std::size_t kCandidates = 4;  // of a name, and pieces of evidence
constexpr std::size_t kReasons = 6;     // of an event's confidence
constexpr std::size_t kRemoved = 40;
constexpr std::size_t kNames = 60;

template <typename... Args>
void say(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
  out += '\n';
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& item : list) out += (out.empty() ? "" : ", ") + item;
  return out;
}

const std::string& zone_text(const Explanation& told, Zone zone) {
  return zone == Zone::kHeadline ? told.headline : told.body;
}

std::string piece(const Explanation& told, Zone zone, std::uint32_t start, std::uint32_t end, std::size_t limit) {
  const std::string& text = zone_text(told, zone);
  if (start >= end || end > text.size()) return {};
  return for_terminal(std::string_view(text).substr(start, end - start), limit);
}

void explain_text(const Explanation& told, std::string& out) {
  say(out, "read as      {} ({}), {} words in {} sentences{}", told.preset, told.why, told.words, told.sentences,
      told.text.repaired ? ", bytes that were no UTF-8 repaired" : "");
  say(out, "language     {}", language_words(told.language));
  say(out, "headline     {}", for_terminal(told.headline));
  say(out, "body         {}", for_terminal(told.body));
  if (!told.text.byline.empty()) say(out, "byline       {}", for_terminal(told.text.byline));
  if (!told.text.dateline.empty()) say(out, "dateline     {}", for_terminal(told.text.dateline));
  if (!told.text.provenance.empty()) say(out, "provenance   {}", for_terminal(told.text.provenance));
  say(out, "removed      {} line{} or block{}", told.text.removed.size(), told.text.removed.size() == 1 ? "" : "s",
      told.text.removed.size() == 1 ? "" : "s");
  std::size_t shown = 0;
  for (const Removed& removed : told.text.removed) {
    if (shown++ == kRemoved) break;
    say(out, "  by {:<14} {}", for_terminal(removed.rule, 40), for_terminal(removed.text, 120));
  }
}

void explain_name(const Explanation& told, const GeoExplanation& name, std::string& out) {
  say(out, "  \"{}\" in {} at {}: {} ({:.0f} % a place{})", piece(told, name.zone, name.start, name.end, 60),
      name.zone == Zone::kHeadline ? "headline" : "body", name.start, name.taken ? "taken" : "not taken",
      name.probability * 100, name.demonym ? ", a people's name" : "");
  std::string evidence;
  for (std::size_t i = 0; i < std::min(kCandidates, name.evidence.size()); ++i)
    evidence += fmt::format("{}{} {:+.1f}", i == 0 ? "" : ", ", for_terminal(name.evidence[i].name, 60),
                            name.evidence[i].weight);
  if (!evidence.empty()) say(out, "      because {}", evidence);
  if (!name.taken) return;
  for (std::size_t i = 0; i < std::min(kCandidates, name.candidates.size()); ++i)
    say(out, "      {} {:+6.1f}  {}", i == 0 ? "won " : "lost", name.candidates[i].score,
        place_words(name.candidates[i].place));
  if (name.candidates.size() > kCandidates)
    say(out, "      and {} more of that name", name.candidates.size() - kCandidates);
}

void explain_event(const Explanation& told, std::size_t number, std::string& out) {
  const Event& event = told.events[number];
  say(out, "  {}{} by rule {}: {}, {}, severity {}, confidence {:.2f}{}", to_string(event.type),
      event.subtype.empty() ? "" : " (" + event.subtype + ")", event.rule, to_string(event.factuality),
      to_string(event.salience), event.severity, event.confidence, event.security ? "" : ", no security event");
  std::string sure;
  for (std::size_t i = 0; i < std::min(kReasons, told.sure[number].size()); ++i)
    sure += fmt::format("{}{} {:+.1f}", i == 0 ? "" : ", ", told.sure[number][i].sign, told.sure[number][i].weight);
  if (!sure.empty()) say(out, "      because {}", sure);
  for (const Evidence& e : event.evidence)
    say(out, "      {} at {}: \"{}\"", e.zone == Zone::kHeadline ? "headline" : "body", e.start,
        piece(told, e.zone, e.start, e.end, 160));
  std::string stated;
  const auto add = [&](const char* what, const std::string& value) {
    if (!value.empty()) stated += (stated.empty() ? "" : "; ") + std::string(what) + " " + for_terminal(value, 80);
  };
  add("actor", joined(event.actors));
  add("target", event.target);
  add("weapon", event.weapon_designation.empty() ? event.weapon_class : event.weapon_designation);
  if (event.weapon_count) add("count", std::to_string(*event.weapon_count));
  if (event.place && *event.place < told.geotags.places.size())
    add("place", place_words(told.geotags.places[*event.place]));
  if (!event.time_text.empty())
    add("time", event.time_text + (event.time_resolved.empty() ? " (no day)" : " = " + event.time_resolved));
  if (event.same_as) add("one happening with", std::string(to_string(told.events[*event.same_as].type)));
  if (!stated.empty()) say(out, "      {}", stated);
}

std::string from_record(const std::string& record, const char* pointer) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(record).get(root)) return {};
  std::string_view text;
  if (!root.at_pointer(pointer).get(text)) return std::string(text);
  double number = 0;
  return root.at_pointer(pointer).get(number) ? std::string() : fmt::format("{:.2f}", number);
}

}  // namespace

std::string_view why_no_events(const Explanation& told) {
  return is_language_of_rules(told.language.tag)
             ? "no rule's trigger stands in it with what the rule asks for beside it"
             : "unsupported_language: the rules are English, and this is not";
}

std::string language_words(const Language& language) {
  static constexpr std::string_view kSources[] = {"not known", "as stated", "by its common words", "by its letters"};
  return fmt::format(
      "{}{} {}{}", language.tag, language.tag.empty() ? "" : ",", kSources[static_cast<std::size_t>(language.source)],
      language.stated.empty() ? "" : "; stated \"" + for_terminal(language.stated, 40) + "\", which it is not");
}

std::string place_words(const Place& place) {
  std::string out = for_terminal(place.name, 80);
  if (!place.country.empty()) out += ", " + place.country;
  if (!place.kind.empty()) out += " (" + place.kind + ")";
  if (place.geoname_id != 0) out += " geonames " + std::to_string(place.geoname_id);
  if (!place.own_id.empty()) out += " " + place.own_id;
  return out;
}

std::string explain_stages(const Explanation& told) {
  std::string out;
  if (told.reason != Reason::kNone) {
    say(out, "rejected     {}: {}", to_string(told.reason), for_terminal(told.detail));
    return out;
  }
  explain_text(told, out);
  say(out, "places       {} of {} names are places", std::ranges::count(told.names, true, &GeoExplanation::taken),
      told.names.size());
  for (std::size_t i = 0; i < std::min(kNames, told.names.size()); ++i) explain_name(told, told.names[i], out);
  if (told.names.size() > kNames) say(out, "  and {} names more", told.names.size() - kNames);
  if (told.events.empty()) {
    say(out, "events       none: {}", why_no_events(told));
  } else {
    say(out, "events       {}", told.events.size());
  }
  for (std::size_t i = 0; i < told.events.size(); ++i) explain_event(told, i, out);
  return out;
}

std::string why_not(const AlertRule& rule, const Claim& claim) {
  if (asks_for(rule, claim)) return {};
  std::vector<std::string> reasons;
  // A rule of this one condition; types and factualities are never empty of meaning, so all others pass.
  const auto alone = [&](auto set, const std::string& reason) {
    AlertRule one;
    one.types = {std::string(to_string(claim.type))};
    one.factualities = {std::string(to_string(claim.factuality))};
    set(one);
    if (!asks_for(one, claim)) reasons.push_back(reason);
  };
  alone([&](AlertRule& one) { one.types = rule.types; },
        rule.types.empty() ? "it is no security event" : "its type is none of " + joined(rule.types));
  alone([&](AlertRule& one) { one.min_severity = rule.min_severity; },
        fmt::format("severity {} is below {}", claim.severity, rule.min_severity));
  alone([&](AlertRule& one) { one.min_confidence = rule.min_confidence; },
        fmt::format("confidence {:.2f} is below {:.2f}", claim.confidence, rule.min_confidence));
  alone([&](AlertRule& one) { one.factualities = rule.factualities; },
        fmt::format("it is {}, asked for is {}", to_string(claim.factuality),
                    rule.factualities.empty() ? "occurred, claimed, disputed" : joined(rule.factualities)));
  alone([&](AlertRule& one) { one.saliences = rule.saliences; },
        fmt::format("it is {}, asked for is {}", to_string(claim.salience), joined(rule.saliences)));
  alone([&](AlertRule& one) { one.countries = rule.countries; },
        "neither place nor actor is of " + joined(rule.countries));
  alone([&](AlertRule& one) { one.area = rule.area; }, "its place is not known to lie in the area");
  alone([&](AlertRule& one) { one.actors = rule.actors; }, "none of its actors is " + joined(rule.actors));
  alone([&](AlertRule& one) { one.min_sources = rule.min_sources; },
        fmt::format("one source tells it, asked for are {}", rule.min_sources));
  return joined(reasons);
}

std::string also(const Alert& alert) {
  std::string out;
  for (const EventType type : alert.also) out += ", also " + std::string(to_string(type));
  return out;
}

std::string explain_decision(const Prepared& prepared, const Decision& decision, const std::vector<AlertRule>& rules,
                             std::size_t earlier) {
  std::string out;
  say(out, "article      {}", for_terminal(prepared.uri));
  const std::string before = earlier == 0 ? "no earlier articles were given to compare with"
                                          : fmt::format("compared with {} earlier articles", earlier);
  const std::string of = from_record(decision.record(), "/enrichment/duplicate/of");
  if (of.empty()) {
    say(out, "decision     {} ({})", to_string(decision.outcome), before);
  } else {
    say(out, "decision     {}: {} of {}, similarity {} ({})", to_string(decision.outcome),
        from_record(decision.record(), "/enrichment/duplicate/relation"), for_terminal(of),
        from_record(decision.record(), "/enrichment/duplicate/similarity"), before);
  }
  for (const Alert& alert : decision.alerts)
    say(out, "rings        {} {}, {}{} by rule {}{}", alert.incident, alert.sequence, to_string(alert.change),
        also(alert), joined(alert.rules),
        alert.backfill ? "; backfill: older than alerts.max_age, so nobody is rung" : "");
  if (!decision.alerts.empty()) return out;
  std::vector<AlertRule> asked = rules;
  if (asked.empty()) asked.push_back(default_rule());
  for (const Claim& claim : prepared.claims)
    for (const AlertRule& rule : asked) {
      const std::string reason = why_not(rule, claim);
      say(out, "silent       {}: rule {}: {}", to_string(claim.type), rule.name,
          reason.empty() ? "asks for it, but its incident has rung already, or this article opens none" : reason);
    }
  return out;
}

}  // namespace tocsin
