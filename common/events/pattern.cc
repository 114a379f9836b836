#include "common/events/pattern.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace tocsin {
namespace {

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = text.find_first_not_of(separators, i);
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    out.push_back(text.substr(begin, end - begin));
    i = end;
  }
  return out;
}

std::optional<Form> form_of(std::string_view name) {
  if (name == "base") return Form::kBase;
  if (name == "s") return Form::kThird;
  if (name == "ed") return Form::kPast;
  if (name == "ing") return Form::kIng;
  if (name == "noun") return Form::kSingular;
  return std::nullopt;
}

Result<int> gap_of(std::string_view word) {
  const std::string_view digits =
      word.substr(word.find_first_not_of('~') == std::string_view::npos ? word.size() : word.find_first_not_of('~'));
  int gap = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), gap);
  if (error != std::errc{} || end != digits.data() + digits.size() || gap < 0 || gap > Pattern::kMaxGap)
    return fail("gap \"" + std::string(word) + "\": ~ is followed by 0 to " + std::to_string(Pattern::kMaxGap));
  return gap;
}

Result<Element> element_of(std::string_view word, const std::function<Result<ClassId>(std::string_view)>& class_of) {
  Element e;
  if (word == "#num") {
    e.kind = Element::Kind::kNumber;
  } else if (word == "#name") {
    e.kind = Element::Kind::kName;
  } else if (word == "#any") {
    e.kind = Element::Kind::kAny;
  } else if (word.starts_with('*')) {
    e.kind = Element::Kind::kTrigger;
    if (word.size() > 1) {
      const auto form = word[1] == ':' ? form_of(word.substr(2)) : std::nullopt;
      if (!form) return fail("\"" + std::string(word) + "\": * may be followed by :base, :s, :ed, :ing or :noun");
      e.form = *form;
    }
  } else {
    for (const std::string_view alternative : split(word, "|")) {
      const Result<ClassId> cls = class_of(alternative);
      if (!cls) return tl::unexpected(cls.error());
      e.classes.push_back(*cls);
      e.some |= std::uint64_t{1} << (*cls % 64);
    }
    if (e.classes.empty()) return fail("an element without a word: \"" + std::string(word) + "\"");
    std::ranges::sort(e.classes);
  }
  return e;
}

}  // namespace

Result<Pattern> parse_pattern(std::string_view text, const std::function<Result<ClassId>(std::string_view)>& class_of) {
  Pattern p;
  bool marked = false;
  int gap = 0;
  bool any_clause = false;
  bool gap_open = false;
  for (std::string_view word : split(text, " \t\n")) {
    if (word.starts_with('~')) {
      const Result<int> g = gap_of(word);
      if (!g) return tl::unexpected(g.error());
      gap = *g;
      any_clause = word.starts_with("~~");
      gap_open = true;
      continue;
    }
    const bool trigger = word.starts_with('^');
    if (trigger) word.remove_prefix(1);
    const bool hyphen = word.size() > 1 && word.starts_with('-');
    if (hyphen) word.remove_prefix(1);
    const bool optional = word.size() > 1 && word.ends_with('?');
    if (optional) word.remove_suffix(1);
    Result<Element> e = element_of(word, class_of);
    if (!e) return tl::unexpected(e.error());
    e->optional = optional;
    e->hyphen = hyphen;
    e->gap = static_cast<std::uint8_t>(gap);
    e->any_clause = any_clause;
    if (trigger || e->kind == Element::Kind::kTrigger) {
      if (marked) return fail("\"" + std::string(text) + "\": two triggers (^ or *)");
      if (optional) return fail("\"" + std::string(text) + "\": the trigger cannot be optional");
      marked = true;
      p.trigger = static_cast<std::uint8_t>(p.elements.size());
      p.relative = e->kind == Element::Kind::kTrigger;
    }
    p.elements.push_back(std::move(*e));
    gap = 0;
    any_clause = gap_open = false;
  }
  if (p.elements.empty()) return fail("an empty pattern");
  if (gap_open) return fail("\"" + std::string(text) + "\" ends in a gap");
  if (p.elements.size() > Pattern::kMaxElements)
    return fail("\"" + std::string(text) + "\": more than " + std::to_string(Pattern::kMaxElements) + " elements");
  const Element& anchor = p.elements[p.trigger];
  if (anchor.optional || (!p.relative && anchor.kind != Element::Kind::kClass))
    return fail("\"" + std::string(text) +
                "\": the trigger must be a word or a list and not optional (mark it with ^)");
  p.anchor = p.trigger;
  for (Element& e : p.elements) {
    e.needed = e.kind == Element::Kind::kClass && !e.optional && e.classes.size() == 1 && p.need_count < p.needs.size();
    if (e.needed) p.needs.at(p.need_count++) = e.classes[0];
  }
  return p;
}

}  // namespace tocsin
