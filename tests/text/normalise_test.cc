#include "common/text/normalise.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

TEST(Normalise, DecodesDeclaredEncodings) {
  EXPECT_EQ(html_charset("<html><meta charset=\"windows-1251\">"), "windows-1251");
  EXPECT_EQ(html_charset("<meta http-equiv=content-type content='text/html; charset=Shift_JIS'>"), "shift_jis");
  EXPECT_EQ(html_charset("<p>charset=koi8-r"), "");
  EXPECT_EQ(html_to_utf8("<meta charset=windows-1251>\xcc\xee\xf1\xea\xe2\xe0"), "<meta charset=windows-1251>Москва");
}

}  // namespace
}  // namespace tocsin
