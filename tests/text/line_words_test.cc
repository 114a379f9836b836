#include "common/text/line_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
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
    const std::size_t start = random() % 100, size = random() % (text.size() - start + 1), end = start + size;
    words.assign(text);
    std::vector<std::uint64_t> found;
    words.append(start, end, 1000, found);
    const std::string line = text.substr(start, end - start);
    ASSERT_EQ(found, obvious_words(line)) << line;
    compared += found.size();
    // As many as are asked for, behind what stands there already.
    std::vector<std::uint64_t> some = {1, 3};
    words.append(start, end, 5, some);
    std::vector<std::uint64_t> expected = {1, 3};
    for (std::size_t n = 0; n < std::min<std::size_t>(5, found.size()); ++n) expected.push_back(found[n]);
    if (some.size() == 7) {  // a colon behind the last one was not read
      some.back() &= ~kColonBit;
      expected.back() &= ~kColonBit;
    }
    ASSERT_EQ(some, expected) << line;
  }
  EXPECT_GT(compared, 20000U);
}

std::vector<std::uint64_t> words_of(std::string_view line) {
  std::vector<std::uint64_t> out;
  append_line_words(line, 100, out);
  return out;
}

TEST(LineWords, OfAddressesSignsAndOtherScripts) {
  const auto word = [](std::string_view w) { return hash_word(w) & ~kColonBit; };
  using testing::ElementsAre;
  EXPECT_THAT(words_of("see www.a.b now"), ElementsAre(word("see"), kAddressWord, word("now")));
  EXPECT_THAT(words_of("wwx.a"), ElementsAre(word("wwx"), word("a")));
  EXPECT_THAT(words_of("x foo.bar@y.z w"), ElementsAre(word("x"), kAddressWord, word("w")));
  EXPECT_THAT(words_of("a, b@c"), ElementsAre(word("a"), kAddressWord));
  EXPECT_THAT(words_of("a,b@c d"), ElementsAre(kAddressWord, word("d")));
  EXPECT_THAT(words_of("É,é\tab’s"), ElementsAre(word("é"), word("é"), word("abs")));
  EXPECT_THAT(words_of("© 2026 Example: 5%"),
              ElementsAre(word("©"), kNumberWord, word("example") | kColonBit, kNumberWord, word("%")));
}

}  // namespace
}  // namespace tocsin
