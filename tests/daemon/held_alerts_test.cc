// Which alerts wait and until when, and how those that do are written down.
#include "daemon/webhook/held_alerts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/webhook/quiet_times.h"
#include "daemon/webhook/told_alerts.h"

namespace tocsin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kHour_ms = 3'600'000;
// Wednesday 25 November 2026, 00:00 UTC.
constexpr std::int64_t kWednesday_ms = 1'795'564'800'000;

std::int64_t wednesday(int hours, int minutes = 0) { return kWednesday_ms + hours * kHour_ms + minutes * 60'000; }

QuietTimes quiet(const std::vector<std::string>& times, const std::string& zone = "UTC") {
  auto parsed = QuietTimes::parse(times, zone);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return *parsed;
}

TEST(QuietTimes, GoOverMidnightIntoADayThatIsNotNamed) {
  const QuietTimes nights = quiet({"tue-wed 22:00-06:30"});
  EXPECT_TRUE(nights.quiet_at(wednesday(0)));
  EXPECT_TRUE(nights.quiet_at(wednesday(6, 29)));
  EXPECT_FALSE(nights.quiet_at(wednesday(6, 30)));
  EXPECT_FALSE(nights.quiet_at(wednesday(21, 59)));
  EXPECT_TRUE(nights.quiet_at(wednesday(22)));
  EXPECT_TRUE(nights.quiet_at(wednesday(24 + 6)));
  EXPECT_FALSE(nights.quiet_at(wednesday(24 + 22))) << "Thursday's night is not named";
  EXPECT_FALSE(nights.quiet_at(wednesday(-24 + 5))) << "nor is Monday's";
}

TEST(QuietTimes, AreListsAndRangesOfDaysThatMayGoOverTheEndOfTheWeek) {
  const QuietTimes off = quiet({"sat-mon", "wed 12:00-13:00"});
  EXPECT_FALSE(off.quiet_at(wednesday(11, 59)));
  EXPECT_TRUE(off.quiet_at(wednesday(12)));
  EXPECT_FALSE(off.quiet_at(wednesday(13)));
  EXPECT_TRUE(off.quiet_at(wednesday(3 * 24)));
  EXPECT_TRUE(off.quiet_at(wednesday(5 * 24 + 23, 59)));
  EXPECT_FALSE(off.quiet_at(wednesday(6 * 24)));
  EXPECT_TRUE(quiet({"mon,wed"}).quiet_at(wednesday(1)));
  EXPECT_TRUE(quiet({"00:00-24:00"}).quiet_at(wednesday(23, 59)));
  EXPECT_FALSE(QuietTimes().quiet_at(wednesday(1)));
}

TEST(QuietTimes, FollowTheWallClockOfTheirZoneThroughSummerTime) {
  const QuietTimes morning = quiet({"07:00-08:00"}, "Europe/Kyiv");
  EXPECT_TRUE(morning.quiet_at(wednesday(5))) << "UTC+2 in winter";
  EXPECT_FALSE(morning.quiet_at(wednesday(4)));
  const std::int64_t july_ms = wednesday(0) - 140LL * 24 * kHour_ms;
  EXPECT_TRUE(morning.quiet_at(july_ms + 4 * kHour_ms)) << "UTC+3 in summer";
  EXPECT_FALSE(morning.quiet_at(july_ms + 5 * kHour_ms));
}

TEST(QuietTimes, RefuseWhatCannotBeMeant) {
  for (const char* text : {"", "night", "mon-", "mon,", "22:00", "22:00-", "22:00-22:00", "24:00-01:00", "22:60-23:00",
                           "24:01-03:00", "mon 22:00", "mon  22:00-23:00", "22:00-23:00 mon", "2:00-3:00", "Mon"}) {
    const auto parsed = QuietTimes::parse({text}, "UTC");
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr("must be days, hours or both")) << text;
  }
  EXPECT_THAT(QuietTimes::parse({"sat"}, "Europe/Kiew").error().message, HasSubstr("no zone \"Europe/Kiew\""));
}

AlertMessage alert(std::int64_t sequence, const std::string& change, std::int64_t severity,
                   const std::string& incident = "i") {
  AlertMessage out;
  out.incident = incident;
  out.sequence = sequence;
  out.change = change;
  out.severity = severity;
  return out;
}

