#include "daemon/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace tocsin {
namespace {

constexpr std::int64_t kTime = 1'700'000'000'123;

TEST(Log, WritesLogfmtWithQuotesWhereNeeded) {
  EXPECT_EQ(format_log_line(LogFormat::kLogfmt, kTime, LogLevel::kInfo, "takeover.done",
                            {{"seconds", 1.5}, {"heads", 12u}, {"ok", true}, {"why", "a b\n\"c\""}, {"none", ""}}),
            "ts=2023-11-14T22:13:20.123Z level=info event=takeover.done seconds=1.5 heads=12 ok=true "
            "why=\"a b\\u000a\\\"c\\\"\" none=\"\"");
}

TEST(Log, WritesJson) {
  EXPECT_EQ(format_log_line(LogFormat::kJson, kTime, LogLevel::kWarn, "broker.away", {{"broker", "a:1"}, {"n", -1}}),
            R"({"ts":"2023-11-14T22:13:20.123Z","level":"warn","event":"broker.away","broker":"a:1","n":-1})");
}

TEST(Log, CutsWhatIsLongAndStaysOneWholeLine) {
  const std::string big(1 << 20, 'x');
  const std::string line = format_log_line(LogFormat::kJson, kTime, LogLevel::kInfo, "e",
                                           {{"a", big}, {"b", big}, {"c", big}, {"d", big}, {"e", big}});
  EXPECT_LE(line.size(), 8u << 10);
  EXPECT_TRUE(line.ends_with(R"("cut":"true"})"));
}

TEST(Log, KeepsQuietBelowItsLevel) {
  std::vector<std::string> lines;
  const LogCapture capture([&](std::string_view line) { lines.emplace_back(line); });
  log_setup({LogFormat::kLogfmt, LogLevel::kWarn});
  log_info("quiet");
  log_error("loud");
  log_setup({});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], testing::HasSubstr("level=error event=loud"));
}

TEST(Log, LinesOfManyThreadsStayWhole) {
  std::vector<std::string> lines;
  const LogCapture capture([&](std::string_view line) { lines.emplace_back(line); });
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < 100; ++i) log_info("e", {{"text", "one two"}});
      });
    }
  }
  EXPECT_EQ(lines.size(), 400u);
  for (const auto& line : lines) EXPECT_TRUE(line.ends_with("event=e text=\"one two\""));
}

TEST(Repeated, IsDueAtOnceAndThenAtGrowingIntervals) {
  Repeated repeated;
  std::vector<std::int64_t> due;
  for (std::int64_t now = 0; now < 1'000'000; now += 100) {
    if (repeated.due(now)) due.push_back(now);
  }
  EXPECT_THAT(due, testing::ElementsAre(0, 1000, 3000, 7000, 15000, 31000, 63000, 127000, 255000, 511000, 811000));
}

TEST(Repeated, CountsWhatItSwallowedAndBeginsAnewWhenOver) {
  Repeated repeated;
  EXPECT_FALSE(repeated.over());
  EXPECT_TRUE(repeated.due(0));
  EXPECT_FALSE(repeated.due(10));
  EXPECT_FALSE(repeated.due(20));
  EXPECT_TRUE(repeated.due(1000));
  EXPECT_EQ(repeated.swallowed(), 2u);
  EXPECT_EQ(repeated.lasting_ms(5000), 5000);
  EXPECT_TRUE(repeated.over());
  EXPECT_FALSE(repeated.over());
  EXPECT_TRUE(repeated.due(1001));
}

}  // namespace
}  // namespace tocsin
