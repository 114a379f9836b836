#include "common/wire/decode.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/wire/presets_dir.h"

namespace tocsin {
namespace {

constexpr std::int64_t kMarch16 = 1678953600000;  // 2023-03-16T08:00:00Z

tl::expected<Article, Rejection> decode(std::string_view payload, std::string_view preset = "auto",
                                        const DecodeLimits& limits = {}) {
  Decoder decoder(shipped_presets(), limits);
  Arrival arrival;
  arrival.at = {"wire.raw", 2, 17};
  return decoder.decode(payload, preset, arrival);
}

Article good(std::string_view payload, std::string_view preset = "auto") {
  auto article = decode(payload, preset);
  if (!article)
    ADD_FAILURE() << payload.substr(0, 200) << ": " << to_string(article.error().reason) << ", "
                  << article.error().detail;
  return article ? *article : Article{};
}

struct Bad {
  const char* name;
  std::string payload;
  Reason reason;
  const char* preset = "auto";
};

std::string nested(std::size_t depth) {
  return R"({"uri":"u","text":"t","x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

std::vector<Bad> bad_payloads() {
  using namespace std::string_literals;
  return {
      {"nothing", "", Reason::kEmpty},
      {"white space", " \t\r\n ", Reason::kEmpty},
      {"a mark and nothing", "\xEF\xBB\xBF", Reason::kEmpty},
      {"white space where JSON is due", "   ", Reason::kEmpty, "plain"},
      {"prose where JSON is due", "Missiles were fired.", Reason::kNotJson, "plain"},
      {"HTML where JSON is due", "<p>Missiles were fired.</p>", Reason::kNotJson, "ninjs-3"},
      {"a name without quotes", "{text: \"a\"}", Reason::kNotJson},
      {"single quotes", "{'text': 'a'}", Reason::kNotJson},
      {"a comma too many", R"({"text":"a",})", Reason::kNotJson},
      {"no colon", R"({"text" "a"})", Reason::kNotJson},
      {"two articles on a line", R"({"text":"a"}{"text":"b"})", Reason::kNotJson},
      {"words after the end", R"({"text":"a"} and so on)", Reason::kNotJson},
      {"a line feed inside a string", "{\"text\":\"a\nb\"}", Reason::kNotJson},
      {"an escape that is none", R"({"text":"a\q"})", Reason::kNotJson},
      {"three hexadecimal digits", R"({"text":"\u12g4"})", Reason::kNotJson},
      {"NaN as body", R"({"text":NaN})", Reason::kNotJson},
      {"cut in a string", R"({"uri":"u","text":"Missiles were fi)", Reason::kCutJson},
      {"cut after a string", R"({"uri":"u","text":"Missiles")", Reason::kCutJson},
      {"cut after a comma", R"({"uri":"u",)", Reason::kCutJson},
      {"cut after a name", R"({"uri":"u","text")", Reason::kCutJson},
      {"cut after a colon", R"({"uri":"u","text":)", Reason::kCutJson},
      {"cut in an escape", R"({"text":"a\u00)", Reason::kCutJson},
      {"cut in a literal", R"({"text":"a","x":tru)", Reason::kCutJson},
      {"cut in a list", R"({"text":"a","x":[1,2)", Reason::kCutJson},
      {"an opening bracket", "{", Reason::kCutJson},
      {"a list as article", R"([{"text":"a"}])", Reason::kWrongType, "plain"},
      {"a string as article", R"("a")", Reason::kWrongType, "plain"},
      {"null as article", "null", Reason::kWrongType, "plain"},
      {"a number as article", "17", Reason::kWrongType, "plain"},
      {"a number as body", R"({"uri":"u","text":17})", Reason::kWrongType},
      {"a list as body", R"({"uri":"u","text":["a"]})", Reason::kWrongType},
      {"an object as body", R"({"uri":"u","text":{"a":"b"}})", Reason::kWrongType},
      {"true as headline", R"({"uri":"u","title":true})", Reason::kWrongType},
      {"an object as id", R"({"uri":{"a":"b"},"text":"a"})", Reason::kWrongType},
      {"no text at all", R"({"uri":"u","title":"","text":"  "})", Reason::kNoText},
      {"null as text", R"({"uri":"u","title":null,"text":null})", Reason::kNoText},
      {"ninjs without bodies", R"({"uri":"u","versionCreated":"2023-03-16T08:00:00Z","headlines":[],"bodies":[]})",
       Reason::kNoText},
      {"over the limit", R"({"text":")" + std::string(9U << 20, 'a') + "\"}", Reason::kTooLarge},
      {"nested too deep", nested(65), Reason::kTooDeep},
      {"a bomb of brackets", std::string("{\"text\":\"a\",\"x\":") + std::string(100000, '['), Reason::kTooDeep},
      {"NUL in a string", "{\"text\":\"a\0b\"}"s, Reason::kBinary},
      {"NUL in plain text", "a\0b"s, Reason::kBinary},
      {"a picture", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s, Reason::kBinary},
      {"bytes that are no UTF-8, in JSON", "{\"text\":\"" + std::string(100, '\xC1') + "\"}", Reason::kBadUtf8},
      {"bytes that are no UTF-8, alone", "a\xFF\x81\x8D\xFF\x81\x8D\xA0\xFF\xFF", Reason::kBadUtf8},
      {"a preset that is not there", R"({"text":"a"})", Reason::kUnknownPreset, "nijns"},
      {"members that no preset knows", R"({"temperature":17,"humidity":3})", Reason::kUnknownPreset},
      {"an empty object", "{}", Reason::kUnknownPreset},
      {"an id of a megabyte", R"({"uri":")" + std::string(1U << 20, 'u') + R"(","text":"a"})", Reason::kBadId},
      {"a line feed in the id", R"({"uri":"a\nb","text":"a"})", Reason::kBadId},
  };
}

TEST(Decode, EachKindOfBadInputHasItsReason) {
  const std::vector<Bad> all = bad_payloads();
  EXPECT_GE(all.size(), 40U);
  for (const Bad& bad : all) {
    const auto article = decode(bad.payload, bad.preset);
    ASSERT_FALSE(article) << bad.name;
    EXPECT_EQ(to_string(article.error().reason), to_string(bad.reason)) << bad.name << ": " << article.error().detail;
    EXPECT_FALSE(article.error().detail.empty()) << bad.name;
    EXPECT_LT(article.error().detail.size(), 200U) << bad.name;
    EXPECT_EQ(article.error().detail.find('\n'), std::string::npos) << bad.name;
  }
}

// As a tool sends that takes a file for one record.
TEST(Decode, TwoArticlesInARecordAreSaidToBeTwo) {
  const auto article = decode("{\"text\":\"a\"}\n{\"text\":\"b\"}\n");
  ASSERT_FALSE(article);
  EXPECT_EQ(article.error().detail, "byte 13: expected the end: one record is one article");
}

TEST(Decode, ARejectionKeepsTheUriThatWasRead) {
  const auto article = decode(R"({"uri":"urn:a:1","text":17})");
  ASSERT_FALSE(article);
  EXPECT_EQ(article.error().uri, "urn:a:1");
}

TEST(Decode, TheEdgeOfEachLimitIsInside) {
  EXPECT_TRUE(decode(nested(63)));
  EXPECT_FALSE(decode(nested(64)));
  DecodeLimits limits;
  limits.id_bytes = 8;
  EXPECT_TRUE(decode(R"({"uri":"12345678","text":"a"})", "auto", limits));
  EXPECT_FALSE(decode(R"({"uri":"123456789","text":"a"})", "auto", limits));
  const std::string payload = R"({"uri":"u","text":"a"})";
  limits.article_bytes = payload.size();
  EXPECT_TRUE(decode(payload, "auto", limits));
  limits.article_bytes = payload.size() - 1;
  EXPECT_FALSE(decode(payload, "auto", limits));
}

TEST(Decode, BracketsInStringsAreNoNesting) {
  EXPECT_TRUE(decode(R"({"text":")" + std::string(500, '[') + std::string(500, '{') + "\"}"));
}

TEST(Decode, PlainIsReadWhole) {
  const Article a = good(R"({"uri":"urn:a:1","title":"Head","text":"Body.","published":"2023-03-16 08:00:00",
                            "source":"Example Wire","url":"https://www.example.com/a","lang":"en","author":"A. Writer","version":3})");
  EXPECT_EQ(a.preset, "plain");
  EXPECT_EQ(a.uri, "urn:a:1");
  EXPECT_EQ(a.id, "urn:a:1");
  EXPECT_EQ(a.headline, "Head");
  EXPECT_EQ(a.body, "Body.");
  EXPECT_FALSE(a.body_is_html);
  EXPECT_EQ(a.published_ms, kMarch16);
  EXPECT_EQ(a.source_name, "Example Wire");
  EXPECT_EQ(a.provider, "Example Wire");
  EXPECT_EQ(a.url, "https://www.example.com/a");
  EXPECT_EQ(a.language, "en");
  EXPECT_EQ(a.byline, "A. Writer");
  EXPECT_EQ(a.version, 3);
}

