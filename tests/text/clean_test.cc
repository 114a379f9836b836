#include "common/text/clean.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <random>
#include <string_view>

#include "common/text/line_words.h"
#include "common/text/lines.h"
#include "common/text/word_classes.h"
#include "tests/text/shipped_rules.h"

namespace tocsin {
namespace {

CleanText clean(std::string body, bool plain_file = false, std::string headline = "Boats enter the strait") {
  Article a;
  a.body = std::move(body);
  a.headline = std::move(headline);
  a.plain_file = plain_file;
  return Cleaner(shipped_rules()).clean(a, false);
}

const std::string kFirst = "Two patrol boats entered the strait before dawn on Tuesday, the coast guard said.";
const std::string kSecond = "The boats left again after an hour, and nobody on the ferry was hurt, officials added.";

TEST(Cleaner, RemovesJunkLinesAndSaysWhy) {
  const CleanText t = clean("Share this article\n\n" + kFirst + "\n\n1000 47\n\nAdvertisement\n\n" + kSecond);
  EXPECT_EQ(t.body, kFirst + "\n\n" + kSecond);
  ASSERT_EQ(t.removed.size(), 3U);
  EXPECT_EQ(t.removed[1].text, "1000 47");
  EXPECT_EQ(t.removed[1].rule, "counts");
}

TEST(Cleaner, RemovesHeadlinesBehindReadMore) {
  const CleanText t =
      clean(kFirst + "\n\nRead more:\n\nFerry line plans a second harbour\n\nWhy the strait matters so much");
  EXPECT_EQ(t.body, kFirst);
}

TEST(Cleaner, KeepsHeadingsAndNumbersInSentences) {
  const std::string body = kFirst + "\n\nWhat happens next\n\n" + kSecond + "\n\nMore than 40 boats read the warning.";
  EXPECT_EQ(clean(body).body, body);
}

TEST(Cleaner, RemovesACaptionThatEndsInItsCredit) {
  EXPECT_EQ(clean(kFirst + "\n\nThe ferry waits in the harbour [Ana Berg/Example News]\n\n" + kSecond).body,
            kFirst + "\n\n" + kSecond);
  for (const std::string kept : {"A harbour and its ferries (R/D)", "The boats (see example.org/boats)"})
    EXPECT_EQ(clean(kFirst + "\n\n" + kept + "\n\n" + kSecond).body, kFirst + "\n\n" + kept + "\n\n" + kSecond);
}

// No rule knows it; the trees do.
const std::string kPlea =
    "More than a free newsletter: subscribe to Harbour Weekly for more videos, photos and podcasts";

TEST(Cleaner, RemovesJunkOfAnArticleByWhatWasLearnt) {
  const CleanText t = clean(kFirst + "\n\n" + kSecond + "\n\n" + kPlea);
  EXPECT_EQ(t.body, kFirst + "\n\n" + kSecond);
  ASSERT_EQ(t.removed.size(), 1U);
  EXPECT_EQ(t.removed[0].rule, "learnt");
}

TEST(Cleaner, LeavesWrappedTextsAndOtherLanguagesToTheRules) {
  const std::string wrapped =
      "Two patrol boats entered the strait before dawn, said\nthe guard, and nobody on the ferry was hurt when\n"
      "they left again after an hour, which was said by\n" +
      kPlea;
  EXPECT_EQ(clean(wrapped).body, wrapped);
  const std::string german =
      "Zwei Boote liefen am Dienstag vor Sonnenaufgang ein, sagte die Wache am Abend.\n\nNiemand wurde verletzt, sagte "
      "die Wache, und beide Boote verschwanden bald wieder.\n\n" +
      kPlea;
  EXPECT_EQ(clean(german).body, german);
}

TEST(Cleaner, KeepsAListBehindTheLastSentenceThoughALabelStandsInIt) {
  const std::string signers = "Ana Berg, mayor of Oslo\nJon Roe, mayor of Bergen\nEva Lund, mayor of Tromso";
  const CleanText t = clean(kFirst + "\n" + kSecond + "\nAdvertisement\n" + signers);
  for (const Removed& removed : t.removed) EXPECT_NE(removed.rule, "tail") << removed.text;
}

TEST(WordClasses, KnowWordsInEachOfTheirClasses) {
  std::vector<std::uint64_t> words;
  append_line_words("Photos: reporting don't Zanzibar", 9, words);
  const WordClasses& classes = WordClasses::instance();
  EXPECT_EQ(classes.of(words[0]), set_of(WordClass::kImage)) << "a colon does not matter";
  EXPECT_EQ(classes.of(words[1]), set_of(WordClass::kPlea) | set_of(WordClass::kAuthor));
  EXPECT_EQ(classes.of(words[2]), set_of(WordClass::kVerb));
  EXPECT_EQ(classes.of(words[3]), 0);
}

TEST(Cleaner, KeepsBylineAndProvenanceAsFields) {
  const CleanText t =
      clean("By Ana Berg\n\n" + kFirst + "\n\n" + kSecond + "\n\nJon Roe in Oslo contributed to this report.");
  EXPECT_EQ(t.byline, "By Ana Berg");
  EXPECT_EQ(t.provenance, "Jon Roe in Oslo contributed to this report.");
  EXPECT_EQ(t.body, kFirst + "\n\n" + kSecond);
}

TEST(Cleaner, CopiesTheDatelineAndLeavesIt) {
  const CleanText t = clean("OSLO, March 3 (Example) - " + kFirst);
  EXPECT_EQ(t.dateline, "OSLO, March 3 (Example)");
  EXPECT_EQ(t.body, "OSLO, March 3 (Example) - " + kFirst);
}

TEST(Cleaner, TakesTheHeadlineOfAPlainFile) {
  const CleanText t = clean("Connect with us\n\nBoats Enter The Strait At Dawn\n\nThe Strait\n\n" + kFirst, true, "");
  EXPECT_EQ(t.headline, "Boats Enter The Strait At Dawn");
  EXPECT_EQ(t.body, kFirst);
  EXPECT_EQ(clean(kFirst + "\n" + kSecond, true, "").headline, "");
}

TEST(Cleaner, RemovesLinesThatASourceRepeats) {
  const PromotedLines promoted{{line_key("town.example", "Proudly printed in Example Town"), 0}};
  Article a;
  a.provider = "town.example";
  a.body = kFirst + "\nProudly printed in  Example Town\n" + kSecond;
  const CleanText t = Cleaner(shipped_rules()).clean(a, false, promoted);
  EXPECT_EQ(t.body, kFirst + "\n" + kSecond);
  EXPECT_EQ(t.removed.at(0).rule, "repeated");
  EXPECT_EQ(std::ranges::count(t.lines, true, &SourceLine::removed), 1);
  a.provider = "city.example";
  EXPECT_EQ(Cleaner(shipped_rules()).clean(a, false, promoted).removed.size(), 0U) << "another source may print it";
  a.provider.clear();
  EXPECT_TRUE(Cleaner(shipped_rules()).clean(a, false, promoted).lines.empty()) << "nobody knows whose lines they are";
}

TEST(Cleaner, KeepsTheTextByteForByteWhenAsked) {
  Article a;
  a.body = "Share this article\r\n  " + kFirst + " \t\n\n\n1000 47";
  EXPECT_EQ(Cleaner(shipped_rules()).clean(a, true).body, a.body);
}

TEST(Cleaner, ReadsAPageOfHtml) {
  Article a;
  a.body_is_html = true;
  a.body =
      "<!doctype html><html lang=en><head><title>Boats enter the strait | Daily Example</title>"
      "<meta property=og:site_name content='Daily Example'><meta property=article:published_time "
      "content=2023-03-03T08:00Z>"
      "<link rel=canonical href=https://example.org/boats></head><body><nav><ul><li><a href=/>Home</a><li><a "
      "href=/w>World"
      "</a></ul></nav><article class=story-body><h1>Boats enter the strait</h1><p>" +
      kFirst + "<p>" + kSecond +
      " They&rsquo;ll be back, he said.</article><aside class=related><h2>More stories</h2><a href=/1>Ferry line plans"
      " harbour</a></aside><footer>Copyright 2023 Daily Example</footer></body></html>";
  const CleanText t = Cleaner(shipped_rules()).clean(a, false);
  EXPECT_EQ(t.body, kFirst + "\n\n" + kSecond + " They’ll be back, he said.");
  EXPECT_EQ(t.headline, "Boats enter the strait");
  EXPECT_EQ(t.language, "en");
  EXPECT_EQ(t.site, "Daily Example");
  EXPECT_EQ(t.url, "https://example.org/boats");
  EXPECT_EQ(t.published, "2023-03-03T08:00Z");
}

TEST(Cleaner, TakesAFragmentOfHtmlAsAWhole) {
  Article a;
  a.body_is_html = true;
  a.body = "<p>" + kFirst + "</p><ul><li>One boat<li>Another boat</ul>";
  EXPECT_EQ(Cleaner(shipped_rules()).clean(a, false).body, kFirst + "\n\nOne boat\n\nAnother boat");
}

TEST(Cleaner, EndsOnTagsNestedWithoutEnd) {
  for (const std::string piece :
       {"<div>", "<b><p>", "<a><div></a>", "<table><tr><td>", "</i>", "<title>", "<!--", "<x y='", "&#x"}) {
    Article a;
    a.body_is_html = true;
    a.body = "<html>";
    while (a.body.size() < (3U << 20)) a.body += piece;
    EXPECT_LT(Cleaner(shipped_rules()).clean(a, false).body.size(), a.body.size());
  }
}

TEST(Cleaner, PublishesOnlyLinesOfTheSourceInTheirOrderAndTwiceTheSame) {
  static const char* const kLines[] = {
      "Share",
      "Read more:",
      "1000 47",
      "Two boats entered the strait on Tuesday.",
      "Why it matters",
      "",
      "By Ana Berg",
      "The ferry line said it would sail again on Friday, after the inspection was done.",
      "Advertisement",
      "Comments",
      "© 2023 Daily Example",
      "A heading without an end",
      "  blanks  "};
  std::mt19937 random(3);
  Cleaner cleaner(shipped_rules());
  for (int i = 0; i < 3000; ++i) {
    Article a;
    for (auto n = random() % 14; n > 0; --n) a.body += std::string(kLines[random() % std::size(kLines)]) + "\n";
    const CleanText once = cleaner.clean(a, false);
    std::size_t from = 0;
    for (std::size_t at = 0; at < once.body.size();) {
      const std::size_t end = std::min(once.body.find('\n', at), once.body.size());
      from = a.body.find(once.body.substr(at, end - at), from);
      ASSERT_NE(from, std::string::npos);
      at = end + 1;
    }
    Article again;
    again.body = once.body;
    const CleanText twice = cleaner.clean(again, false);
    ASSERT_EQ(twice.body, once.body) << a.body;
    ASSERT_TRUE(twice.removed.empty());
  }
}

TEST(Cleaner, WhatStandsBehindTheMostLinesStays) {
  std::string body;
  for (std::size_t i = 0; i < 2 * kMaxLines; ++i) body += kFirst + "\n";
  std::vector<Line> lines;
  split_lines(body, lines);
  ASSERT_EQ(lines.size(), kMaxLines);
  EXPECT_EQ(lines.back().end, body.size() - 1);
  EXPECT_EQ(clean(body).body.size(), body.size() - 1);
}

TEST(Cleaner, SaysWhereWhatWasRemovedStood) {
  Article a;
  a.body = "Share\n" + kFirst + "\nAdvertisement\n" + kFirst;
  const CleanText t = Cleaner(shipped_rules()).clean(a, false);
  ASSERT_EQ(t.removed.size(), 2U);
  EXPECT_EQ(t.removed[0].at, 0U);
  EXPECT_EQ(t.removed[1].at, kFirst.size());
}

TEST(JunkRules, SaysWhatIsWrongAndWhere) {
  const auto error = [](const std::string& yaml) { return JunkRules::parse(yaml, "junk.yaml").error().message; };
  EXPECT_THAT(error("rules:\n- name: a\n  lines: ['a * b']\n"),
              testing::HasSubstr("junk.yaml:3: * stands only first or last"));
  EXPECT_THAT(error("rules:\n- name: a\n  word: b\n  lines: [a]\n"),
              testing::HasSubstr("junk.yaml:3: unknown key `word`"));
  EXPECT_THAT(error("rules:\n- name: a\n  action: eat\n  lines: [a]\n"), testing::HasSubstr("unknown action `eat`"));
  EXPECT_THAT(error("rules: 5"), testing::HasSubstr("needs a list under `rules`"));
  EXPECT_THAT(error("rules: ["), testing::HasSubstr("no YAML"));
}

TEST(Trees, SumTheirLeavesAndRefuseBrokenFiles) {
  const auto trees = Trees::parse("features: 2\nthreshold: 0.5\ntrees: |\n  0:1 =-1 1:2 =3 =5\n  =0.5\n", "t", 2);
  ASSERT_TRUE(trees);
  const float low[] = {1, 9}, middle[] = {2, 2}, high[] = {2, 3};
  EXPECT_FLOAT_EQ(trees->score(low), -0.5F);
  EXPECT_FLOAT_EQ(trees->score(middle), 3.5F);
  EXPECT_FLOAT_EQ(trees->score(high), 5.5F);
  EXPECT_FALSE(Trees::parse("features: 2\nthreshold: 0.5\ntrees: |\n  0:1 =1\n", "t", 2));
  EXPECT_FALSE(Trees::parse("features: 3\nthreshold: 0.5\ntrees: |\n  =1\n", "t", 2));
  EXPECT_FALSE(Trees::parse("features: 2\nthreshold: 0.5\ntrees: |\n  7:1 =1 =1\n", "t", 2));
}

// A tree in preorder, and what it gives for some numbers: found by going down it.
float grow(std::mt19937& random, int depth, const std::vector<float>& numbers, std::string& text) {
  if (depth == 0 || random() % 4 == 0) {
    static constexpr std::string_view kLeaves[] = {"0.1", "-0.7", "1e6", "-1e6", "0.001", "-33.3"};
    const std::string_view leaf = kLeaves[random() % std::size(kLeaves)];
    text += " =" + std::string(leaf);
    return std::strtof(std::string(leaf).c_str(), nullptr);
  }
  const std::size_t feature = random() % numbers.size();
  const int threshold = static_cast<int>(random() % 8);
  text += " " + std::to_string(feature) + ":" + std::to_string(threshold);
  const float yes = grow(random, depth - 1, numbers, text);
  const float no = grow(random, depth - 1, numbers, text);
  return numbers[feature] <= static_cast<float>(threshold) ? yes : no;
}

TEST(Trees, GiveWhatGoingDownEachOfThemGives) {
  std::mt19937 random(23);
  for (int round = 0; round < 300; ++round) {
    std::vector<float> numbers(5);
    for (float& n : numbers) n = static_cast<float>(random() % 10);
    if (round % 9 == 0) numbers[0] = std::numeric_limits<float>::quiet_NaN();  // not at most anything
    float expected = 0;
    std::string text = "features: 5\nthreshold: 0.5\ntrees: |\n";
    for (std::size_t trees = 1 + random() % 20; trees > 0; --trees) {
      std::string tree;
      expected += grow(random, static_cast<int>(random() % 8), numbers, tree);
      text += " " + tree + "\n";
    }
    const auto trees = Trees::parse(text, "t", numbers.size());
    ASSERT_TRUE(trees) << trees.error().message;
    EXPECT_EQ(trees->score(numbers.data()), expected) << text << "summed in the order of the file";
  }
}

TEST(Trees, AreOfALimitedDepth) {
  const auto tree_of = [](int depth) {  // each right child a question again
    std::string text = "features: 1\nthreshold: 0.5\ntrees: |\n ";
    for (int i = 0; i < depth; ++i) text += " 0:1 =1";
    return Trees::parse(text + " =2\n", "t", 1);
  };
  ASSERT_TRUE(tree_of(64));
  const float high = 2;
  EXPECT_EQ(tree_of(64)->score(&high), 2);
  EXPECT_FALSE(tree_of(65));
}

}  // namespace
}  // namespace tocsin
