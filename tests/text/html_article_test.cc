#include "common/text/html_article.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/wire/encoding.h"
#include "tests/text/shipped_rules.h"

namespace tocsin {
namespace {

using testing::HasSubstr;

const std::string kFirst = "Two patrol boats entered the strait before dawn on Tuesday, the coast guard said.";
const std::string kSecond = "The boats left again after an hour, and nobody on the ferry was hurt, officials added.";
const std::string kThird = "Crews had been told to keep twelve miles off the coast until the inspection was over.";

// A page around an article: a menu before it, teasers and a footer behind.
HtmlArticle read(const std::string& article, const std::string& head = "") {
  return html_article(
      "<!doctype html><html><head><title>Boats enter the strait | Daily Example</title>" + head +
          "</head><body><nav><ul><li><a href=/>Home</a><li><a href=/w>World</a><li><a href=/s>Sport</a>"
          "</ul></nav><main>" +
          article +
          "</main><aside class=related><h2>More stories</h2><ul><li><a href=/1>Ferry line plans harbour"
          "</a><li><a href=/2>Fish is dearer</a></ul></aside><footer>Copyright 2023</footer></body></html>",
      shipped_rules());
}

TEST(HtmlArticle, TablesListsAndQuotesStayInTheirOrder) {
  const HtmlArticle a =
      read("<article><h1>Boats enter the strait</h1><p>" + kFirst + "</p><ol><li>" + kSecond + "<li>" + kThird +
           "</ol><blockquote><p>“We saw them, we called them, they did not answer,”"
           " the captain said.</p></blockquote><p>" +
           kFirst + "</p></article>");
  const std::vector<std::string> order{kFirst, kSecond, kThird, "“We saw them", kFirst};
  std::size_t at = 0;
  for (const std::string& piece : order) {
    at = a.text.find(piece, at);
    ASSERT_NE(at, std::string::npos) << piece << " in " << a.text;
    at += piece.size();
  }
  EXPECT_EQ(html_fragment_text("<table><tr><th>Boat<th>Seen<tr><td>Ana<td>4 a.m.<tr><td>Berg<td>5 a.m.</table>"),
            "Boat\nSeen\nAna\n4 a.m.\nBerg\n5 a.m.");
}

TEST(HtmlArticle, ALongTitleIsCutBetweenCharacters) {
  for (std::size_t size = 1990; size < 2004; ++size) {
    const std::string title = std::string(size, 'a') + "“東京”";
    const HtmlArticle a = html_article(
        "<html><head><title>" + title + "</title></head><body><p>" + kFirst + "</p></body></html>", shipped_rules());
    EXPECT_TRUE(is_utf8(a.headline)) << size;
    EXPECT_THAT(a.headline, testing::StartsWith("aaaa")) << size;
  }
}

TEST(HtmlArticle, ALiveBlogKeepsItsEntriesInTheirOrder) {
  std::string entries;
  for (const std::string& text : {kThird, kSecond, kFirst})
    entries += "<article class='live-entry'><time>07:1" + std::to_string(text.size() % 10) + "</time><p>" + text +
               "</p></article>";
  const HtmlArticle a = read("<div class='live-blog story-body'><h1>Boats enter the strait</h1>" + entries + "</div>");
  const std::size_t third = a.text.find(kThird), second = a.text.find(kSecond), first = a.text.find(kFirst);
  ASSERT_NE(third, std::string::npos);
  ASSERT_NE(first, std::string::npos);
  EXPECT_LT(third, second);
  EXPECT_LT(second, first);
}

TEST(HtmlArticle, MenusTeasersAndFootersAreOutsideAndListed) {
  const HtmlArticle a = read("<article><p>" + kFirst + "</p><p>" + kSecond + "</p></article>");
  EXPECT_EQ(a.text, kFirst + "\n\n" + kSecond);
  std::string outside;
  for (const HtmlArticle::Outside& block : a.outside) outside += block.text + "|";
  for (const char* gone : {"Home", "Ferry line plans harbour", "Copyright 2023"}) EXPECT_THAT(outside, HasSubstr(gone));
}

TEST(HtmlArticle, WhatIsNotShownIsNoText) {
  const std::string text = html_fragment_text(
      "<p>Seen<script>if (a < b) document.write('<p>no</p>')</script><style>p{}</style>"
      "<template><p>no</template><noscript><p>no</noscript><!-- <p>no --> and said</p>");
  EXPECT_EQ(text, "Seen and said");
}

TEST(HtmlArticle, CharacterReferencesAsBrowsersReadThem) {
  EXPECT_EQ(html_fragment_text("R&amp;D &lt;b&gt; &eacute; &#233; &#xE9; &#150; &copy 2023 &nosuch; &#0; &#xD800; &"),
            "R&D <b> é é é – © 2023 &nosuch; \uFFFD \uFFFD &");
}

TEST(HtmlArticle, MicrodataSaysWhatNothingElseDoes) {
  const std::string page =
      "<div itemscope itemtype='https://schema.org/NewsArticle'><meta itemprop=inLanguage content=en-GB>"
      "<h3 itemprop=headline>Boats enter the\n strait at dawn</h3>"
      "<span itemprop=author itemscope>By <a href=/ana><span itemprop=name>Ana  Berg</span></a>, who writes</span>"
      "<time itemprop=datePublished datetime=2023-03-03T08:00Z>today</time>"
      "<div itemprop=publisher itemscope><img src=x><meta itemprop=name content='Example &amp; Sons'></div>"
      "<div itemprop=articleBody><p>" +
      kFirst + "</p><p>" + kSecond +
      "</p></div></div>"
      "<div class=comments><span itemprop=author>A reader</span></div>";
  const HtmlArticle a = html_article("<html><body>" + page + "</body></html>", shipped_rules());
  EXPECT_EQ(a.headline, "Boats enter the strait at dawn");
  EXPECT_EQ(a.byline, "Ana Berg");
  EXPECT_EQ(a.site, "Example & Sons");
  EXPECT_EQ(a.language, "en-GB");
  EXPECT_EQ(a.published, "2023-03-03T08:00Z");
  EXPECT_THAT(a.text, HasSubstr(kFirst + "\n\n" + kSecond));
  EXPECT_EQ(html_article("<html><body><div class=comments><i itemprop=author>A reader</i></div><p itemprop=author>" +
                             std::string(400, 'x') + "</p></body></html>",
                         shipped_rules())
                .byline,
            "")
      << "neither who comments nor a paragraph on the author";
}

TEST(HtmlArticle, JsonLdIsEvidenceAndNotBelievedBlindly) {
  const std::string stated =
      R"(<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","headline":)"
      R"("Boats enter the strait","author":[{"name":"Ana Berg"},{"name":"Jon Roe"}],)"
      R"("datePublished":"2023-03-03T08:00:00Z","inLanguage":"en","publisher":{"name":)"
      R"("Daily Example"},"articleBody":"A teaser of quite another story about fish."}]}</script>)";
  const HtmlArticle a =
      read("<article><h1>Boats enter the strait</h1><p>" + kFirst + "</p><p>" + kSecond + "</p></article>",
           stated + R"(<script type="application/ld+json">{"broken": [</script>)");
  EXPECT_EQ(a.text, kFirst + "\n\n" + kSecond);
  EXPECT_EQ(a.headline, "Boats enter the strait");
  EXPECT_EQ(a.byline, "Ana Berg, Jon Roe");
  EXPECT_EQ(a.site, "Daily Example");
}

TEST(HtmlArticle, WhatAScriptWouldShowIsTakenFromJsonLdUnderThePagesOwnHeadline) {
  const auto page = [](const std::string& headline) {
    std::string body;
    for (int i = 0; i < 3; ++i) body += kFirst + "\\n" + kSecond + " R&amp;D.\\n";
    return html_article(
        "<html><head><title>Boats enter the strait | Daily Example</title><script "
        "type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"" +
            headline + "\",\"articleBody\":\"" + body +
            "\"}</script></head><body><nav><a href=/>Home</a></nav><div id=root>Loading</div></body></html>",
        shipped_rules());
  };
  const HtmlArticle own = page("Boats enter the strait");
  EXPECT_THAT(own.text, testing::StartsWith(kFirst + "\n" + kSecond + " R&D.\n" + kFirst));
  EXPECT_EQ(own.outside.size(), 2U);
  EXPECT_EQ(page("Fish is dearer than ever").text, "");
}

TEST(HtmlArticle, ElementsAndTheirDepthAreBounded) {
  HtmlPage page;
  std::string deep, many;
  for (int i = 0; i < 100'000; ++i) deep += "<div class='content article'>";
  read_html(deep + "<p>" + kFirst, page);
  EXPECT_LE(page.elements.size(), kMaxDepth);
  EXPECT_THAT(page.text, HasSubstr(kFirst));
  while (many.size() < (3U << 20)) many += "<p>x";
  read_html(many, page);
  EXPECT_LE(page.elements.size(), kMaxElements);
  EXPECT_EQ(page.blocks.size(), kMaxBlocks);
  EXPECT_THAT(page.text, testing::EndsWith("x\nx\n"));
}

}  // namespace
}  // namespace tocsin
