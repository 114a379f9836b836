#include "common/places/resolver.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "common/places/features.h"
#include "common/text/word_table.h"

namespace tocsin::places {
namespace {

constexpr std::size_t kFirst = feature("resolve:population");
constexpr std::size_t kMaxPoints = 12;
constexpr float kEarthKm = 6371.0f;
constexpr float kFarKm = 1200.0f;
constexpr float kFarSquare = kFarKm / kEarthKm * (kFarKm / kEarthKm);  // of the chord on the unit sphere

constexpr std::size_t r(std::size_t f) { return f - kFirst; }
#define RESOLVE(name) r(feature("resolve:" name))

OnSphere on_sphere(const PlaceRow& p) {
  constexpr float kRadian = std::numbers::pi_v<float> / 180;
  const float lat = p.lat * kRadian, lon = p.lon * kRadian;
  return {std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat)};
}

// The square of the chord on the unit sphere.
float square_chord(const OnSphere& a, const OnSphere& b) {
  const float x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
  return x * x + y * y + z * z;
}

// Kilometres along the chord: within 1% of the arc up to 3,000 km, and monotonous.
float chord_km(float square) { return kEarthKm * std::sqrt(square); }

// Words of which one makes an article speak of weapons.
const WordTable<bool>& weapon_words() {
  static const WordTable<bool> table = [] {
    WordTable<bool> made;
    for (const std::string_view w :
         {"missile", "missiles", "launch", "launched", "nuclear", "rocket", "rockets", "ballistic", "test-fired",
          "warhead", "satellite", "icbm", "enrichment", "centrifuges"})
      made.put(w, true);
    return made;
  }();
  return table;
}

// log2(1 + sum): most units are named by nothing else.
float log2_of(float sum) { return sum == 0 ? 0 : std::log2(1 + sum); }

bool is_unit(PlaceClass c) { return c == PlaceClass::kCountry || c == PlaceClass::kDependency; }

}  // namespace

Resolver::Resolver(const Gazetteer& gazetteer)
    : gazetteer_(gazetteer),
      countries_(gazetteer.countries().size()),
      admin1_(gazetteer.admin1_units()),
      admin2_(gazetteer.admin2_units()) {
  for (std::size_t i = 0; i < weight_.size() && kFirst + i < kDenseFeatures; ++i)
    weight_[i] = gazetteer.dense(kFirst + i);
  for (std::size_t names = 0; names < known_.size(); ++names)
    known_[names] = weight_[RESOLVE("known")] * std::log2(1.0f + static_cast<float>(names));
}

bool Resolver::lies_inside(std::uint32_t place, std::uint32_t outer) const {
  const PlaceRow& p = gazetteer_.place(place);
  const PlaceRow& o = gazetteer_.place(outer);
  if (place == outer || p.country != o.country || p.country == 0) return false;
  if (is_unit(o.place_class)) return true;
  if (o.place_class == PlaceClass::kAdmin1) return p.admin1 == o.admin1;
  if (o.place_class == PlaceClass::kAdmin2) return p.admin2 == o.admin2 && p.admin1 == o.admin1;
  return p.admin1 == o.admin1 && std::abs(p.lat - o.lat) < 0.5f && std::abs(p.lon - o.lon) < 0.7f;
}

float Resolver::fixed_score(const NameGroup& group, std::uint32_t candidate) {
  const std::uint32_t index = place_of(candidate);
  const PlaceRow& p = gazetteer_.place(index);
  float score = weight_[RESOLVE("population")] * std::log10(static_cast<float>(p.population) + 30.0f);
  score += weight_[RESOLVE("derived") + static_cast<std::size_t>(strength_of(candidate))];
  score += known_[p.names];
  score += weight_[RESOLVE("country") + static_cast<std::size_t>(p.place_class)];
  if (flags_of(candidate) & kDemonymFlag) score += 4;
  if (group.inside != kNoPlace && lies_inside(index, group.inside)) score += weight_[RESOLVE("inside-next")];
  if (home_ != kNoPlace) {
    const PlaceRow& h = gazetteer_.place(home_);
    if (h.country == p.country && !is_unit(p.place_class)) score += weight_[RESOLVE("home-country")];
    if (h.admin1 != 0 && h.admin1 == p.admin1) score += weight_[RESOLVE("home-admin1")];
    score += weight_[RESOLVE("home-near")] * std::exp(-chord_km(square_chord(on_sphere(p), home_at_)) / 100.0f);
  }
  if (p.place_class == PlaceClass::kSite && speaks_of_weapons()) score += weight_[RESOLVE("strategic")];
  return score;
}

// Only sites are judged by it, and few articles name one.
bool Resolver::speaks_of_weapons() {
  if (!strategic_) {
    const WordTable<bool>& words = weapon_words();
    strategic_ = std::any_of(views_->begin(), views_->end(), [&](const ZoneView& view) {
      const auto& tokens = view.document->tokens();
      return std::any_of(tokens.begin(), tokens.end(), [&](const Token& t) { return words.find(t.hash) != nullptr; });
    });
  }
  return *strategic_;
}

