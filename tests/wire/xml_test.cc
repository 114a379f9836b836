#include <gtest/gtest.h>

#include <random>

#include "common/wire/decode.h"
#include "tests/wire/presets_dir.h"

namespace tocsin {
namespace {

constexpr std::int64_t kMarch16 = 1678953600000;  // 2023-03-16T08:00:00Z

tl::expected<Article, Rejection> decode(std::string_view payload, std::string_view preset = "auto") {
  Decoder decoder(shipped_presets(), {});
  Arrival arrival;
  arrival.at = {"wire.raw", 2, 17};
  return decoder.decode(payload, preset, arrival);
}

Article good(std::string_view payload, std::string_view preset = "auto") {
  auto article = decode(payload, preset);
  if (!article) ADD_FAILURE() << to_string(article.error().reason) << ", " << article.error().detail;
  return article ? *article : Article{};
}

// As agencies send it; what stands in `item_meta` and `content` comes at the end of its element.
std::string news_item(const std::string& content, const std::string& item_meta = "") {
  return R"(<?xml version="1.0" encoding="UTF-8"?>
<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:example.com:20230316:a1" version="3"
    standard="NewsML-G2" standardversion="2.32" conformance="power" xml:lang="de">
  <catalogRef href="http://www.example.com/catalog.xml"/>
  <rightsInfo>
    <copyrightHolder uri="http://www.example.com/"><name>Example Wire Ltd</name></copyrightHolder>
    <copyrightNotice>Copyright 2023 Example Wire</copyrightNotice>
    <usageTerms>Not for use on islands &amp; ships</usageTerms>
  </rightsInfo>
  <itemMeta>
    <itemClass qcode="ninat:text"/>
    <provider qcode="nprov:example"><name>Example Wire</name></provider>
    <versionCreated>2023-03-16T10:00:00+02:00</versionCreated>
    <pubStatus qcode="stat:usable"/>
    <edNote>Rewrites the first sentence.</edNote>)" +
         item_meta + R"(
  </itemMeta>
  <contentMeta>
    <urgency>2</urgency>
    <located qcode="geoloc:1"><name>Example Town</name></located>
    <creator><name>A. Writer</name></creator><creator literal="x"><name>B. Writer</name></creator>
    <language tag="en-GB"/>
    <subject type="cpnat:abstract" qcode="medtop:20000056"><name>armed conflict</name></subject>
    <subject qcode="example:7"/>
    <slugline separator="-">Example-Missiles</slugline>
    <headline>Two missiles fired, <em>army</em> says</headline>
    <headline>A second headline</headline>
    <description>Missiles in short.</description>
  </contentMeta>
  <contentSet>)" +
         content + "</contentSet>\n</newsItem>\n";
}

const std::string kXhtml =
    R"(<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title></head>)"
    R"(<body><p>Two missiles &amp; a rocket.</p><p>More.</p></body></html></inlineXML>)";

