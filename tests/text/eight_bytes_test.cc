#include "common/text/eight_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <random>
#include <string>

#include "common/text/word_table.h"

namespace tocsin {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }

TEST(EightBytes, MarksEachByteAsTheObviousTestDoes) {
  for (int c = 0; c < 256; ++c) {
    for (std::size_t at = 0; at < 8; ++at) {
      std::string text(8, 'x');
      text[at] = static_cast<char>(c);
      const AsciiEight eight(load_eight(text.data(), text.data() + 8));
      const std::uint64_t mark = std::uint64_t{0x80} << (8 * at);
      EXPECT_EQ((eight.letter & mark) != 0, is_letter(text[at])) << c << " at " << at;
      EXPECT_EQ((eight.upper & mark) != 0, is_upper(text[at])) << c << " at " << at;
      EXPECT_EQ((eight.digit & mark) != 0, is_digit(text[at])) << c << " at " << at;
      EXPECT_EQ(eight.run(), is_letter(text[at]) || is_digit(text[at]) ? 8 : at) << c;
    }
  }
}

TEST(EightBytes, CountsInTheRunOnlyAndReadsNoByteBehindTheEnd) {
  std::mt19937 random(7);
  const std::string alphabet = "aZ9m.B0 \xc3";
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (std::size_t n = random() % 12; n > 0; --n) text.push_back(alphabet[random() % alphabet.size()]);
    const std::string exact(text);  // its own allocation: a sanitizer sees a read too far
    const AsciiEight eight(load_eight(exact.data(), exact.data() + exact.size()));
    std::size_t n = 0;
    while (n < std::min<std::size_t>(exact.size(), 8) && (is_letter(exact[n]) || is_digit(exact[n]))) ++n;
    const auto end = exact.begin() + static_cast<std::ptrdiff_t>(n);
    EXPECT_EQ(eight.run(), n) << text;
    EXPECT_EQ(eight.in_run(eight.upper), std::count_if(exact.begin(), end, is_upper)) << text;
    EXPECT_EQ(eight.in_run(eight.digit), std::count_if(exact.begin(), end, is_digit)) << text;
  }
}

TEST(WordTable, FindsWhatWasPutAndNothingElse) {
  WordTable<int> table;
  for (int i = 0; i < 100; ++i) table.put("word" + std::to_string(i), i);
  table.put("word7", 1000);  // the first value stays
  for (int i = 0; i < 100; ++i) {
    const int* value = table.find(hash_word("word" + std::to_string(i)));
    ASSERT_NE(value, nullptr);
    EXPECT_EQ(*value, i);
  }
  for (int i = 100; i < 2000; ++i) EXPECT_EQ(table.find(hash_word("word" + std::to_string(i))), nullptr);
}

}  // namespace
}  // namespace tocsin