void Resolver::Units::clear() {
  for (const Saying& s : sayings_) row_[s.unit] = 0;
  sayings_.clear();
}

void Resolver::Units::add(std::uint16_t unit, std::size_t group, float weight, bool named) {
  if (unit == 0 || sayings_.size() == kMost) return;
  sayings_.push_back({unit, static_cast<std::uint32_t>(group), weight, named});
  row_[unit] = 1;
}

void Resolver::Units::add_up() {
  said_.assign(1, {});
  for (const Saying& s : sayings_) row_[s.unit] = 0;
  for (const Saying& s : sayings_) {
    std::uint8_t& row = row_[s.unit];
    if (row == 0) {
      row = static_cast<std::uint8_t>(said_.size());
      said_.emplace_back();
    }
    if (s.named) said_[row].named = 1;
    said_[row].same += s.weight;
  }
  for (Said& s : said_) s.same = log2_of(s.same);
}

Resolver::Said Resolver::Units::without(std::uint16_t unit, std::size_t group) const {
  Said said;
  for (const Saying& s : sayings_) {
    if (s.unit != unit || s.group == group) continue;
    if (s.named) said.named = 1;
    said.same += s.weight;
  }
  said.same = log2_of(said.same);
  return said;
}

void Resolver::collect(const std::vector<NameGroup>& groups) {
  slots_.assign(groups.size(), {});
  pool_.clear();
  for (std::size_t g = 0; g < groups.size(); ++g) {
    slots_[g].first = static_cast<std::uint32_t>(pool_.size());
    if (!groups[g].taken || !groups[g].node) continue;
    const auto all = gazetteer_.candidates(*groups[g].node);
    for (std::size_t i = 0; i < all.size(); ++i) {
      // Little known: only where the article names what it lies in.
      if (i >= kMaxWeighed && !admin1_.holds(gazetteer_.place(place_of(all[i])).admin1)) continue;
      pool_.push_back({all[i], fixed_score(groups[g], all[i]), 0});
    }
    slots_[g].count = static_cast<std::uint32_t>(pool_.size()) - slots_[g].first;
  }
}

// What the choices so far say about the article's countries, regions and whereabouts.
void Resolver::survey(const std::vector<NameGroup>& groups) {
  points_.clear();
  nearby_.clear();
  countries_.clear();
  admin1_.clear();
  admin2_.clear();
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (!groups[g].taken || groups[g].chosen == kNoPlace) continue;
    const PlaceRow& p = gazetteer_.place(groups[g].chosen);
    const float weight = groups[g].share * std::min(2.0f, 0.5f + 0.5f * static_cast<float>(groups[g].mentions));
    const bool country = is_unit(p.place_class);
    countries_.add(p.country, g, weight, country);
    admin1_.add(p.admin1, g, weight, p.place_class == PlaceClass::kAdmin1);
    admin2_.add(p.admin2, g, weight, p.place_class == PlaceClass::kAdmin2);
    if (groups[g].inside != kNoPlace) admin1_.add(gazetteer_.place(groups[g].inside).admin1, g, weight, true);
    if (!country && points_.size() < kMaxPoints) {
      nearby_.add(points_.size(), p);
      points_.push_back({on_sphere(p), static_cast<std::uint32_t>(g), weight});
    }
  }
  countries_.add_up();
  admin1_.add_up();
  admin2_.add_up();
}

std::size_t Resolver::Nearby::band(float lat) {
  return static_cast<std::size_t>(std::clamp((lat + 90) / kDegrees, 0.0f, static_cast<float>(kBands - 1)));
}

// Marks the cells that kFarKm reach: on one meridian they are 10.8 degrees, on one parallel up to the 60th 21.7. Nearer
// to a pole all of the band.
void Resolver::Nearby::add(std::size_t point, const PlaceRow& p) {
  constexpr float kUp = 10.9f, kAside = 22.0f;
  const auto bit = static_cast<std::uint16_t>(1u << point);
  for (std::size_t b = band(p.lat - kUp); b <= band(p.lat + kUp); ++b) {
    const float south = static_cast<float>(b) * kDegrees - 90;
    const bool low = std::max({std::abs(p.lat), std::abs(south), std::abs(south + kDegrees)}) < 60;
    const std::size_t first = low ? sector(p.lon - kAside) : 0;
    const std::size_t last = low ? sector(p.lon + kAside) : kSectors - 1;
    for (std::size_t s = first; s <= last; ++s) cells_[b * kSectors + (s & (kSectors - 1))] |= bit;
  }
}

