// Tries patterns on a SentenceView. Stateless but for the step budget; nothing is allocated.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "common/events/pattern.h"
#include "common/events/sentence_view.h"

namespace tocsin {

struct Span {
  std::uint16_t first = 0;  // words [first, last) of the sentence; empty: not matched (an absent optional element)
  std::uint16_t last = 0;
  bool empty() const { return first == last; }
  bool operator==(const Span&) const = default;
};

// What each element of a pattern matched.
struct Binding {
  std::array<Span, Pattern::kMaxElements> spans{};
  std::uint8_t size = 0;
  std::uint16_t first = 0;  // of all elements
  std::uint16_t last = 0;
};

// The trigger of an event, for patterns with `*`.
struct TriggerAt {
  Span span;
  std::uint8_t forms = 0;  // bit of each Form that the words may be ("hit" is base and past)
};
constexpr std::uint8_t bit(Form form) { return static_cast<std::uint8_t>(1U << static_cast<unsigned>(form)); }
// The forms that the words of this hit may have in the classes of the pattern's anchor.
std::uint8_t forms_at(const Pattern& pattern, const SentenceView& view, const Hit& hit);

// Could it match here at all? All its obligatory lists and literals occur in the sentence. A few bit tests.
bool possible(const Pattern& pattern, const SentenceView& view);
// With the anchor at `at` (words of an anchor hit, or the trigger of an event for a relative pattern). Gaps are tried
// shortest first, longer phrases before shorter ones; the first binding found counts. False also when the budget of
// steps is spent.
bool match_at(const Pattern& pattern, const SentenceView& view, const TriggerAt& at, Binding& binding);
// Anywhere in the sentence, first from the left; not for relative patterns. `accept` may refuse a binding.
template <typename Accept>
bool match_anywhere(const Pattern& pattern, const SentenceView& view, Binding& binding, const Accept& accept);

inline bool has_class(const Element& element, ClassId cls) {
  return (element.some >> (cls % 64) & 1) != 0 && std::ranges::find(element.classes, cls) != element.classes.end();
}

template <typename Accept>
bool match_anywhere(const Pattern& pattern, const SentenceView& view, Binding& binding, const Accept& accept) {
  if (!possible(pattern, view)) return false;
  const Element& anchor = pattern.elements[pattern.anchor];
  for (const Hit& h : view.hits()) {
    if (!has_class(anchor, h.cls)) continue;
    const TriggerAt at{{h.pos, static_cast<std::uint16_t>(h.pos + h.size)}, bit(h.form)};
    if (match_at(pattern, view, at, binding) && accept(binding)) return true;
  }
  return false;
}

}  // namespace tocsin
