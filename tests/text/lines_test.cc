#include "common/text/lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace tocsin {
namespace {

using Found =
    std::vector<std::tuple<std::string, std::uint32_t, bool>>;  // the line, where it begins, a blank one before

Found split(std::string_view text) {
  std::vector<Line> lines;
  split_lines(text, lines);
  Found out;
  for (const Line& l : lines) out.emplace_back(text.substr(l.start, l.end - l.start), l.start, l.blank_before);
  return out;
}

// A break at a time.
Found obvious(std::string_view text) {
  Found out;
  bool blank = false;
  std::size_t start = 0;
  const auto add = [&](std::size_t end) {
    const std::size_t first = std::min(text.find_first_not_of(" \t", start), end);
    std::size_t last = end;
    while (last > first && (text[last - 1] == ' ' || text[last - 1] == '\t')) --last;
    if (first == last) {
      blank = true;
    } else {
      out.emplace_back(text.substr(first, last - first), first, blank);
      blank = false;
    }
  };
  for (std::size_t i = 0; i < text.size();) {
    std::size_t size = 0;
    for (const std::string_view mark : {"\r\n", "\n", "\r", "\v", "\f", "\u0085", "\u2028", "\u2029"}) {
      if (size == 0 && text.substr(i).starts_with(mark)) size = mark.size();
    }
    if (size > 0) {
      add(i);
      start = i + size;
    }
    i += std::max<std::size_t>(size, 1);
  }
  add(text.size());
  return out;
}

TEST(Lines, AreThoseOfTheObviousSplitter) {
  static constexpr std::string_view kPieces[] = {"a",    "bc", " ",      "\t",     "\r",     "\n",
                                                 "\r\n", "\v", "\f",     "\u0085", "\u2028", "\u2029",
                                                 "é",    "“",  "\u00a9", "word",   "\u2027", "x y"};
  std::mt19937 random(29);
  std::size_t lines = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto n = random() % 40; n > 0; --n) text += kPieces[random() % std::size(kPieces)];
    const Found found = split(text);
    ASSERT_EQ(found, obvious(text)) << testing::PrintToString(text);
    lines += found.size();
  }
  EXPECT_GT(lines, 50'000U);
}

}  // namespace
}  // namespace tocsin
