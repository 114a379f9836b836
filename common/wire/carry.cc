#include "common/wire/carry.h"

#include <algorithm>
#include <array>

#include "common/wire/json_check.h"
#include "common/wire/json_writer.h"
#include "common/wire/trim.h"

namespace tocsin {
namespace {

struct Member {
  std::string_view name;
  CarriedKind kind;
  std::string Carried::*list;
};

// Top level of ninjs 3.1 (ninjs-schema_3.1.json, $defs/ninjsType).
constexpr std::array<Member, 47> kMembers = {{
    {"uri", CarriedKind::kWritten, nullptr},
    {"type", CarriedKind::kWritten, nullptr},
    {"version", CarriedKind::kWritten, nullptr},
    {"versionCreated", CarriedKind::kWritten, nullptr},
    {"pubStatus", CarriedKind::kWritten, nullptr},
    {"language", CarriedKind::kWritten, nullptr},
    {"by", CarriedKind::kWritten, nullptr},
    {"located", CarriedKind::kWritten, nullptr},
    {"representationType", CarriedKind::kStandard, nullptr},
    {"embargoedUntil", CarriedKind::kWritten, nullptr},
    {"headlines", CarriedKind::kList, &Carried::headlines},
    {"bodies", CarriedKind::kList, &Carried::bodies},
    {"places", CarriedKind::kList, &Carried::places},
    {"subjects", CarriedKind::kList, &Carried::subjects},
    {"events", CarriedKind::kList, &Carried::events},
    {"altIds", CarriedKind::kList, &Carried::alt_ids},
    {"associations", CarriedKind::kList, &Carried::associations},
    {"infoSources", CarriedKind::kList, &Carried::info_sources},
    {"profile", CarriedKind::kStandard, nullptr},
    {"firstCreated", CarriedKind::kStandard, nullptr},
    {"contentCreated", CarriedKind::kStandard, nullptr},
    {"urgency", CarriedKind::kStandard, nullptr},
    {"copyrightHolder", CarriedKind::kStandard, nullptr},
    {"copyrightNotice", CarriedKind::kStandard, nullptr},
    {"usageTerms", CarriedKind::kStandard, nullptr},
    {"edNote", CarriedKind::kStandard, nullptr},
    {"descriptions", CarriedKind::kStandard, nullptr},
    {"people", CarriedKind::kStandard, nullptr},
    {"organisations", CarriedKind::kStandard, nullptr},
    {"eventDetails", CarriedKind::kStandard, nullptr},
    {"plannedCoverage", CarriedKind::kStandard, nullptr},
    {"objects", CarriedKind::kStandard, nullptr},
    {"title", CarriedKind::kStandard, nullptr},
    {"slugline", CarriedKind::kStandard, nullptr},
    {"renditions", CarriedKind::kStandard, nullptr},
    {"trustIndicators", CarriedKind::kStandard, nullptr},
    {"standard", CarriedKind::kStandard, nullptr},
    {"genres", CarriedKind::kStandard, nullptr},
    {"expires", CarriedKind::kStandard, nullptr},
    {"rightsInfo", CarriedKind::kStandard, nullptr},
    {"digitalSourceType", CarriedKind::kStandard, nullptr},
    {"charCount", CarriedKind::kOwn, nullptr},
    {"contentType", CarriedKind::kOwn, nullptr},
    {"contactInfo", CarriedKind::kOwn, nullptr},
    {"geoJSON", CarriedKind::kOwn, nullptr},
    {"sizeInBytes", CarriedKind::kOwn, nullptr},
    {"wordCount", CarriedKind::kOwn, nullptr},
}};

// Names inside members that ninjs 2 writes in lower case.
constexpr std::array<std::string_view, 47> kCamelNames = {"representationType",
                                                          "firstCreated",
                                                          "versionCreated",
                                                          "contentCreated",
                                                          "embargoedUntil",
                                                          "pubStatus",
                                                          "copyrightHolder",
                                                          "copyrightNotice",
                                                          "usageTerms",
                                                          "edNote",
                                                          "contentType",
                                                          "charCount",
                                                          "wordCount",
                                                          "contactInfo",
                                                          "geoJSON",
                                                          "symbolType",
                                                          "sizeInBytes",
                                                          "aspectRatio",
                                                          "videoCodec",
                                                          "frameRate",
                                                          "transportProtocol",
                                                          "scanType",
                                                          "altIds",
                                                          "infoSources",
                                                          "trustIndicators",
                                                          "rightsInfo",
                                                          "langId",
                                                          "linkedRights",
                                                          "encodedRights",
                                                          "digitalSourceType",
                                                          "eventDetails",
                                                          "plannedCoverage",
                                                          "eventStatus",
                                                          "plannedCoverageStatus",
                                                          "startDate",
                                                          "endDate",
                                                          "expectedStartDate",
                                                          "expectedEndDate",
                                                          "expectedDuration",
                                                          "recurrenceDates",
                                                          "recurrenceRules",
                                                          "exclAudience",
                                                          "itemCount",
                                                          "rangeFrom",
                                                          "rangeTo",
                                                          "geojson",
                                                          "alternateName"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool same_in_lower_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view camel(std::string_view name) {
  for (const std::string_view known : kCamelNames)
    if (same_in_lower_case(name, known)) return known;
  return name;
}

// Copies valid JSON without white space between tokens (a line feed would end the record's line), renaming members.
void append_renamed(std::string_view json, std::string& out) {
  for (std::size_t i = 0; i < json.size();) {
    const char c = json[i];
    if (c != '"') {
      if (static_cast<unsigned char>(c) > ' ') out.push_back(c);
      ++i;
      continue;
    }
    std::size_t end = i + 1;
    while (json[end] != '"') end += json[end] == '\\' ? 2 : 1;
    const std::string_view word = json.substr(i + 1, end - i - 1);
    std::size_t next = end + 1;
    while (next < json.size() && static_cast<unsigned char>(json[next]) <= ' ') ++next;
    const bool is_name = next < json.size() && json[next] == ':';
    out.push_back('"');
    out.append(is_name ? camel(word) : word);
    out.push_back('"');
    i = end + 1;
  }
}

bool fits(std::string_view json, std::size_t max_depth, const std::string& out) {
  return out.size() + json.size() <= kMostCarried && check_json(json, max_depth).fault == JsonFault::kNone;
}

}  // namespace

CarriedAs carried_as(std::string_view name) {
  for (const Member& m : kMembers)
    if (same_in_lower_case(name, m.name)) return {m.kind, m.name, m.list};
  if (name == "embargoed") return {CarriedKind::kWritten, "embargoedUntil", nullptr};
  return {};
}

void append_carried_member(std::string_view name, const CarriedAs& as, std::string_view json, std::size_t max_depth,
                           Carried& out) {
  std::string& text = as.kind == CarriedKind::kStandard ? out.standard : out.own;
  if (json == "null" || !fits(json, max_depth, text)) return;
  text.push_back(',');
  append_json_string(as.kind == CarriedKind::kStandard ? as.member : name, text);
  text.push_back(':');
  append_renamed(json, text);
}

void append_carried_list(std::string_view json, std::size_t max_depth, std::string& out) {
  if (!fits(json, max_depth, out)) return;
  json = trim(json);
  json = trim(json.substr(1, json.size() - 2));
  if (json.empty()) return;
  if (!out.empty()) out.push_back(',');
  append_renamed(json, out);
}

void append_carried_element(std::string_view json, std::size_t max_depth, std::string& out) {
  if (!fits(json, max_depth, out)) return;
  if (!out.empty()) out.push_back(',');
  append_renamed(json, out);
}

}  // namespace tocsin
