#include "common/places/compile.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "common/places/features.h"
#include "common/places/gazetteer.h"
#include "common/places/image.h"
#include "common/places/model.h"
#include "common/text/document.h"

namespace tocsin {
namespace {

using namespace places;

// Limits, so that a wrong file fails early and says why.
constexpr std::size_t kMaxNameBytes = 200;
constexpr std::size_t kMaxCandidates = 4000;  // of one name; the least known are dropped
constexpr std::uint32_t kNoPlace = 0xffffffff;

template <typename T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view line, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && line[i] != separator) continue;
    parts.push_back(line.substr(start, i - start));
    start = i + 1;
  }
  return parts;
}

// Calls `row(fields)` for each line that holds something; row gives what is wrong with the line, or nothing.
template <typename Row>
Result<void> each_row(const SourceTable& table, std::size_t least_columns, Row row) {
  std::size_t line_number = 0, at = 0;
  while (at < table.text.size()) {
    std::size_t end = table.text.find('\n', at);
    if (end == std::string::npos) end = table.text.size();
    std::string_view line(table.text.data() + at, end - at);
    at = end + 1;
    ++line_number;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string_view> fields = split(line, '\t');
    std::optional<std::string> wrong;
    if (fields.size() < least_columns)
      wrong = "has " + std::to_string(fields.size()) + " columns, needs " + std::to_string(least_columns);
    else
      wrong = row(fields);
    if (wrong) return fail(table.file + ":" + std::to_string(line_number) + ": " + *wrong);
  }
  return {};
}

bool is_latin(std::string_view name) {
  // Bytes over 0xcf begin Cyrillic and everything behind it; U+1E00 Latin Extended Additional is e1 b8..bb.
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    if (c >= 0xce && c != 0xe1 && c != 0xe2) return false;
  }
  return true;
}

// Of a place where English is spoken, and that is no great city, the lists keep names of hamlets that it swallowed and
// of long ago; news calls it by its name. Measured on 12,000 web articles, docs/places.md.
bool has_one_name(std::string_view country, std::uint32_t population) {
  constexpr std::uint32_t kGreat = 500'000;
  static constexpr std::string_view kEnglish[] = {"AU", "CA", "GB", "US"};
  return population < kGreat && std::ranges::find(kEnglish, country) != std::end(kEnglish);
}

class Builder {
 public:
  Builder() {
    strings_.push_back('\0');
    countries_.emplace_back();
    admin1_.emplace_back();
    admin2_.emplace_back();
  }

  Result<void> read(const GazetteerSources& s);
  Result<std::string> image();

 private:
  using Fields = std::vector<std::string_view>;
  using Wrong = std::optional<std::string>;
  struct NameEntry {
    std::uint64_t key;
    std::uint32_t candidate;
  };
  struct Unit {  // an administrative unit, for the mean of its places
    double lat = 0, lon = 0, weight = 0;
    std::uint64_t population = 0;
  };

  std::uint32_t string(std::string_view text) {
    const auto [it, fresh] = string_at_.try_emplace(std::string(text), static_cast<std::uint32_t>(strings_.size()));
    if (fresh) {
      strings_.append(text);
      strings_.push_back('\0');
    }
    return text.empty() ? 0 : it->second;
  }
  std::uint16_t country(std::string_view iso2) const {
    const auto it = country_at_.find(std::string(iso2));
    return it == country_at_.end() ? std::uint16_t{0} : it->second;
  }

  // The keys of a name's first word, of its first two and so on; the last one is the name's. Empty: it can be no name.
  std::vector<std::uint64_t> keys_of(std::string_view name, std::uint64_t key = 0);
  void add_name(std::string_view name, std::uint32_t place, Strength strength, std::uint8_t flags = 0,
                std::uint64_t key = 0);
  void add_variants(std::string_view name, std::uint32_t place, Strength strength);
  void add_alternates(std::string_view list, std::uint32_t place);
  void add_unit_names(std::string_view name, std::uint32_t place);
  Wrong locate(PlaceRow& row, std::string_view lat, std::string_view lon) const;

