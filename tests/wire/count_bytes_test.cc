#include "common/wire/count_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace tocsin {
namespace {

TEST(CountBytes, AgreesWithTheObviousCountWhateverTheLength) {
  std::mt19937 random(3);
  const auto is_blank = [](char c) { return c == ' '; };
  for (std::size_t size = 0; size < 1500; size += 1 + random() % 7) {
    std::string text(size, ' ');  // all of them in many rounds: a sum that overflows shows
    if (random() % 2 == 0)
      for (char& c : text) c = static_cast<char>(random() % 3 == 0 ? 'x' : ' ');
    EXPECT_EQ(count_bytes(text, is_blank), static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '))) << size;
  }
}

}  // namespace
}  // namespace tocsin