TEST(Decode, NullBlankAndUnreadableAreAbsent) {
  const Article a =
      good(R"({"uri":null,"id":7,"title":null,"headline":"Head","text":" ","body":"Body","published":"None",
                            "date":1678953600,"source":null,"lang":"","url":5,"author":{}})");
  EXPECT_EQ(a.uri, "7");
  EXPECT_EQ(a.headline, "Head");
  EXPECT_EQ(a.body, "Body");
  EXPECT_EQ(a.published_ms, kMarch16);
  EXPECT_EQ(a.source_name, "");
  EXPECT_EQ(a.language, "");
  EXPECT_EQ(a.byline, "");
}

TEST(Decode, AUriIsMadeFromTheCoordinatesWhereNoneIsStated) {
  EXPECT_EQ(good(R"({"text":"a"})").uri, "urn:tocsin:wire.raw:2:17");
  EXPECT_EQ(uri_from({"", 0, 4}), "urn:tocsin:line:5");
}

TEST(Decode, TheProviderIsTheSourceOrTheHost) {
  EXPECT_EQ(good(R"({"text":"a","url":"https://www.example.com/x"})").provider, "example.com");
  EXPECT_EQ(good(R"({"uri":"urn:newsml:example.org:2023:1","text":"a"})").provider, "example.org");
  EXPECT_EQ(good(R"({"uri":"urn:a:1","text":"a"})").provider, "");
}

TEST(Decode, BodyThatLooksLikeHtmlIsHtmlWhereThePresetLooks) {
  EXPECT_TRUE(good(R"({"title":"a","body":"<p>One.</p><p>Two.</p>"})").body_is_html);
  EXPECT_FALSE(good(R"({"title":"a","body":"If x < p and y > 3 then"})").body_is_html);
  EXPECT_FALSE(good(R"({"title":"a","text":"<p>Said to be text.</p>"})").body_is_html);
  EXPECT_TRUE(good(R"({"title":"a","html":"One."})").body_is_html);
}

TEST(Decode, NewsapiKnowsThatItsBodyIsCut) {
  const Article a =
      good(R"({"source":{"id":null,"name":"Example"},"author":"B","title":"T","description":"D","url":"https://e.com/1",
                            "urlToImage":null,"publishedAt":"2023-03-16T08:00:00Z","content":"The first words of it… [+1234 chars]"})");
  EXPECT_EQ(a.preset, "newsapi");
  EXPECT_EQ(a.body, "The first words of it");
  EXPECT_TRUE(a.truncated);
  EXPECT_EQ(a.source_name, "Example");
  EXPECT_EQ(a.summary, "D");
  EXPECT_EQ(a.id, "");
}

TEST(Decode, EachServiceIsRecognisedAndRead) {
  struct Case {
    const char* preset;
    const char* json;
    const char* source;
    const char* byline;
  };
  for (
      const Case& c : {
          Case{"eventregistry",
               R"({"uri":"1","lang":"eng","isDuplicate":false,"date":"2023-03-16","dateTime":"2023-03-16T08:00:00Z",
                 "url":"u","title":"T","body":"B","source":{"uri":"e.com","title":"Example"},"authors":[{"name":"A"},{"name":"C"}]})",
               "Example", "A, C"},
          Case{"newscatcher", R"({"id":"1","link":"u","title":"T","content":"B","published_date":"2023-03-16 08:00:00",
                 "domain_url":"e.com","name_source":"Example","language":"en","authors":["A","C"]})",
               "Example", "A, C"},
          Case{"news-please",
               R"({"url":"u","title":"T","maintext":"B","date_publish":"2023-03-16 08:00:00","source_domain":"e.com",
                 "language":"en","authors":["A"]})",
               "e.com", "A"},
          Case{"trafilatura",
               R"({"title":"T","author":"A","hostname":"e.com","date":"2023-03-16T08:00:00","fingerprint":"f",
                 "id":null,"text":"B","raw_text":"B","source":"https://e.com/x","sitename":null,"language":"en","excerpt":"x"})",
               "e.com", "A"},
          Case{"schema.org",
               R"({"@context":"https://schema.org","@type":"NewsArticle","headline":"T","articleBody":"B","url":"u",
                 "datePublished":"2023-03-16T08:00:00Z","publisher":{"name":"Example"},"author":[{"name":"A"},{"name":"C"}],"inLanguage":"en"})",
               "Example", "A, C"},
          Case{
              "rss-item",
              R"({"guid":{"#text":"g","@isPermaLink":"false"},"title":"T","link":"u","pubDate":"Thu, 16 Mar 2023 08:00:00 GMT",
                 "content:encoded":"B","description":"D","dc:creator":"A","channel":"Example"})",
              "Example", "A"},
          Case{"ninjs-1",
               R"({"uri":"n","versioncreated":"2023-03-16T08:00:00Z","headline":"T","body_text":"B","byline":"A",
                 "infosource":[{"name":"Example"}],"pubstatus":"usable"})",
               "Example", "A"},
          Case{"ninjs-2", R"({"uri":"n","versioncreated":"2023-03-16T08:00:00Z","headlines":[{"value":"T"}],
                 "bodies":[{"contenttype":"text/plain","value":"B"}],"by":"A","infosources":[{"name":"Example"}]})",
               "Example", "A"},
          Case{"ninjs-3", R"({"uri":"n","versionCreated":"2023-03-16T08:00:00Z","headlines":[{"value":"T"}],
                 "bodies":[{"contentType":"text/plain","value":"B"}],"by":"A","infoSources":[{"name":"Example"}]})",
               "Example", "A"},
      }) {
    const Article a = good(c.json);
    EXPECT_EQ(a.preset, c.preset);
    EXPECT_EQ(a.headline, "T") << c.preset;
    EXPECT_EQ(a.body, "B") << c.preset;
    EXPECT_EQ(a.published_ms, kMarch16) << c.preset;
    EXPECT_EQ(a.source_name, c.source) << c.preset;
    EXPECT_EQ(a.byline, c.byline) << c.preset;
    const Article named = good(c.json, c.preset);
    EXPECT_EQ(named.body, "B") << c.preset;
  }
}