  Wrong country_row(const Fields& f);
  Wrong country_name_row(const Fields& f);
  Wrong demonym_row(const Fields& f);
  Wrong unit_row(const Fields& f, int level);
  Wrong place_row(const Fields& f);
  Wrong region_row(const Fields& f);
  Wrong water_row(const Fields& f);
  Wrong site_row(const Fields& f);
  Wrong alias_row(const Fields& f);
  void drop_names(std::string_view list, std::uint32_t place);
  void drop_derived_names();
  Wrong word_row(const Fields& f);
  Wrong weight_row(const Fields& f);
  Wrong home_row(const Fields& f);
  void place_units();
  double prior(const NameEntry& e) const;
  void build_nodes();

  std::string strings_;
  std::unordered_map<std::string, std::uint32_t> string_at_;
  std::vector<PlaceRow> places_;
  std::vector<CountryRow> countries_;
  std::vector<AdminRow> admin1_, admin2_;
  std::vector<Unit> units1_, units2_;
  std::unordered_map<std::string, std::uint16_t> country_at_;
  std::unordered_map<std::string, std::uint16_t> admin1_at_, admin2_at_;  // "US.LA", "US.LA.079"
  std::unordered_map<std::string, std::string> capital_of_;               // ISO alpha-2 to name
  std::unordered_map<std::int64_t, std::uint32_t> by_id_;
  std::unordered_map<std::string, std::uint32_t> by_own_id_;
  std::vector<NameEntry> names_;
  std::vector<std::uint64_t> prefixes_;
  std::unordered_map<std::uint64_t, WordRow> words_;
  std::unordered_map<std::uint64_t, std::uint32_t> homes_;
  std::vector<float> dense_ = std::vector<float>(kDenseFeatures, 0.0f);
  std::vector<NameNode> nodes_;
  std::vector<std::uint32_t> candidates_;
  Document tokens_;
};

std::vector<std::uint64_t> Builder::keys_of(std::string_view name, std::uint64_t key) {
  if (name.empty() || name.size() > kMaxNameBytes) return {};
  tokens_.assign(std::string(name));
  const auto& tokens = tokens_.tokens();
  if (tokens.empty() || tokens.size() > kMaxNameTokens || !tokens[0].is(kWord)) return {};
  std::vector<std::uint64_t> keys;
  keys.reserve(tokens.size());
  for (const Token& t : tokens) keys.push_back(key = extend_key(key, t.hash));
  return keys;
}

void Builder::add_name(std::string_view name, std::uint32_t place, Strength strength, std::uint8_t flags,
                       std::uint64_t key) {
  const std::vector<std::uint64_t> keys = keys_of(name, key);
  if (keys.empty()) return;
  prefixes_.insert(prefixes_.end(), keys.begin(), keys.end() - 1);
  names_.push_back({keys.back(), pack_candidate(place, strength, flags)});
}

// Names with a saint, a mount or a fort are written in two ways.
void Builder::add_variants(std::string_view name, std::uint32_t place, Strength strength) {
  static constexpr std::pair<std::string_view, std::string_view> kShort[] = {
      {"Saint ", "St. "}, {"Saint ", "St "}, {"St. ", "St "},   {"St. ", "Saint "}, {"St ", "St. "},
      {"Mount ", "Mt. "}, {"Mount ", "Mt "}, {"Fort ", "Ft. "}, {"Fort ", "Ft "},   {"Sainte ", "Ste. "}};
  add_name(name, place, strength);
  for (const auto& [full, brief] : kShort)
    if (name.starts_with(full)) add_name(std::string(brief) + std::string(name.substr(full.size())), place, strength);
}

