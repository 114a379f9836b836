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
// A logit over this is a place: learnt from LGL and measured on GeoWebNews, and the other way round, F1 is level from 0
// to here and more of the places are right (docs/places.md).
constexpr float kThreshold = -0.4f;

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

template <typename Out>
void add_classes(std::uint32_t classes, std::size_t first_feature, Out& out) {
  for (classes &= kFeatureClasses; classes; classes &= classes - 1)
    out.add(first_feature + static_cast<std::size_t>(std::countr_zero(classes)));
}

std::size_t digits(std::uint32_t population) {
  std::size_t n = 0;
  for (std::uint32_t v = population; v >= 10; v /= 10) ++n;
  return std::min<std::size_t>(n, 8);
}

constexpr WordRow kNoWord;  // of a word that is not in the image

}  // namespace

// The sum of what the features weigh, in the order in which they come, words last.
struct Recogniser::Logit {
  explicit Logit(const std::array<float, kDenseFeatures>& w) : weights(w) {}
  void add(std::size_t f) { sum += weights[f]; }
  void add_if(bool is_so, std::size_t f) { sum += is_so ? weights[f] : 0; }
  void add(const Lexical& l) { words[count++] = weight(l); }
  float value() const {
    float all = sum;
    for (std::size_t i = 0; i < count; ++i) all += words[i];
    return all;
  }
  const std::array<float, kDenseFeatures>& weights;
  float sum = 0;
  std::array<float, 4> words{};  // one of each LexicalKind at most
  std::size_t count = 0;
};

void Recogniser::UnitSet::clear() {
  std::fill(bits_.begin(), bits_.end(), 0);
  size_ = 0;
}

// Unit 0 is none.
void Recogniser::UnitSet::add(std::uint16_t unit) {
  if (unit == 0 || has(unit) || size_ == kMost) return;
  bits_[unit / 64] |= std::uint64_t{1} << unit % 64;
  ++size_;
}

Recogniser::Recogniser(const Gazetteer& gazetteer)
    : gazetteer_(gazetteer), countries_(gazetteer.countries().size()), admin1_(gazetteer.admin1_units()) {
  for (std::size_t f = 0; f < kDenseFeatures; ++f) weights_[f] = gazetteer.dense(f);
}

std::string_view to_string(LexicalKind kind) {
  static constexpr std::string_view kNames[] = {"prev", "next", "prev2", "next2"};
  return kNames[static_cast<int>(kind)];
}

float Recogniser::weight(const Lexical& lexical) {
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

const WordRow& Recogniser::row(const ZoneView& view, std::size_t token) const {
  return gazetteer_.word(view.document->tokens()[token].hash);
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
  const std::uint32_t prev = before > 0 ? row(view, before - 1).classes : 0;
  std::size_t next = t.last;
  if ((prev & kBlaming) != 0) {  // and not "by U.S. forces", "against Iraq-based"
    return next == tokens.size() ||
           (tokens[next].is(kWord) ? (row(view, next).classes & (kFunction | kPreposition)) != 0
                                   : view.document->raw(tokens[next]) != "-");
  }
  if ((prev & kPreposition) != 0) return false;
  if (next + 1 < tokens.size() && word(next) == "and" && view.owner[next + 1] != 0) {  // "China and Russia"
    const std::uint16_t other = view.owner[++next];
    while (next < tokens.size() && view.owner[next] == other) ++next;
  }
  for (int words = 0; words < 2 && next < tokens.size() && may_stand_between(next); ++words) ++next;
  return next < tokens.size() && (row(view, next).classes & kActing) != 0;
}

void Recogniser::survey(const ZoneView& view) {
  const char* const text = view.document->text().data();
  for (const Token& t : view.document->tokens()) {
    std::uint64_t lower = (t.flags & (kWord | kCapital | kNumber)) == kWord ? 1 : 0;
    if (static_cast<unsigned char>(text[t.start]) >= 0x80 && is_caseless(view.document->raw(t))) lower = 0;
    lower_[t.hash >> 6 & 255] |= lower << (t.hash & 63);
  }
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
        (row(view, t.chain_first - 1).classes & (kFunction | kPreposition | kSpeech | kMoving | kCalendar)))
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
    const std::uint32_t counts = t.is(kWord) && !t.is(kNumber) && t.end - t.start >= 4 ? 1 : 0;
    words += counts;
    capitals += t.is(kCapital) ? counts : 0;
    caps += t.is(kAllCaps) ? counts : 0;
  }
  if (words < 3) return LineCase::kSentence;
  if (caps * 10 >= words * 7) return LineCase::kCaps;
  return capitals * 10 >= words * 8 ? LineCase::kTitle : LineCase::kSentence;
}

