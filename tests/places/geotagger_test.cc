#include "common/places/geotagger.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/places/small_gazetteer.h"

namespace tocsin {
namespace {

class Geotagging : public testing::Test {
 protected:
  const Geotags& tag(const std::string& text, GeoContext context = {}) {
    headline_.assign("");
    body_.assign(text);
    tags_ = tagger_.tag(headline_, body_, context);
    return tags_;
  }
  // "name:id" of each mention, in order.
  std::vector<std::string> mentions() const {
    std::vector<std::string> out;
    for (const Mention& m : tags_.mentions)
      out.push_back(body_.text().substr(m.start, m.end - m.start) + ":" +
                    std::to_string(tags_.places[m.place].geoname_id));
    return out;
  }
  Gazetteer gazetteer_ = small_gazetteer();
  Geotagger tagger_{gazetteer_};
  Document headline_, body_;
  Geotags tags_;
};

using Strings = std::vector<std::string>;

TEST_F(Geotagging, TakesTheBestKnownPlaceOfAName) {
  tag("He lives in Paris.");
  EXPECT_EQ(mentions(), Strings{"Paris:2988507"});
}

TEST_F(Geotagging, BelievesThatXLiesInYWhenTheTextSaysSo) {
  tag("He lives in Paris, Texas, and works in Paris.");
  EXPECT_EQ(mentions(), (Strings{"Paris:4717560", "Texas:4736286", "Paris:4717560"}));
}

TEST_F(Geotagging, TakesAnAbbreviationOnlyBesideItsPlace) {
  tag("A man from Paris, TX was seen.");
  EXPECT_EQ(mentions(), (Strings{"Paris:4717560", "TX:4736286"}));
  tag("The TX was seen.");
  EXPECT_TRUE(mentions().empty());
}

TEST_F(Geotagging, KnowsWhereASourceIsAtHome) {
  tag("A fire broke out in Paris on Monday.", {.source_name = "The Paris News"});
  EXPECT_EQ(mentions(), Strings{"Paris:4717560"});
  tag("A fire broke out in Paris on Monday.", {.url = "https://www.theparisnews.com/a/b"});
  EXPECT_EQ(mentions(), Strings{"Paris:4717560"});
}

TEST_F(Geotagging, LeavesPersonsAlone) {
  tag("They met David Paris and President Dallas.");
  EXPECT_TRUE(mentions().empty());
}

TEST_F(Geotagging, MarksDemonyms) {
  tag("A North Korean missile flew over Japan.");
  ASSERT_EQ(tags_.mentions.size(), 2u);
  EXPECT_EQ(tags_.mentions[0].form, MentionForm::kDemonym);
  EXPECT_EQ(tags_.places[0].country, "KP");
  EXPECT_EQ(tags_.mentions[1].form, MentionForm::kName);
}

TEST_F(Geotagging, MarksGovernmentsThatAct) {
  const auto form = [this](const char* text) {
    tag(text);
    return tags_.mentions.empty() ? MentionForm::kDemonym : tags_.mentions[0].form;
  };
  EXPECT_EQ(form("Pyongyang denied the charge."), MentionForm::kMetonym);
  EXPECT_EQ(form("On Monday the United States formally denied it."), MentionForm::kMetonym);
  EXPECT_EQ(form("Japan has also denied it."), MentionForm::kMetonym);
  EXPECT_EQ(form("Japan and France denied it."), MentionForm::kMetonym);
  EXPECT_EQ(form("They spoke against Japan."), MentionForm::kMetonym);
  EXPECT_EQ(form("A group in Japan and France denied it."), MentionForm::kName);
  EXPECT_EQ(tags_.mentions.at(1).form, MentionForm::kName) << "the preposition is for both";
  EXPECT_EQ(form("They spoke against Japan Films."), MentionForm::kName) << "part of another name";
  EXPECT_EQ(form("An official in Pyongyang denied the charge."), MentionForm::kName) << "behind a preposition";
  EXPECT_EQ(form("Pyongyang lies on a river."), MentionForm::kName);
  EXPECT_EQ(form("Dallas denied the firm a licence."), MentionForm::kName) << "no capital";
}

TEST_F(Geotagging, TakesShortCodesInCapitalsOnly) {
  tag("Prk sales rose.");
  EXPECT_TRUE(mentions().empty());
  tag("PRK sales rose.");
  EXPECT_EQ(mentions().size(), 1U);
}

TEST_F(Geotagging, WordsOfRulesAreNoFeatures) {
  Document headline, body;
  headline.assign("");
  body.assign("They spoke against Japan, which denied it.");
  for (const GeoExplanation& e : Geotagger(gazetteer_).explain(headline, body, {}))
    for (const GeoFeature& f : e.evidence) EXPECT_FALSE(f.name.starts_with("next:")) << f.name;
}

TEST_F(Geotagging, ReadsAdjectivesOfOtherLanguagesInArticlesOfTheirs) {
  tag("Le gouvernement japonais a parlé.", {.language = "fr"});
  EXPECT_EQ(mentions(), Strings{"japonais:1861060"});
  EXPECT_EQ(tags_.mentions[0].form, MentionForm::kDemonym);
  tag("Die japanischen Behörden schwiegen.", {.language = "de-AT"});
  EXPECT_EQ(mentions(), Strings{"japanischen:1861060"});
  tag("Le gouvernement japonais a parlé.", {.language = "en"});
  EXPECT_TRUE(mentions().empty());
}

TEST_F(Geotagging, ReadsArabicNamesBehindWhatIsJoinedToThem) {
  for (const auto& [word, name] : {std::pair{"اليابان", "اليابان"},
                                   {"واليابان", "اليابان"},
                                   {"لليابان", "لليابان"},
                                   {"وباليابان", "اليابان"},
                                   {"الياباني", "الياباني"},
                                   {"واليابانية", "اليابانية"}}) {
    tag("قال " + std::string(word) + " أمس", {.language = "ar"});
    EXPECT_EQ(mentions(), Strings{std::string(name) + ":1861060"}) << word;
  }
  tag("قال وابان أمس", {.language = "ar"});
  EXPECT_TRUE(mentions().empty());
}

TEST_F(Geotagging, MarksTheDateline) {
  tag("TOKYO, March 16 (Reuters) - Officials met in Paris on Monday.");
  ASSERT_EQ(tags_.places.size(), 2u);
  EXPECT_EQ(tags_.places[0].role, PlaceRole::kDateline);
  EXPECT_EQ(tags_.places[1].role, PlaceRole::kMentioned);
}

TEST_F(Geotagging, FindsSitesOfOurOwnTable) {
  tag("A rocket rose from Tongchang-ri in the morning.");
  ASSERT_EQ(tags_.places.size(), 1u);
  EXPECT_EQ(tags_.places[0].own_id, "kp-sohae");
  EXPECT_EQ(tags_.places[0].geoname_id, 0);
  EXPECT_EQ(tags_.places[0].country, "KP");
}

TEST_F(Geotagging, ReadsNamesWithoutSpaces) {
  tag("首相は東京で会見した。");
  EXPECT_EQ(mentions(), Strings{"東京:1850147"});
}

TEST_F(Geotagging, KeepsAStreetWithoutPlacingIt) {
  tag("A house in Orchard Street burnt.");
  ASSERT_EQ(tags_.places.size(), 1u);
  EXPECT_FALSE(tags_.places[0].resolved);
  EXPECT_EQ(tags_.places[0].name, "Orchard Street");
}

// Laws on random texts: offsets cut out whole tokens in order, every row is used, every id is in the image, equal input
// gives equal output.
TEST_F(Geotagging, KeepsItsLawsOnAnyText) {
  const char* kPieces[] = {"Paris",        "Texas", ",",        ".",        "David",   "in",        "Georgia",
                           "Georgian",     "\n",    "TOKYO",    "-",        "東京",    "Street",    "North",
                           "Lamar County", "the",   "US",       "'s",       "(",       "Black Sea", "1,000",
                           "Volga River",  "é",     "japonais", "واليابان", "لليابان", "و"};
  const char* kLanguages[] = {"en", "fr", "ar"};
  std::set<std::int64_t> known;
  for (const places::PlaceRow& row : gazetteer_.places()) known.insert(row.geoname_id);
  std::mt19937 random(11);
  for (std::size_t round = 0; round < 2000; ++round) {
    std::string text;
    for (auto n = random() % 40; n > 0; --n)
      text += std::string(kPieces[random() % std::size(kPieces)]) + (random() % 5 ? " " : "");
    const GeoContext context{.language = kLanguages[round % std::size(kLanguages)]};
    tag(text, context);
    const Geotags first = tags_;
    std::uint32_t end = 0;
    std::vector<std::uint32_t> counts(first.places.size());
    for (const Mention& m : first.mentions) {
      ASSERT_LE(end, m.start);
      ASSERT_LT(m.start, m.end);
      ASSERT_LE(m.end, text.size());
      end = m.end;
      ASSERT_LT(m.place, first.places.size());
      ++counts[m.place];
    }
    for (std::size_t i = 0; i < counts.size(); ++i) {
      ASSERT_EQ(counts[i], first.places[i].mention_count);
      ASSERT_GE(first.places[i].confidence, 0);
      ASSERT_LE(first.places[i].confidence, 1);
      const std::int64_t id = first.places[i].geoname_id;
      ASSERT_TRUE(id == 0 || known.contains(id)) << text;
    }
    const Strings told = mentions();
    tag(text, context);
    ASSERT_EQ(mentions(), told);
  }
}

TEST_F(Geotagging, ExplainsEachName) {
  body_.assign("He lives in Paris, Texas.");
  const auto why = tagger_.explain(headline_, body_, {});
  ASSERT_EQ(why.size(), 2u);
  EXPECT_TRUE(why[0].taken);
  EXPECT_EQ(why[0].candidates.size(), 2u);
  EXPECT_EQ(why[0].candidates[0].place.geoname_id, 4717560);
  EXPECT_FALSE(why[0].evidence.empty());
}

}  // namespace
}  // namespace tocsin