Webhook night_desk() {
  Webhook out;
  out.quiet = quiet({"22:00-06:00"});
  out.quiet_min_severity = 4;
  out.debounce_ms = kHour_ms;
  return out;
}

TEST(MustWait, InQuietTimesAllButTheGrave) {
  const Webhook desk = night_desk();
  EXPECT_EQ(must_wait(desk, alert(1, "first", 3), nullptr, wednesday(1)), Wait::kQuiet);
  EXPECT_EQ(must_wait(desk, alert(1, "first", 4), nullptr, wednesday(1)), Wait::kNone);
  EXPECT_EQ(must_wait(desk, alert(1, "first", 3), nullptr, wednesday(7)), Wait::kNone);
  EXPECT_EQ(must_wait(desk, alert(2, "withdrawn", 0), nullptr, wednesday(1)), Wait::kQuiet) << "has no event";
}

TEST(MustWait, WhoWasRungAtNightIsToldOfItsDenialAtNight) {
  const Webhook desk = night_desk();
  const ToldIncident grave{{1}, wednesday(1), 5};
  EXPECT_EQ(must_wait(desk, alert(2, "denied", 2), &grave, wednesday(1, 5)), Wait::kNone);
  EXPECT_EQ(must_wait(desk, alert(2, "withdrawn", 0), &grave, wednesday(1, 5)), Wait::kNone);
  const ToldIncident small{{1}, wednesday(-3), 2};
  EXPECT_EQ(must_wait(desk, alert(2, "denied", 2), &small, wednesday(1, 5)), Wait::kQuiet);
}

TEST(MustWait, AfterAnIncidentWasToldWhatOnlyAddsToIt) {
  const Webhook desk = night_desk();
  const ToldIncident told{{1}, wednesday(12), 3};
  EXPECT_EQ(must_wait(desk, alert(2, "corroborated", 3), &told, wednesday(12, 59)), Wait::kDebounce);
  EXPECT_EQ(must_wait(desk, alert(2, "placed", 3), &told, wednesday(12, 59)), Wait::kDebounce);
  EXPECT_EQ(must_wait(desk, alert(2, "placed", 3), &told, wednesday(13)), Wait::kNone);
  for (const char* change : {"first", "denied", "withdrawn", "escalated"})
    EXPECT_EQ(must_wait(desk, alert(2, change, 3), &told, wednesday(12, 1)), Wait::kNone) << change;
  EXPECT_EQ(must_wait(desk, alert(2, "placed", 3), nullptr, wednesday(12, 1)), Wait::kNone);
  EXPECT_EQ(must_wait(desk, alert(2, "placed", 3), &told, wednesday(11)), Wait::kNone) << "the clock was set back";
  EXPECT_EQ(must_wait(Webhook(), alert(2, "placed", 3), &told, wednesday(12, 1)), Wait::kNone) << "no debounce";
}

RawRecord record(std::int64_t offset, std::string_view payload = "{}") {
  RawRecord out;
  out.topic = "wire.alerts";
  out.key = "key";
  out.payload = payload;
  out.offset = offset;
  out.headers = {{"from", "a test"}};
  return out;
}

TEST(HeldAlerts, FoldTheOlderOfAnIncidentIntoTheNewer) {
  HeldAlerts held;
  ASSERT_TRUE(held.hold(record(10), alert(1, "first", 3, "a")));
  ASSERT_TRUE(held.hold(record(12), alert(1, "first", 3, "b")));
  {
    std::string bytes = "{\"n\":2}";
    ASSERT_TRUE(held.hold(record(15, bytes), alert(2, "placed", 3, "a")));
    bytes.assign("overwritten by the next fetch");
  }
  EXPECT_EQ(held.size(), 3U);
  ASSERT_EQ(held.all().size(), 2U);
  EXPECT_EQ(held.all()[0].alert.incident, "b");
  const HeldAlert* a = held.find("a");
  ASSERT_TRUE(a);
  ASSERT_EQ(a->records.size(), 2U);
  EXPECT_EQ(a->records[0].offset, 10);
  EXPECT_EQ(a->records[1].payload, "{\"n\":2}");
  EXPECT_EQ(a->records[1].topic, "wire.alerts");
  EXPECT_EQ(a->records[1].key, "key");
  EXPECT_EQ(a->records[1].headers.at(0).value, "a test");
  ASSERT_EQ(a->alert.folded.size(), 1U);
  EXPECT_EQ(a->alert.folded[0].change, "first");
  EXPECT_TRUE(held.holds(alert(1, "", 3, "a"))) << "a copy of what is folded is none that is new";
  EXPECT_TRUE(held.holds(alert(2, "", 3, "a")));
  EXPECT_FALSE(held.holds(alert(3, "", 3, "a")));
  EXPECT_EQ(held.metadata(), "held:10,2,3");
  held.drop("a");
  EXPECT_EQ(held.metadata(), "held:12");
  held.drop("b");
  EXPECT_EQ(held.metadata(), "");
}

