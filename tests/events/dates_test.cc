#include "common/events/dates.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

std::optional<DateFound> date_in(const std::string& text, const char* published, std::uint32_t near = 0) {
  Document d;
  d.assign(text);
  std::optional<int> day;
  if (published) day = days_from_iso(published);
  return DateFinder().nearest(d, 0, static_cast<std::uint32_t>(d.tokens().size()), near, day);
}

std::string resolved(const std::string& text, const char* published = "2023-03-17") {
  const auto date = date_in(text, published);
  return date ? date->resolved : "none";
}

TEST(Dates, AWeekdayIsTheLastSuchDay) {
  EXPECT_EQ(resolved("They met on Thursday morning"), "2023-03-16");
  EXPECT_EQ(resolved("They met on Friday"), "2023-03-17");
  EXPECT_EQ(resolved("They met last Friday"), "2023-03-10");
  EXPECT_EQ(resolved("They meet next Monday"), "2023-03-20");
  EXPECT_EQ(resolved("They met on Thursday", nullptr), "");
}

TEST(Dates, DaysWithAndWithoutAYear) {
  EXPECT_EQ(resolved("on March 16, 2023"), "2023-03-16");
  EXPECT_EQ(resolved("on 16 March 2023"), "2023-03-16");
  EXPECT_EQ(resolved("on March 16"), "2023-03-16");
  EXPECT_EQ(resolved("on December 30"), "2022-12-30");
  EXPECT_EQ(resolved("on the 16th of March"), "2023-03-16");
  EXPECT_EQ(resolved("on Monday, January 30"), "2023-01-30");
  EXPECT_EQ(resolved("on Wednesday March 8"), "2023-03-08");
  EXPECT_EQ(resolved("yesterday"), "2023-03-16");
  EXPECT_EQ(resolved("three days ago"), "2023-03-14");
}

TEST(Dates, YearsAndMonthsAreAgesAndNoDays) {
  EXPECT_EQ(resolved("in 2018"), "");
  EXPECT_GT(*date_in("in 2018", "2023-03-17")->age_days, 1000);
  EXPECT_GT(*date_in("four years ago", "2023-03-17")->age_days, 1000);
  EXPECT_TRUE(date_in("in 2018", nullptr)->old_without_anchor);
  EXPECT_FALSE(date_in("a Mirage 2000 jet", "2023-03-17"));
  EXPECT_FALSE(date_in("they may march", "2023-03-17"));
}

TEST(Dates, AYearBeforeANounDatesThatNounOnly) {
  EXPECT_GT(*date_in("the 1986 air strikes", "2023-03-17", 3)->age_days, 10000);
  EXPECT_GT(*date_in("Iran's 2012 attack", "2023-03-17", 3)->age_days, 3000);
  EXPECT_FALSE(date_in("they struck the 1986 model", "2023-03-17", 1));
  EXPECT_FALSE(date_in("some 2000 soldiers", "2023-03-17", 2));
  EXPECT_FALSE(date_in("the raid came before Friday's vote", "2023-03-17", 1));
  EXPECT_EQ(date_in("after Friday's raid", "2023-03-17", 3)->resolved, "2023-03-17");
}

TEST(Dates, ATimeThatIsNotOverIsNoFuture) {
  EXPECT_EQ(*date_in("in 2023", "2023-03-17")->age_days, 0);
  EXPECT_EQ(*date_in("in March", "2023-03-17")->age_days, 0);
  EXPECT_LT(*date_in("in 2024", "2023-03-17")->age_days, -200);
  EXPECT_GT(*date_in("earlier this year", "2023-03-17")->age_days, 30);
  EXPECT_GT(*date_in("last August", "2023-03-17")->age_days, 190);
}

TEST(Dates, ADayTellsMoreThanAYearButNotMoreThanTheYearBesideIt) {
  EXPECT_EQ(date_in("fined on Monday for ships that were taken in 2018", "2023-03-17", 1)->resolved, "2023-03-13");
  EXPECT_EQ(date_in("fined on Monday for the many ships seized in 2018", "2023-03-17", 8)->resolved, "");
}

TEST(Dates, IsoDaysGoThereAndBack) {
  for (int day = -20000; day < 60000; day += 37) EXPECT_EQ(days_from_iso(iso_day(day)), day);
  EXPECT_FALSE(days_from_iso("2023-3-17"));
  EXPECT_FALSE(days_from_iso("yesterday!"));
}

}  // namespace
}  // namespace tocsin
