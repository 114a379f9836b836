#include "common/places/recogniser.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "common/places/model.h"
#include "common/places/script.h"

namespace tocsin::places {
namespace {

// Lines longer than this are prose, whatever their capitals (tokens).
constexpr std::uint32_t kLongestTitleLine = 30;
// Only the best known candidates are looked at when containment is tested; beyond them it is chance.
constexpr std::size_t kContainmentCandidates = 64;
// A logit over this is a place: measured on LGL and GeoWebNews, docs/places.md.
constexpr float kThreshold = 0.0f;

bool is_capital(const Token& t) { return t.is(kWord) && t.is(kCapital); }

char first_byte(const Document& d, const Token& t) { return d.text()[t.start]; }

// A word of the text: "and", "&".
bool is_and(const Document& d, const Token& t) {
  const std::string_view word = d.folded(t);
  return word == "and" || word == "&" || word == "or";
}

bool is_dash(const Document& d, const Token& t) {
  const std::string_view word = d.raw(t);
  return word == "-" || word == "--" || word == "\xe2\x80\x93" || word == "\xe2\x80\x94" || word == "\xe2\x80\x95";
}

void add_classes(std::uint32_t classes, std::size_t first_feature, FeatureList& out) {
  for (; classes; classes &= classes - 1) out.add(first_feature + static_cast<std::size_t>(std::countr_zero(classes)));
}

std::size_t digits(std::uint32_t population) {
  std::size_t n = 0;
  for (std::uint32_t v = population; v >= 10; v /= 10) ++n;
  return std::min<std::size_t>(n, 8);
}

}  // namespace

std::string_view to_string(LexicalKind kind) {
  static constexpr std::string_view kNames[] = {"prev", "next", "prev2", "next2"};
  return kNames[static_cast<int>(kind)];
}

float Recogniser::weight(const FeatureList::Lexical& lexical) const {
  if (!lexical.word) return 0;
  switch (lexical.kind) {
    case LexicalKind::kPrev:
      return lexical.word->prev;
    case LexicalKind::kNext:
      return lexical.word->next;
    case LexicalKind::kPrev2:
      return lexical.word->prev2;
    case LexicalKind::kNext2:
      return lexical.word->next2;
  }
  return 0;
}

std::uint32_t Recogniser::classes(const ZoneView& view, std::size_t token) const {
  const WordRow* row = gazetteer_.word(view.document->tokens()[token].hash);
  return row ? row->classes : 0;
}

bool Recogniser::acts(const ZoneView& view, const Toponym& t) const {
  const auto& tokens = view.document->tokens();
  const auto word = [&](std::size_t token) { return view.document->folded(tokens[token]); };
  const auto may_stand_between = [&](std::size_t token) {  // the name and its verb
    const std::string_view w = word(token);
    return w == "also" || w == "still" || w == "has" || w == "had" || w == "always" ||
           (w.size() > 4 && w.ends_with("ly"));
  };
  std::size_t before = t.first;
  if (before > 1 && word(before - 1) == "and" && view.owner[before - 2] != 0) {  // "in Iraq and Syria"
    const std::uint16_t other = view.owner[before - 2];
    for (before -= 2; before > 0 && view.owner[before - 1] == other;) --before;
  }
  if (before > 0 && word(before - 1) == "the") --before;
  const std::uint32_t prev = before > 0 ? classes(view, before - 1) : 0;
  std::size_t next = t.last;
  if ((prev & kBlaming) != 0) {  // and not "by U.S. forces", "against Iraq-based"
    return next == tokens.size() || (tokens[next].is(kWord) ? (classes(view, next) & (kFunction | kPreposition)) != 0
                                                            : view.document->raw(tokens[next]) != "-");
  }
  if ((prev & kPreposition) != 0) return false;
  if (next + 1 < tokens.size() && word(next) == "and" && view.owner[next + 1] != 0) {  // "China and Russia"
    const std::uint16_t other = view.owner[++next];
    while (next < tokens.size() && view.owner[next] == other) ++next;
  }
  for (int words = 0; words < 2 && next < tokens.size() && may_stand_between(next); ++words) ++next;
  return next < tokens.size() && (classes(view, next) & kActing) != 0;
}

void Recogniser::survey(const ZoneView& view) {
  for (const Token& t : view.document->tokens())
    if (t.is(kWord) && !t.is(kCapital | kNumber) && !is_caseless(view.document->raw(t)))
      lower_[t.hash >> 6 & 255] |= 1ull << (t.hash & 63);
}

// `outer` is a country, region or unit that `inner` lies in.
bool Recogniser::contains(std::uint32_t outer, std::uint32_t inner) const {
  if (outer == inner) return false;
  const PlaceRow& o = gazetteer_.place(outer);
  const PlaceRow& i = gazetteer_.place(inner);
  if (o.country == 0 || o.country != i.country) return false;
  switch (o.place_class) {
    case PlaceClass::kCountry:
    case PlaceClass::kDependency:
      return true;
    case PlaceClass::kAdmin1:
      return o.admin1 == i.admin1;
    case PlaceClass::kAdmin2:
      return o.admin2 == i.admin2 && o.admin1 == i.admin1;
    case PlaceClass::kCapital:
    case PlaceClass::kCity:
      // "Brooklyn, New York": a part of a town, or a town beside it.
      return i.place_class == PlaceClass::kSection && o.admin1 == i.admin1 && std::abs(o.lat - i.lat) < 0.5f &&
             std::abs(o.lon - i.lon) < 0.7f;
    default:
      return false;
  }
}

// The best known candidate of `outer` that contains a candidate of `inner`; kNoPlace when there is none.
std::uint32_t Recogniser::find_inside(const Toponym& inner, const Toponym& outer) const {
  const auto inners = gazetteer_.candidates(*inner.node);
  const auto outers = gazetteer_.candidates(*outer.node);
  for (std::size_t o = 0; o < std::min<std::size_t>(outers.size(), 6); ++o) {
    if (flags_of(outers[o]) & kDemonymFlag) continue;
    for (std::size_t i = 0; i < std::min(inners.size(), kContainmentCandidates); ++i)
      if (!(flags_of(inners[i]) & kDemonymFlag) && contains(place_of(outers[o]), place_of(inners[i])))
        return place_of(outers[o]);
  }
  return kNoPlace;
}

// Capitalised words that stand in a row with the name, as in "Mayor David Brown Jr.".
void Recogniser::chain(const ZoneView& view, Toponym& t) const {
  constexpr std::uint32_t kReach = 6;
  const auto& tokens = view.document->tokens();
  t.chain_first = t.first;
  t.chain_last = t.last;
  while (t.chain_first > 0 && t.first - t.chain_first < kReach) {
    const Token& here = tokens[t.chain_first];
    const Token& before = tokens[t.chain_first - 1];
    if (here.is(kSentenceStart) || !is_capital(before)) break;
    if (before.is(kSentenceStart) &&
        (classes(view, t.chain_first - 1) & (kFunction | kPreposition | kSpeech | kMoving | kCalendar)))
      break;
    --t.chain_first;
  }
  while (t.chain_last < tokens.size() && t.chain_last - t.last < kReach) {
    const Token& next = tokens[t.chain_last];
    if (!is_capital(next) || next.is(kSentenceStart)) break;
    ++t.chain_last;
  }
}

LineCase Recogniser::line_case(const Document& document, const Sentence& s) {
  if (s.last - s.first > kLongestTitleLine) return LineCase::kSentence;
  std::uint32_t words = 0, capitals = 0, caps = 0;
  for (std::uint32_t i = s.first; i < s.last; ++i) {
    const Token& t = document.tokens()[i];
    if (!t.is(kWord) || t.is(kNumber) || t.end - t.start < 4) continue;
    ++words;
    capitals += t.is(kCapital);
    caps += t.is(kAllCaps);
  }
  if (words < 3) return LineCase::kSentence;
  if (caps * 10 >= words * 7) return LineCase::kCaps;
  return capitals * 10 >= words * 8 ? LineCase::kTitle : LineCase::kSentence;
}

// Names come in the order of the text, so that each sentence is looked at once.
void Recogniser::read_lines(const std::array<ZoneView, 2>& views, std::vector<Toponym>& toponyms) {
  const Sentence* last = nullptr;
  LineCase line = LineCase::kSentence;
  for (Toponym& t : toponyms) {
    const Document& document = *views[static_cast<std::size_t>(t.zone)].document;
    const std::uint32_t index = document.sentence_of(t.first);
    if (index >= document.sentences().size()) continue;
    const Sentence& sentence = document.sentences()[index];
    if (&sentence != last) line = line_case(document, sentence);
    last = &sentence;
    t.line = line;
  }
}

void Recogniser::group(const std::array<ZoneView, 2>& views, std::vector<Toponym>& toponyms,
                       std::vector<NameGroup>& groups) {
  countries_.clear();
  admin1_.clear();
  const auto add = [](std::vector<std::uint16_t>& list, std::uint16_t v) {
    if (v != 0 && list.size() < 64 && std::find(list.begin(), list.end(), v) == list.end()) list.push_back(v);
  };
  for (std::size_t n = 0; n < toponyms.size(); ++n) {
    Toponym& t = toponyms[n];
    const ZoneView& view = views[static_cast<std::size_t>(t.zone)];
    const auto& tokens = view.document->tokens();
    std::size_t g = 0;
    while (g < groups.size() && groups[g].key != t.key) ++g;
    if (g == groups.size()) {
      groups.emplace_back();
      groups.back().node = t.node;
      groups.back().key = t.key;
    }
    t.group = static_cast<std::uint32_t>(g);
    NameGroup& group = groups[g];
    ++group.mentions;
    chain(view, t);
    if (t.node) {
      const PlaceRow& best = gazetteer_.place(place_of(t.best));
      if (best.place_class == PlaceClass::kCountry) add(countries_, best.country);
      if (best.place_class == PlaceClass::kAdmin1) add(admin1_, best.admin1);
    }
    // "X, Y"
    if (t.node && n + 1 < toponyms.size() && toponyms[n + 1].zone == t.zone && toponyms[n + 1].node &&
        toponyms[n + 1].first == t.last + 1 && view.document->raw(tokens[t.last]) == ",") {
      t.inside = find_inside(t, toponyms[n + 1]);
      if (t.inside != kNoPlace) {
        if (group.inside == kNoPlace) group.inside = t.inside;
        ++group.inside_mention;
        add(admin1_, gazetteer_.place(t.inside).admin1);
      }
    }
    if (t.first > 0 && !tokens[t.first].is(kSentenceStart)) {
      const std::uint32_t before = classes(view, t.first - 1);
      if (before & kPreposition) ++group.after_preposition;
      if (before & kTitle) ++group.titles;
      if ((before & kGivenName) && is_capital(tokens[t.first - 1])) ++group.persons;
    }
  }
}

// Once for all mentions of a name.
void Recogniser::locate(NameGroup& group) const {
  constexpr std::size_t kWeighed = 24, kBestKnown = 3;
  const auto candidates = group.node ? gazetteer_.candidates(*group.node) : std::span<const std::uint32_t>();
  for (std::size_t i = 0; i < std::min(candidates.size(), kWeighed); ++i) {
    const PlaceRow& p = gazetteer_.place(place_of(candidates[i]));
    if (p.place_class == PlaceClass::kCountry || p.place_class == PlaceClass::kAdmin1) continue;
    group.in_named_country |=
        i < kBestKnown && std::find(countries_.begin(), countries_.end(), p.country) != countries_.end();
    group.in_named_admin1 |= p.admin1 != 0 && std::find(admin1_.begin(), admin1_.end(), p.admin1) != admin1_.end();
    if (home_ == kNoPlace) continue;
    const PlaceRow& h = gazetteer_.place(home_);
    group.at_home |= p.admin1 == h.admin1 && std::abs(p.lat - h.lat) < 1 && std::abs(p.lon - h.lon) < 1.3f;
  }
}

void Recogniser::name_features(const ZoneView& view, const Toponym& t, FeatureList& out) const {
  const Document& document = *view.document;
  const Token& head = document.tokens()[t.first];
  out.add(feature("shape=none") + static_cast<std::size_t>(t.shape));
  if (!t.node) out.add(feature("unknown"));
  if (t.node) known_features(t, out);
  if (head.is(kAllCaps)) out.add(feature("caps"));
  out.add(feature("tokens=1") + std::min<std::size_t>(t.last - t.first, 3) - 1);
  switch (t.line) {
    case LineCase::kSentence:
      break;
    case LineCase::kTitle:
      out.add(feature("title-line"));
      break;
    case LineCase::kCaps:
      out.add(feature("caps-line"));
      break;
  }
  if (head.is(kSentenceStart)) out.add(feature("sentence-start"));
  if (head.is(kLineStart)) out.add(feature("line-start"));
  if (!head.is(kCapital | kIdeograph)) out.add(feature("lower-case"));
  if (t.last - t.first == 1) {
    const WordRow* word = gazetteer_.word(head.hash);
    // "US" and "IN" are not the words that they would be in small letters.
    const bool code = head.is(kAllCaps) && head.end - head.start <= 3;
    if (word && !code) add_classes(word->classes, feature("self:given"), out);
  }
}

void Recogniser::known_features(const Toponym& t, FeatureList& out) const {
  const PlaceRow& best = gazetteer_.place(place_of(t.best));
  out.add(feature("class=country") + static_cast<std::size_t>(best.place_class));
  out.add(feature("digits=0") + digits(best.population));
  out.add(feature("strength=derived") + static_cast<std::size_t>(strength_of(t.best)));
  const std::size_t n = t.node->count;
  out.add(n == 1   ? feature("candidates=1")
          : n < 5  ? feature("candidates=2")
          : n < 20 ? feature("candidates=5")
                   : feature("candidates=20"));
  out.add(best.names == 0   ? feature("known=0")
          : best.names < 5  ? feature("known=1")
          : best.names < 20 ? feature("known=2")
                            : feature("known=3"));
}

void Recogniser::neighbour_features(const ZoneView& view, const Toponym& t, FeatureList& out) const {
  const Document& document = *view.document;
  const auto& tokens = document.tokens();
  const Token& head = tokens[t.first];
  const auto lexical = [&](LexicalKind kind, std::size_t token) {
    out.lexical[out.lexical_count++] = {kind, gazetteer_.word(tokens[token].hash), static_cast<std::uint32_t>(token)};
  };
  if (t.first == 0 || head.is(kSentenceStart)) {
    out.add(feature("prev-nothing"));
  } else {
    const std::size_t p = t.first - 1;
    const Token& before = tokens[p];
    lexical(LexicalKind::kPrev, p);
    if (head.is(kHyphenBefore)) out.add(feature("prev-hyphen"));
    if (before.is(kPossessive)) {
      out.add(feature("prev-possessive"));
    } else if (before.is(kPunct)) {
      const char c = first_byte(document, before);
      out.add(c == ','                                                        ? feature("prev-comma")
              : c == '(' || c == '['                                          ? feature("prev-bracket")
              : c == '/'                                                      ? feature("prev-slash")
              : c == '.' || c == ':' || c == ';' || is_dash(document, before) ? feature("prev-stop")
                                                                              : feature("prev-quote"));
    } else {
      add_classes(classes(view, p), feature("prev:given"), out);
      if (before.is(kNumber))
        out.add(feature("prev-number"));
      else if (before.is(kCapital)) {
        out.add(view.owner[p] ? feature("prev-capital") : feature("prev-capital-lost"));
        if (before.end - before.start <= 2) out.add(feature("prev-initial"));
      } else {
        out.add(feature("prev-lower"));
      }
    }
    if (p > 0 && !before.is(kSentenceStart)) lexical(LexicalKind::kPrev2, p - 1);
  }
  if (t.last >= tokens.size() || tokens[t.last].is(kSentenceStart)) {
    out.add(feature("next-nothing"));
    return;
  }
  const Token& next = tokens[t.last];
  lexical(LexicalKind::kNext, t.last);
  if (next.is(kHyphenBefore)) out.add(feature("next-hyphen"));
  if (next.is(kPossessive)) {
    out.add(feature("next-possessive"));
  } else if (next.is(kPunct)) {
    const char c = first_byte(document, next);
    out.add(is_dash(document, next)                                    ? feature("next-dash")
            : c == ','                                                 ? feature("next-comma")
            : c == '(' || c == ')' || c == '['                         ? feature("next-bracket")
            : c == '/'                                                 ? feature("next-slash")
            : c == '.' || c == ':' || c == ';' || c == '?' || c == '!' ? feature("next-stop")
                                                                       : feature("next-quote"));
  } else {
    add_classes(classes(view, t.last), feature("next:given"), out);
    if (next.is(kNumber))
      out.add(feature("next-number"));
    else if (next.is(kCapital))
      out.add(view.owner[t.last] ? feature("next-capital") : feature("next-capital-lost"));
    else
      out.add(feature("next-lower"));
  }
  if (t.last + 1 < tokens.size() && !tokens[t.last + 1].is(kSentenceStart)) lexical(LexicalKind::kNext2, t.last + 1);
}

// Names side by side: "Paris, Texas", "Iran and Iraq".
void Recogniser::pair_features(const ZoneView& view, const std::vector<Toponym>& all, const Toponym& t,
                               FeatureList& out) const {
  const Document& document = *view.document;
  const auto& tokens = document.tokens();
  const auto owner = [&](std::size_t token) -> const Toponym* {
    return token < tokens.size() && view.owner[token] ? &all[view.owner[token] - 1u] : nullptr;
  };
  if (t.inside != kNoPlace) out.add(feature("inside-next"));
  if (t.first > 0) {
    if (owner(t.first - 1)) out.add(feature("prev-name"));
    const Token& between = tokens[t.first - 1];
    if (const Toponym* other = t.first > 1 ? owner(t.first - 2) : nullptr) {
      if (first_byte(document, between) == ',') {
        out.add(feature("prev-name-comma"));
        if (other->inside != kNoPlace) out.add(feature("holds-prev"));
      } else if (is_and(document, between)) {
        out.add(feature("prev-name-and"));
      }
    }
  }
  if (owner(t.last)) out.add(feature("next-name"));
  if (owner(t.last + 1)) {
    if (first_byte(document, tokens[t.last]) == ',') out.add(feature("next-name-comma"));
    if (is_and(document, tokens[t.last])) out.add(feature("next-name-and"));
  }
}

void Recogniser::chain_features(const ZoneView& view, const Toponym& t, FeatureList& out) const {
  const auto& tokens = view.document->tokens();
  const std::uint32_t length = t.chain_last - t.chain_first - (t.last - t.first);  // words beside the name
  out.add(feature("chain=1") + std::min<std::size_t>(length, 3));
  if (length > 0)
    out.add(t.chain_first == t.first ? feature("chain-first")
            : t.chain_last == t.last ? feature("chain-last")
                                     : feature("chain-middle"));
  if (t.chain_first < t.first && (classes(view, t.chain_first) & kGivenName)) out.add(feature("chain:given-first"));
  if (t.chain_last > t.last) {
    const std::uint32_t last = classes(view, t.chain_last - 1);
    if (last & kOrganisation) out.add(feature("chain:organisation-last"));
    if (last & kTeam) out.add(feature("chain:team-last"));
    if (last & kPlaceTail) out.add(feature("chain:tail-last"));
    if (last & kRoad) out.add(feature("chain:road-last"));
  }
  if (t.chain_first > 0 && !tokens[t.chain_first].is(kSentenceStart) && (classes(view, t.chain_first - 1) & kTitle))
    out.add(feature("chain:title-before"));
  if (t.chain_last < tokens.size()) {
    if (classes(view, t.chain_last) & kSpeech) out.add(feature("chain:speech-after"));
    // "David Brown, 34,"
    if (t.chain_last + 1 < tokens.size() && first_byte(*view.document, tokens[t.chain_last]) == ',' &&
        tokens[t.chain_last + 1].is(kNumber) && tokens[t.chain_last + 1].end - tokens[t.chain_last + 1].start <= 2)
      out.add(feature("chain:person-comma-age"));
  }
}

void Recogniser::article_features(const ZoneView& view, const NameGroup& g, const Toponym& t, FeatureList& out) const {
  const auto& tokens = view.document->tokens();
  const std::uint32_t before = t.first > 0 && !tokens[t.first].is(kSentenceStart) ? classes(view, t.first - 1) : 0;
  const auto elsewhere = [](std::uint32_t all, bool here) { return all > (here ? 1u : 0u); };
  if (elsewhere(g.persons, (before & kGivenName) && is_capital(tokens[t.first - 1]))) out.add(feature("doc:person"));
  if (elsewhere(g.titles, before & kTitle)) out.add(feature("doc:title"));
  if (elsewhere(g.after_preposition, before & kPreposition)) out.add(feature("doc:preposition"));
  if (elsewhere(g.inside_mention, t.inside != kNoPlace)) out.add(feature("doc:inside"));
  out.add(g.mentions == 1 ? feature("doc:once") : feature("doc:more"));
  if (t.last - t.first == 1 && lower_seen(tokens[t.first].hash)) out.add(feature("doc:lower"));
  if (g.in_named_country) out.add(feature("inside-doc-country"));
  if (g.in_named_admin1) out.add(feature("inside-doc-admin"));
  if (g.at_home) out.add(feature("at-home"));
  if (t.dateline) out.add(feature("dateline"));
}

// Words that are given names, surnames or common words too need better evidence than names that are nothing else.
void Recogniser::hard_features(const ZoneView& view, const Toponym& t, FeatureList& out) const {
  const auto& tokens = view.document->tokens();
  const bool start = t.first == 0 || tokens[t.first].is(kSentenceStart);
  const std::uint32_t before = start ? 0 : classes(view, t.first - 1);
  const bool lone = t.chain_last - t.chain_first == t.last - t.first;
  if (before & kPreposition) {
    if (lone) out.add(feature("prep:chain=1"));
    if (t.last < tokens.size() && (classes(view, t.last) & kPersonNoun)) out.add(feature("prep:person"));
  }
  if (t.last - t.first != 1 || !t.node) return;
  if (!(classes(view, t.first) & (kGivenName | kSurname | kCommon | kFunction | kCalendar | kTitle))) return;
  out.add(before & kPreposition ? feature("hard:preposition") : feature("hard:no-preposition"));
  if (t.inside != kNoPlace) out.add(feature("hard:inside-next"));
  if (lone) out.add(feature("hard:chain=1"));
  if (t.chain_first < t.first) out.add(feature("hard:prev-capital"));
  if (t.chain_last > t.last) out.add(feature("hard:next-capital"));
  if (start) out.add(feature("hard:sentence-start"));
  if (!start && first_byte(*view.document, tokens[t.first - 1]) == ',') out.add(feature("hard:prev-comma"));
  if (gazetteer_.place(place_of(t.best)).population < 50'000) out.add(feature("hard:small"));
}

void Recogniser::features(const std::array<ZoneView, 2>& views, const std::vector<Toponym>& toponyms,
                          const std::vector<NameGroup>& groups, const Toponym& t, FeatureList& out) const {
  out.dense_count = out.lexical_count = 0;
  const ZoneView& view = views[static_cast<std::size_t>(t.zone)];
  out.add(feature("bias"));
  name_features(view, t, out);
  neighbour_features(view, t, out);
  pair_features(view, toponyms, t, out);
  chain_features(view, t, out);
  article_features(view, groups[t.group], t, out);
  hard_features(view, t, out);
}

void Recogniser::judge(std::array<ZoneView, 2>& views, std::vector<Toponym>& toponyms, std::vector<NameGroup>& groups,
                       std::uint32_t home) {
  lower_.fill(0);
  home_ = home;
  for (const ZoneView& view : views) survey(view);
  read_lines(views, toponyms);
  group(views, toponyms, groups);
  for (NameGroup& g : groups) locate(g);
  FeatureList list;
  for (Toponym& t : toponyms) {
    features(views, toponyms, groups, t, list);
    float sum = 0;
    for (std::uint32_t i = 0; i < list.dense_count; ++i) sum += gazetteer_.dense(list.dense[i]);
    for (std::uint32_t i = 0; i < list.lexical_count; ++i) sum += weight(list.lexical[i]);
    t.logit = sum;
  }
  for (Toponym& t : toponyms) {
    const bool alone = t.abbreviation &&
                       !(t.first >= 2 && views[static_cast<std::size_t>(t.zone)].owner[t.first - 2] &&
                         toponyms[views[static_cast<std::size_t>(t.zone)].owner[t.first - 2] - 1u].inside != kNoPlace);
    t.taken = t.demonym || (t.logit > kThreshold && !alone);
    NameGroup& g = groups[t.group];
    if (t.taken) {
      g.taken = true;
      g.best_logit = std::max(g.best_logit, t.demonym ? 2.0f : t.logit);
    }
  }
}

}  // namespace tocsin::places
