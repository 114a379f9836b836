#include "common/text/language.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

Language find(std::string_view stated, std::string body) {
  Document headline, document;
  document.assign(std::move(body));
  return find_language(stated, headline, document);
}

const std::string kEnglish =
    "The minister said on Tuesday that the boats had left the strait and that nobody was hurt. They were seen by the "
    "crew of "
    "a ferry, which called the coast guard.";
const std::string kGerman =
    "Der Minister sagte am Dienstag, die Boote hätten die Meerenge wieder verlassen und niemand sei verletzt worden. "
    "Die "
    "Besatzung einer Fähre hatte sie gesehen und die Küstenwache gerufen, die aber zu spät kam.";
const std::string kRussian =
    "Министр заявил во вторник, что катера покинули пролив и никто не пострадал. Их заметил экипаж парома, который "
    "вызвал "
    "береговую охрану, но она прибыла слишком поздно.";

TEST(Language, MapsCodesToBcp47) {
  EXPECT_EQ(language_tag("eng"), "en");
  EXPECT_EQ(language_tag("en_us"), "en-US");
  EXPECT_EQ(language_tag("ZH-hant-tw"), "zh-Hant-TW");
  EXPECT_EQ(language_tag("swa"), "sw");
  EXPECT_EQ(language_tag("German"), "de");
  EXPECT_EQ(language_tag("und"), "");
  EXPECT_EQ(language_tag("?"), "");
}

TEST(Language, BelievesWhatIsStated) {
  EXPECT_EQ(find("pt-BR", "Os barcos saíram do estreito.").tag, "pt-BR");
  EXPECT_EQ(find("deu", kGerman).source, LanguageSource::kStated);
}

TEST(Language, FindsWhatIsNotStated) {
  EXPECT_EQ(find("", kEnglish).source, LanguageSource::kWords);
  EXPECT_EQ(find("", kEnglish).tag, "en");
  EXPECT_EQ(find("", kGerman).tag, "de");
  EXPECT_EQ(find("", kRussian).tag, "ru");
  EXPECT_EQ(find("", "12 34").tag, "");
}

TEST(Language, FindsOutWhatIsStatedWrongly) {
  const Language l = find("en", kRussian);
  EXPECT_EQ(l.tag, "ru");
  EXPECT_EQ(l.stated, "en");
  EXPECT_EQ(find("en", kGerman).tag, "de");
  EXPECT_EQ(find("de", kEnglish).tag, "en");
}

}  // namespace
}  // namespace tocsin
