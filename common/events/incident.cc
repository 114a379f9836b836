#include "common/events/incident.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "common/article/bytes.h"
#include "common/events/incident_book.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kFormat = 2;  // is written where an incident is several types; else 1, which has no such set

void write_strings(ByteWriter& w, const std::vector<std::string>& v) {
  w.varint(v.size());
  for (const std::string& s : v) w.str(s);
}

void write_claim(ByteWriter& w, const Claim& c) {
  w.u8(static_cast<std::uint8_t>(c.type));
  w.u8(c.security);
  w.u8(static_cast<std::uint8_t>(c.factuality));
  w.u8(static_cast<std::uint8_t>(c.salience));
  w.u8(c.severity);
  w.f32(c.confidence);
  write_strings(w, c.actors);
  w.str(c.target);
  w.str(c.weapon_class);
  w.str(c.weapon_designation);
  w.svarint(c.weapon_count);
  w.str(c.place_name);
  w.str(c.place_kind);
  w.str(c.country);
  w.svarint(c.geoname_id);
  w.f32(c.lat);
  w.f32(c.lon);
  w.u8(c.placed);
  w.str(c.day);
  w.u8(c.another);
  w.str(c.json);
}

template <typename E>
E read_enum(ByteReader& r, int count) {
  const std::uint8_t v = r.u8();
  if (v < count) return static_cast<E>(v);
  r.fail();
  return E{};
}

Claim read_claim(ByteReader& r) {
  Claim c;
  c.type = read_enum<EventType>(r, kEventTypes);
  c.security = r.u8() != 0;
  c.factuality = read_enum<Factuality>(r, static_cast<int>(Factuality::kHistorical) + 1);
  c.salience = read_enum<Salience>(r, static_cast<int>(Salience::kBackground) + 1);
  c.severity = r.u8();
  c.confidence = r.f32();
  c.actors.resize(r.count());
  for (std::string& a : c.actors) a = r.str();
  c.target = r.str();
  c.weapon_class = r.str();
  c.weapon_designation = r.str();
  c.weapon_count = static_cast<std::int32_t>(r.svarint());
  c.place_name = r.str();
  c.place_kind = r.str();
  c.country = r.str();
  c.geoname_id = r.svarint();
  c.lat = r.f32();
  c.lon = r.f32();
  c.placed = r.u8() != 0;
  c.day = r.str();
  c.another = r.u8() != 0;
  c.json = r.str();
  return c;
}

double km_between(const Claim& a, const Claim& b) {
  constexpr double kRadians = 3.14159265358979323846 / 180;
  const double lat1 = static_cast<double>(a.lat) * kRadians;
  const double lat2 = static_cast<double>(b.lat) * kRadians;
  const double lon = static_cast<double>(b.lon - a.lon) * kRadians;
  const double s = std::sin((lat2 - lat1) / 2);
  const double t = std::sin(lon / 2);
  return 2 * 6371.0088 * std::asin(std::min(1.0, std::sqrt(s * s + std::cos(lat1) * std::cos(lat2) * t * t)));
}

// How little a type says of what was done. 0: what it was done with, or to whom; 1: by whom; 2: that there was
// fighting, or where.
int vagueness(EventType type) {
  switch (type) {
    case EventType::kArmedClash:
    case EventType::kArson:
    case EventType::kBorderIncident:
    case EventType::kCivilUnrest:
    case EventType::kMilitaryMovement:
      return 2;
    case EventType::kBombardment:
    case EventType::kKidnapping:
    case EventType::kMaritimeAirIncident:
    case EventType::kTerrorAttack:
      return 1;
    default:
      return 0;
  }
}

bool is_state(const Claim& c) { return c.place_kind.starts_with("PCL"); }

enum class Agreement { kDiffers, kUnknown, kAgrees };

Agreement places(const Claim& a, const Claim& b) {
  if (a.place_name.empty() || b.place_name.empty()) return Agreement::kUnknown;
  if (a.geoname_id != 0 && a.geoname_id == b.geoname_id) return Agreement::kAgrees;
  if (!a.placed || !b.placed) return a.place_name == b.place_name ? Agreement::kAgrees : Agreement::kUnknown;
  // A state and a place of another: the one may be where it came from, the other where it fell.
  if (is_state(a) || is_state(b))
    return a.country == b.country && !a.country.empty() ? Agreement::kAgrees : Agreement::kUnknown;
  return km_between(a, b) <= IncidentBook::kNearKm ? Agreement::kAgrees : Agreement::kDiffers;
}

