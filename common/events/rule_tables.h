// What a RuleSet is compiled into. Internal to events/.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/article/event.h"
#include "common/events/lexicon.h"
#include "common/events/pattern.h"

namespace tocsin {

// Where a condition must hold, relative to the match that it is tried on.
enum class Scope : std::uint8_t {
  kOverlap,   // it shares a word with the match
  kClause,    // its trigger lies in the clause of the match's trigger
  kSentence,  // anywhere in the sentence
};

struct Condition {
  Scope scope = Scope::kSentence;
  Pattern pattern;
};

struct Example {
  std::string text;
  int line = 0;
};

struct Rule {
  std::string name;
  std::string file;
  int line = 0;
  EventType type = EventType::kMissileLaunch;
  std::string subtype;
  bool security = true;
  int severity = 1;
  float confidence = 0.9F;
  std::optional<Factuality> factuality;  // fixed by the rule, whatever the cues say
  std::vector<Condition> exclude;        // any that holds kills the match
  std::vector<Condition> company;        // one at least must hold, where there are any
  std::vector<Example> match;
  std::vector<Example> no_match;
  std::uint32_t kind = 0;  // index into RuleTables::kinds
};

// What all rules of a file have in common; the record's codes.
struct EventKind {
  EventType type = EventType::kMissileLaunch;
  std::vector<std::string> cameo;
  std::vector<std::string> plover;
  std::vector<std::string> topics;  // IPTC Media Topics
  std::vector<std::pair<std::string, int>> weapon_severity;
  bool takes_weapon = false;  // weapons are part of such an event
  bool deaths_raise = true;   // severity follows the dead
};

struct Trigger {
  std::uint32_t rule = 0;
  Pattern pattern;
};

// Cues are tried in file order; the first that matches decides.
struct Cue {
  std::optional<Factuality> factuality;  // none: the event is as it stands, and later cues are not tried
  Pattern pattern;
};

struct WeaponSense {
  std::string weapon_class;
  bool designation = false;
  std::uint8_t rank = 0;  // higher is more specific
};

// Lists that the code itself needs, by name. A rule set without one of them is refused.
enum class Builtin : std::uint8_t {
  kClauseBreak,  // words that begin a clause
  kNoBreak,      // phrases in which such a word does not
  kCommaBreak,   // words that begin a clause after a comma
  kBackground,   // words that make a clause a subordinate one (salience)
  kDead,         // "killed", "dead": numbers beside it are deaths
  kTargetWord,   // "at", "against": the target follows
  kAgentWord,    // "by": the actor follows
  kPlaceWord,    // "in", "near": the place follows
  kReportWord,   // "said": a date right after it is not the event's
  kAnother,      // "another", "second"
  kSameDay,      // "hours later": with it, another one of that day
  kGoesOn,       // "shortly after": the sentence goes on in the time of the one before
  kKnown,        // "the", "recent": what follows has been told of
  kCount,
};

struct RuleTables {
  std::string hash;
  Lexicon lexicon;
  std::size_t classes = 0;
  std::vector<EventKind> kinds;
  std::vector<Rule> rules;
  std::vector<Trigger> triggers;
  // By a class of their gate: the element least likely in any text, without which they cannot match. Only sentences
  // that hold a gate are looked at, and in them only the triggers whose gate is there.
  std::vector<std::vector<std::uint32_t>> triggers_of_gate;
  std::vector<Pattern> masks;
  std::vector<std::vector<std::uint32_t>> masks_of_class;
  std::vector<Cue> cues;
  std::vector<std::optional<WeaponSense>> weapon_of_class;
  std::vector<std::string> actor_of_class;  // ISO 3166-1 alpha-3, "=" for as written, or empty
  std::array<ClassId, static_cast<std::size_t>(Builtin::kCount)> builtin{};
  ClassId of(Builtin b) const { return builtin[static_cast<std::size_t>(b)]; }
};

}  // namespace tocsin
