// How sure an event is: the probability that the article does tell it, of this type and as its factuality says.
// Internal to events/.
//
// A logistic model over what is seen of the event and of its article (signs) and over the rule's own confidence. Its
// weights are data, confidence.tsv among the rules, learnt by tests/train/event_confidence.py from articles that were
// read; docs/rules.md says what it is worth.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/article/event.h"
#include "common/article/result.h"
#include "common/events/event_finder.h"

namespace tocsin {

// Bits of Event::signs. A name is that of confidence.tsv and of `tocsin explain`.
enum class Sign : std::uint8_t {
  kAlsoAgain,     // the article tells another event of the type that counts
  kAlsoHistory,   // or one as history
  kClaimed,       // factuality
  kDayNear,       // a day within a week of the published one is stated
  kDisputed,      // factuality
  kFewLetters,    // no mention is longer than 14 bytes: a word alone ("shelled", "bombings")
  kFourTypes,     // the article tells events of four types or more
  kHeadline,      // the headline tells it
  kLate,          // first told beyond 400 bytes of the body, and not by the headline
  kLongArticle,   // over 800 words and marks
  kNoFact,        // planned, threatened, hypothetical or historical
  kOneType,       // the article tells events of no other type
  kOtherNames,    // another type is said to be the same happening
  kShortArticle,  // at most 150 words and marks
  kTarget,        // a target is stated
  kTimeStated,    // a time is stated ("Thursday morning")
  kUndated,       // the article has no published time
};
inline constexpr std::string_view kSignNames[] = {
    "also-again",  "also-history",  "claimed", "day-near",     "disputed", "few-letters",
    "four-types",  "headline",      "late",    "long-article", "no-fact",  "one-type",
    "other-names", "short-article", "target",  "time-stated",  "undated",
};
inline constexpr int kSigns = sizeof kSignNames / sizeof kSignNames[0];
static_assert(kSigns <= 32, "Event::signs has 32 bits");

constexpr std::uint32_t bit(Sign sign) { return std::uint32_t{1} << static_cast<unsigned>(sign); }

class Confidence {
 public:
  // Without weights an event is as sure as its rule says.
  Confidence() = default;
  // A line each: name, tab, weight (natural logarithm of odds, -20 to 20). Names: "bias", "rule" (of the log odds of
  // the rule's confidence), "type=" and a type, and the signs; what is not named weighs nothing. Lines that begin with
  // # are remarks. A fault is told as "file:line: reason".
  static Result<Confidence> read(std::string_view file, std::string_view table);

  // 0..1. `rule`: the rule's own confidence.
  double of(const Event& event, float rule) const;

  std::vector<SureBecause> because(const Event& event) const;

 private:
  float bias_ = 0;
  float rule_ = 1;
  std::array<float, kEventTypes> types_{};
  std::array<float, kSigns> signs_{};
};

}  // namespace tocsin