TEST(Decode, TheBestOfSeveralBodiesIsTaken) {
  const Article a =
      good(R"({"uri":"n","pubStatus":"usable","headlines":[{"role":"teaser","value":"x"},{"role":"main","value":"T"}],
      "bodies":[{"role":"teaser","contentType":"text/plain","value":"x"},{"role":"html","contentType":"text/html","value":"<p>H</p>"},
                {"role":"text","contentType":"text/plain","value":"B"},{"contentType":"application/xml","value":"<nitf/>"}]})");
  EXPECT_EQ(a.headline, "T");
  EXPECT_EQ(a.body, "B");
  EXPECT_FALSE(a.body_is_html);
  EXPECT_EQ(a.carried.body_role, "text");
  EXPECT_NE(a.carried.bodies.find("<p>H</p>"), std::string::npos) << a.carried.bodies;
  EXPECT_EQ(a.carried.bodies.find("\"B\""), std::string::npos) << "the chosen one is published first";
  EXPECT_EQ(a.carried.headlines, R"({"role":"teaser","value":"x"})");
}

TEST(Decode, NinjsMembersThatAreNotReadAreCarried) {
  const Article a = good(R"({"uri":"n","versioncreated":"2023-03-16T08:00:00Z","headlines":[{"value":"T"}],"urgency": 4,
      "rightsinfo" : { "langid":"x" , "linkedrights":"y"},"altids":[{"role":"r","value":"v"}],"desk":"D-1","places":[{"name":"P"}]})");
  EXPECT_EQ(a.carried.standard, R"(,"urgency":4,"rightsInfo":{"langId":"x","linkedRights":"y"})");
  EXPECT_EQ(a.carried.own, R"(,"desk":"D-1")");
  EXPECT_EQ(a.carried.alt_ids, R"({"role":"r","value":"v"})");
  EXPECT_EQ(a.carried.places, R"({"name":"P"})");
}