TEST(Xml, ANewsItemIsReadWhole) {
  const Article a = good(news_item(kXhtml));
  EXPECT_EQ(a.preset, "newsml-g2");
  EXPECT_EQ(a.uri, "urn:newsml:example.com:20230316:a1");
  EXPECT_EQ(a.id, a.uri);
  EXPECT_EQ(a.version, 3);
  EXPECT_EQ(a.provider, "nprov:example");
  EXPECT_EQ(a.source_name, "Example Wire");
  EXPECT_EQ(a.published_ms, kMarch16);
  EXPECT_EQ(a.published_text, "2023-03-16T10:00:00+02:00");
  EXPECT_EQ(a.language, "en-GB");
  EXPECT_EQ(a.byline, "A. Writer, B. Writer");
  EXPECT_EQ(a.located, "Example Town");
  EXPECT_EQ(a.headline, "Two missiles fired, army says");
  EXPECT_EQ(a.body, "<p>Two missiles &amp; a rocket.</p><p>More.</p>");
  EXPECT_TRUE(a.body_is_html);
  EXPECT_EQ(a.summary, "Missiles in short.");
  EXPECT_EQ(a.status, PubStatus::kUsable);
  EXPECT_EQ(a.mark, Mark::kNone);
  EXPECT_FALSE(a.embargo_ms);
  EXPECT_EQ(a.carried.type, "text");
  EXPECT_EQ(
      a.carried.standard,
      R"(,"slugline":"Example-Missiles","edNote":"Rewrites the first sentence.","copyrightHolder":"Example Wire Ltd",)"
      R"("copyrightNotice":"Copyright 2023 Example Wire","usageTerms":"Not for use on islands & ships","urgency":2)");
  EXPECT_EQ(
      a.carried.subjects,
      R"({"name":"armed conflict","uri":"http://cv.iptc.org/newscodes/mediatopic/20000056"},{"literal":"example:7"})");
}

TEST(Xml, TheBestOfSeveralContentsIsTaken) {
  const std::string plain = R"(<inlineData contenttype="text/plain">Plain &lt;words&gt;.</inlineData>)";
  EXPECT_EQ(good(news_item(kXhtml + plain)).body, "Plain <words>.");
  EXPECT_FALSE(good(news_item(kXhtml + plain)).body_is_html);
  const std::string nitf =
      R"(<inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body>)"
      R"(<body.head><hedline><hl1>H</hl1></hedline></body.head><body.content><p>By NITF.</p></body.content></body></nitf></inlineXML>)";
  EXPECT_EQ(good(news_item(nitf)).body, "<p>By NITF.</p>");
  EXPECT_EQ(good(news_item("<inlineData><![CDATA[<p>Escaped.</p>]]></inlineData>")).body, "<p>Escaped.</p>");
  EXPECT_TRUE(good(news_item("<inlineData><![CDATA[<p>Escaped.</p>]]></inlineData>")).body_is_html);
  EXPECT_EQ(good(news_item("<remoteContent href=\"a.jpg\"/>")).body, "Missiles in short.");
}

TEST(Xml, SignalsStatusAndEmbargoAreHeeded) {
  EXPECT_EQ(good(news_item(kXhtml, "<signal qcode=\"sig:correction\"/>")).mark, Mark::kCorrected);
  EXPECT_EQ(good(news_item(kXhtml, "<signal uri=\"http://cv.iptc.org/newscodes/signal/update\"/>")).mark,
            Mark::kUpdate);
  EXPECT_EQ(good(news_item(kXhtml, "<embargoed>2023-03-16T12:00:00Z</embargoed>")).embargo_ms, kMarch16 + 4 * 3600'000);
  std::string kill = news_item("");
  kill.replace(kill.find("stat:usable"), 11, "stat:canceled");
  EXPECT_EQ(good(kill).status, PubStatus::kCanceled);
}

TEST(Xml, AnEmbargoWithoutEndOutlivesAnyArticle) {
  const Article a = good(news_item(kXhtml, "<embargoed/>"));
  ASSERT_TRUE(a.embargo_ms);
  EXPECT_GT(*a.embargo_ms, kMarch16 + 70LL * 365 * 86'400'000);
}

TEST(Xml, AnEnvelopeIsPassedOver) {
  std::string item = news_item(kXhtml);
  item.erase(0, item.find("<newsItem"));
  const std::string message =
      "<newsMessage xmlns=\"http://iptc.org/std/nar/2006-10-01/\"><header><sent>x</sent></header><itemSet>";
  EXPECT_EQ(good(message + item + "</itemSet></newsMessage>").version, 3);
  const auto two = decode(message + item + item + "</itemSet></newsMessage>");
  ASSERT_FALSE(two);
  EXPECT_EQ(to_string(two.error().reason), "wrong_type");
  EXPECT_EQ(two.error().detail, "more than one <newsItem>: one record is one article");
}

TEST(Xml, ThePrefixOfTheArticleIsNoPartOfNames) {
  const Article a = good(R"(<n:newsItem xmlns:n="http://iptc.org/std/nar/2006-10-01/" guid="g"><n:contentMeta>)"
                         R"(<n:headline>Head</n:headline></n:contentMeta></n:newsItem>)");
  EXPECT_EQ(a.headline, "Head");
  EXPECT_EQ(a.id, "g");
}

TEST(Xml, AnRssItemIsReadAloneAndInItsFeed) {
  const std::string item =
      R"(<item><title>Two &amp;amp; more</title><link>https://www.example.com/a</link><guid isPermaLink="false">g-1</guid>)"
      R"(<pubDate>Thu, 16 Mar 2023 10:00:00 +0200</pubDate><dc:creator>A. Writer</dc:creator><category>World</category>)"
      R"(<media:title>Not this</media:title><media:content url="x"/><description>Short &lt;b&gt;text&lt;/b&gt;.</description>)"
      R"(<content:encoded><![CDATA[<p>The whole text.</p>]]></content:encoded></item>)";
  for (const std::string& payload :
       {item, "<rss version=\"2.0\"><channel><title>Feed</title><link>https://f</link>" + item + "</channel></rss>",
        "<?xml version=\"1.0\"?>\n<!-- made by hand -->\n" + item}) {
    const Article a = good(payload);
    EXPECT_EQ(a.preset, "rss-item");
    EXPECT_EQ(a.id, "g-1");
    EXPECT_EQ(a.url, "https://www.example.com/a");
    EXPECT_EQ(a.headline, "Two &amp; more");
    EXPECT_TRUE(a.headline_is_html);
    EXPECT_EQ(a.body, "<p>The whole text.</p>");
    EXPECT_TRUE(a.body_is_html);
    EXPECT_EQ(a.published_ms, kMarch16);
    EXPECT_EQ(a.byline, "A. Writer");
    EXPECT_EQ(a.provider, "example.com");
    EXPECT_EQ(a.carried.subjects, R"({"name":"World"})");
  }
}

TEST(Xml, AnAtomEntryIsRead) {
  const Article a = good(
      R"(<entry xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><id>tag:example.com,2023:1</id><title>Head</title>)"
      R"(<link rel="self" href="https://www.example.com/a.atom"/><link href="https://www.example.com/a"/>)"
      R"(<published>2023-03-16T08:00:00Z</published><author><name>A. Writer</name></author><rights>Ours</rights>)"
      R"(<category term="world"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Text.</p></div></content></entry>)");
  EXPECT_EQ(a.preset, "rss-item");
  EXPECT_EQ(a.id, "tag:example.com,2023:1");
  EXPECT_EQ(a.url, "https://www.example.com/a");
  EXPECT_EQ(a.body, R"(<div xmlns="http://www.w3.org/1999/xhtml"><p>Text.</p></div>)");
  EXPECT_EQ(a.byline, "A. Writer");
  EXPECT_EQ(a.published_ms, kMarch16);
  EXPECT_EQ(a.language, "en");
  EXPECT_EQ(a.carried.standard, R"(,"copyrightNotice":"Ours")");
}

TEST(Xml, APresetForBothReadsJsonAsBefore) {
  EXPECT_EQ(
      good(R"({"guid":"g","title":"Head","pubDate":"Thu, 16 Mar 2023 08:00:00 GMT","description":"T"})", "rss-item").id,
      "g");
}

TEST(Xml, OtherEncodingsBecomeUtf8) {
  const auto item = [](const std::string& declaration, const std::string& title) {
    return "<?xml version='1.0' " + declaration + "?><item><title>" + title + "</title></item>";
  };
  EXPECT_EQ(good(item("encoding='windows-1251'", "\xcc\xee\xf1\xea\xe2\xe0")).headline, "Москва");
  EXPECT_EQ(good(item("encoding=\"Shift_JIS\"", "\x93\x8c\x8b\x9e")).headline, "東京");
  EXPECT_EQ(good(item("encoding=\"GBK\"", "\xb1\xb1\xbe\xa9")).headline, "北京");
  EXPECT_EQ(good(item("encoding='ISO-8859-1'", "caf\xe9")).headline, "café");
  EXPECT_EQ(good(item("encoding='windows-1251'", "Москва")).headline, "Москва");  // it says wrong of itself
  EXPECT_EQ(good(item("", "a long enough caf\xe9")).headline, "a long enough café");
  const auto bad = decode(item("", std::string(200, '\xc1')));
  ASSERT_FALSE(bad);
  EXPECT_EQ(to_string(bad.error().reason), "bad_utf8");
}

struct Bad {
  const char* name;
  std::string payload;
  const char* reason;
  const char* preset = "auto";
};

TEST(Xml, EachKindOfBadXmlHasItsReason) {
  const std::string laughs =
      "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;&lol;\">]>"
      "<item><title>&lol2;</title></item>";
  const std::string file = "<!DOCTYPE item [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><item><title>&x;</title></item>";
  const std::string parameter =
      "<!DOCTYPE item [<!ENTITY % x SYSTEM \"http://example.com/x.dtd\"> %x;]><item><title>a</title></item>";
  for (const Bad& bad : {
           Bad{"entities that expand", laughs, "not_xml"},
           Bad{"an entity that names a file", file, "not_xml"},
           Bad{"an entity that names a server", parameter, "not_xml"},
           Bad{"an entity that nobody declared", "<item><title>&nbsp;a</title></item>", "not_xml"},
           Bad{"cut", news_item(kXhtml).substr(0, 700), "not_xml"},
           Bad{"crossed tags", "<item><title>a</item></title>", "not_xml"},
           Bad{"two roots", "<item><title>a</title></item><item/>", "not_xml"},
           Bad{"a control character", "<item><title>a\x02</title></item>", "not_xml"},
           Bad{"no text", "<item><guid>a</guid></item>", "no_text"},
           Bad{"another root", "<?xml version=\"1.0\"?><weather><wind>3</wind></weather>", "unknown_preset"},
           Bad{"another root without a declaration", "<weather><wind>3</wind></weather>", "unknown_preset"},
           Bad{"another article than the preset's", "<item><title>a</title></item>", "unknown_preset", "newsml-g2"},
           Bad{"an envelope without an article", "<newsMessage><itemSet/></newsMessage>", "unknown_preset"},
           Bad{"an id with a line feed", "<item><guid>a\nb</guid><title>a</title></item>", "bad_id"},
           Bad{"JSON where XML is due", "{\"guid\":\"a\"}", "no_text", "newsml-g2"},
       }) {
    const auto article = decode(bad.payload, bad.preset);
    ASSERT_FALSE(article) << bad.name;
    EXPECT_EQ(to_string(article.error().reason), bad.reason) << bad.name << ": " << article.error().detail;
    EXPECT_FALSE(article.error().detail.empty()) << bad.name;
    EXPECT_LT(article.error().detail.size(), 200U) << bad.name;
    EXPECT_EQ(article.error().detail.find('\n'), std::string::npos) << bad.name;
  }
}

TEST(Xml, TheDepthHasItsEdge) {
  const auto nested = [](int depth) {
    std::string open, close;
    for (int i = 0; i < depth; ++i) (open += "<a>", close += "</a>");
    return "<item><title>t</title>" + open + close + "</item>";
  };
  EXPECT_TRUE(decode(nested(63)));
  const auto deep = decode(nested(64));
  ASSERT_FALSE(deep);
  EXPECT_EQ(to_string(deep.error().reason), "too_deep");
  const auto bomb = decode("<item>" + std::string(3U << 20, '<'));
  ASSERT_FALSE(bomb);
}

TEST(Xml, HtmlIsNoXml) {
  EXPECT_EQ(good("<?xml version=\"1.0\"?><!DOCTYPE html><html><body><p>A page.</p></body></html>").preset, "html");
  EXPECT_EQ(good("<!DOCTYPE html><html><body><p>A page.</p></body></html>").preset, "html");
  EXPECT_EQ(good("<div><p>A part.</p></div>").preset, "html");
  EXPECT_EQ(good("<3 is what they say about it.").preset, "text");
}

TEST(Xml, AutoSaysWhy) {
  Decoder decoder(shipped_presets(), {});
  ASSERT_TRUE(decoder.decode("<item><title>a</title></item>", "auto", {}));
  EXPECT_EQ(decoder.why(), "auto: XML, <item>");
}

TEST(Xml, DamageAtRandomGivesAnArticleOrAReason) {
  const std::string whole = news_item(kXhtml);
  std::mt19937 random(3);
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = whole;
    for (auto n = random() % 4; n > 0 || damaged == whole; n -= n > 0)
      damaged[random() % damaged.size()] = static_cast<char>(random() % 256);
    const auto article = decode(damaged);
    if (!article) {
      ASSERT_NE(article.error().reason, Reason::kNone);
    }
  }
}

}  // namespace
}  // namespace tocsin