bool is_name(const std::string& actor) {
  constexpr std::array<std::string_view, 8> kAnybody = {"militants",  "rebels", "insurgents", "separatists",
                                                        "guerrillas", "gunmen", "terrorists", "extremists"};
  std::string folded = actor;
  if (!folded.empty() && folded[0] >= 'A' && folded[0] <= 'Z') folded[0] = static_cast<char>(folded[0] - 'A' + 'a');
  return std::ranges::find(kAnybody, folded) == kAnybody.end();
}

// "Gunmen" here and "gunmen" there are not for that the same.
Agreement actors(const Claim& a, const Claim& b) {
  if (a.actors.empty() || b.actors.empty()) return Agreement::kUnknown;
  Agreement found = Agreement::kDiffers;
  for (const std::string& x : a.actors)
    if (std::ranges::find(b.actors, x) != b.actors.end())
      found = std::max(found, is_name(x) ? Agreement::kAgrees : Agreement::kUnknown);
  return found;
}

// "missile" may be any of them; "rocket" and "drone" are not.
Agreement weapons(const Claim& a, const Claim& b) {
  if (!a.weapon_designation.empty() && !b.weapon_designation.empty())
    return a.weapon_designation == b.weapon_designation ? Agreement::kAgrees : Agreement::kDiffers;
  if (a.weapon_class.empty() || b.weapon_class.empty()) return Agreement::kUnknown;
  if (a.weapon_class == b.weapon_class) return Agreement::kAgrees;
  const auto general = [](const std::string& w) {
    return w == "missile" || w == "ballistic" || w == "surface_to_surface";
  };
  return general(a.weapon_class) || general(b.weapon_class) ? Agreement::kUnknown : Agreement::kDiffers;
}

}  // namespace

bool leads(const Claim& a, const Claim& b) {
  return a.severity != b.severity ? a.severity > b.severity : vagueness(a.type) < vagueness(b.type);
}

bool names_a_deed(EventType type) {
  return type == EventType::kBombing || type == EventType::kTerrorAttack || type == EventType::kAssassination;
}

bool same_day_and_town(const Incident& incident, const Claim& claim, std::optional<int> day, int record_day) {
  if (!day && claim.salience != Salience::kMain) return false;
  return day.value_or(record_day) == incident.day && claim.place_kind.starts_with("PPL") &&
         claim.geoname_id == incident.claim.geoname_id;
}

std::uint32_t Incident::sources() const {
  std::vector<std::uint64_t> known;
  for (const Report& r : reports)
    if (r.provider != 0 && std::ranges::find(known, r.provider) == known.end()) known.push_back(r.provider);
  return std::max<std::uint32_t>(1, static_cast<std::uint32_t>(known.size()));
}

bool Incident::operator==(const Incident& other) const {
  std::string a;
  std::string b;
  append_incident(*this, a);
  append_incident(other, b);
  return a == b;
}

void append_incident(const Incident& i, std::string& out) {
  ByteWriter w(out);
  const bool several = i.types.count() > 1;
  w.u8(several ? kFormat : 1);
  w.str(i.id);
  write_claim(w, i.claim);
  w.svarint(i.day);
  w.u8(i.day_stated);
  w.svarint(i.first_ms);
  w.svarint(i.last_ms);
  w.varint(i.sequence);
  w.u8(static_cast<std::uint8_t>(i.rung | i.corroborated << 1 | i.denied << 2 | i.withdrawn << 3));
  w.varint(i.stories);
  w.varint(i.reports.size());
  for (const Report& r : i.reports) {
    w.u64(r.cluster);
    w.u64(r.provider);
  }
  if (several) w.u32(static_cast<std::uint32_t>(i.types.to_ulong()));
}

std::optional<Incident> read_incident(std::string_view bytes) {
  ByteReader r(bytes);
  const std::uint8_t format = r.u8();
  if (format == 0 || format > kFormat) return std::nullopt;
  Incident i;
  i.id = r.str();
  i.claim = read_claim(r);
  i.day = static_cast<int>(r.svarint());
  i.day_stated = r.u8() != 0;
  i.first_ms = r.svarint();
  i.last_ms = r.svarint();
  i.sequence = static_cast<std::uint32_t>(r.varint());
  const std::uint8_t flags = r.u8();
  i.rung = (flags & 1) != 0;
  i.corroborated = (flags & 2) != 0;
  i.denied = (flags & 4) != 0;
  i.withdrawn = (flags & 8) != 0;
  i.stories = static_cast<std::uint32_t>(r.varint());
  i.reports.resize(r.count(16));
  for (Report& report : i.reports) {
    report.cluster = r.u64();
    report.provider = r.u64();
  }
  const std::uint32_t types = format == 1 ? 1U << static_cast<int>(i.claim.type) : r.u32();
  i.types = types;
  if (!r.ok() || !r.at_end() || types >> kEventTypes != 0 || !i.is(i.claim.type)) return std::nullopt;
  return i;
}