TEST(Decode, WhatIsCarriedIsJson) {
  const Article a = good(
      R"({"uri":"n","pubStatus":"usable","headlines":[{"value":"T"}],"desk":[1,,2],"urgency":nul,"edNote":"fine"})");
  EXPECT_EQ(a.carried.own, "");
  EXPECT_EQ(a.carried.standard, R"(,"edNote":"fine")");
}

TEST(Decode, AKillNeedsNoText) {
  const Article a = good(R"({"uri":"n","versionCreated":"2023-03-16T08:00:00Z","pubStatus":"canceled"})");
  EXPECT_EQ(a.status, PubStatus::kCanceled);
  EXPECT_EQ(
      good(R"({"uri":"n","versioncreated":"2023-03-16T08:00:00Z","pubstatus":"stat:canceled","headline":"x"})").status,
      PubStatus::kCanceled);
}

TEST(Decode, PlainTextAndHtmlNeedNoJson) {
  const Article text = good("Rockets hit a town.\n\nMore was to come.");
  EXPECT_EQ(text.preset, "text");
  EXPECT_TRUE(text.plain_file);
  EXPECT_FALSE(text.body_is_html);
  const Article html = good("<!DOCTYPE html>\n<html><body><p>Rockets hit a town.</p></body></html>");
  EXPECT_EQ(html.preset, "html");
  EXPECT_TRUE(html.body_is_html);
  EXPECT_EQ(good("\"We saw it,\" he said.").preset, "text");
  EXPECT_EQ(good("[Updates with quote] It fell.").preset, "text");
}

