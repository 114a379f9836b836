#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "daemon/cli/tap_record.h"
#include "daemon/cli/terminal.h"

namespace tocsin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

RawRecord record(std::string_view payload, std::vector<Header> headers = {}) {
  RawRecord out;
  out.topic = "wire.enriched";
  out.timestamp_ms = 1773648000000;
  out.payload = payload;
  out.headers = std::move(headers);
  return out;
}

constexpr std::string_view kEnriched =
    R"({"uri":"urn:a:1","headlines":[{"value":"A \u001b[31mlaunch"}],"infoSources":[{"name":"Harbour News"}],)"
    R"("enrichment":{"outcome":"new","events":[{"type":"missile_launch"},{"type":"missile_launch"},{"type":"sanctions"}],)"
    R"("places":[{"name":"Sunan","country":"KP"},{"name":"Sea of Japan","country":null}]}})";

TEST(Tap, ReadsARecordAndShowsItAsOneLine) {
  const RawRecord raw = record(kEnriched);
  const TapRecord tapped = read_tap_record(raw);
  EXPECT_THAT(tapped.types, ElementsAre("missile_launch", "sanctions"));
  EXPECT_THAT(tapped.places, ElementsAre("Sunan", "Sea of Japan"));
  EXPECT_EQ(tap_line(raw, tapped),
            "2026-03-16T08:00:00.000Z  new [missile_launch, sanctions] {Sunan, Sea of Japan}  Harbour News  \"A "
            " [31mlaunch\"  urn:a:1");
}

TEST(Tap, ShowsLinksAlertsDeadLettersAndWhatIsNoneOfThem) {
  const RawRecord link =
      record(R"({"uri":"urn:b","enrichment":{"outcome":"duplicate","duplicate":{"of":"urn:a","relation":"copy",)"
             R"("similarity":0.931}}})");
  EXPECT_THAT(tap_line(link, read_tap_record(link)), HasSubstr("duplicate  copy of urn:a, 0.93  urn:b"));
  const RawRecord alert = record(
      R"({"schema":"tocsin/alert/1","incident":"i","sequence":2,"change":"denied","backfill":true,"event":{"type":)"
      R"("bombing","severity":4,"factuality":"denied"},"also":["arson"],"place":{"name":"Oslo","country":"NO"},"uri":"u","sources":1})");
  EXPECT_THAT(tap_line(alert, read_tap_record(alert)),
              HasSubstr("denied (backfill) [bombing, arson] {Oslo}  i:2, severity 4, denied, 1 source  u"));
  const RawRecord dead = record("{", {{"tocsin.reason", "cut_json"},
                                      {"tocsin.detail", "ends at 1"},
                                      {"tocsin.topic", "wire.raw"},
                                      {"tocsin.partition", "0"},
                                      {"tocsin.offset", "7"}});
  EXPECT_THAT(tap_line(dead, read_tap_record(dead)), HasSubstr("dead [cut_json]  ends at 1  wire.raw:0:7"));
  const RawRecord other = record("anything\x07 at all");
  EXPECT_THAT(tap_line(other, read_tap_record(other)), HasSubstr("anything  at all"));
  EXPECT_THAT(tap_line(record(""), read_tap_record(record(""))), Not(HasSubstr("\n")));
}

TEST(Tap, FiltersByTypePlaceAndSource) {
  const TapRecord tapped = read_tap_record(record(kEnriched));
  EXPECT_TRUE(passes(tapped, {}));
  EXPECT_TRUE(passes(tapped, {.types = {"bombing", "sanctions"}, .places = {"sunan"}, .sources = {"Harbour"}}));
  EXPECT_TRUE(passes(tapped, {.types = {}, .places = {"KP"}, .sources = {"urn:a"}}));
  EXPECT_FALSE(passes(tapped, {.types = {"bombing"}, .places = {}, .sources = {}}));
  EXPECT_FALSE(passes(tapped, {.types = {}, .places = {"kp"}, .sources = {}})) << "a country is written in capitals";
  EXPECT_FALSE(passes(tapped, {.types = {"sanctions"}, .places = {"Oslo"}, .sources = {}}));
  EXPECT_FALSE(passes(tapped, {.types = {}, .places = {}, .sources = {"Mountain"}}));
}

TEST(Terminal, LetsNoControlCharacterThrough) {
  EXPECT_EQ(for_terminal("a\x1b[2J\r\nb\x7f\xC2\x9B\x31\xC3\xA9"), "a [2J  b  1\xC3\xA9");
  EXPECT_EQ(for_terminal(std::string(300, 'x'), 10), "xxxxxxx...");
}

}  // namespace
}  // namespace tocsin