// The alternate names of GeoNames' dumps hold codes and oddities. What helps is kept: words of two or more letters, no
// codes in capitals (airports), no single ideographs.
void Builder::add_alternates(std::string_view list, std::uint32_t place) {
  for (const std::string_view name : split(list, ',')) {
    if (name.empty() || name.find_first_of("0123456789()/") != std::string_view::npos) continue;
    if (is_latin(name)) {
      if (name.size() < 4) continue;
      if (name.size() < 6 && std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
        continue;
    } else if (name.size() < 4) {
      continue;
    }
    add_variants(name, place, Strength::kAlternate);
  }
}

Builder::Wrong Builder::locate(PlaceRow& row, std::string_view lat, std::string_view lon) const {
  const auto la = number<float>(lat), lo = number<float>(lon);
  if (!la || std::abs(*la) > 90 || !lo || std::abs(*lo) > 180)
    return "latitude and longitude must be degrees, not '" + std::string(lat) + "', '" + std::string(lon) + "'";
  row.lat = *la;
  row.lon = *lo;
  return std::nullopt;
}

Builder::Wrong Builder::country_row(const Fields& f) {
  if (f[0].size() != 2 || f[1].size() != 3) return "ISO codes must have two and three letters";
  const auto id = number<std::uint32_t>(f[2]);
  const auto population = number<std::uint64_t>(f[7]);
  if (!id || !population) return "GeoNames id and population must be numbers";
  PlaceRow row;
  if (auto wrong = locate(row, f[5], f[6])) return wrong;
  CountryRow c;
  std::memcpy(c.iso2, f[0].data(), 2);
  std::memcpy(c.iso3, f[1].data(), 3);
  c.capital = kNoPlace;
  const auto index = static_cast<std::uint16_t>(countries_.size());
  const auto place = static_cast<std::uint32_t>(places_.size());
  c.place = place;
  countries_.push_back(c);
  country_at_[std::string(f[0])] = index;
  capital_of_[std::string(f[0])] = std::string(f[8]);
  row.geoname_id = *id;
  row.population = static_cast<std::uint32_t>(std::min<std::uint64_t>(*population, UINT32_MAX));
  row.name = string(f[3]);
  row.kind = string(f[4]);
  row.country = index;
  row.place_class = f[4] == "PCLI" ? PlaceClass::kCountry : PlaceClass::kDependency;
  row.names = 255;
  places_.push_back(row);
  by_id_[*id] = place;
  add_variants(f[3], place, Strength::kCurated);
  for (const auto name : split(f[9], ';')) add_variants(name, place, Strength::kCurated);
  for (const auto demonym : split(f[10], ';')) {
    if (demonym.empty()) continue;
    add_name(demonym, place, Strength::kCurated, kDemonymFlag);
    const char last = demonym.back();
    if (last != 's' && last != 'h' && !demonym.ends_with("ese") && !demonym.ends_with("men"))
      add_name(std::string(demonym) + "s", place, Strength::kCurated, kDemonymFlag);
  }
  return std::nullopt;
}

Builder::Wrong Builder::country_name_row(const Fields& f) {
  const std::uint16_t c = country(f[0]);
  if (c == 0) return "no country '" + std::string(f[0]) + "'";
  for (const auto name : split(f[1], ';')) add_name(name, countries_[c].place, Strength::kMain);
  return std::nullopt;
}

Builder::Wrong Builder::demonym_row(const Fields& f) {
  std::uint32_t place = kNoPlace;
  if (const std::uint16_t c = country(f[0]))
    place = countries_[c].place;
  else if (const auto id = number<std::int64_t>(f[0]); id && by_id_.contains(*id))
    place = by_id_.at(*id);
  if (place == kNoPlace) return "no country and no region '" + std::string(f[0]) + "'";
  for (const auto word : split(f[1], ';')) add_name(word, place, Strength::kCurated, kDemonymFlag, kAdjectiveKey);
  return std::nullopt;
}

// "Rapides Parish" is called Rapides too, "Moscow Oblast" is not called Moscow: weak evidence, for the resolver to
// weigh.
void Builder::add_unit_names(std::string_view name, std::uint32_t place) {
  static constexpr std::string_view kTails[] = {
      " County", " Parish",      " Province",   " Governorate",  " District",    " Prefecture",
      " Region", " Oblast",      " Department", " Municipality", " Borough",     " Shire",
      " Krai",   " Voivodeship", " Regency",    " State",        " Census Area", " Canton"};
  static constexpr std::string_view kHeads[] = {
      "Province of ",       "Provincia di ",   "Provincia de ",   "County of ",
      "City of ",           "State of ",       "Borough of ",     "City and Borough of ",
      "Département de la ", "Département de ", "Département du ", "Kabupaten ",
      "Landkreis ",         "Kreis "};
  add_variants(name, place, Strength::kMain);
  for (const auto tail : kTails)
    if (name.ends_with(tail)) add_variants(name.substr(0, name.size() - tail.size()), place, Strength::kDerived);
  for (const auto head : kHeads)
    if (name.starts_with(head)) add_variants(name.substr(head.size()), place, Strength::kDerived);
}

Builder::Wrong Builder::unit_row(const Fields& f, int level) {
  const std::string_view code = f[0];
  const auto id = number<std::uint32_t>(f[1]);
  const std::uint16_t c = country(code.substr(0, 2));
  if (!id || c == 0 || code.size() < 4) return "needs a code like US.LA and a GeoNames id";
  auto& rows = level == 1 ? admin1_ : admin2_;
  auto& at = level == 1 ? admin1_at_ : admin2_at_;
  if (rows.size() >= UINT16_MAX) return "more than 65,534 units of one level";
  const auto index = static_cast<std::uint16_t>(rows.size());
  const auto place = static_cast<std::uint32_t>(places_.size());
  PlaceRow row;
  row.geoname_id = *id;
  row.name = string(f[2]);
  row.kind = string(level == 1 ? "ADM1" : "ADM2");
  row.country = c;
  row.place_class = level == 1 ? PlaceClass::kAdmin1 : PlaceClass::kAdmin2;
  if (level == 1) {
    row.admin1 = index;
  } else {
    const auto parent = admin1_at_.find(std::string(code.substr(0, code.find('.', 3))));
    row.admin1 = parent == admin1_at_.end() ? std::uint16_t{0} : parent->second;
    row.admin2 = index;
  }
  places_.push_back(row);
  by_id_[*id] = place;
  at[std::string(code)] = index;
  rows.push_back({string(code.substr(code.rfind('.') + 1)), place, c});
  add_unit_names(f[2], place);
  if (f.size() > 3) add_unit_names(f[3], place);
  return std::nullopt;
}

Builder::Wrong Builder::place_row(const Fields& f) {
  if (f[6] != "P") return std::nullopt;
  const auto id = number<std::uint32_t>(f[0]);
  const auto population = number<std::uint64_t>(f[14]);
  if (!id) return "GeoNames id must be a number";
  if (f[7] == "PPLH" || f[7] == "PPLW" || f[7] == "PPLQ") return std::nullopt;  // no longer there
  if (places_.size() >= kMaxPlaces - 1) return "more than 16 million places";
  PlaceRow row;
  if (auto wrong = locate(row, f[4], f[5])) return wrong;
  row.geoname_id = *id;
  row.population = static_cast<std::uint32_t>(std::min<std::uint64_t>(population.value_or(0), UINT32_MAX));
  row.name = string(f[1]);
  row.kind = string(f[7]);
  row.country = country(f[8]);
  row.place_class = f[7] == "PPLC" ? PlaceClass::kCapital : f[7] == "PPLX" ? PlaceClass::kSection : PlaceClass::kCity;
  const std::string code1 = std::string(f[8]) + "." + std::string(f[10]);
  const std::string code2 = code1 + "." + std::string(f[11]);
  if (const auto it = admin1_at_.find(code1); it != admin1_at_.end()) row.admin1 = it->second;
  if (const auto it = admin2_at_.find(code2); it != admin2_at_.end()) row.admin2 = it->second;
  row.names = static_cast<std::uint8_t>(
      f[3].empty() ? 0 : std::min<std::ptrdiff_t>(255, 1 + std::count(f[3].begin(), f[3].end(), ',')));
  const auto place = static_cast<std::uint32_t>(places_.size());
  places_.push_back(row);
  by_id_[*id] = place;
  add_variants(f[1], place, Strength::kMain);
  if (f[2] != f[1]) add_variants(f[2], place, Strength::kMain);
  if (!has_one_name(f[8], row.population)) add_alternates(f[3], place);
  const double weight = static_cast<double>(row.population) + 1;
  const auto add = [&](Unit& u) {
    u.lat += weight * row.lat;
    u.lon += weight * row.lon;
    u.weight += weight;
    u.population += row.population;
  };
  units1_.resize(admin1_.size());
  units2_.resize(admin2_.size());
  if (row.admin1) add(units1_[row.admin1]);
  if (row.admin2) add(units2_[row.admin2]);
  if (f[7] == "PPLC" && row.country && countries_[row.country].capital == kNoPlace)
    countries_[row.country].capital = place;
  return std::nullopt;
}

// Units have no coordinates of their own: the mean of their places, weighted by population.
void Builder::place_units() {
  units1_.resize(admin1_.size());
  units2_.resize(admin2_.size());
  const auto set = [&](const std::vector<AdminRow>& rows, const std::vector<Unit>& units) {
    for (std::size_t i = 1; i < rows.size(); ++i) {
      PlaceRow& row = places_[rows[i].place];
      if (units[i].weight > 0) {
        row.lat = static_cast<float>(units[i].lat / units[i].weight);
        row.lon = static_cast<float>(units[i].lon / units[i].weight);
        row.population = static_cast<std::uint32_t>(std::min<std::uint64_t>(units[i].population, UINT32_MAX));
      } else {
        // Without any place of ours in it: the centre of what contains it, and no weight against others.
        const std::uint32_t parent =
            row.admin2 && row.admin1 ? admin1_[row.admin1].place : countries_[row.country].place;
        row.lat = places_[parent].lat;
        row.lon = places_[parent].lon;
      }
    }
  };
  set(admin1_, units1_);
  set(admin2_, units2_);
}

PlaceClass class_of_feature(std::string_view kind) {
  static constexpr std::string_view kWater[] = {"OCN", "SEA", "GULF", "STRT", "BAY",  "CHN",  "SD", "STM",
                                                "LK",  "RSV", "FJD",  "LGN",  "INLT", "FLLS", "RF", "SHOL"};
  static constexpr std::string_view kRegion[] = {"CONT", "RGN", "ZN", "PEN", "ISL", "ISLS", "AREA"};
  if (std::find(std::begin(kWater), std::end(kWater), kind) != std::end(kWater)) return PlaceClass::kWater;
  if (std::find(std::begin(kRegion), std::end(kRegion), kind) != std::end(kRegion)) return PlaceClass::kRegion;
  return PlaceClass::kNature;
}

Builder::Wrong Builder::region_row(const Fields& f) {
  // name, kind, GeoNames id or -, country or -, latitude, longitude, importance, other names, demonyms
  PlaceRow row;
  if (auto wrong = locate(row, f[4], f[5])) return wrong;
  const auto importance = number<std::uint32_t>(f[6]);
  const auto id = f[2] == "-" ? std::optional<std::uint32_t>(0) : number<std::uint32_t>(f[2]);
  if (!importance || !id) return "importance and GeoNames id must be numbers";
  if (f[3] != "-") {
    row.country = country(f[3]);
    if (row.country == 0) return "no country '" + std::string(f[3]) + "'";
  }
  row.geoname_id = *id;
  row.population = *importance;
  row.name = string(f[0]);
  row.kind = string(f[1]);
  row.place_class = class_of_feature(f[1]);
  row.names = 50;
  const auto place = static_cast<std::uint32_t>(places_.size());
  places_.push_back(row);
  if (*id) by_id_[*id] = place;
  add_variants(f[0], place, Strength::kCurated);
  if (f.size() > 7)
    for (const auto name : split(f[7], ';')) add_variants(name, place, Strength::kCurated);
  if (f.size() > 8)
    for (const auto name : split(f[8], ';')) add_name(name, place, Strength::kCurated, kDemonymFlag);
  return std::nullopt;
}

Builder::Wrong Builder::water_row(const Fields& f) {
  // name, kind, rank (0 the best known .. 9), latitude, longitude
  PlaceRow row;
  if (auto wrong = locate(row, f[3], f[4])) return wrong;
  const auto rank = number<float>(f[2]);
  if (!rank || *rank < 0 || *rank > 12) return "rank must be 0 to 12";
  row.population = static_cast<std::uint32_t>(2e6 * std::pow(2.2, -static_cast<double>(*rank)));
  row.name = string(f[0]);
  row.kind = string(f[1]);
  row.place_class = class_of_feature(f[1]);
  row.names = static_cast<std::uint8_t>(std::max(0.0f, 20 - 3 * *rank));
  const auto place = static_cast<std::uint32_t>(places_.size());
  places_.push_back(row);
  add_variants(f[0], place, Strength::kMain);
  if (f[1] == "STM" && f[0].find(' ') == std::string_view::npos) {
    add_name(std::string(f[0]) + " River", place, Strength::kMain);
    add_name("River " + std::string(f[0]), place, Strength::kMain);
  }
  return std::nullopt;
}

Builder::Wrong Builder::site_row(const Fields& f) {
  // id, kind, name, country, latitude, longitude, importance, other spellings, source
  PlaceRow row;
  if (auto wrong = locate(row, f[4], f[5])) return wrong;
  const auto importance = number<std::uint32_t>(f[6]);
  if (!importance) return "importance must be a number";
  if (f[3] != "-") {
    row.country = country(f[3]);
    if (row.country == 0) return "no country '" + std::string(f[3]) + "'";
  }
  if (by_own_id_.count(std::string(f[0]))) return "id '" + std::string(f[0]) + "' stands twice";
  row.population = *importance;
  row.own_id = string(f[0]);
  row.name = string(f[2]);
  row.kind = string(f[1]);
  row.place_class = PlaceClass::kSite;
  row.names = 30;
  const auto place = static_cast<std::uint32_t>(places_.size());
  places_.push_back(row);
  by_own_id_[std::string(f[0])] = place;
  add_variants(f[2], place, Strength::kCurated);
  for (const auto name : split(f[7], ';')) add_variants(name, place, Strength::kCurated);
  return std::nullopt;
}

// Of one place, or, kNoPlace, of all; not from our own tables.
void Builder::drop_names(std::string_view list, std::uint32_t place) {
  std::unordered_set<std::uint64_t> keys;
  for (const auto name : split(list, ';'))
    if (const auto of_name = keys_of(name); !of_name.empty()) keys.insert(of_name.back());
  std::erase_if(names_, [&](const NameEntry& e) {
    return keys.contains(e.key) && strength_of(e.candidate) != Strength::kCurated &&
           (place == kNoPlace || place_of(e.candidate) == place);
  });
}

// "Harris" of "Harris County", "Utah" of "Utah County": names that were made from others, and are words, names of
// people, or of states.
void Builder::drop_derived_names() {
  constexpr std::uint32_t kOther = kGivenName | kSurname | kCommon | kOrdinary | kFunction | kCalendar | kTitle;
  std::unordered_set<std::uint64_t> keys;
  for (const auto& [hash, row] : words_)
    if ((row.classes & kOther) != 0) keys.insert(extend_key(0, hash));
  for (const NameEntry& e : names_) {
    const PlaceClass of = places_[place_of(e.candidate)].place_class;
    const bool state = of == PlaceClass::kAdmin1 || of == PlaceClass::kCountry;
    if (state && strength_of(e.candidate) >= Strength::kMain) keys.insert(e.key);
  }
  std::erase_if(names_, [&keys](const NameEntry& e) {
    return strength_of(e.candidate) == Strength::kDerived && keys.contains(e.key);
  });
}

Builder::Wrong Builder::alias_row(const Fields& f) {
  // names, GeoNames id or own id, how (name, abbreviation, demonym, never); never with the id - is of all places
  const bool never = f[2] == "never", of_all = never && f[1] == "-";
  std::uint32_t place = kNoPlace;
  if (const auto id = number<std::int64_t>(f[1])) {
    if (const auto it = by_id_.find(*id); it != by_id_.end()) place = it->second;
  } else if (const auto it = by_own_id_.find(std::string(f[1])); it != by_own_id_.end()) {
    place = it->second;
  }
  if (place == kNoPlace && !of_all) return std::nullopt;  // a smaller set of populated places has not all of them
  if (never) {
    drop_names(f[0], place);
    return std::nullopt;
  }
  const std::uint8_t flags = f[2] == "abbreviation" ? kAbbreviationFlag : f[2] == "demonym" ? kDemonymFlag : 0;
  if (flags == 0 && f[2] != "name") return "third column must be name, abbreviation, demonym or never";
  for (const auto name : split(f[0], ';')) {
    add_name(name, place, Strength::kCurated, flags);
    // The full stop may belong to the sentence.
    if (flags == kAbbreviationFlag && name.find('.') == name.size() - 1)
      add_name(name.substr(0, name.size() - 1), place, Strength::kCurated, flags);
  }
  return std::nullopt;
}

Builder::Wrong Builder::word_row(const Fields& f) {
  // class, words separated by blanks
  std::uint32_t bit = 0;
  for (const auto& c : kWordClassNames)
    if (c.name == f[0]) bit = c.bit;
  if (bit == 0) return "no word class '" + std::string(f[0]) + "'";
  for (const auto word : split(f[1], ' ')) {
    if (word.empty()) continue;
    const std::uint64_t key = hash_word(fold(word));
    WordRow& row = words_[key];
    row.key = key;
    row.classes |= bit;
  }
  return std::nullopt;
}

Builder::Wrong Builder::weight_row(const Fields& f) {
  // feature, weight
  const auto weight = number<float>(f[1]);
  if (!weight || !std::isfinite(*weight)) return "weight must be a number";
  static constexpr std::pair<std::string_view, float WordRow::*> kLexical[] = {
      {"prev=", &WordRow::prev}, {"next=", &WordRow::next}, {"prev2=", &WordRow::prev2}, {"next2=", &WordRow::next2}};
  for (const auto& [prefix, member] : kLexical) {
    if (!f[0].starts_with(prefix)) continue;
    const std::uint64_t key = hash_word(f[0].substr(prefix.size()));
    WordRow& row = words_[key];
    row.key = key;
    row.*member = *weight;
    return std::nullopt;
  }
  const auto feature = dense_feature(f[0]);
  if (!feature) return "no feature '" + std::string(f[0]) + "'";
  dense_[*feature] = *weight;
  return std::nullopt;
}

Builder::Wrong Builder::home_row(const Fields& f) {
  // names and domains separated by semicolons, GeoNames id
  const auto id = number<std::int64_t>(f[1]);
  if (!id) return "GeoNames id must be a number";
  const auto it = by_id_.find(*id);
  if (it == by_id_.end()) return std::nullopt;
  for (const auto name : split(f[0], ';'))
    if (!name.empty()) homes_[hash_word(fold(name))] = it->second;
  return std::nullopt;
}

Result<void> Builder::read(const GazetteerSources& s) {
  Result<void> done;
  const auto table = [&](const SourceTable& t, std::size_t columns, Wrong (Builder::*row)(const Fields&)) {
    if (done) done = each_row(t, columns, [&](const Fields& f) { return (this->*row)(f); });
  };
  table(s.countries, 11, &Builder::country_row);
  table(s.country_names, 2, &Builder::country_name_row);
  if (done) done = each_row(s.admin1, 3, [&](const Fields& f) { return unit_row(f, 1); });
  if (done) done = each_row(s.admin2, 3, [&](const Fields& f) { return unit_row(f, 2); });
  table(s.places, 15, &Builder::place_row);
  place_units();
  table(s.regions, 7, &Builder::region_row);
  table(s.demonyms, 2, &Builder::demonym_row);
  table(s.waters, 5, &Builder::water_row);
  table(s.sites, 8, &Builder::site_row);
  table(s.aliases, 3, &Builder::alias_row);
  table(s.words, 2, &Builder::word_row);
  if (done) drop_derived_names();
  table(s.weights, 2, &Builder::weight_row);
  table(s.homes, 2, &Builder::home_row);
  return done;
}

// Order among the places of one name: how well known. The resolver starts from it.
double Builder::prior(const NameEntry& e) const {
  const PlaceRow& p = places_[place_of(e.candidate)];
  const auto strength = static_cast<double>(strength_of(e.candidate));
  double score = std::log(static_cast<double>(p.population) + 100) + 1.5 * strength + 0.3 * std::log(1.0 + p.names);
  if (p.place_class == PlaceClass::kCountry) score += 6;
  if (p.place_class == PlaceClass::kAdmin1) score -= 1;
  if (p.place_class == PlaceClass::kAdmin2) score -= 3;
  return score;
}

template <typename Row>
void insert(std::vector<Row>& table, const Row& row) {
  const std::size_t mask = table.size() - 1;
  std::size_t i = row.key & mask;
  while (table[i].key != 0) i = (i + 1) & mask;
  table[i] = row;
}

std::size_t table_size(std::size_t rows) { return std::bit_ceil(rows * 3 / 2 + 2); }

void Builder::build_nodes() {
  std::sort(prefixes_.begin(), prefixes_.end());
  prefixes_.erase(std::unique(prefixes_.begin(), prefixes_.end()), prefixes_.end());
  // By name; one place once, with its strongest claim to the name.
  std::sort(names_.begin(), names_.end(), [](const NameEntry& a, const NameEntry& b) {
    if (a.key != b.key) return a.key < b.key;
    if (place_of(a.candidate) != place_of(b.candidate)) return place_of(a.candidate) < place_of(b.candidate);
    return a.candidate > b.candidate;
  });
  names_.erase(std::unique(names_.begin(), names_.end(),
                           [](const NameEntry& a, const NameEntry& b) {
                             return a.key == b.key && place_of(a.candidate) == place_of(b.candidate);
                           }),
               names_.end());
  std::vector<NameNode> rows;
  for (std::size_t i = 0; i < names_.size();) {
    std::size_t end = i;
    while (end < names_.size() && names_[end].key == names_[i].key) ++end;
    std::stable_sort(names_.begin() + static_cast<std::ptrdiff_t>(i), names_.begin() + static_cast<std::ptrdiff_t>(end),
                     [&](const NameEntry& a, const NameEntry& b) { return prior(a) > prior(b); });
    NameNode node;
    node.key = names_[i].key;
    node.first = static_cast<std::uint32_t>(candidates_.size());
    node.count = static_cast<std::uint16_t>(std::min(end - i, kMaxCandidates));
    for (std::size_t k = i; k < i + node.count; ++k) candidates_.push_back(names_[k].candidate);
    rows.push_back(node);
    i = end;
  }
  std::vector<NameNode> prefix_only;
  std::size_t r = 0;
  for (const std::uint64_t key : prefixes_) {
    while (r < rows.size() && rows[r].key < key) ++r;
    if (r < rows.size() && rows[r].key == key)
      rows[r].flags |= kContinues;
    else
      prefix_only.push_back({key, 0, 0, kContinues});
  }
  rows.insert(rows.end(), prefix_only.begin(), prefix_only.end());
  nodes_.resize(table_size(rows.size()));
  for (const NameNode& node : rows) insert(nodes_, node);
}

Result<std::string> Builder::image() {
  build_nodes();
  const auto hashed = [](const auto& map, auto make) {
    using Row = decltype(make(*map.begin()));
    std::vector<Row> rows;
    rows.reserve(map.size());
    for (const auto& entry : map) rows.push_back(make(entry));
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.key < b.key; });
    std::vector<Row> table(table_size(rows.size()));
    for (const Row& row : rows) insert(table, row);
    return table;
  };
  const auto words = hashed(words_, [](const auto& entry) { return entry.second; });
  const auto homes = hashed(homes_, [](const auto& entry) { return HomeRow{entry.first, entry.second, 0}; });
  if (strings_.size() > UINT32_MAX) return fail("gazetteer: more than 4 GB of names");

  ImageHeader header;
  std::string out(sizeof header, '\0');
  const auto add = [&](SectionId id, const auto& rows) {
    out.resize((out.size() + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment, '\0');
    header.section[id] = {out.size(), rows.size()};
    out.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(rows[0]));
  };
  add(kNodes, nodes_);
  add(kCandidates, candidates_);
  add(kPlaces, places_);
  add(kCountries, countries_);
  add(kAdmin1, admin1_);
  add(kAdmin2, admin2_);
  add(kWords, words);
  add(kHomes, homes);
  add(kDense, dense_);
  add(kStrings, strings_);
  header.bytes = out.size();
  header.checksum = image_checksum(std::string_view(out).substr(sizeof header));
  std::memcpy(out.data(), &header, sizeof header);
  return out;
}

