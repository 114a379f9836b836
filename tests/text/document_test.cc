#include "common/text/document.h"

#include <gtest/gtest.h>

#include <random>

#include "common/text/unicode.h"

namespace tocsin {
namespace {

std::vector<std::string> folded(const Document& d) {
  std::vector<std::string> out;
  for (const Token& t : d.tokens()) out.emplace_back(d.folded(t));
  return out;
}

std::vector<std::string> words(std::string text) {
  Document d;
  d.assign(std::move(text));
  return folded(d);
}

std::vector<std::string> sentences(std::string text) {
  Document d;
  d.assign(std::move(text));
  std::vector<std::string> out;
  for (const Sentence& s : d.sentences())
    out.push_back(d.text().substr(d.tokens()[s.first].start, d.tokens()[s.last - 1].end - d.tokens()[s.first].start));
  return out;
}

using Strings = std::vector<std::string>;

TEST(Document, CutsPossessivesAcronymsHyphensAndNumbers) {
  EXPECT_EQ(words("Iran's U.S.-led Hwasong-17 flew 1,234.5 km at 10 a.m."),
            (Strings{"iran", "'s", "u.s.", "led", "hwasong", "17", "flew", "1,234.5", "km", "at", "10", "a.m."}));
  EXPECT_EQ(words("the Houthis’ drones"), (Strings{"the", "houthis", "'", "drones"}));
  EXPECT_EQ(words("don’t go to Sana'a"), (Strings{"don't", "go", "to", "sana'a"}));
  EXPECT_EQ(words("Bab-el-Mandeb, Russia–Ukraine"), (Strings{"bab", "el", "mandeb", ",", "russia", "ukraine"}));
}

TEST(Document, CutsElidedArticlesBeforeNamesOnly) {
  EXPECT_EQ(words("l’Iran et la Côte d'Ivoire"), (Strings{"l'", "iran", "et", "la", "côte", "d'", "ivoire"}));
  EXPECT_EQ(words("coup d’état in N'Djamena"), (Strings{"coup", "d'état", "in", "n'djamena"}));
}

TEST(Document, KeepsAbbreviationsAndInitialsWithTheirFullStop) {
  EXPECT_EQ(words("Gen. John F. Doe met Mr. Roe."), (Strings{"gen.", "john", "f.", "doe", "met", "mr.", "roe", "."}));
  EXPECT_EQ(words("plan B. The next"), (Strings{"plan", "b", ".", "the", "next"}));
  EXPECT_EQ(words("I said no. Five left."), (Strings{"i", "said", "no", ".", "five", "left", "."}));
}

TEST(Document, GivesOneTokenALetterWhereWordsAreNotSpaced) {
  EXPECT_EQ(words("東京で。 서울에서"), (Strings{"東", "京", "で", "。", "서울에서"}));
}

TEST(Document, FoldsToNfcWithoutInvisibleCharacters) {
  EXPECT_EQ(words("E\u0301LAN Pyong\u00adyang zero\u200bwidth"), (Strings{"élan", "pyongyang", "zerowidth"}));
  EXPECT_EQ(fold("Île-de-France"), "île-de-france");
  EXPECT_EQ(fold("  Côte\u00a0d’Ivoire "), "côte d'ivoire");
}

TEST(Document, HashesTheSameFoldedBytesTheSameWay) {
  Document d;
  d.assign("KYIV kyiv Kyiv МОСКВА москва");
  EXPECT_EQ(d.tokens()[0].hash, d.tokens()[2].hash);
  EXPECT_EQ(d.tokens()[0].hash, hash_word("kyiv"));
  EXPECT_EQ(d.tokens()[3].hash, d.tokens()[4].hash);
  // In compiled images: these never change.
  EXPECT_EQ(hash_word(""), hash_word(std::string_view()));
}

TEST(Document, FlagsCapitalsQuotesAndLines) {
  Document d;
  d.assign("NATO said “we will” today.\n2 Men");
  const auto& t = d.tokens();
  EXPECT_TRUE(t[0].is(kAllCaps) && t[0].is(kCapital) && t[0].is(kSentenceStart) && t[0].is(kLineStart));
  EXPECT_FALSE(t[0].is(kSpaceBefore));
  EXPECT_TRUE(t[3].is(kInQuote) && t[4].is(kInQuote));
  EXPECT_FALSE(t[2].is(kInQuote) || t[5].is(kInQuote) || t[6].is(kInQuote));
  EXPECT_TRUE(t[8].is(kNumber) && t[8].is(kLineStart) && t[8].is(kSentenceStart));
  EXPECT_EQ(d.sentence_of(2), 0u);
  EXPECT_EQ(d.sentence_of(9), 1u);
}

TEST(Document, EndsSentencesWhereTheyEnd) {
  EXPECT_EQ(sentences("It left the U.S. The rest stayed. Gen. Roe said so."),
            (Strings{"It left the U.S.", "The rest stayed.", "Gen. Roe said so."}));
  EXPECT_EQ(sentences("“Why?” he asked. \"We will.\" Then"), (Strings{"“Why?” he asked.", "\"We will.\"", "Then"}));
  EXPECT_EQ(sentences("It cost 3.5 million. 12 men left."), (Strings{"It cost 3.5 million.", "12 men left."}));
  EXPECT_EQ(sentences("He said.The rest"), (Strings{"He said.", "The rest"}));
  EXPECT_EQ(sentences("東京。大阪！"), (Strings{"東京。", "大阪！"}));
}

TEST(Document, EndsSentencesAtLinesThatStandAlone) {
  EXPECT_EQ(sentences("Two Ships Collide Near Port\nThe crew was saved"),
            (Strings{"Two Ships Collide Near Port", "The crew was saved"}));
  EXPECT_EQ(sentences("no end here\n\nand new"), (Strings{"no end here", "and new"}));
  EXPECT_EQ(sentences("The ministry said in a statement late on Monday that the\nPresident had left the capital."),
            (Strings{"The ministry said in a statement late on Monday that the\nPresident had left the capital."}));
}

TEST(Document, ReadsMojibakeAsWhatItWas) {
  EXPECT_EQ(words("Koreaâ€™s â€œmissilesâ€\u009d near SÃ£o Paulo cost Â£5"),
            (Strings{"korea", "'s", "“", "missiles", "”", "near", "são", "paulo", "cost", "£", "5"}));
  EXPECT_EQ(words("SÃO â l'Â €5"), (Strings{"são", "â", "l'", "â", "€", "5"}));
}

TEST(Document, TokensOfMojibakeLieInThePublishedText) {
  Document d;
  d.assign("â€œIranâ€™sâ€\u009d SÃ£o.");
  std::vector<std::string> raw;
  for (const Token& t : d.tokens()) raw.emplace_back(d.raw(t));
  EXPECT_EQ(raw, (Strings{"â€œ", "Iran", "â€™s", "â€\u009d", "SÃ£o", "."}));
  EXPECT_EQ(d.sentences().size(), 1U);
}

// Whatever the text, tokens lie in it in order, on code points, and sentences cover them.
void check_laws(const Document& d) {
  std::uint32_t end = 0;
  for (const Token& t : d.tokens()) {
    ASSERT_LE(end, t.start);
    ASSERT_LT(t.start, t.end);
    ASSERT_LE(t.end, d.text().size());
    const auto continues = [&](std::uint32_t i) {
      return i < d.text().size() && (static_cast<unsigned char>(d.text()[i]) & 0xc0) == 0x80;
    };
    ASSERT_FALSE(continues(t.start) || continues(t.end));
    ASSERT_EQ(t.hash, hash_word(d.folded(t)));
    ASSERT_EQ(d.folded(t), fold(d.raw(t))) << d.text();
    end = t.end;
  }
  std::uint32_t at = 0;
  for (const Sentence& s : d.sentences()) {
    ASSERT_EQ(s.first, at);
    ASSERT_LT(s.first, s.last);
    at = s.last;
  }
  ASSERT_EQ(at, d.tokens().size());
}

std::string random_text(std::mt19937& random) {
  static const char* const kPieces[] = {
      "a", "B",  "s",      "S",    "7",    ".",    ",",   "'", "’",      "‘",      "\"",     "“",      "”", "-", "--",
      "–", " ",  " ",      "\n",   "\r\n", "\n\n", "é",   "É", "\u0301", "\u00ad", "\u200b", "東",     "ไ", "ท", "ี",
      "д", "Д",  "ß",      "ﬀ",    "U.S.", "Mr.",  "No.", "!", "?",      "。",     "\u00a0", "\u2028", "😀", "𐐀", "क",
      "्",  "가", "\u1161", "the ", "The ", "Inc.", "l'",  "(", ")",      "%",      "İ",      "Å",      "\t"};
  std::string s;
  for (auto n = random() % 40; n > 0; --n) s += kPieces[random() % std::size(kPieces)];
  return s;
}

TEST(Document, KeepsItsLawsOnRandomText) {
  std::mt19937 random(1);
  Document d;
  for (int i = 0; i < 20000; ++i) {
    d.assign(random_text(random));
    ASSERT_NO_FATAL_FAILURE(check_laws(d));
  }
}

TEST(Document, CutsWordsThatNeverEnd) {
  Document d;
  d.assign(std::string(100000, 'x'));
  EXPECT_EQ(d.tokens().size(), 100000 / kMaxTokenBytes);
  d.assign([] {
    std::string s;
    for (int i = 0; i < 100000; ++i) s += "a.";
    return s;
  }());
  ASSERT_NO_FATAL_FAILURE(check_laws(d));
}

TEST(CodePoints, CountsFromTheStart) {
  CodePoints c("aé東😀b");
  EXPECT_EQ(c.before(0), 0u);
  EXPECT_EQ(c.before(1), 1u);
  EXPECT_EQ(c.before(3), 2u);
  EXPECT_EQ(c.before(6), 3u);
  EXPECT_EQ(c.before(10), 4u);
  EXPECT_EQ(c.before(11), 5u);
  EXPECT_EQ(c.before(1), 1u);
}

}  // namespace
}  // namespace tocsin
