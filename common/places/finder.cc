#include "common/places/finder.h"

#include <algorithm>
#include <string_view>

#include "common/places/arabic.h"
#include "common/places/model.h"
#include "common/places/script.h"

namespace tocsin::places {
namespace {

constexpr std::size_t kPrefetchAhead = 24;

struct ShapeName {
  std::string_view word;
  Shape shape;
};
// Nouns that end a name. In 588 articles of local news the share of capitalised names with this end that are places was
// over .6 for each of these; "School", "Court", "Highway", "Center" were under .2 and are not here.
constexpr ShapeName kTails[] = {
    {"street", Shape::kRoad},      {"st.", Shape::kRoad},       {"road", Shape::kRoad},
    {"rd.", Shape::kRoad},         {"avenue", Shape::kRoad},    {"ave.", Shape::kRoad},
    {"ave", Shape::kRoad},         {"drive", Shape::kRoad},     {"lane", Shape::kRoad},
    {"boulevard", Shape::kRoad},   {"blvd.", Shape::kRoad},     {"blvd", Shape::kRoad},
    {"parkway", Shape::kRoad},     {"square", Shape::kRoad},    {"county", Shape::kUnit},
    {"township", Shape::kUnit},    {"parish", Shape::kUnit},    {"borough", Shape::kUnit},
    {"governorate", Shape::kUnit}, {"oblast", Shape::kUnit},    {"prefecture", Shape::kUnit},
    {"province", Shape::kUnit},    {"river", Shape::kWater},    {"creek", Shape::kWater},
    {"lake", Shape::kWater},       {"bay", Shape::kWater},      {"reservoir", Shape::kWater},
    {"canal", Shape::kWater},      {"strait", Shape::kWater},   {"park", Shape::kLand},
    {"island", Shape::kLand},      {"islands", Shape::kLand},   {"hill", Shape::kLand},
    {"hills", Shape::kLand},       {"valley", Shape::kLand},    {"heights", Shape::kLand},
    {"beach", Shape::kLand},       {"mountain", Shape::kLand},  {"mountains", Shape::kLand},
    {"forest", Shape::kLand},      {"peninsula", Shape::kLand}, {"coast", Shape::kLand},
    {"estate", Shape::kLand},      {"bridge", Shape::kRoad},
};
constexpr ShapeName kDirections[] = {
    {"north", Shape::kDirection},     {"south", Shape::kDirection},     {"east", Shape::kDirection},
    {"west", Shape::kDirection},      {"northern", Shape::kDirection},  {"southern", Shape::kDirection},
    {"eastern", Shape::kDirection},   {"western", Shape::kDirection},   {"central", Shape::kDirection},
    {"upper", Shape::kDirection},     {"lower", Shape::kDirection},     {"northeast", Shape::kDirection},
    {"northwest", Shape::kDirection}, {"southeast", Shape::kDirection}, {"southwest", Shape::kDirection},
    {"greater", Shape::kDirection},
};
constexpr std::uint32_t kLongestShape = 4;  // words before the noun

bool is_capital(const Token& t) { return t.is(kWord) && t.is(kCapital); }

// Whether names may begin at a word without a capital.
bool small_may_start(const Document& document, const Token& t) {
  if (static_cast<unsigned char>(document.text()[t.start]) >= 0x80) return is_caseless(document.raw(t));
  if (t.end - t.start > 3 || &t == &document.tokens().back()) return false;
  const Token& next = *(&t + 1);  // "al-Hasakah"
  return next.is(kHyphenBefore) && next.is(kCapital);
}

}  // namespace

Finder::Finder(const Gazetteer& gazetteer) : gazetteer_(gazetteer) {
  for (const ShapeName& s : kTails) tails_.put(s.word, s.shape);
  for (const ShapeName& s : kDirections) directions_.put(s.word, s.shape);
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
    // "us" is no country but US is, and "Car" is none but CAR is; so for UK, UAE, DRC and the like.
    const std::string_view word = document.raw(begin);
    if (word.size() <= 3 && !begin.is(kAllCaps | kAbbreviation)) {
      const bool ascii = std::none_of(word.begin(), word.end(), [](char c) { return (c & 0x80) != 0; });
      const std::uint32_t best = gazetteer_.candidates(node)[0];
      const PlaceClass place_class = gazetteer_.place(place_of(best)).place_class;
      if ((place_class == PlaceClass::kCountry || place_class == PlaceClass::kRegion) &&
          !(flags_of(best) & kDemonymFlag) && (ascii || word.size() == 2))
        return false;
      if (flags_of(best) & kAbbreviationFlag) return word.size() > 2;
    }
  }
  return true;
}

