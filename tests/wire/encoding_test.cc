#include "common/wire/encoding.h"

#include <gtest/gtest.h>

#include <random>

namespace tocsin {
namespace {

TEST(Encoding, LeavesValidTextAlone) {
  EXPECT_EQ(repair_utf8("plain, é, 東京, 😀"), "plain, é, 東京, 😀");
  EXPECT_FALSE(is_utf8("\xc0\xaf"));
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));
}

TEST(Encoding, ReadsStrayBytesAsWindows1252) {
  EXPECT_EQ(repair_utf8("\x93we will\x94 caf\xe9"), "“we will” café");
  EXPECT_EQ(repair_utf8("a\x81z"), "a\ufffdz");
  EXPECT_EQ(repair_utf8("cut \xe2\x80"), "cut \ufffd");
}

TEST(Encoding, JoinsSurrogatesThatWereWrittenApart) { EXPECT_EQ(repair_utf8("\xed\xa0\xbd\xed\xb8\x80"), "😀"); }

TEST(Encoding, DecodesNamedOnes) {
  EXPECT_EQ(decode_charset("\x93\x8c\x8b\x9e", "Shift_JIS"), "東京");
  EXPECT_EQ(decode_charset("\xb1\xb1\xbe\xa9", "gb2312"), "北京");
  EXPECT_EQ(decode_charset("caf\xe9", "no such encoding"), "café");
}

TEST(Encoding, MakesUtf8OfAnyBytes) {
  std::mt19937 random(7);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes;
    for (auto n = random() % 24; n > 0; --n)
      bytes += static_cast<char>(random() % 3 == 0 ? random() % 128 : 128 + random() % 128);
    const std::string text = repair_utf8(bytes);
    ASSERT_TRUE(is_utf8(text));
    ASSERT_EQ(repair_utf8(text), text);
  }
}

TEST(Encoding, AStartOfTextCutsNoCharacter) {
  const std::string text = "aé東😀";  // 1, 2, 3 and 4 bytes
  const std::size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t limit = 0; limit < std::size(expected); ++limit)
    EXPECT_EQ(utf8_start(text, limit), text.substr(0, expected[limit])) << limit;
}

}  // namespace
}  // namespace tocsin