// What the other places of the article add to a candidate for lying near them. `at` is filled when it is needed.
float Resolver::nearness(std::size_t g, const PlaceRow& p, OnSphere& at) const {
  float near = 0, near_200 = 0;
  for (std::uint32_t left = nearby_.of(p); left != 0; left &= left - 1) {
    const Point& point = points_[static_cast<std::size_t>(std::countr_zero(left))];
    if (point.group == g) continue;
    if (at == OnSphere{}) at = on_sphere(p);
    const float square = square_chord(at, point.at);
    if (square > kFarSquare) continue;  // what is left out adds less than 0.003
    const float fall = std::exp(-chord_km(square) / 200.0f);
    near += point.weight * fall * fall * fall * fall;  // exp(-km / 50)
    near_200 += point.weight * fall;
  }
  return weight_[RESOLVE("near")] * std::min(near, 3.0f) + weight_[RESOLVE("near-200")] * std::min(near_200, 3.0f);
}

// Scores the candidates of one name by what the others say.
void Resolver::weigh(std::size_t g, const NameGroup& group) {
  const PlaceRow& own = gazetteer_.place(group.chosen);
  const std::uint16_t inside = group.inside == kNoPlace ? std::uint16_t{0} : gazetteer_.place(group.inside).admin1;
  const Said own_country = countries_.without(own.country, g), own_admin1 = admin1_.without(own.admin1, g),
             own_inside = admin1_.without(inside, g), own_admin2 = admin2_.without(own.admin2, g);
  for (std::uint32_t i = slots_[g].first; i < slots_[g].first + slots_[g].count; ++i) {
    const PlaceRow& p = gazetteer_.place(place_of(pool_[i].candidate));
    const Said& country = p.country == own.country ? own_country : countries_.of(p.country);
    const Said& admin1 = p.admin1 == own.admin1 ? own_admin1 : p.admin1 == inside ? own_inside : admin1_.of(p.admin1);
    const Said& admin2 = p.admin2 == own.admin2 ? own_admin2 : admin2_.of(p.admin2);
    const bool unit = is_unit(p.place_class);
    float score = unit ? 0 : weight_[RESOLVE("inside-doc-country")] * country.named;
    score += weight_[RESOLVE("same-country")] * country.same;
    if (p.place_class != PlaceClass::kAdmin1)
      score += weight_[RESOLVE("inside-doc-admin1")] * admin1.named + weight_[RESOLVE("same-admin1")] * admin1.same;
    score += weight_[RESOLVE("inside-doc-admin2")] * admin2.named + weight_[RESOLVE("same-admin2")] * admin2.same;
    if (!unit) score += nearness(g, p, at_[i]);
    pool_[i].score = pool_[i].fixed + score;
  }
}

void Resolver::choose(std::vector<NameGroup>& groups) {
  const float heat = std::max(0.05f, weight_[RESOLVE("temperature")]);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (slots_[g].count == 0) continue;
    const auto begin = pool_.begin() + slots_[g].first;
    const auto end = begin + slots_[g].count;
    const auto best = std::max_element(begin, end, [](const auto& a, const auto& b) { return a.score < b.score; });
    float sum = 0;
    for (auto c = begin; c != end; ++c) sum += std::exp((c->score - best->score) / heat);
    groups[g].chosen = place_of(best->candidate);
    groups[g].share = 1 / sum;
  }
}

void Resolver::resolve(const std::array<ZoneView, 2>& views, std::vector<NameGroup>& groups, std::uint32_t home) {
  home_ = home;
  if (home_ != kNoPlace) home_at_ = on_sphere(gazetteer_.place(home_));
  views_ = &views;
  strategic_.reset();
  // The best known of each name tells which regions are named, for candidates beyond kMaxWeighed.
  for (NameGroup& g : groups) {
    g.chosen = g.taken && g.node ? place_of(gazetteer_.candidates(*g.node)[0]) : kNoPlace;
    g.share = g.taken && g.node ? 0.5f : 0;
  }
  if (std::any_of(groups.begin(), groups.end(),
                  [](const NameGroup& g) { return g.taken && g.node && g.node->count > kMaxWeighed; }))
    survey(groups);
  collect(groups);
  at_.assign(pool_.size(), {});
  for (ScoredCandidate& c : pool_) c.score = c.fixed;
  choose(groups);
  for (int pass = 0; pass < 2; ++pass) {
    survey(groups);
    for (std::size_t g = 0; g < groups.size(); ++g)
      if (slots_[g].count > 1) weigh(g, groups[g]);
    choose(groups);
  }
}

std::vector<ScoredCandidate> Resolver::scored(const NameGroup& group) const {
  std::vector<ScoredCandidate> out;
  if (!group.node) return out;
  for (const Slot& slot : slots_) {
    if (slot.count == 0) continue;
    const auto begin = pool_.begin() + slot.first;
    const auto all = gazetteer_.candidates(*group.node);
    if (begin->candidate != all[0]) continue;
    out.assign(begin, begin + slot.count);
    break;
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  return out;
}

}  // namespace tocsin::places
