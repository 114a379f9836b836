#include "daemon/json_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace tocsin {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonText, EscapesWhatJsonForbids) {
  EXPECT_EQ(quoted("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\u000a\\u0001\"");
  EXPECT_EQ(quoted("Kyōto 東京 🚀"), "\"Kyōto 東京 🚀\"");
}

TEST(JsonText, ReplacesBytesThatAreNoUtf8) {
  for (const char* bytes : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82"}) {
    EXPECT_NE(quoted(bytes).find("\xEF\xBF\xBD"), std::string::npos);
  }
}

TEST(JsonText, NumbersReadBackAndHaveNoInfinity) {
  std::string out;
  append_json_number(out, 0.1);
  append_json_number(out, std::numeric_limits<double>::infinity());
  EXPECT_EQ(out, "0.1null");
}

TEST(JsonText, TimesAreUtcWithMilliseconds) {
  EXPECT_EQ(iso_time(1'700'000'000'123), "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(iso_time(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(iso_time(0), "");
}

}  // namespace
}  // namespace tocsin