TEST(HeldAlerts, AnOldOneThatIsReplayedIsFoldedIntoTheNewerThatWaits) {
  HeldAlerts held;
  ASSERT_TRUE(held.hold(record(10), alert(3, "denied", 3)));
  ASSERT_TRUE(held.hold(record(11), alert(1, "first", 3)));
  ASSERT_TRUE(held.hold(record(12), alert(2, "placed", 3)));
  const HeldAlert* one = held.find("i");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->alert.sequence, 3);
  ASSERT_EQ(one->alert.folded.size(), 2U);
  EXPECT_EQ(one->alert.folded[0].sequence, 1);
  EXPECT_EQ(one->alert.folded[1].change, "placed");
  ASSERT_EQ(one->records.size(), 3U);
  EXPECT_EQ(one->records[0].offset, 11);
  EXPECT_EQ(one->records[2].offset, 10) << "its own is the last";
  EXPECT_EQ(held.metadata(), "held:10,1,1");
}

TEST(HeldAlerts, HaveRoomForWhatKafkaKeepsBesideAnOffset) {
  HeldAlerts held;
  std::int64_t n = 0;
  while (held.hold(record(9'000'000'000 + 3 * n), alert(1, "first", 3, std::to_string(n)))) ++n;
  EXPECT_GT(n, 1600);
  EXPECT_LE(held.metadata().size(), HeldAlerts::kMetadataBytes);
  EXPECT_EQ(held.size(), static_cast<std::size_t>(n)) << "the one without room is not held";
  const std::vector<std::int64_t> offsets = HeldAlerts::offsets(held.metadata());
  ASSERT_EQ(offsets.size(), static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) ASSERT_EQ(offsets[static_cast<std::size_t>(i)], 9'000'000'000 + 3 * i);
}

TEST(HeldAlerts, ReadTheirOwnMetadataAndNothingElse) {
  EXPECT_THAT(HeldAlerts::offsets("held:0,1,5"), ElementsAre(0, 1, 6));
  for (const char* text : {"", "held:", "somebody's", "held:1,", "held:1,,2", "held:1,0", "held:1,-2", "held:-1",
                           "held:1;2", "held:9223372036854775807,1", "held:99999999999999999999", "held: 1"})
    EXPECT_THAT(HeldAlerts::offsets(text), IsEmpty()) << text;
}

TEST(ToldAlerts, RememberSoManyAndWhenEachIncidentWasToldLast) {
  ToldAlerts told(3);
  AlertMessage second = alert(3, "placed", 2, "a");
  second.folded = {{1, "first"}, {2, "corroborated"}};
  told.add(second, 1000);
  for (int sequence = 1; sequence <= 3; ++sequence) EXPECT_TRUE(told.holds(alert(sequence, "", 0, "a"))) << sequence;
  ASSERT_TRUE(told.find("a"));
  EXPECT_EQ(told.find("a")->last_ms, 1000);
  EXPECT_EQ(told.find("a")->severity, 2);
  told.add(second, 9000);
  EXPECT_EQ(told.find("a")->last_ms, 1000) << "it is the same alert";
  told.add(alert(1, "first", 5, "b"), 2000);
  told.add(alert(2, "placed", 4, "b"), 3000);
  EXPECT_FALSE(told.holds(alert(2, "", 0, "a")));
  EXPECT_TRUE(told.holds(alert(3, "", 0, "a")));
  EXPECT_EQ(told.find("b")->severity, 5);
  told.add(alert(1, "first", 1, "c"), 4000);
  EXPECT_FALSE(told.find("a"));
}

}  // namespace
}  // namespace tocsin
