#include "daemon/cli/tap_record.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "daemon/cli/terminal.h"
#include "daemon/json_text.h"
#include "daemon/webhook/message.h"

namespace tocsin {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

std::string text(const element& from, std::string_view pointer) {
  std::string_view value;
  return from.at_pointer(pointer).get(value) ? std::string() : std::string(value);
}

void add_once(std::vector<std::string>& list, std::string value) {
  if (!value.empty() && std::ranges::find(list, value) == list.end()) list.push_back(std::move(value));
}

std::string header(const RawRecord& record, std::string_view name) {
  const auto it = std::ranges::find(record.headers, name, &Header::name);
  return it == record.headers.end() ? std::string() : it->value;
}

void read_enriched(const element& root, TapRecord& out) {
  out.outcome = text(root, "/enrichment/outcome");
  out.uri = text(root, "/uri");
  out.headline = text(root, "/headlines/0/value");
  out.source = text(root, "/infoSources/0/name");
  array list;
  if (!root.at_pointer("/enrichment/events").get(list))
    for (const element event : list) add_once(out.types, text(event, "/type"));
  if (!root.at_pointer("/enrichment/places").get(list)) {
    for (const element place : list) {
      add_once(out.places, text(place, "/name"));
      add_once(out.countries, text(place, "/country"));
    }
  }
  const std::string of = text(root, "/enrichment/duplicate/of");
  if (of.empty()) return;
  out.detail = text(root, "/enrichment/duplicate/relation") + " of " + of;
  double similarity = 0;
  if (root.at_pointer("/enrichment/duplicate/similarity").get(similarity)) return;
  std::array<char, 16> digits{};
  std::snprintf(digits.data(), digits.size(), ", %.2f", similarity);
  out.detail += digits.data();
}

void show_alert(const AlertMessage& alert, TapRecord& out) {
  out.outcome = alert.change + (alert.backfill ? " (backfill)" : "");
  out.uri = alert.uri;
  out.headline = alert.headline;
  out.source = alert.provider;
  add_once(out.types, alert.type);
  for (const std::string& type : alert.also) add_once(out.types, type);
  add_once(out.places, alert.place);
  add_once(out.countries, alert.country);
  out.detail = alert.id();
  if (alert.severity > 0) out.detail += ", severity " + std::to_string(alert.severity);
  if (!alert.factuality.empty()) out.detail += ", " + alert.factuality;
  out.detail += ", " + std::to_string(alert.sources) + (alert.sources == 1 ? " source" : " sources");
}

std::string joined(const std::vector<std::string>& list, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < std::min(list.size(), most); ++i) out += (i == 0 ? "" : ", ") + list[i];
  return list.size() > most ? out + ", ..." : out;
}

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

TapRecord read_tap_record(const RawRecord& record) {
  TapRecord out;
  if (const std::string reason = header(record, "tocsin.reason"); !reason.empty()) {
    out.outcome = "dead";
    out.types = {reason};
    out.uri = header(record, "tocsin.topic") + ":" + header(record, "tocsin.partition") + ":" +
              header(record, "tocsin.offset");
    out.detail = header(record, "tocsin.detail");
    if (const std::string webhook = header(record, "tocsin.webhook"); !webhook.empty()) out.source = webhook;
    return out;
  }
  if (const auto alert = read_alert(record.payload, record.timestamp_ms)) {
    show_alert(*alert, out);
    return out;
  }
  simdjson::dom::parser parser;
  element root;
  if (!parser.parse(record.payload.data(), record.payload.size()).get(root)) read_enriched(root, out);
  if (out.outcome.empty() && out.headline.empty()) out.detail = record.payload.substr(0, 200);
  return out;
}

bool passes(const TapRecord& record, const TapFilter& filter) {
  const auto any = [](const std::vector<std::string>& wanted, auto test) {
    return wanted.empty() || std::ranges::any_of(wanted, test);
  };
  return any(filter.types,
             [&](const std::string& t) { return std::ranges::find(record.types, t) != record.types.end(); }) &&
         any(filter.places,
             [&](const std::string& p) {
               return std::ranges::find(record.countries, p) != record.countries.end() ||
                      std::ranges::any_of(record.places,
                                          [&](const std::string& name) { return same_letters(name, p); });
             }) &&
         any(filter.sources, [&](const std::string& s) {
           return record.source.find(s) != std::string::npos || record.uri.find(s) != std::string::npos;
         });
}

std::string tap_line(const RawRecord& raw, const TapRecord& record) {
  std::string out = iso_time(raw.timestamp_ms > 0 ? raw.timestamp_ms : 0);
  const auto add = [&](const std::string& part, std::string_view before = " ", std::string_view after = "") {
    if (!part.empty()) out.append(before).append(part).append(after);
  };
  add(record.outcome, "  ");
  add(joined(record.types, 4), " [", "]");
  add(joined(record.places, 4), " {", "}");
  add(record.source, "  ");
  add(record.headline, "  \"", "\"");
  add(record.detail, "  ");
  add(record.uri, "  ");
  return for_terminal(out, 1000);
}

}  // namespace tocsin