// `key` and `node` are those of the first token alone.
Finder::Match Finder::longest(const Document& document, std::size_t first, std::uint64_t key,
                              const NameNode* node) const {
  const auto& tokens = document.tokens();
  const std::size_t end = std::min(tokens.size(), first + kMaxNameTokens);
  Match match;
  for (std::size_t i = first; node != nullptr; node = gazetteer_.find(key)) {
    if (node->count > 0 && acceptable(document, first, i + 1, *node))
      match = {node, key, static_cast<std::uint32_t>(i + 1), 0};
    if (!(node->flags & kContinues) || ++i == end || tokens[i].is(kSentenceStart)) break;
    key = extend_key(key, tokens[i].hash);
  }
  return match;
}

Finder::Inflection Finder::inflection(std::string_view language) {
  const std::string_view tag = language.substr(0, language.find('-'));
  if (tag == "ar") return Inflection::kArabic;
  return tag == "fr" || tag == "de" || tag == "es" || tag == "pt" ? Inflection::kLatin : Inflection::kNone;
}

// The adjective of a country, or in Arabic a well-known name behind what is joined to it.
Finder::Match Finder::inflected(const Document& document, std::size_t first, Inflection inflection) const {
  constexpr std::uint32_t kKnown = 20'000;  // inhabitants: a small place is likelier chance than meant
  const Token& token = document.tokens()[first];
  const auto begin = [&](std::uint64_t seed, std::uint64_t hash) {
    const std::uint64_t key = extend_key(seed, hash);
    return longest(document, first, key, gazetteer_.find(key));
  };
  Match match = begin(kAdjectiveKey, token.hash);
  if (match.node || inflection != Inflection::kArabic) return match;
  for (const ArabicStem& stem : arabic_stems(document.folded(token))) {
    const std::uint64_t hash = hash_word(stem.text);
    match = begin(0, hash);
    if (match.node && gazetteer_.place(place_of(gazetteer_.candidates(*match.node)[0])).population < kKnown) match = {};
    if (!match.node) match = begin(kAdjectiveKey, hash);
    if (!match.node) continue;
    if (token.folded_size == token.end - token.start) match.joined = stem.joined;
    break;
  }
  return match;
}

// The table of names is larger than the caches: each slot is asked for some steps before it is looked at, and what a
// node leads to before the next step needs it. Which words begin a name is written without branches, because what
// cannot be foretold costs more than what is done in vain.
void Finder::find_starts(const Document& document, Inflection inflection) {
  constexpr std::uint32_t kLeastAdjective = 3;  // bytes
  const auto& tokens = document.tokens();
  const char* const text = document.text().data();
  const bool adjectives = inflection == Inflection::kLatin;
  if (starts_.size() < tokens.size()) starts_.resize(tokens.size());
  std::uint32_t* const starts = starts_.data();
  std::size_t n = 0;
  for (const Token *t = tokens.data(), *const end = t + tokens.size(); t != end; ++t) {
    const Token& next = *(t + (t + 1 != end));
    std::size_t name = (t->flags & (kCapital | kIdeograph)) != 0 ? 1 : 0;
    const bool unusual = static_cast<unsigned char>(text[t->start]) >= 0x80 || next.is(kHyphenBefore);
    if (unusual && name == 0) name = small_may_start(document, *t) ? 1 : 0;
    if (adjectives && t->end - t->start >= kLeastAdjective) name = 1;
    starts[n] = static_cast<std::uint32_t>(t - tokens.data());
    n += name & (t->is(kWord) ? 1 : 0);
  }
  start_count_ = n;
  keys_.resize(n);
  for (std::size_t s = 0; s < n; ++s) {
    const Token& t = tokens[starts_[s]];
    const bool adjective = adjectives && !t.is(kCapital | kIdeograph) && !small_may_start(document, t);
    keys_[s] = extend_key(adjective ? kAdjectiveKey : 0, t.hash);
  }
  for (std::size_t s = 0; s < std::min(n, kPrefetchAhead); ++s) gazetteer_.prefetch(keys_[s]);
  nodes_.resize(n);
  for (std::size_t s = 0; s < n; ++s) {
    if (s + kPrefetchAhead < n) gazetteer_.prefetch(keys_[s + kPrefetchAhead]);
    nodes_[s] = gazetteer_.find(keys_[s]);
    if (nodes_[s] == nullptr) continue;
    gazetteer_.prefetch_candidates(*nodes_[s]);
    const std::size_t next = starts_[s] + 1U;
    if ((nodes_[s]->flags & kContinues) && next < tokens.size())
      gazetteer_.prefetch(extend_key(keys_[s], tokens[next].hash));
  }
}