// Names come in the order of the text, so that each sentence is looked at once.
void Recogniser::read_lines(const std::array<ZoneView, 2>& views, std::vector<Toponym>& toponyms) {
  const Sentence* sentence = nullptr;
  Zone zone = Zone::kHeadline;
  LineCase line = LineCase::kSentence;
  for (Toponym& t : toponyms) {
    const Document& document = *views[static_cast<std::size_t>(t.zone)].document;
    if (sentence == nullptr || t.zone != zone || t.first >= sentence->last) {
      const std::uint32_t index = document.sentence_of(t.first);
      if (index >= document.sentences().size()) continue;
      sentence = &document.sentences()[index];
      zone = t.zone;
      line = line_case(document, *sentence);
    }
    t.line = line;
  }
}

Recogniser::Beside Recogniser::beside(const ZoneView& view, const Toponym& t) const {
  const auto& tokens = view.document->tokens();
  Beside b = {&kNoWord, &kNoWord, &kNoWord, &kNoWord, &kNoWord};
  if (t.first > 0 && !tokens[t.first].is(kSentenceStart)) {
    b.prev = &row(view, t.first - 1);
    if (t.first > 1 && !tokens[t.first - 1].is(kSentenceStart)) b.prev2 = &row(view, t.first - 2);
  }
  if (t.last - t.first == 1) b.first = &row(view, t.first);
  if (t.last < tokens.size()) b.next = &row(view, t.last);
  if (t.last + 1 < tokens.size() && !tokens[t.last + 1].is(kSentenceStart)) b.next2 = &row(view, t.last + 1);
  return b;
}

void Recogniser::group(const std::array<ZoneView, 2>& views, std::vector<Toponym>& toponyms,
                       std::vector<NameGroup>& groups) {
  countries_.clear();
  admin1_.clear();
  keys_.clear();
  beside_.clear();
  for (std::size_t n = 0; n < toponyms.size(); ++n) {
    Toponym& t = toponyms[n];
    const ZoneView& view = views[static_cast<std::size_t>(t.zone)];
    const auto& tokens = view.document->tokens();
    const auto g = static_cast<std::size_t>(std::find(keys_.begin(), keys_.end(), t.key) - keys_.begin());
    if (g == keys_.size()) {
      keys_.push_back(t.key);
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
      if (best.place_class == PlaceClass::kCountry) countries_.add(best.country);
      if (best.place_class == PlaceClass::kAdmin1) admin1_.add(best.admin1);
    }
    // "X, Y"
    if (t.node && n + 1 < toponyms.size() && toponyms[n + 1].zone == t.zone && toponyms[n + 1].node &&
        toponyms[n + 1].first == t.last + 1 && view.document->raw(tokens[t.last]) == ",") {
      t.inside = find_inside(t, toponyms[n + 1]);
      if (t.inside != kNoPlace) {
        if (group.inside == kNoPlace) group.inside = t.inside;
        ++group.inside_mention;
        admin1_.add(gazetteer_.place(t.inside).admin1);
      }
    }
    beside_.push_back(beside(view, t));
    const std::uint32_t before = beside_.back().prev->classes;
    if (before & kPreposition) ++group.after_preposition;
    if (before & kTitle) ++group.titles;
    if ((before & kGivenName) && is_capital(tokens[t.first - 1])) ++group.persons;
  }
}

