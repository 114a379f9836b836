#include "common/wire/date.h"

#include <gtest/gtest.h>

#include <random>

namespace tocsin {
namespace {

constexpr std::int64_t kMarch16 = 1678953600000;  // 2023-03-16T08:00:00Z

TEST(Date, ReadsTheFormatsThatSourcesWrite) {
  for (const char* text : {"2023-03-16T08:00:00Z",
                           "2023-03-16T08:00:00.000Z",
                           "2023-03-16T17:00:00+09:00",
                           "2023-03-16T17:00:00+0900",
                           "2023-03-16 08:00:00",
                           "2023-03-16 08:00",
                           "2023-03-16 08:00:00 UTC",
                           "2023-03-16 04:00:00-04:00",
                           "20230316T080000Z",
                           "20230316T0800",
                           "20230316080000",
                           "1678953600",
                           "1678953600.5",
                           "1678953600000",
                           "Thu, 16 Mar 2023 08:00:00 GMT",
                           "Thu, 16 Mar 2023 08:00:00 +0000",
                           "16 Mar 2023 03:00 EST",
                           "Thu Mar 16 08:00:00 2023",
                           "March 16, 2023 8:00 AM",
                           "Mar. 16, 2023 4:00 a.m. EDT",
                           "16-MAR-2023 08:00:00.00",
                           "16 March 2023 08:00",
                           "2023/03/16 08:00:00",
                           "16.03.2023 08:00",
                           "16/03/2023 08:00",
                           "2023-03-16T08Z"}) {
    const auto date = parse_date(text);
    if (std::string_view(text) == "2023-03-16T08Z") {
      EXPECT_FALSE(date) << "an hour alone is no time";
    } else if (std::string_view(text) == "1678953600.5") {
      EXPECT_EQ(date, kMarch16) << text;
    } else {
      ASSERT_TRUE(date) << text;
      EXPECT_EQ(*date, kMarch16) << text;
    }
  }
}

TEST(Date, ADateWithoutTimeIsMidnightUtc) {
  for (const char* text :
       {"2023-03-16", "20230316", "16 March 2023", "March 16, 2023", "Thu, 16 Mar 2023", "16-MAR-23"})
    EXPECT_EQ(parse_date(text), kMarch16 - 8 * 3600 * 1000) << text;
}

TEST(Date, MonthsOfOtherLanguagesAndWhatStandsBehindATime) {
  for (const char* text :
       {" 16 de março de 2023 \r", "16 mars 2023", "16. März 2023", "16 de marzo de 2023", "16 maart 2023", "3/16/23"})
    EXPECT_EQ(parse_date(text), kMarch16 - 8 * 3600 * 1000) << text;
  EXPECT_EQ(parse_date("16-MAR-2023 08:00:00.00V RM"), kMarch16);
  EXPECT_FALSE(parse_date("16 foo 2023"));
}

TEST(Date, FractionsAreMilliseconds) {
  EXPECT_EQ(parse_date("2023-03-16T08:00:00.123456Z"), kMarch16 + 123);
  EXPECT_EQ(parse_date("26-FEB-1987 15:01:01.79"), 541350061790);
}

TEST(Date, WhatIsNoDateIsAbsent) {
  for (const char* text : {"",
                           " ",
                           "None",
                           "null",
                           "N/A",
                           "0",
                           "0000-00-00",
                           "0000-00-00 00:00:00",
                           "1970-01-01",
                           "1970-01-01T00:00:00Z",
                           "2099-01-01",
                           "2099-12-31T23:59:59Z",
                           "9999-12-31",
                           "4102444800",
                           "2023-02-29",
                           "2023-13-01",
                           "2023-00-10",
                           "2023-03-32",
                           "2023-03-16T25:00:00Z",
                           "2023-03-16T08:61:00Z",
                           "yesterday",
                           "16 Foo 2023",
                           "03/04/2023",
                           "2023",
                           "March",
                           "-1",
                           "1e9",
                           "2023-03-16T08:00:00+99:00",
                           "a very long text that is certainly not a date at all, at all",
                           "2 hours ago",
                           "1234567",
                           "12345678901234567890"})
    EXPECT_FALSE(parse_date(text)) << text;
}

TEST(Date, NumbersAreSecondsMillisecondsOrMicroseconds) {
  EXPECT_EQ(date_from_number(1678953600), kMarch16);
  EXPECT_EQ(date_from_number(1678953600e3), kMarch16);
  EXPECT_EQ(date_from_number(1678953600e6), kMarch16);
  for (const double number : {0.0, -1.0, 5.0, 1e99, 4102444800.0}) EXPECT_FALSE(date_from_number(number)) << number;
}

TEST(Date, WrittenAsRfc3339IsReadBackTheSame) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<std::int64_t> any(-5000000000000, 3700000000000);
  for (int i = 0; i < 5000; ++i) {
    const std::int64_t ms = any(random);
    std::string text;
    append_rfc3339(ms, text);
    EXPECT_TRUE(is_rfc3339(text)) << text;
    EXPECT_EQ(parse_date(text), ms) << text;
  }
}

TEST(Date, AnyBytesAreReadWithoutHarm) {
  std::mt19937 random(11);
  constexpr std::string_view kLetters = "0123456789-:/.+TZ ,amprsJanFebMon";
  for (int i = 0; i < 200000; ++i) {
    std::string text;
    for (auto n = random() % 40; n > 0; --n) text.push_back(kLetters[random() % kLetters.size()]);
    if (const auto date = parse_date(text)) {
      EXPECT_GE(*date, -5364662400000);
      EXPECT_LT(*date, 3786912000000);
    }
  }
}

TEST(Date, OnlyTheLetterOfRfc3339IsRfc3339) {
  for (const char* text : {"2023-03-16T08:00:00Z", "2023-03-16T08:00:00.5+09:00"})
    EXPECT_TRUE(is_rfc3339(text)) << text;
  for (const char* text : {"2023-03-16", "2023-03-16 08:00:00Z", "2023-03-16T08:00:00", "2023-03-16T08:00:00+0900",
                           "2023-03-16T08:00:00.Z", ""})
    EXPECT_FALSE(is_rfc3339(text)) << text;
}

}  // namespace
}  // namespace tocsin