// Asks for what the recogniser will look at.
void Finder::fetch(const Document& document, const Toponym& t) const {
  constexpr std::size_t kPlaces = 24;
  const auto& tokens = document.tokens();
  const auto all = gazetteer_.candidates(*t.node);
  for (const std::uint32_t c : all.first(std::min(all.size(), kPlaces))) gazetteer_.prefetch_place(place_of(c));
  for (std::size_t k = t.first > 2 ? t.first - 2 : 0; k < std::min<std::size_t>(t.last + 2U, tokens.size()); ++k)
    gazetteer_.prefetch_word(tokens[k].hash);
}

// First token of the words before a noun that can belong to its name; `tail` itself when there is none.
std::uint32_t Finder::shape_start(const ZoneView& view, std::uint32_t tail) const {
  const auto& tokens = view.document->tokens();
  std::uint32_t first = tail;
  while (first > 0 && tail - first < kLongestShape) {
    const Token& here = tokens[first];
    const Token& before = tokens[first - 1];
    if (here.is(kSentenceStart) || here.is(kHyphenBefore) || !before.is(kWord) || before.is(kPossessive)) break;
    const bool ordinal =
        before.is(kNumber) && before.end - before.start > 2 && view.document->text()[before.end - 1] >= 'a';
    if (!is_capital(before) && !ordinal) break;
    const std::uint32_t classes = gazetteer_.word(before.hash).classes;
    if (classes & (kTitle | kCalendar)) break;
    if ((classes & (kFunction | kPreposition)) && !(classes & (kDirection | kPlaceHead)) && !ordinal) break;
    --first;
  }
  return first;
}

// A direction before a name, the noun of its unit behind it: "North Texas", "Borno State".
bool Finder::extend(const ZoneView& view, std::size_t first_toponym, std::vector<Toponym>& out) const {
  const auto& tokens = view.document->tokens();
  bool extended = false;
  for (std::size_t n = first_toponym; n < out.size(); ++n) {
    Toponym& t = out[n];
    if (t.demonym) continue;
    if (t.first > 0 && !tokens[t.first].is(kSentenceStart) && view.owner[t.first - 1] == 0 &&
        is_capital(tokens[t.first - 1]) && directions_.find(tokens[t.first - 1].hash) != nullptr) {
      --t.first;
      t.shape = Shape::kDirection;
      extended = true;
    }
    if (t.last < tokens.size() && view.owner[t.last] == 0 && is_capital(tokens[t.last]) &&
        !tokens[t.last].is(kSentenceStart)) {
      const PlaceRow& best = gazetteer_.place(place_of(t.best));
      static const std::uint64_t kState = hash_word("state");
      const bool abroad = best.place_class == PlaceClass::kAdmin1 && best.country != 0 &&
                          std::string_view(gazetteer_.country(best.country).iso2) != "US";
      if (abroad && tokens[t.last].hash == kState) {
        ++t.last;
        t.shape = Shape::kUnit;
        extended = true;
      }
    }
  }
  return extended;
}

