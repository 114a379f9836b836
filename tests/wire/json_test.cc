#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "common/wire/code_points.h"
#include "common/wire/json_check.h"
#include "common/wire/json_writer.h"

namespace tocsin {
namespace {

std::string as_json(std::string_view text) {
  std::string out;
  append_json_string(text, out);
  return out;
}
std::string number(double value) {
  std::string out;
  append_json_number(value, out);
  return out;
}

// The obvious way, one byte at a time.
std::string as_json_slowly(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto b = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (b < 0x20) {
      constexpr std::string_view kShort = "\b\t\n\f\r";
      constexpr std::string_view kLetters = "btnfr";
      const std::size_t at = kShort.find(c);
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\u%04x", static_cast<unsigned>(b));
      out += at == std::string_view::npos ? std::string(hex) : std::string("\\") + kLetters[at];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

TEST(JsonWriter, EscapesWhatMustBeAndNothingElse) {
  EXPECT_EQ(as_json("a\"b\\c\n\x01é/\x7f"), "\"a\\\"b\\\\c\\n\\u0001é/\x7f\"");
  EXPECT_EQ(as_json(""), "\"\"");
}

TEST(JsonWriter, TheFastEscapeEqualsTheObviousOne) {
  std::mt19937 random(5);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (auto n = random() % 60; n > 0; --n) {
      const auto kind = random() % 8;
      text.push_back(static_cast<char>(kind == 0   ? random() % 256
                                       : kind == 1 ? random() % 32
                                       : kind == 2 ? '"'
                                                   : 'a' + random() % 26));
    }
    ASSERT_EQ(as_json(text), as_json_slowly(text));
  }
}

TEST(JsonWriter, NumbersAreShortAndExact) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-0.0), "0");
  EXPECT_EQ(number(0.95), "0.95");
  EXPECT_EQ(number(-71.05977), "-71.05977");
  EXPECT_EQ(number(100), "100");
  EXPECT_EQ(number(0.0000004), "0");
  EXPECT_EQ(number(-0.0000004), "0");
  EXPECT_EQ(number(1e300), "null");
  EXPECT_EQ(number(std::nan("")), "null");
}

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  std::string text;
  JsonWriter out(text);
  out.open('{')
      .member("a", "b")
      .member_if("c", "")
      .key("d")
      .open('[')
      .number(std::int64_t{1})
      .open('{')
      .close('}')
      .raw("2,3")
      .close(']');
  out.key("e").boolean(false).key("f").string_or_null("").close('}');
  EXPECT_EQ(text, R"({"a":"b","d":[1,{},2,3],"e":false,"f":null})");
}

TEST(JsonCheck, TellsCutFromWrong) {
  for (const char* text : {"{}", "[]", "[1,2.5,-0,1e5,1E-5]", R"({"a":{"b":[true,false,null]}})", " \"\\u00e9\" ", "0"})
    EXPECT_EQ(check_json(text, 8).fault, JsonFault::kNone) << text;
  for (const char* text :
       {"[1,]", "{,}", "01", "1.", "1.x", "-", "\"\\x\"", "tru ", "{\"a\":1,}", "[1 2]", "{} {}", "{1:2}", "\"\t\""}) {
    if (std::string_view(text) == "1." || std::string_view(text) == "-") {
      EXPECT_EQ(check_json(text, 8).fault, JsonFault::kCut) << text;
      continue;
    }
    EXPECT_EQ(check_json(text, 8).fault, JsonFault::kNotJson) << text;
  }
  for (const char* text : {"", "[", "{", "{\"a", "{\"a\"", "{\"a\":", "[1,", "tr", "\"\\", "\"\\u0"})
    EXPECT_EQ(check_json(text, 8).fault, JsonFault::kCut) << text;
  EXPECT_EQ(check_json("[[[]]]", 3).fault, JsonFault::kNone);
  EXPECT_EQ(check_json("[[[]]]", 2).fault, JsonFault::kTooDeep);
}

TEST(CodePointIndex, CountsLikeTheObviousWay) {
  std::mt19937 random(9);
  for (int i = 0; i < 500; ++i) {
    std::string text;
    std::vector<std::uint32_t> starts;
    for (auto n = random() % 300; n > 0; --n) {
      starts.push_back(static_cast<std::uint32_t>(text.size()));
      constexpr std::string_view kLetters[] = {"a", "b", "é", "世", "🚀"};
      text += kLetters[random() % (i % 2 == 0 ? 2 : 5)];
    }
    const CodePointIndex index(text);
    for (std::uint32_t k = 0; k < starts.size(); ++k) ASSERT_EQ(index.before(starts[k]), k);
    ASSERT_EQ(index.size(), starts.size());
  }
}

}  // namespace
}  // namespace tocsin