// Once for all mentions of a name.
void Recogniser::locate(NameGroup& group) const {
  constexpr std::size_t kWeighed = 24, kBestKnown = 3;
  const auto candidates = group.node ? gazetteer_.candidates(*group.node) : std::span<const std::uint32_t>();
  for (std::size_t i = 0; i < std::min(candidates.size(), kWeighed); ++i) {
    const PlaceRow& p = gazetteer_.place(place_of(candidates[i]));
    if (p.place_class == PlaceClass::kCountry || p.place_class == PlaceClass::kAdmin1) continue;
    group.in_named_country |= i < kBestKnown && countries_.has(p.country);
    group.in_named_admin1 |= admin1_.has(p.admin1);
    if (home_ == kNoPlace) continue;
    const PlaceRow& h = gazetteer_.place(home_);
    group.at_home |= p.admin1 == h.admin1 && std::abs(p.lat - h.lat) < 1 && std::abs(p.lon - h.lon) < 1.3f;
  }
}

template <typename Out>
void Recogniser::name_features(const ZoneView& view, const Beside& b, const Toponym& t, Out& out) const {
  const Token& head = view.document->tokens()[t.first];
  out.add(feature("shape=none") + static_cast<std::size_t>(t.shape));
  if (t.node)
    known_features(t, out);
  else
    out.add(feature("unknown"));
  out.add_if(head.is(kAllCaps), feature("caps"));
  out.add(feature("tokens=1") + std::min<std::size_t>(t.last - t.first, 3) - 1);
  out.add_if(t.line == LineCase::kTitle, feature("title-line"));
  out.add_if(t.line == LineCase::kCaps, feature("caps-line"));
  out.add_if(head.is(kSentenceStart), feature("sentence-start"));
  out.add_if(head.is(kLineStart), feature("line-start"));
  out.add_if(!head.is(kCapital | kIdeograph), feature("lower-case"));
  // "US" and "IN" are not the words that they would be in small letters.
  const bool code = head.is(kAllCaps) && head.end - head.start <= 3;
  if (!code) add_classes(b.first->classes, feature("self:given"), out);
}

template <typename Out>
void Recogniser::known_features(const Toponym& t, Out& out) const {
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

template <typename Out>
void Recogniser::neighbour_features(const ZoneView& view, const Beside& b, const Toponym& t, Out& out) const {
  const Document& document = *view.document;
  const auto& tokens = document.tokens();
  const Token& head = tokens[t.first];
  if (t.first == 0 || head.is(kSentenceStart)) {
    out.add(feature("prev-nothing"));
  } else {
    const std::uint32_t p = t.first - 1;
    const Token& before = tokens[p];
    out.add(Lexical{LexicalKind::kPrev, b.prev, p});
    out.add_if(head.is(kHyphenBefore), feature("prev-hyphen"));
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
      add_classes(b.prev->classes, feature("prev:given"), out);
      const bool number = before.is(kNumber), capital = before.is(kCapital);
      out.add(number               ? feature("prev-number")
              : !capital           ? feature("prev-lower")
              : view.owner[p] != 0 ? feature("prev-capital")
                                   : feature("prev-capital-lost"));
      out.add_if(!number && capital && before.end - before.start <= 2, feature("prev-initial"));
    }
    if (p > 0 && !before.is(kSentenceStart)) out.add(Lexical{LexicalKind::kPrev2, b.prev2, p - 1});
  }
  if (t.last >= tokens.size() || tokens[t.last].is(kSentenceStart)) {
    out.add(feature("next-nothing"));
    return;
  }
  const Token& next = tokens[t.last];
  out.add(Lexical{LexicalKind::kNext, b.next, t.last});
  out.add_if(next.is(kHyphenBefore), feature("next-hyphen"));
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
    add_classes(b.next->classes, feature("next:given"), out);
    out.add(next.is(kNumber)          ? feature("next-number")
            : !next.is(kCapital)      ? feature("next-lower")
            : view.owner[t.last] != 0 ? feature("next-capital")
                                      : feature("next-capital-lost"));
  }
  if (t.last + 1 < tokens.size() && !tokens[t.last + 1].is(kSentenceStart))
    out.add(Lexical{LexicalKind::kNext2, b.next2, t.last + 1});
}