// Names that end in a noun of places and are not in the gazetteer as a whole. They swallow shorter matches.
bool Finder::shapes(const ZoneView& view, std::size_t first_toponym, std::vector<Toponym>& out) const {
  const auto& tokens = view.document->tokens();
  const std::size_t found = out.size();
  for (const std::uint32_t tail : starts()) {
    const Shape* const noun = tails_.find(tokens[tail].hash);
    if (noun == nullptr || !is_capital(tokens[tail]) || tokens[tail].is(kSentenceStart)) continue;
    const Shape shape = *noun;
    if (tail > 0 && view.owner[tail] != 0 && view.owner[tail] == view.owner[tail - 1]) continue;  // found whole
    const std::uint32_t first = shape_start(view, tail);
    if (first == tail) continue;
    Toponym t;
    t.zone = view.zone;
    t.first = first;
    t.last = tail + 1;
    t.shape = shape;
    for (std::uint32_t k = first; k <= tail; ++k) t.key = extend_key(t.key, tokens[k].hash);
    for (std::size_t n = first_toponym; n < out.size(); ++n) {
      Toponym& inner = out[n];
      if (inner.last <= first || inner.first > tail || inner.first == inner.last) continue;
      if (shape == Shape::kUnit && inner.last == tail && inner.first == first && inner.node) {
        t.node = inner.node;
        t.key = inner.key;
        t.best = inner.best;
      }
      inner.last = inner.first;  // swallowed
    }
    out.push_back(t);
  }
  if (out.size() == found) return false;
  const auto begin = out.begin() + static_cast<std::ptrdiff_t>(first_toponym);
  out.erase(std::remove_if(begin, out.end(), [](const Toponym& t) { return t.first == t.last; }), out.end());
  std::sort(out.begin() + static_cast<std::ptrdiff_t>(first_toponym), out.end(),
            [](const Toponym& a, const Toponym& b) { return a.first < b.first; });
  return true;
}

void Finder::own(ZoneView& view, std::size_t first_toponym, std::vector<Toponym>& out) const {
  std::fill(view.owner.begin(), view.owner.end(), std::uint16_t{0});
  for (std::size_t n = first_toponym; n < out.size(); ++n)
    for (std::uint32_t k = out[n].first; k < out[n].last; ++k) view.owner[k] = static_cast<std::uint16_t>(n + 1);
}

void Finder::find(ZoneView& view, std::string_view language, std::vector<Toponym>& out) {
  const Document& document = *view.document;
  const Inflection inflects = inflection(language);
  const auto& tokens = document.tokens();
  view.owner.assign(tokens.size(), 0);
  find_starts(document, inflects);
  const std::size_t first_toponym = out.size();
  std::uint32_t free = 0;  // tokens before this are covered
  for (std::size_t s = 0; s < starts().size() && out.size() < kMaxToponyms; ++s) {
    const std::uint32_t first = starts_[s];
    if (first < free || (nodes_[s] == nullptr && inflects == Inflection::kNone)) continue;
    Match match = longest(document, first, keys_[s], nodes_[s]);
    if (!match.node && inflects != Inflection::kNone) match = inflected(document, first, inflects);
    if (!match.node) continue;
    Toponym t;
    t.zone = view.zone;
    t.first = first;
    t.last = match.last;
    t.joined = match.joined;
    t.node = match.node;
    t.key = match.key;
    t.best = gazetteer_.candidates(*match.node)[0];
    for (const std::uint32_t c : gazetteer_.candidates(*match.node)) {
      t.demonym |= (flags_of(c) & kDemonymFlag) != 0;
      t.abbreviation |= (flags_of(c) & kAbbreviationFlag) != 0;
    }
    fetch(document, t);
    out.push_back(t);
    for (std::uint32_t k = first; k < match.last; ++k) view.owner[k] = static_cast<std::uint16_t>(out.size());
    free = match.last;
  }
  if (extend(view, first_toponym, out)) own(view, first_toponym, out);
  if (shapes(view, first_toponym, out)) own(view, first_toponym, out);
}

}  // namespace tocsin::places
