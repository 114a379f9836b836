#include "common/text/ascii_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "common/text/eight_bytes.h"
#include "common/text/sixteen_bytes.h"
#include "common/text/word_hash.h"

namespace tocsin {
namespace {

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_word(char c) { return is_ascii_letter_or_digit(static_cast<unsigned char>(c)); }

TEST(SixteenBytes, GathersTheHighestBitOfEachByte) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 2000; ++round) {
    const std::uint64_t half[2] = {random(), random()};
    SixteenBytes both;
    std::memcpy(&both, half, sizeof both);
    std::uint32_t expected = 0;
    for (unsigned i = 0; i < 16; ++i) expected |= static_cast<std::uint32_t>(half[i / 8] >> (8 * (i % 8) + 7) & 1) << i;
    EXPECT_EQ(bits_of(both), expected);
    EXPECT_EQ(gather_high_bits(half[0]) | gather_high_bits(half[1]) << 8, expected);
  }
}

TEST(AsciiMap, SaysOfEachByteWhatTheObviousTestSays) {
  std::mt19937 random(5);
  AsciiMap map;  // one for all: what the text before left behind must not show
  std::string lower;
  for (int round = 0; round < 3000; ++round) {
    std::string text(random() % 200, '\0');
    for (char& c : text) c = static_cast<char>(random() % 4 == 0 ? random() % 256 : 'A' + random() % 64);
    map.assign(text, lower);
    ASSERT_EQ(lower.size(), text.size() + kReadBehind);
    for (std::size_t i = 0; i < text.size(); ++i) ASSERT_EQ(lower[i], lowered(text[i])) << i;
    EXPECT_EQ(lower.substr(text.size()), std::string(kReadBehind, '\0'));
    for (std::uint32_t at = 0; at <= text.size(); ++at) {
      std::uint64_t expected = 0;
      for (std::uint32_t k = at; k < at + 64 && k < text.size(); ++k)
        expected |= std::uint64_t{is_word(text[k])} << (k - at);
      ASSERT_EQ(map.from(at), expected) << "at " << at << " of " << text.size();
    }
  }
}

TEST(WordLengths, AreThoseOfTheMapWhereverTheyAreAskedFor) {
  std::mt19937 random(13);
  AsciiMap map;
  std::string lower;
  for (int round = 0; round < 3000; ++round) {
    std::string text(1 + random() % 300, ' ');
    for (char& c : text) c = random() % (2 + round % 20) == 0 ? ' ' : 'a';
    map.assign(text, lower);
    const auto size = static_cast<std::uint32_t>(text.size());
    std::uint32_t at = 0;
    for (WordLengths lengths(map, 0); at < size;) {
      std::uint32_t n = 0;
      while (at + n < size && text[at + n] == 'a') ++n;
      const std::uint32_t found = lengths.next();
      if (n > kShortWord) {
        ASSERT_GT(found, kShortWord) << text << " at " << at;
        at += n;
        lengths.go_to(at);
        continue;
      }
      ASSERT_EQ(found, n) << text << " at " << at;
      const std::uint32_t step = std::min(n + 1, size - at);
      at += step;
      lengths.skip(step);
    }
  }
}

TEST(WordHash, OfAShortWordIsThatOfTheWordWhateverStandsBehind) {
  std::mt19937 random(11);
  for (int round = 0; round < 2000; ++round) {
    for (std::uint32_t n = 1; n <= kShortWord; ++n) {
      std::vector<char> text(n + kReadBehind);  // an allocation of its own: a sanitizer sees a read too far
      for (char& c : text) c = static_cast<char>(random());
      EXPECT_EQ(hash_short_word(text.data(), n), hash_word(std::string_view(text.data(), n))) << n;
    }
  }
}

}  // namespace
}  // namespace tocsin