TEST(Decode, TheKeyIsTheIdOfAPayloadThatIsNoJson) {
  Decoder decoder(shipped_presets(), {});
  Arrival arrival;
  arrival.at = {"wire.raw", 0, 1};
  arrival.key = "https://example.com/a";
  EXPECT_EQ(decoder.decode("Some text.", "auto", arrival)->uri, "https://example.com/a");
  arrival.key = "a\nb";
  EXPECT_EQ(decoder.decode("Some text.", "auto", arrival)->uri, "urn:tocsin:wire.raw:0:1");
}

TEST(Decode, OtherEncodingsBecomeUtf8) {
  EXPECT_EQ(good("{\"text\":\"Caf\xE9 in Paris\"}").body, "Café in Paris");
  EXPECT_EQ(good("{\"text\":\"He said \x93no\x94 twice in all\"}").body, "He said “no” twice in all");
  EXPECT_EQ(good("\xEF\xBB\xBF{\"text\":\"a\"}").body, "a");
  std::string utf16 = "\xFF\xFE";
  for (const char c : std::string_view("{\"text\":\"abc\"}")) utf16 += {c, '\0'};
  EXPECT_EQ(good(utf16).body, "abc");
}

TEST(Decode, PlainTextOfAnotherEncodingIsToldByItsBytes) {
  const Article a = good(
      "\xd1\xe5\xe2\xe5\xf0\xed\xe0\xff \xca\xee\xf0\xe5\xff \xe7\xe0\xef\xf3\xf1\xf2\xe8\xeb\xe0 "
      "\xf0\xe0\xea\xe5\xf2\xfb",
      "text");
  EXPECT_EQ(a.body, "Северная Корея запустила ракеты");
}

