#include "common/places/geotagger.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "common/places/confidence.h"
#include "common/places/finder.h"
#include "common/places/model.h"
#include "common/places/recogniser.h"
#include "common/places/resolver.h"

namespace tocsin {
namespace {

using namespace places;

// "https://www.example.com/news/1" to "example.com".
std::string_view domain_of(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#:"));
  if (url.starts_with("www.")) url.remove_prefix(4);
  return url;
}

// Candidates that explain names.
constexpr std::size_t kExplained = 12;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

struct Geotagger::Scratch {
  explicit Scratch(const Gazetteer& g) : gazetteer(g), finder(g), recogniser(g), resolver(g) {}

  void find(const Document& headline, const Document& body);
  std::uint32_t home_of(const GeoContext& context) const;
  void mark_dateline();
  void mark_metonyms();
  void run(const Document& headline, const Document& body, const GeoContext& context);
  Place place(std::uint32_t index) const;
  Place unresolved(const Document& document, const Toponym& t) const;

  const Gazetteer& gazetteer;
  Finder finder;
  Recogniser recogniser;
  Resolver resolver;
  std::array<ZoneView, 2> views;
  std::vector<Toponym> toponyms;
  std::vector<NameGroup> groups;
};

std::uint32_t Geotagger::Scratch::home_of(const GeoContext& context) const {
  for (const std::string_view text : {context.source_name, domain_of(context.url), domain_of(context.source_name)}) {
    if (text.empty()) continue;
    if (const auto home = gazetteer.home(hash_word(fold(text)))) return *home;
  }
  return kNoPlace;
}

// "TOKYO, Japan, March 16 (Reuters) -": names at the head of the body up to a dash.
void Geotagger::Scratch::mark_dateline() {
  constexpr std::uint32_t kReach = 16;
  const ZoneView& view = views[1];
  const auto& tokens = view.document->tokens();
  std::uint32_t dash = kNoPlace;
  for (std::uint32_t i = 1; i < std::min<std::size_t>(kReach, tokens.size()); ++i) {
    const std::string_view raw = view.document->raw(tokens[i]);
    if (raw == "-" || raw == "--" || raw == "\xe2\x80\x93" || raw == "\xe2\x80\x94") {
      dash = i;
      break;
    }
    if (tokens[i].is(kWord) && !tokens[i].is(kCapital | kNumber) && raw.size() > 3) return;  // prose
  }
  if (dash == kNoPlace) return;
  for (Toponym& t : toponyms)
    if (t.zone == Zone::kBody && t.last <= dash) t.dateline = true;
}

// Governments are called by their country or its capital.
void Geotagger::Scratch::mark_metonyms() {
  for (Toponym& t : toponyms) {
    const NameGroup& g = groups[t.group];
    if (!t.taken || t.demonym || t.dateline || g.chosen == kNoPlace) continue;
    const PlaceClass of = gazetteer.place(g.chosen).place_class;
    if (of == PlaceClass::kCountry || of == PlaceClass::kCapital)
      t.metonym = recogniser.acts(views[static_cast<std::size_t>(t.zone)], t);
  }
}

void Geotagger::Scratch::run(const Document& headline, const Document& body, const GeoContext& context) {
  toponyms.clear();
  groups.clear();
  views[0].document = &headline;
  views[0].zone = Zone::kHeadline;
  views[1].document = &body;
  views[1].zone = Zone::kBody;
  finder.find(views[0], context.language, toponyms);
  finder.find(views[1], context.language, toponyms);
  // owner counts from 1 over both zones together: finder appends.
  mark_dateline();
  const std::uint32_t home = home_of(context);
  recogniser.judge(views, toponyms, groups, home);
  resolver.resolve(views, groups, home);
  for (const NameGroup& g : groups)
    if (g.chosen != kNoPlace) gazetteer.prefetch_strings(gazetteer.place(g.chosen));
  mark_metonyms();
}

Place Geotagger::Scratch::place(std::uint32_t index) const {
  const PlaceRow& row = gazetteer.place(index);
  Place p;
  p.geoname_id = row.geoname_id;
  p.own_id = gazetteer.string(row.own_id);
  p.name = gazetteer.string(row.name);
  p.kind = gazetteer.string(row.kind);
  p.country = gazetteer.country(row.country).iso2;
  p.admin1 = gazetteer.string(gazetteer.admin1(row.admin1).code);
  p.lat = row.lat;
  p.lon = row.lon;
  p.resolved = true;
  return p;
}

Place Geotagger::Scratch::unresolved(const Document& document, const Toponym& t) const {
  static constexpr std::string_view kKinds[] = {"", "RD", "ADMD", "H", "AREA", ""};
  const auto& tokens = document.tokens();
  Place p;
  p.name = document.text().substr(tokens[t.first].start, tokens[t.last - 1].end - tokens[t.first].start);
  p.kind = kKinds[static_cast<int>(t.shape)];
  return p;
}

Geotagger::Geotagger(const Gazetteer& gazetteer) : scratch_(std::make_unique<Scratch>(gazetteer)) {}
Geotagger::~Geotagger() = default;
Geotagger::Geotagger(Geotagger&&) noexcept = default;

Geotags Geotagger::tag(const Document& headline, const Document& body, const GeoContext& context) {
  Scratch& s = *scratch_;
  s.run(headline, body, context);
  Geotags tags;
  std::vector<std::uint32_t> row_place;  // rows' places in the image
  row_place.reserve(s.groups.size());
  tags.places.reserve(s.groups.size());
  tags.mentions.reserve(s.toponyms.size());
  for (const Toponym& t : s.toponyms) {
    const NameGroup& g = s.groups[t.group];
    if (!t.taken) continue;
    const Document& document = *s.views[static_cast<std::size_t>(t.zone)].document;
    // Rows are places; names that could not be resolved have rows by name (numbers beyond those of the places).
    const std::uint32_t identity = g.chosen != kNoPlace ? g.chosen : kMaxPlaces + t.group;
    const auto at = std::find(row_place.begin(), row_place.end(), identity);
    const auto row = static_cast<std::uint32_t>(at - row_place.begin());
    if (at == row_place.end()) {
      row_place.push_back(identity);
      tags.places.push_back(g.chosen != kNoPlace ? s.place(g.chosen) : s.unresolved(document, t));
    }
    Place& place = tags.places[row];
    ++place.mention_count;
    const double sure = logistic(t.demonym ? 3.0 : static_cast<double>(t.logit)) *
                        (g.chosen != kNoPlace ? static_cast<double>(g.share) : 1.0);
    place.confidence = std::max(place.confidence, sure);
    if (t.dateline) place.role = PlaceRole::kDateline;
    const auto& tokens = document.tokens();
    tags.mentions.push_back({t.zone, tokens[t.first].start + t.joined, tokens[t.last - 1].end, row,
                             t.demonym   ? MentionForm::kDemonym
                             : t.metonym ? MentionForm::kMetonym
                                         : MentionForm::kName});
  }
  for (Place& place : tags.places) place.confidence = calibrated(place.confidence);
  return tags;
}

std::vector<GeoExplanation> Geotagger::explain(const Document& headline, const Document& body,
                                               const GeoContext& context) {
  Scratch& s = *scratch_;
  s.run(headline, body, context);
  std::vector<GeoExplanation> out;
  for (std::size_t n = 0; n < s.toponyms.size(); ++n) {
    const Toponym& t = s.toponyms[n];
    const NameGroup& g = s.groups[t.group];
    const Document& document = *s.views[static_cast<std::size_t>(t.zone)].document;
    const auto& tokens = document.tokens();
    GeoExplanation e;
    e.zone = t.zone;
    e.start = tokens[t.first].start + t.joined;
    e.end = tokens[t.last - 1].end;
    e.probability = logistic(static_cast<double>(t.logit));
    e.taken = t.taken;
    e.demonym = t.demonym;
    const FeatureList list = s.recogniser.features(s.views, s.toponyms, s.groups, n);
    for (const std::size_t f : list.dense)
      e.evidence.push_back({std::string(kFeatureNames[f]), static_cast<double>(s.gazetteer.dense(f))});
    for (const Lexical& l : list.lexical) {
      std::string name = std::string(to_string(l.kind)) + "=" + std::string(document.folded(tokens[l.token]));
      e.evidence.push_back({std::move(name), static_cast<double>(Recogniser::weight(l))});
    }
    std::stable_sort(e.evidence.begin(), e.evidence.end(),
                     [](const GeoFeature& x, const GeoFeature& y) { return std::abs(x.weight) > std::abs(y.weight); });
    for (const ScoredCandidate& c : s.resolver.scored(g)) {
      if (e.candidates.size() == kExplained) break;
      e.candidates.push_back({s.place(place_of(c.candidate)), static_cast<double>(c.score)});
    }
    out.push_back(std::move(e));
  }
  return out;
}

}  // namespace tocsin