int fit(const Incident& incident, const Claim& claim, std::optional<int> day, int record_day) {
  const Claim& known = incident.claim;
  if (!incident.is(claim.type) && !(names_a_deed(known.type) && names_a_deed(claim.type))) return 0;
  int score = 1;
  if (day && incident.day_stated) {
    if (*day != incident.day) return 0;
    score += 4;
  } else if (day) {
    // The first report named no day: it came out on the day itself or the one after.
    if (*day > incident.day || incident.day - *day > 2) return 0;
    score += incident.day == *day ? 3 : 2;
  } else {
    const int apart = record_day - incident.day;
    // What a story is about and gives no day happened on its own day or the one before.
    const int reach = claim.salience == Salience::kMain ? 1 : static_cast<int>(IncidentBook::kFollowUpMs / 86'400'000);
    if (apart < -1 || apart > reach) return 0;
    score += apart <= 1 ? 3 : apart <= 3 ? 1 : 0;
  }
  const Agreement actor = actors(known, claim);
  const Agreement place = places(known, claim);
  const Agreement weapon = weapons(known, claim);
  if (actor == Agreement::kDiffers || place == Agreement::kDiffers || weapon == Agreement::kDiffers) return 0;
  if (actor == Agreement::kUnknown && place == Agreement::kUnknown) return 0;
  if (claim.another != known.another && claim.another) return 0;
  score += actor == Agreement::kAgrees ? 8 : 0;
  score += place == Agreement::kAgrees ? 8 : 0;
  score += weapon == Agreement::kAgrees ? 4 : 0;
  if (claim.weapon_count != 0 && known.weapon_count != 0) score += claim.weapon_count == known.weapon_count ? 2 : -2;
  score += claim.another == known.another ? 1 : 0;
  return std::max(score, 1);
}

Learnt learn(Incident& incident, const Claim& claim, std::optional<int> day) {
  Learnt learnt;
  Claim& known = incident.claim;
  const bool disputes = claim.factuality == Factuality::kDenied || claim.factuality == Factuality::kDisputed;
  if (disputes && !incident.denied) learnt.denied = incident.denied = true;
  if (disputes)
    known.factuality = Factuality::kDisputed;
  else if (claim.factuality == Factuality::kOccurred && known.factuality == Factuality::kClaimed)
    known.factuality = Factuality::kOccurred;
  incident.types.set(static_cast<std::size_t>(claim.type));
  const bool speaks = !leads(known, claim);  // it may stand for the incident
  if (claim.severity > known.severity) {
    learnt.escalated = true;
    known.severity = claim.severity;
    known.type = claim.type;
    known.json = claim.json;
  }
  known.salience = std::min(known.salience, claim.salience);
  known.security |= claim.security;
  for (const std::string& a : claim.actors)
    if (std::ranges::find(known.actors, a) == known.actors.end() && known.actors.size() < 8) known.actors.push_back(a);
  if (known.target.empty()) known.target = claim.target;
  if (known.weapon_class.empty() || known.weapon_class == "missile")
    if (!claim.weapon_class.empty()) known.weapon_class = claim.weapon_class;
  if (known.weapon_designation.empty()) known.weapon_designation = claim.weapon_designation;
  if (known.weapon_count == 0) known.weapon_count = claim.weapon_count;
  const bool nearer = claim.placed && (!known.placed || (is_state(known) && !is_state(claim)));
  if (nearer) {
    learnt.placed = true;
    known.place_name = claim.place_name;
    known.place_kind = claim.place_kind;
    known.country = claim.country;
    known.geoname_id = claim.geoname_id;
    known.lat = claim.lat;
    known.lon = claim.lon;
    known.placed = true;
    if (speaks) {
      known.type = claim.type;
      known.json = claim.json;
    }
  }
  if (day && !incident.day_stated) {
    incident.day = *day;
    incident.day_stated = true;
    known.day = claim.day;
  }
  return learnt;
}

}  // namespace tocsin
