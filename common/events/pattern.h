// Pattern: a few words in order with bounded gaps, which rules, exclusions and cues are written in.
//
//   "^fire/v ~6 @missile"        a form of "fire", then at most 6 words later in the same clause something of list
//   missile
//   "@missile ~3 ^fire/ed"       "missiles were fired"; ^ marks the trigger, else it is the first element
//   "deny/v ~~8 *"               * is the trigger of the event that a cue is tried on; ~~ may leave the clause
//   "will ~2 *:base"             and here it must be a verb in its base form
//   "#num people|civilians"      a number (digits or a number word), then one of two words; _ joins a phrase:
//   hit_and_run
//   "#name"  "#any"              one to four capitalised words; any word
//   "air -launched"                "air-launched": - asks for a hyphen before it
//   "the? ^launch"               an element with ? may be absent
//
// A pattern matches in time bounded by its limits: at most kMaxElements, gaps of at most kMaxGap, and a budget of
// kMaxSteps element tries for each start, after which it does not match.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/result.h"
#include "common/events/lexicon.h"

namespace tocsin {

struct Element {
  enum class Kind : std::uint8_t { kClass, kTrigger, kNumber, kName, kAny };
  Kind kind = Kind::kClass;
  Form form = Form::kNone;  // kTrigger: the form it must have; kNone: any
  bool optional = false;
  bool hyphen = false;           // joined to the word before by a hyphen
  bool any_clause = false;       // the gap before it may leave the clause
  bool needed = false;           // its class stands in Pattern::needs
  std::uint8_t gap = 0;          // words that may stand between it and the element before
  std::vector<ClassId> classes;  // kClass: sorted
  std::uint64_t some = 0;        // a bit for each of them, cls % 64: settles most of what it is none of
};

struct Pattern {
  static constexpr std::size_t kMaxElements = 10;
  static constexpr int kMaxGap = 30;
  static constexpr int kMaxSteps = 400;
  std::vector<Element> elements;
  std::uint8_t trigger = 0;  // index of the element that the event hangs on; of `*` in a cue
  std::uint8_t anchor = 0;   // index of the element that matching starts at
  bool relative = false;     // it has a `*`
  // The classes of elements that must be there and have but one: most patterns are ruled out by these, which lie in the
  // pattern itself. Where there are more, the rest is tested with the elements.
  std::array<ClassId, 4> needs{};
  std::uint8_t need_count = 0;
};

// `class_of` gives the class of a list ("@missile") or of a literal with its suffix ("fire/v"); it may fail.
Result<Pattern> parse_pattern(std::string_view text, const std::function<Result<ClassId>(std::string_view)>& class_of);

}  // namespace tocsin
