#include "common/places/finder.h"

#include <algorithm>

namespace tocsin::places {
namespace {

constexpr std::size_t kPrefetchAhead = 8;

// Letters of a script without capitals: Hebrew and Arabic (U+0590..U+08FF), Devanagari and the other scripts of Asia to
// U+10FF, Hangul. By the first bytes of UTF-8. Greek, Cyrillic, Armenian know capitals.
bool is_caseless(std::string_view word) {
  if (word.size() < 2) return false;
  const auto a = static_cast<unsigned char>(word[0]), b = static_cast<unsigned char>(word[1]);
  if (a < 0xd6) return false;
  if (a == 0xd6) return b >= 0x90;                      // U+0590..
  if (a <= 0xdf) return true;                           // U+05C0..U+07FF
  if (a == 0xe0) return true;                           // U+0800..U+0FFF
  if (a == 0xe1) return b <= 0x83 || b >= 0x9e;         // Myanmar, Georgian; not Latin Additional (e1 b8..)
  return a >= 0xea && a <= 0xed;                        // Hangul and neighbours
}

bool is_latin_extended_additional(std::string_view word) {
  return word.size() > 2 && static_cast<unsigned char>(word[0]) == 0xe1 && static_cast<unsigned char>(word[1]) >= 0xb8;
}

}  // namespace

bool Finder::may_start(const Document& document, std::size_t i) const {
  const Token& t = document.tokens()[i];
  if (!t.is(kWord) || t.is(kPossessive)) return false;
  if (t.is(kCapital | kIdeograph)) return true;
  const std::string_view word = document.raw(t);
  if (static_cast<unsigned char>(word[0]) >= 0x80) return is_caseless(word) && !is_latin_extended_additional(word);
  // "al-Hasakah"
  if (t.end - t.start <= 3 && i + 1 < document.tokens().size()) {
    const Token& next = document.tokens()[i + 1];
    return next.is(kHyphenBefore) && next.is(kCapital);
  }
  return false;
}

bool Finder::acceptable(const Document& document, std::size_t first, std::size_t last, const NameNode& node) const {
  const Token& end = document.tokens()[last - 1];
  const Token& begin = document.tokens()[first];
  if (last - first > 1 && end.is(kWord) && !end.is(kCapital | kNumber | kIdeograph | kAbbreviation)) {
    const std::string_view word = document.raw(end);
    if (static_cast<unsigned char>(word[0]) < 0x80 && !end.is(kHyphenBefore)) return false;
  }
  if (last - first == 1) {
    if (begin.is(kIdeograph)) return false;  // one ideograph is no name
    // "us" is no country but US is; so for UK, UAE, DRC and the like.
    if (begin.end - begin.start <= 3 && !begin.is(kAllCaps | kAbbreviation)) {
      const std::uint32_t best = gazetteer_.candidates(node)[0];
      if (gazetteer_.place(place_of(best)).place_class == PlaceClass::kCountry && !(flags_of(best) & kDemonymFlag) &&
          begin.end - begin.start == 2)
        return false;
      if (flags_of(best) & kAbbreviationFlag) return begin.end - begin.start > 2;
    }
  }
  return true;
}

Finder::Match Finder::longest(const Document& document, std::size_t first) const {
  const auto& tokens = document.tokens();
  const std::size_t end = std::min(tokens.size(), first + kMaxNameTokens);
  Match match;
  std::uint64_t key = 0;
  for (std::size_t i = first; i < end; ++i) {
    if (i > first && tokens[i].is(kSentenceStart)) break;
    key = extend_key(key, tokens[i].hash);
    const NameNode* node = gazetteer_.find(key);
    if (!node) break;
    if (node->count > 0 && acceptable(document, first, i + 1, *node))
      match = {node, static_cast<std::uint32_t>(i + 1)};
    if (!(node->flags & kContinues)) break;
  }
  return match;
}

void Finder::find(ZoneView& view, std::vector<Toponym>& out) {
  const Document& document = *view.document;
  const auto& tokens = document.tokens();
  view.owner.assign(tokens.size(), 0);
  starts_.clear();
  for (std::size_t i = 0; i < tokens.size(); ++i)
    if (may_start(document, i)) starts_.push_back(static_cast<std::uint32_t>(i));
  std::uint32_t free = 0;  // tokens before this are covered
  for (std::size_t s = 0; s < starts_.size() && out.size() < kMaxToponyms; ++s) {
    if (s + kPrefetchAhead < starts_.size())
      gazetteer_.prefetch(extend_key(0, tokens[starts_[s + kPrefetchAhead]].hash));
    const std::uint32_t first = starts_[s];
    if (first < free) continue;
    const Match match = longest(document, first);
    if (!match.node) continue;
    Toponym t;
    t.zone = view.zone;
    t.first = first;
    t.last = match.last;
    t.node = match.node;
    t.best = gazetteer_.candidates(*match.node)[0];
    for (const std::uint32_t c : gazetteer_.candidates(*match.node)) {
      t.demonym |= (flags_of(c) & kDemonymFlag) != 0;
      t.abbreviation |= (flags_of(c) & kAbbreviationFlag) != 0;
    }
    out.push_back(t);
    for (std::uint32_t k = first; k < match.last; ++k) view.owner[k] = static_cast<std::uint16_t>(out.size());
    free = match.last;
  }
}

}  // namespace tocsin::places
