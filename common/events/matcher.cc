#include "common/events/matcher.h"

#include <algorithm>

namespace tocsin {
namespace {

// Depth-first over the elements to one side of the anchor. Depth is bounded by kMaxElements, work by the budget.
class Search {
 public:
  Search(const Pattern& pattern, const SentenceView& view, const TriggerAt& at, Binding& binding)
      : pattern_(pattern), view_(view), at_(at), binding_(binding) {}

  bool right(std::size_t element, std::size_t end) {
    if (element == pattern_.elements.size()) return left(pattern_.anchor, at_.span.first);
    const Element& e = pattern_.elements[element];
    const std::size_t stop = std::min(view_.size(), end + e.gap + 1);
    for (std::size_t pos = end; pos < stop; ++pos) {
      if (!reachable(e, end - 1, pos, pos == end)) break;
      if (each_span(e, pos, [&](Span s) { return bind(element, s), right(element + 1, s.last); })) return true;
      if (steps_ <= 0) return false;
    }
    if (!e.optional) return false;
    bind(element, {});
    return right(element + 1, end);
  }

 private:
  // Elements left of `element`, whose own words begin at `begin`. The gap stands on the right one of a pair.
  bool left(std::size_t element, std::size_t begin) {
    if (element == 0) return true;
    const Element& own = pattern_.elements[element];
    const Element& e = pattern_.elements[element - 1];
    const std::size_t least =
        begin > own.gap + Lexicon::kMaxPhraseWords ? begin - own.gap - Lexicon::kMaxPhraseWords : 0;
    for (std::size_t pos = begin; pos-- > least;) {
      const bool found = each_span(e, pos, [&](Span s) {
        if (s.last > begin || begin - s.last > own.gap) return false;
        if (!reachable(own, s.last - 1U, begin, s.last == begin)) return false;
        bind(element - 1, s);
        return left(element - 1, s.first);
      });
      if (found) return true;
      if (steps_ <= 0) return false;
    }
    if (!e.optional) return false;
    bind(element - 1, {});
    return left(element - 1, begin);
  }

  // May a gap lead from word `from` to word `to`? Adjacent words may not have a comma between them.
  bool reachable(const Element& e, std::size_t from, std::size_t to, bool adjacent) const {
    if (adjacent && e.gap == 0) return !view_.word(to).cut_before;
    return e.any_clause || view_.word(from).clause == view_.word(to).clause;
  }

  template <typename Use>
  bool each_span(const Element& e, std::size_t pos, const Use& use) {
    if (--steps_ <= 0) return false;
    const Word& w = view_.word(pos);
    if (e.hyphen && (w.flags & kHyphenBefore) == 0) return false;
    const auto span = [pos](std::size_t n) {
      return Span{static_cast<std::uint16_t>(pos), static_cast<std::uint16_t>(pos + n)};
    };
    switch (e.kind) {
      case Element::Kind::kClass:
        return each_hit(e, pos, use);
      case Element::Kind::kTrigger:
        return false;  // it is the anchor, never reached by a gap
      case Element::Kind::kAny:
        return use(span(1));
      case Element::Kind::kNumber:
        return view_.is_number(pos) && use(span(1));
      case Element::Kind::kName:
        break;
    }
    std::size_t n = 0;
    while (n < 4 && pos + n < view_.size() && (view_.word(pos + n).flags & kCapital) &&
           (n == 0 || !view_.word(pos + n).cut_before))
      ++n;
    return n > 0 && use(span(n));
  }

  template <typename Use>
  bool each_hit(const Element& e, std::size_t pos, const Use& use) {
    const auto hits = view_.hits_at(pos);
    // Hits of one place stand in order of length: the longest first.
    for (std::size_t i = hits.size(); i-- > 0;) {
      const Hit& h = hits[i];
      if (!has_class(e, h.cls)) continue;
      if (i + 1 < hits.size() && hits[i + 1].size == h.size && has_class(e, hits[i + 1].cls)) continue;  // just tried
      if (masked(h)) continue;
      if (use(Span{h.pos, static_cast<std::uint16_t>(h.pos + h.size)})) return true;
      if (steps_ <= 0) return false;
    }
    return false;
  }

  bool masked(const Hit& h) const {
    for (std::size_t i = h.pos; i < static_cast<std::size_t>(h.pos + h.size); ++i)
      if (view_.word(i).masked) return true;
    return false;
  }

  void bind(std::size_t element, Span s) { binding_.spans[element] = s; }

  const Pattern& pattern_;
  const SentenceView& view_;
  const TriggerAt& at_;
  Binding& binding_;
  int steps_ = Pattern::kMaxSteps;
};

}  // namespace

std::uint8_t forms_at(const Pattern& pattern, const SentenceView& view, const Hit& hit) {
  const Element& anchor = pattern.elements[pattern.anchor];
  std::uint8_t forms = 0;
  for (const Hit& h : view.hits_at(hit.pos))
    if (h.size == hit.size && h.form != Form::kNone && has_class(anchor, h.cls)) forms |= bit(h.form);
  return forms;
}

bool possible(const Pattern& pattern, const SentenceView& view) {
  for (std::size_t i = 0; i < pattern.need_count; ++i)
    if (!view.present(pattern.needs[i])) return false;
  return std::ranges::all_of(pattern.elements, [&](const Element& e) {
    return e.needed || e.kind != Element::Kind::kClass || e.optional ||
           ((e.some & view.some()) != 0 && std::ranges::any_of(e.classes, [&](ClassId c) { return view.present(c); }));
  });
}

bool match_at(const Pattern& pattern, const SentenceView& view, const TriggerAt& at, Binding& binding) {
  const Element& anchor = pattern.elements[pattern.anchor];
  const std::uint8_t wanted =
      static_cast<std::uint8_t>(bit(anchor.form) | (anchor.form == Form::kSingular ? bit(Form::kPlural) : 0));
  if (anchor.kind == Element::Kind::kTrigger && anchor.form != Form::kNone && (at.forms & wanted) == 0) return false;
  binding.size = static_cast<std::uint8_t>(pattern.elements.size());
  binding.spans[pattern.anchor] = at.span;
  Search search(pattern, view, at, binding);
  if (!search.right(pattern.anchor + 1U, at.span.last)) return false;
  binding.first = at.span.first;
  binding.last = at.span.last;
  for (std::size_t i = 0; i < binding.size; ++i) {
    if (binding.spans[i].empty()) continue;
    binding.first = std::min(binding.first, binding.spans[i].first);
    binding.last = std::max(binding.last, binding.spans[i].last);
  }
  return true;
}

}  // namespace tocsin