Result<std::string> read_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (!file) return fail(path + ": cannot be read");
  std::string text;
  char buffer[1 << 16];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) text.append(buffer, n);
  const bool broken = std::ferror(file) != 0;
  std::fclose(file);
  if (broken) return fail(path + ": cannot be read to its end");
  return text;
}

}  // namespace

Result<GazetteerSources> read_gazetteer_sources(const std::string& folder, const std::string& places_file) {
  GazetteerSources sources;
  const std::pair<SourceTable*, std::string> files[] = {
      {&sources.places, places_file},
      {&sources.countries, folder + "/countries.tsv"},
      {&sources.country_names, folder + "/country_names.tsv"},
      {&sources.demonyms, folder + "/demonyms.tsv"},
      {&sources.admin1, folder + "/admin1.tsv"},
      {&sources.admin2, folder + "/admin2.tsv"},
      {&sources.regions, folder + "/regions.tsv"},
      {&sources.waters, folder + "/waters.tsv"},
      {&sources.sites, folder + "/strategic_sites.tsv"},
      {&sources.aliases, folder + "/aliases.tsv"},
      {&sources.words, folder + "/words.tsv"},
      {&sources.weights, folder + "/weights.tsv"},
      {&sources.homes, folder + "/source_homes.tsv"},
  };
  for (const auto& [table, path] : files) {
    auto text = read_file(path);
    if (!text) return tl::make_unexpected(text.error());
    *table = {path, std::move(*text)};
  }
  return sources;
}

Result<std::string> compile_gazetteer(const GazetteerSources& sources) {
  Builder builder;
  if (auto done = builder.read(sources); !done) return tl::make_unexpected(done.error());
  return builder.image();
}

}  // namespace tocsin