// Names side by side: "Paris, Texas", "Iran and Iraq".
template <typename Out>
void Recogniser::pair_features(const ZoneView& view, const std::vector<Toponym>& all, const Toponym& t,
                               Out& out) const {
  const Document& document = *view.document;
  const auto& tokens = document.tokens();
  const auto owner = [&](std::size_t token) -> const Toponym* {
    return token < tokens.size() && view.owner[token] ? &all[view.owner[token] - 1u] : nullptr;
  };
  out.add_if(t.inside != kNoPlace, feature("inside-next"));
  if (t.first > 0) {
    out.add_if(view.owner[t.first - 1] != 0, feature("prev-name"));
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
  if (owner(t.last) != nullptr) out.add(feature("next-name"));
  if (owner(t.last + 1)) {
    if (first_byte(document, tokens[t.last]) == ',') out.add(feature("next-name-comma"));
    if (is_and(document, tokens[t.last])) out.add(feature("next-name-and"));
  }
}

template <typename Out>
void Recogniser::chain_features(const ZoneView& view, const Beside& b, const Toponym& t, Out& out) const {
  const auto& tokens = view.document->tokens();
  const auto classes_at = [&](std::uint32_t token) {
    return (token + 1 == t.first ? *b.prev : token == t.last ? *b.next : row(view, token)).classes;
  };
  const std::uint32_t length = t.chain_last - t.chain_first - (t.last - t.first);  // words beside the name
  out.add(feature("chain=1") + std::min<std::size_t>(length, 3));
  if (length > 0)
    out.add(t.chain_first == t.first ? feature("chain-first")
            : t.chain_last == t.last ? feature("chain-last")
                                     : feature("chain-middle"));
  if (t.chain_first < t.first) out.add_if(classes_at(t.chain_first) & kGivenName, feature("chain:given-first"));
  if (t.chain_last > t.last) {
    const std::uint32_t last = classes_at(t.chain_last - 1);
    out.add_if(last & kOrganisation, feature("chain:organisation-last"));
    out.add_if(last & kTeam, feature("chain:team-last"));
    out.add_if(last & kPlaceTail, feature("chain:tail-last"));
    out.add_if(last & kRoad, feature("chain:road-last"));
  }
  if (t.chain_first > 0 && !tokens[t.chain_first].is(kSentenceStart))
    out.add_if(classes_at(t.chain_first - 1) & kTitle, feature("chain:title-before"));
  if (t.chain_last < tokens.size()) {
    out.add_if(classes_at(t.chain_last) & kSpeech, feature("chain:speech-after"));
    // "David Brown, 34,"
    if (t.chain_last + 1 < tokens.size() && first_byte(*view.document, tokens[t.chain_last]) == ',' &&
        tokens[t.chain_last + 1].is(kNumber) && tokens[t.chain_last + 1].end - tokens[t.chain_last + 1].start <= 2)
      out.add(feature("chain:person-comma-age"));
  }
}

template <typename Out>
void Recogniser::article_features(const ZoneView& view, const Beside& b, const NameGroup& g, const Toponym& t,
                                  Out& out) const {
  const auto& tokens = view.document->tokens();
  const std::uint32_t before = b.prev->classes;
  const auto elsewhere = [](std::uint32_t all, bool here) { return all > (here ? 1u : 0u); };
  out.add_if(elsewhere(g.persons, (before & kGivenName) && is_capital(tokens[t.first - 1])), feature("doc:person"));
  out.add_if(elsewhere(g.titles, before & kTitle), feature("doc:title"));
  out.add_if(elsewhere(g.after_preposition, before & kPreposition), feature("doc:preposition"));
  out.add_if(elsewhere(g.inside_mention, t.inside != kNoPlace), feature("doc:inside"));
  out.add(g.mentions == 1 ? feature("doc:once") : feature("doc:more"));
  out.add_if(t.last - t.first == 1 && lower_seen(tokens[t.first].hash), feature("doc:lower"));
  out.add_if(g.in_named_country, feature("inside-doc-country"));
  out.add_if(g.in_named_admin1, feature("inside-doc-admin"));
  out.add_if(g.at_home, feature("at-home"));
  out.add_if(t.dateline, feature("dateline"));
}

// Words that are given names, surnames or common words too need better evidence than names that are nothing else.
template <typename Out>
void Recogniser::hard_features(const ZoneView& view, const Beside& b, const Toponym& t, Out& out) const {
  const auto& tokens = view.document->tokens();
  const bool start = t.first == 0 || tokens[t.first].is(kSentenceStart);
  const std::uint32_t before = b.prev->classes;
  const bool lone = t.chain_last - t.chain_first == t.last - t.first;
  out.add_if((before & kPreposition) && lone, feature("prep:chain=1"));
  out.add_if((before & kPreposition) && (b.next->classes & kPersonNoun), feature("prep:person"));
  if (!t.node) return;
  if (!(b.first->classes & (kGivenName | kSurname | kCommon | kOrdinary | kFunction | kCalendar | kTitle))) return;
  out.add(before & kPreposition ? feature("hard:preposition") : feature("hard:no-preposition"));
  out.add_if(t.inside != kNoPlace, feature("hard:inside-next"));
  out.add_if(lone, feature("hard:chain=1"));
  out.add_if(t.chain_first < t.first, feature("hard:prev-capital"));
  out.add_if(t.chain_last > t.last, feature("hard:next-capital"));
  out.add_if(start, feature("hard:sentence-start"));
  out.add_if(!start && first_byte(*view.document, tokens[t.first - 1]) == ',', feature("hard:prev-comma"));
  out.add_if(gazetteer_.place(place_of(t.best)).population < 50'000, feature("hard:small"));
}

template <typename Out>
void Recogniser::all_features(const std::array<ZoneView, 2>& views, const std::vector<Toponym>& toponyms,
                              const std::vector<NameGroup>& groups, std::size_t n, Out& out) const {
  const Toponym& t = toponyms[n];
  const ZoneView& view = views[static_cast<std::size_t>(t.zone)];
  const Beside& b = beside_[n];
  out.add(feature("bias"));
  name_features(view, b, t, out);
  neighbour_features(view, b, t, out);
  pair_features(view, toponyms, t, out);
  chain_features(view, b, t, out);
  article_features(view, b, groups[t.group], t, out);
  hard_features(view, b, t, out);
}

FeatureList Recogniser::features(const std::array<ZoneView, 2>& views, const std::vector<Toponym>& toponyms,
                                 const std::vector<NameGroup>& groups, std::size_t n) const {
  FeatureList list;
  all_features(views, toponyms, groups, n, list);
  return list;
}

void Recogniser::judge(std::array<ZoneView, 2>& views, std::vector<Toponym>& toponyms, std::vector<NameGroup>& groups,
                       std::uint32_t home) {
  lower_.fill(0);
  home_ = home;
  for (const ZoneView& view : views) survey(view);
  read_lines(views, toponyms);
  group(views, toponyms, groups);
  for (NameGroup& g : groups) locate(g);
  for (std::size_t n = 0; n < toponyms.size(); ++n) {
    Logit logit(weights_);
    all_features(views, toponyms, groups, n, logit);
    toponyms[n].logit = logit.value();
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
