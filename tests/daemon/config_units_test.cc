#include "daemon/config_units.h"

#include <gtest/gtest.h>

#include <random>

namespace tocsin {
namespace {

TEST(Units, DurationsAddUp) {
  EXPECT_EQ(parse_duration_ms("20ms"), 20);
  EXPECT_EQ(parse_duration_ms("72h"), 72LL * 3600 * 1000);
  EXPECT_EQ(parse_duration_ms("1h30m"), 90LL * 60 * 1000);
  EXPECT_EQ(parse_duration_ms("0"), 0);
}

TEST(Units, WhatIsNoDurationIsRefused) {
  for (const char* text : {"", "20", "h", "20 ms", "-1s", "1.5h", "1y", "99999999999999999999s", "9999999999999999d"}) {
    EXPECT_FALSE(parse_duration_ms(text)) << text;
  }
}

TEST(Units, SizesKnowBinaryAndDecimalUnits) {
  EXPECT_EQ(parse_size("8MiB"), 8u << 20);
  EXPECT_EQ(parse_size("64 KiB"), 64u << 10);
  EXPECT_EQ(parse_size("8MB"), 8'000'000u);
  EXPECT_EQ(parse_size("10"), 10u);
  for (const char* text : {"", "MiB", "1M", "1.5MiB", "-1", "99999999999GiB"}) EXPECT_FALSE(parse_size(text)) << text;
}

TEST(Units, CountsMayBeGrouped) {
  EXPECT_EQ(parse_count("2_000_000"), 2'000'000u);
  for (const char* text : {"", "_1", "1_", "1__0", "1e3", "-1", "0x10", "99999999999999999999"}) {
    EXPECT_FALSE(parse_count(text)) << text;
  }
}

TEST(Units, WhatIsPrintedReadsBack) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 2000; ++i) {
    const std::int64_t ms = static_cast<std::int64_t>(random() >> (random() % 40 + 20));
    EXPECT_EQ(parse_duration_ms(format_duration(ms)), ms) << format_duration(ms);
    const std::size_t bytes = random() >> (random() % 40 + 20);
    EXPECT_EQ(parse_size(format_size(bytes)), bytes) << format_size(bytes);
  }
  EXPECT_EQ(format_duration(72LL * 3600 * 1000), "72h");
  EXPECT_EQ(format_duration(30LL * 24 * 3600 * 1000), "30d");
}

}  // namespace
}  // namespace tocsin
