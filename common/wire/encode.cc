#include "common/wire/encode.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "common/wire/code_points.h"
#include "common/wire/date.h"
#include "common/wire/json_writer.h"

namespace tocsin {
namespace {

constexpr std::string_view kSchema = "tocsin/1";

struct MediaTopic {
  std::string_view code;
  std::string_view name;
};

// IPTC Media Topics (cv.iptc.org/newscodes/mediatopic) by event type. There is none for a missile launch and the like:
// those are armed conflict, and our own name stands beside it.
MediaTopic media_topic(EventType type) {
  constexpr MediaTopic kConflict{"16000000", "conflict, war and peace"};
  constexpr MediaTopic kArmed{"20000056", "armed conflict"};
  constexpr MediaTopic kCrime{"20000082", "crime"};
  switch (type) {
    case EventType::kMissileLaunch:
    case EventType::kRocketAttack:
    case EventType::kAirStrike:
    case EventType::kBombardment:
    case EventType::kArmedClash:
      return kArmed;
    case EventType::kTerrorAttack:
      return {"20000053", "act of terror"};
    case EventType::kKidnapping:
    case EventType::kArson:
      return kCrime;
    case EventType::kCoup:
      return {"20000070", "coup d'etat"};
    case EventType::kCyberAttack:
      return {"20000086", "cyber crime"};
    case EventType::kSanctions:
      return {"20000642", "economic sanction"};
    case EventType::kCeasefireDeal:
      return {"20000073", "peace process"};
    case EventType::kCivilUnrest:
      return {"20000065", "civil unrest"};
    case EventType::kEvacuationEmergency:
      return {"20000139", "accident and emergency incident"};
    case EventType::kSpaceLaunch:
      return {"13000000", "science and technology"};
    case EventType::kBombing:
    case EventType::kAssassination:
    case EventType::kMilitaryMovement:
    case EventType::kMilitaryExercise:
    case EventType::kMaritimeAirIncident:
    case EventType::kBorderIncident:
    case EventType::kWeaponsSeizure:
    case EventType::kNuclearTest:
    case EventType::kWmdChemical:
      break;
  }
  return kConflict;
}

std::int64_t percent(double share) { return std::llround(std::clamp(share, 0.0, 1.0) * 100); }
std::int64_t relevance(Salience s) { return s == Salience::kMain ? 100 : s == Salience::kSecondary ? 60 : 20; }
double rounded(double share) { return std::round(share * 1000) / 1000; }
// Five decimals of a degree are a metre.
double degrees(double value) { return std::round(value * 1e5) / 1e5; }

std::string_view role_name(PlaceRole role) {
  constexpr std::array<std::string_view, 3> kNames = {"dateline", "event", "mentioned"};
  return kNames.at(static_cast<std::size_t>(role));
}
std::string_view zone_name(Zone zone) { return zone == Zone::kHeadline ? "headline" : "body"; }

// What head and lean have in common, up to the headline.
void write_top(JsonWriter& out, const Enriched& e) {
  const Article& a = e.article;
  out.member("uri", a.uri).member("type", a.carried.type.empty() ? "text" : a.carried.type);
  out.member_if("version", a.version_text);
  if (a.published_ms) {
    out.key("versionCreated");
    if (is_rfc3339(a.published_text)) {
      out.string(a.published_text);
    } else {
      std::string text;
      append_rfc3339(*a.published_ms, text);
      out.string(text);
    }
  }
  out.member_if("language", e.language);
  if (e.headline.empty() && a.carried.headlines.empty()) return;
  out.key("headlines").open('[');
  if (!e.headline.empty()) {
    out.open('{').member("role", a.carried.headline_role.empty() ? "main" : a.carried.headline_role);
    out.member("value", e.headline).close('}');
  }
  if (!a.carried.headlines.empty()) out.raw(a.carried.headlines);
  out.close(']');
}

void write_bodies(JsonWriter& out, const Enriched& e, const CodePointIndex& body) {
  const Carried& carried = e.article.carried;
  if (e.body.empty() && carried.bodies.empty()) return;
  out.key("bodies").open('[');
  if (!e.body.empty()) {
    out.open('{').member("role", carried.body_role.empty() || e.article.body_is_html ? "main" : carried.body_role);
    out.member("contentType", "text/plain").key("charCount").number(static_cast<std::int64_t>(body.size()));
    out.key("wordCount").number(static_cast<std::int64_t>(e.words)).member("value", e.body).close('}');
  }
  if (!carried.bodies.empty()) out.raw(carried.bodies);
  out.close(']');
}

void write_places(JsonWriter& out, const Enriched& e) {
  const auto& places = e.geotags.places;
  const bool any = std::any_of(places.begin(), places.end(), [](const Place& p) { return p.resolved; });
  if (!any && e.article.carried.places.empty()) return;
  out.key("places").open('[');
  if (!e.article.carried.places.empty()) out.raw(e.article.carried.places);
  std::string uri;
  for (const Place& p : places) {
    if (!p.resolved) continue;
    out.open('{').member("name", p.name).member("rel", role_name(p.role));
    if (p.geoname_id != 0) {
      uri = "https://sws.geonames.org/";
      append_json_number(p.geoname_id, uri);
      out.member("uri", uri += '/');
    }
    if (p.geoname_id == 0) out.member_if("literal", p.own_id);
    out.key("geoJSON").open('{').member("type", "Point").key("coordinates");
    out.open('[').number(degrees(p.lon)).number(degrees(p.lat)).close(']').close('}').close('}');
  }
  out.close(']');
}

// One Media Topic and one of our own names for each type, with the best of its events' figures.
void write_subjects(JsonWriter& out, const Enriched& e) {
  if (e.events.empty() && e.article.carried.subjects.empty()) return;
  struct Subject {
    std::string name, uri, literal;
    double confidence = 0;
    std::int64_t relevance = 0;
  };
  std::vector<Subject> subjects;
  const auto add = [&subjects](std::string name, std::string uri, std::string literal, const Event& event) {
    auto at = std::find_if(subjects.begin(), subjects.end(),
                           [&](const Subject& s) { return s.uri == uri && s.literal == literal; });
    if (at == subjects.end()) at = subjects.insert(at, Subject{std::move(name), std::move(uri), std::move(literal)});
    at->confidence = std::max(at->confidence, event.confidence);
    at->relevance = std::max(at->relevance, relevance(event.salience));
  };
  for (const Event& event : e.events) {
    const MediaTopic topic = media_topic(event.type);
    add(std::string(topic.name), "http://cv.iptc.org/newscodes/mediatopic/" + std::string(topic.code), {}, event);
    add(readable(event.type), {}, std::string(to_string(event.type)), event);
  }
  out.key("subjects").open('[');
  if (!e.article.carried.subjects.empty()) out.raw(e.article.carried.subjects);
  for (const Subject& s : subjects) {
    out.open('{')
        .member("name", s.name)
        .member_if("uri", s.uri)
        .member_if("literal", s.literal)
        .member("creator", "tocsin");
    out.key("relevance").number(s.relevance).key("confidence").number(percent(s.confidence)).close('}');
  }
  out.close(']');
}

void write_standard_events(JsonWriter& out, const Enriched& e) {
  if (e.events.empty() && e.article.carried.events.empty()) return;
  out.key("events").open('[');
  if (!e.article.carried.events.empty()) out.raw(e.article.carried.events);
  for (const Event& event : e.events)
    out.open('{').member("name", readable(event.type)).member("literal", to_string(event.type)).close('}');
  out.close(']');
}

void write_sources(JsonWriter& out, const Article& a) {
  if (!a.carried.info_sources.empty()) {
    out.key("infoSources").open('[').raw(a.carried.info_sources).close(']');
    return;
  }
  if (a.source_name.empty()) return;
  std::string holder = "\"copyrightHolder\":";
  append_json_string(a.source_name, holder);
  if (a.carried.standard.find(holder) != std::string::npos) return;  // its article says so itself
  out.key("infoSources").open('[').open('{').member("name", a.source_name).close('}').close(']');
}

void write_alt_ids(JsonWriter& out, const Article& a) {
  const bool url = !a.url.empty() && a.url != a.uri;
  if (!url && a.carried.alt_ids.empty()) return;
  out.key("altIds").open('[');
  if (!a.carried.alt_ids.empty()) out.raw(a.carried.alt_ids);
  if (url) out.open('{').member("role", "url").member("value", a.url).close('}');
  out.close(']');
}

std::string render_head(const Enriched& e, const CodePointIndex& body) {
  const Article& a = e.article;
  std::string text;
  text.reserve(e.body.size() + e.body.size() / 16 + 2048);
  JsonWriter out(text);
  out.open('{');
  write_top(out, e);
  if (a.truncated && a.carried.standard.find("\"representationType\"") == std::string::npos)
    out.member("representationType", "partial");
  if (a.embargo_ms) {
    std::string until;
    append_rfc3339(*a.embargo_ms, until);
    out.member("embargoedUntil", until);
  }
  out.member("pubStatus", to_string(a.status));
  write_bodies(out, e, body);
  out.member_if("by", e.byline).member_if("located", e.located);
  write_sources(out, a);
  if (!a.summary.empty())
    out.key("descriptions")
        .open('[')
        .open('{')
        .member("role", "summary")
        .member("value", a.summary)
        .close('}')
        .close(']');
  write_places(out, e);
  write_subjects(out, e);
  write_standard_events(out, e);
  write_alt_ids(out, a);
  text += a.carried.standard;
  return text;
}

void write_place_row(JsonWriter& out, const Place& p, std::int64_t id) {
  out.open('{').key("id").number(id).key("geonameId");
  if (p.resolved && p.geoname_id != 0)
    out.number(p.geoname_id);
  else
    out.raw("null");
  out.member("name", p.name).key("kind").string_or_null(p.kind);
  out.key("country").string_or_null(p.country).key("admin1").string_or_null(p.admin1);
  if (p.resolved)
    out.key("lat").number(degrees(p.lat)).key("lon").number(degrees(p.lon));
  else
    out.key("lat").raw("null").key("lon").raw("null");
  out.key("mentionCount").number(static_cast<std::int64_t>(p.mention_count)).member("role", role_name(p.role));
  out.key("confidence").number(rounded(p.confidence));
  if (!p.own_id.empty())
    out.key("altIds").open('[').open('{').member("role", "tocsin").member("value", p.own_id).close('}').close(']');
  out.close('}');
}

std::string render_geotags(const Geotags& geotags, const CodePointIndex& headline, const CodePointIndex& body) {
  std::string text;
  text.reserve(geotags.places.size() * 220 + geotags.mentions.size() * 72 + 32);
  JsonWriter out(text);
  out.key("places").open('[');
  for (std::size_t i = 0; i < geotags.places.size(); ++i)
    write_place_row(out, geotags.places[i], static_cast<std::int64_t>(i));
  out.close(']').key("mentions").open('[');
  for (const Mention& m : geotags.mentions) {
    const CodePointIndex& index = m.zone == Zone::kHeadline ? headline : body;
    out.open('{')
        .member("zone", zone_name(m.zone))
        .key("start")
        .number(static_cast<std::int64_t>(index.before(m.start)));
    out.key("end")
        .number(static_cast<std::int64_t>(index.before(m.end)))
        .key("place")
        .number(static_cast<std::int64_t>(m.place));
    static constexpr std::string_view kForms[] = {"name", "demonym", "metonym"};
    out.member("form", kForms[static_cast<std::size_t>(m.form)]).close('}');
  }
  out.close(']');
  return text;
}

std::string render_event(const Event& event, const Enriched& e, const CodePointIndex& headline,
                         const CodePointIndex& body) {
  std::string text;
  text.reserve(640);
  JsonWriter out(text);
  out.open('{').member("type", to_string(event.type)).key("subtype").string_or_null(event.subtype);
  out.key("security").boolean(event.security).member("factuality", to_string(event.factuality));
  out.member("salience", to_string(event.salience)).key("severity").number(static_cast<std::int64_t>(event.severity));
  out.key("confidence").number(rounded(event.confidence)).key("actors").open('[');
  for (const std::string& actor : event.actors) out.string(actor);
  out.close(']').key("target").string_or_null(event.target).key("weapon");
  if (event.weapon_class.empty() && event.weapon_designation.empty()) {
    out.raw("null");
  } else {
    out.open('{')
        .key("class")
        .string_or_null(event.weapon_class)
        .key("designation")
        .string_or_null(event.weapon_designation);
    out.key("count");
    event.weapon_count ? out.number(static_cast<std::int64_t>(*event.weapon_count)) : out.raw("null");
    out.close('}');
  }
  out.key("place");
  event.place ? out.number(static_cast<std::int64_t>(*event.place)) : out.raw("null");
  out.key("time");
  if (event.time_text.empty() && event.time_resolved.empty())
    out.raw("null");
  else
    out.open('{')
        .key("text")
        .string_or_null(event.time_text)
        .key("resolved")
        .string_or_null(event.time_resolved)
        .close('}');
  out.key("evidence").open('[');
  for (const Evidence& piece : event.evidence) {
    const bool in_headline = piece.zone == Zone::kHeadline;
    const CodePointIndex& index = in_headline ? headline : body;
    out.open('{')
        .member("zone", zone_name(piece.zone))
        .key("start")
        .number(static_cast<std::int64_t>(index.before(piece.start)));
    out.key("end").number(static_cast<std::int64_t>(index.before(piece.end)));
    out.member("text", (in_headline ? e.headline : e.body).substr(piece.start, piece.end - piece.start)).close('}');
  }
  out.close(']').member("rule", event.rule);
  return text;
}

// `"duplicate":{...}`; a head's holds its cluster only.
void append_duplicate(const Story& story, std::string& text) {
  JsonWriter out(text);
  out.key("duplicate").open('{').member("cluster", story.cluster);
  if (story.relation) {
    out.member("of", story.of).member("relation", to_string(*story.relation));
    out.key("similarity").number(rounded(story.similarity)).key("changedNumbers").open('[');
    for (const std::string& number : story.changed_numbers) out.string(number);
    out.close(']');
  }
  out.close('}');
}

void append_associations(std::string_view theirs, const Story& story, std::string& text) {
  const bool ours = story.relation.has_value() && !story.of.empty();
  if (theirs.empty() && !ours) return;
  text += ",\"associations\":[";
  text += theirs;
  if (ours) {
    if (!theirs.empty()) text.push_back(',');
    JsonWriter out(text);
    out.open('{').member("uri", story.of).member("name", "head").member("rel", to_string(*story.relation)).close('}');
  }
  text.push_back(']');
}

void append_enrichment_start(Outcome outcome, std::string& text) {
  text += ",\"enrichment\":{\"schema\":\"";
  text += kSchema;
  text += "\",\"outcome\":\"";
  text += to_string(outcome);
  text += "\",";
}

}  // namespace

std::string readable(EventType type) {
  std::string name(to_string(type));
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

Pieces render(const Enriched& e) {
  const CodePointIndex headline(e.headline);
  const CodePointIndex body(e.body);
  Pieces pieces;
  pieces.head = render_head(e, body);
  JsonWriter lean(pieces.lean);
  lean.open('{');
  write_top(lean, e);
  pieces.associations = e.article.carried.associations;
  pieces.geotags = render_geotags(e.geotags, headline, body);
  JsonWriter out(pieces.knowledge);
  if (!e.article.carried.own.empty())
    out.key("source").open('{').raw(std::string_view(e.article.carried.own).substr(1)).close('}');
  if (!e.repeated.empty()) {
    out.key("repeatedLines").open('[');
    for (const std::string_view line : e.repeated) out.string(line);
    out.close(']');
  }
  if (e.unsupported_language) out.member("noEvents", "unsupported_language");
  out.key("knowledge").open('{').member("rules", e.rules_hash).member("gazetteer", e.gazetteer_hash).close('}');
  for (const Event& event : e.events) pieces.events.push_back(render_event(event, e, headline, body));
  return pieces;
}

std::string story_record(const Prepared& p, const Story& story, std::span<const std::string> incidents) {
  std::string text;
  std::size_t events = 0;
  for (const Claim& claim : p.claims) events += claim.json.size() + 48;
  text.reserve(p.head.size() + p.geotags.size() + p.knowledge.size() + p.associations.size() + events + 512);
  text += p.head;
  append_associations(p.associations, story, text);
  append_enrichment_start(story.outcome, text);
  append_duplicate(story, text);
  text.push_back(',');
  text += p.geotags;
  text += ",\"events\":[";
  for (std::size_t i = 0; i < p.claims.size(); ++i) {
    if (i > 0) text.push_back(',');
    text += p.claims[i].json;
    text += ",\"incident\":";
    if (i < incidents.size() && !incidents[i].empty())
      append_json_string(incidents[i], text);
    else
      text += "null";
    text.push_back('}');
  }
  text += "],";
  text += p.knowledge;
  text += "}}";
  return text;
}

std::string link_record(const Prepared& p, const Story& story, bool withheld) {
  std::string text;
  text.reserve(p.lean.size() + 512);
  if (withheld)
    JsonWriter(text).open('{').member("uri", p.uri).member("type", "text");
  else
    text += p.lean;
  if (story.outcome == Outcome::kKill) text += ",\"pubStatus\":\"canceled\"";
  append_associations({}, story, text);
  append_enrichment_start(story.outcome, text);
  append_duplicate(story, text);
  text += "}}";
  return text;
}

std::string held_record(const Prepared& p) {
  std::string text;
  text += p.lean;
  text += ",\"embargoedUntil\":\"";
  append_rfc3339(p.embargo_ms, text);
  text.push_back('"');
  append_enrichment_start(Outcome::kHeld, text);
  text.back() = '}';
  text.push_back('}');
  return text;
}

std::string rejected_record(std::string_view uri, Reason reason, std::string_view detail) {
  std::string text;
  JsonWriter out(text);
  out.open('{').member("uri", uri).key("enrichment").open('{').member("schema", kSchema);
  out.member("outcome", to_string(Outcome::kRejected)).member("reason", to_string(reason));
  out.member_if("detail", detail).close('}').close('}');
  return text;
}

std::string alert_record(const Alert& alert) {
  const Claim& c = alert.claim;
  std::string text;
  text.reserve(c.json.size() + 768);
  JsonWriter out(text);
  out.open('{').member("schema", "tocsin/alert/1").member("incident", alert.incident);
  out.key("sequence").number(static_cast<std::int64_t>(alert.sequence)).member("change", to_string(alert.change));
  out.key("backfill").boolean(alert.backfill).key("rules").open('[');
  for (const std::string& rule : alert.rules) out.string(rule);
  out.close(']');
  if (!c.json.empty()) out.key("event").raw(c.json + "}");
  out.key("also").open('[');
  for (const EventType type : alert.also) out.string(to_string(type));
  out.close(']');
  out.key("place");
  if (c.placed) {
    out.open('{').member("name", c.place_name).key("country").string_or_null(c.country).key("geonameId");
    c.geoname_id != 0 ? out.number(c.geoname_id) : out.raw("null");
    out.key("lat").number(degrees(c.lat)).key("lon").number(degrees(c.lon)).close('}');
  } else if (!c.place_name.empty()) {
    out.open('{').member("name", c.place_name).close('}');
  } else {
    out.raw("null");
  }
  out.key("confidence").number(rounded(static_cast<double>(c.confidence)));
  out.key("day").string_or_null(c.day).member("uri", alert.uri).key("headline").string_or_null(alert.headline);
  out.key("provider").string_or_null(alert.provider).member("cluster", alert.cluster);
  out.key("reports")
      .number(static_cast<std::int64_t>(alert.reports))
      .key("sources")
      .number(static_cast<std::int64_t>(alert.sources));
  out.close('}');
  return text;
}

}  // namespace tocsin
