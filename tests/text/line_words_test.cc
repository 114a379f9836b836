#include "common/text/line_words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "common/text/eight_bytes.h"
#include "common/text/word_hash.h"

namespace tocsin {
namespace {

// Words of ASCII text without addresses, a byte at a time.
std::vector<std::uint64_t> obvious_words(const std::string& line) {
  std::vector<std::uint64_t> out;
  std::string word;
  bool since_blank = false;  // a word stands behind the last blank
  const auto flush = [&] {
    if (word.empty()) return;
    const bool number = word[0] >= '0' && word[0] <= '9';
    out.push_back(number ? kNumberWord : hash_word(word.substr(0, 64)) & ~kColonBit);
    since_blank = true;
    word.clear();
  };
  for (const char c : line) {
    const bool number = !word.empty() && word[0] >= '0' && word[0] <= '9';
    if (is_ascii_letter_or_digit(static_cast<unsigned char>(c))) {
      word.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
    } else if (c != '\'' && !(number && (c == '.' || c == ','))) {
      flush();
      if (c == ':' && since_blank) out.back() |= kColonBit;
      if (c == '%') out.push_back(hash_word("%") & ~kColonBit);
      if (c == '%') since_blank = true;
      if (c == ' ') since_blank = false;
    }
  }
  flush();
  return out;
}

TEST(LineWords, AreThoseOfTheObviousCutter) {
  std::mt19937 random(17);
  const std::string marks = "   ,.'-:;%()\"!";
  LineWords words;
  std::size_t compared = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    while (text.size() < 300) {
      for (std::size_t n = random() % (random() % 9 == 0 ? 90 : 9); n > 0; --n)
        text.push_back("aBcdEfghiXYz0129"[random() % 16]);
      text.push_back(marks[random() % marks.size()]);
    }
    const std::size_t start = random() % 100, end = start + random() % 200;
    words.assign(text);
    std::vector<std::uint64_t> found;
    words.append(start, end, 1000, found);
    const std::string line = text.substr(start, end - start);
    ASSERT_EQ(found, obvious_words(line)) << line;
    compared += found.size();
    // As many as are asked for, behind what stands there already.
    std::vector<std::uint64_t> some = {1, 2};
    words.append(start, end, 5, some);
    ASSERT_LE(some.size(), 7U) << line;
    if (found.size() >= 5 && line.find(':') == std::string::npos) {
      EXPECT_TRUE(std::equal(some.begin() + 2, some.end(), found.begin())) << line;
    }
  }
  EXPECT_GT(compared, 20000U);
}

}  // namespace
}  // namespace tocsin
