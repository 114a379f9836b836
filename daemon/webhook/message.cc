#include "daemon/webhook/message.h"

#include <simdjson.h>

#include <algorithm>

namespace tocsin {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

std::string text(const object& from, std::string_view name) {
  std::string_view value;
  return from[name].get(value) ? std::string() : std::string(value);
}

std::int64_t integer(const object& from, std::string_view name) {
  std::int64_t value = 0;
  return from[name].get(value) ? 0 : value;
}

double real(const object& from, std::string_view name) {
  double value = 0;
  return from[name].get(value) ? 0 : value;
}

std::vector<std::string> texts(const object& from, std::string_view name) {
  std::vector<std::string> out;
  array list;
  if (from[name].get(list)) return out;
  for (const element item : list) {
    std::string_view value;
    if (!item.get(value)) out.emplace_back(value);
  }
  return out;
}

void read_event(const object& event, AlertMessage& out) {
  out.type = text(event, "type");
  out.subtype = text(event, "subtype");
  out.factuality = text(event, "factuality");
  out.salience = text(event, "salience");
  out.severity = integer(event, "severity");
  out.confidence = real(event, "confidence");
  out.actors = texts(event, "actors");
  object weapon;
  if (event["weapon"].get(weapon)) return;
  out.weapon = text(weapon, "designation");
  if (out.weapon.empty()) out.weapon = text(weapon, "class");
}

void read_place(const object& place, AlertMessage& out) {
  out.place = text(place, "name");
  out.country = text(place, "country");
  out.placed = !place["lat"].get(out.lat) && !place["lon"].get(out.lon);
}

}  // namespace

Result<AlertMessage> read_alert(std::string_view json, std::int64_t record_ms) {
  if (json.size() > kMaxAlertBytes)
    return fail("it has " + std::to_string(json.size()) + " bytes, and none has over " +
                std::to_string(kMaxAlertBytes));
  simdjson::dom::parser parser;
  object root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root))
    return fail(std::string("it is no JSON object: ") + simdjson::error_message(error));
  AlertMessage out;
  if (text(root, "schema") != "tocsin/alert/1") return fail("its schema is not tocsin/alert/1");
  out.incident = text(root, "incident");
  out.sequence = integer(root, "sequence");
  const bool printable = std::ranges::all_of(out.incident, [](char c) { return c > ' ' && c < 0x7f; });
  if (out.incident.empty() || out.incident.size() > 512 || !printable || out.sequence < 1)
    return fail("it has no incident or no sequence");
  out.change = text(root, "change");
  bool backfill = false;
  if (!root["backfill"].get(backfill)) out.backfill = backfill;
  out.rules = texts(root, "rules");
  object part;
  if (!root["event"].get(part)) read_event(part, out);
  if (root["confidence"].is_double()) out.confidence = real(root, "confidence");
  out.also = texts(root, "also");
  if (!root["place"].get(part)) read_place(part, out);
  out.day = text(root, "day");
  out.uri = text(root, "uri");
  out.headline = text(root, "headline");
  out.provider = text(root, "provider");
  out.reports = integer(root, "reports");
  out.sources = integer(root, "sources");
  out.record_ms = record_ms;
  out.due_ms = record_ms;
  out.json = json;
  return out;
}

}  // namespace tocsin
