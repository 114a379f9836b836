#include "common/article/nearest.h"

#include <gtest/gtest.h>

#include <array>

namespace tocsin {
namespace {

constexpr std::array<std::string_view, 3> kKnown{"articles", "bytes", "wait"};

TEST(Nearest, FindsTheNameWithFewestEdits) {
  EXPECT_EQ(nearest("artikel", kKnown), "");
  EXPECT_EQ(nearest("article", kKnown), "articles");
  EXPECT_EQ(nearest("byte", kKnown), "bytes");
  EXPECT_EQ(nearest("wiat", kKnown), "wait") << "two neighbours swapped are one edit";
  EXPECT_EQ(nearest("wat", kKnown), "wait");
}

TEST(Nearest, ListsWhatIsKnownWhenNothingIsNear) {
  EXPECT_EQ(did_you_mean("zzz", kKnown), "; known are articles, bytes, wait");
  EXPECT_EQ(did_you_mean("zzz", {}), "");
  EXPECT_EQ(did_you_mean("", kKnown), "; known are articles, bytes, wait");
}

TEST(Nearest, LooksAtALongWordUpToItsLimit) { EXPECT_EQ(nearest(std::string(1'000'000, 'x'), kKnown), ""); }

}  // namespace
}  // namespace tocsin
