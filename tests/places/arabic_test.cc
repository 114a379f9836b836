#include "common/places/arabic.h"

#include <gtest/gtest.h>

namespace tocsin::places {
namespace {

std::vector<std::string> stems(std::string_view word) {
  std::vector<std::string> out;
  for (const ArabicStem& s : arabic_stems(word)) out.push_back(s.text);
  return out;
}

TEST(Arabic, TakesJoinedWordsAway) {
  EXPECT_EQ(stems("وللمغرب"), (std::vector<std::string>{"للمغرب", "المغرب", "لمغرب", "مغرب"}));
  EXPECT_EQ(stems("بباريس"), (std::vector<std::string>{"باريس"}));
}

TEST(Arabic, LeavesThreeLettersAtLeastAndOtherScriptsAlone) {
  EXPECT_TRUE(stems("وفد").empty());
  EXPECT_TRUE(stems("Paris").empty());
  EXPECT_TRUE(stems("").empty());
}

// The article belongs to the name, "and" and "in" do not; "لل" is both, and stays.
TEST(Arabic, SaysWhereTheNameBegins) {
  EXPECT_EQ(arabic_stems("والمغرب")[0].joined, 2u);
  EXPECT_EQ(arabic_stems("للمغرب")[0].joined, 0u);
}

}  // namespace
}  // namespace tocsin::places