TEST(Decode, ALoneSurrogateBecomesAReplacementCharacter) {
  EXPECT_EQ(good(R"({"text":"a\ud83d b \ud83d\ude80 \\ud83d"})").body, "a\xEF\xBF\xBD b 🚀 \\ud83d");
}

TEST(Decode, NamesMayBeEscaped) { EXPECT_EQ(good(R"({"te\u0078t":"a"})", "plain").body, "a"); }

TEST(Decode, EveryCutOfAnArticleIsSaidToBeCut) {
  const std::string whole = R"({"uri":"u","title":"T","text":"a\u00e9b","x":[1,{"y":null}],"z":-1.5e3})";
  ASSERT_TRUE(decode(whole));
  for (std::size_t n = 1; n < whole.size(); ++n) {
    const auto article = decode(whole.substr(0, n));
    ASSERT_FALSE(article) << n;
    EXPECT_EQ(article.error().reason, Reason::kCutJson) << whole.substr(0, n) << ": " << article.error().detail;
  }
}

TEST(Decode, ADecoderForgetsTheArticleBefore) {
  Decoder decoder(shipped_presets(), {});
  Arrival arrival;
  const std::string full = R"({"uri":"u","title":"T","text":"B","source":"S","author":"A","published":"2023-03-16"})";
  ASSERT_TRUE(decoder.decode(full, "auto", arrival));
  ASSERT_FALSE(decoder.decode("{\"text\":", "auto", arrival));
  const auto next = decoder.decode(R"({"text":"C"})", "auto", arrival);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->headline + next->source_name + next->byline, "");
  EXPECT_FALSE(next->published_ms);
}

TEST(Decode, DamageAtRandomGivesAnArticleOrAReason) {
  const std::string whole =
      R"({"uri":"u","versionCreated":"2023-03-16T08:00:00Z","headlines":[{"role":"main","value":"T \u00e9 ü"}],
    "bodies":[{"contentType":"text/html","value":"<p>B</p>"}],"places":[{"name":"P","geoJSON":{"type":"Point","coordinates":[1,2]}}],"q":[[]]})";
  std::mt19937 random(3);
  int read = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = whole;
    for (auto n = 1 + random() % 4; n > 0; --n) {
      const std::size_t at = random() % damaged.size();
      if (random() % 3 == 0)
        damaged.erase(at, random() % 9);
      else
        damaged[at] = static_cast<char>(random());
      if (damaged.empty()) damaged = " ";
    }
    const auto article = decode(damaged);
    read += article.has_value();
    if (!article) {
      EXPECT_NE(article.error().reason, Reason::kNone);
    }
  }
  EXPECT_GT(read, 1000);
  EXPECT_LT(read, 19000);
}

TEST(Decode, AutoSaysWhy) {
  Decoder decoder(shipped_presets(), {});
  ASSERT_TRUE(decoder.decode(R"({"uri":"u","versionCreated":"x","headlines":[{"value":"T"}]})", "auto", {}));
  EXPECT_EQ(decoder.why(), "auto: uri versionCreated");
}

}  // namespace
}  // namespace tocsin
