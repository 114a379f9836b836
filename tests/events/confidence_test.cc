#include "common/events/confidence.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <random>
#include <sstream>

#include "tests/events/knowledge.h"

namespace tocsin {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

double odds(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

std::string error_of(std::string_view table) {
  const auto confidence = Confidence::read("confidence.tsv", table);
  return confidence ? "" : confidence.error().message;
}

Event found(const RuleSet& rules, std::string_view headline, std::string_view body) {
  Document h;
  Document b;
  h.assign(std::string(headline));
  b.assign(std::string(body));
  const auto events = EventFinder(rules).find(h, b, {}, std::nullopt, "en");
  EXPECT_EQ(events.size(), 1U);
  return events.empty() ? Event{} : events.front();
}

bool has(const Event& event, Sign sign) { return (event.signs & bit(sign)) != 0; }

// Sentences without an event, of about 100 bytes and 20 words and marks each.
std::string filler(int sentences) {
  std::string out;
  for (int i = 0; i < sentences; ++i)
    out += "The weather over the valley was mild and the children of the village went to school by bus as usual.\n\n";
  return out;
}

TEST(Confidence, WithoutWeightsAnEventIsAsSureAsItsRule) {
  const auto rules = RuleSet::compile(small_rules());
  ASSERT_TRUE(rules) << rules.error().message;
  EXPECT_NEAR(found(*rules, "", "They fired two darts.").confidence, 0.9, 1e-6);
  auto files = small_rules();
  files[1].content += "    confidence: 0.4\n";
  EXPECT_NEAR(found(*RuleSet::compile(files), "", "They fired two darts.").confidence, 0.4, 1e-6);
}

TEST(Confidence, IsTheLogisticOfWhatTheTableWeighs) {
  auto files = small_rules();
  files.push_back({"confidence.tsv", "# a remark\nbias\t-1\nrule\t0.5\r\ntype=missile_launch\t0.25\nheadline\t2\n"});
  const auto rules = RuleSet::compile(files);
  ASSERT_TRUE(rules) << rules.error().message;
  const double base = -1 + 0.5 * std::log(0.9 / 0.1) + 0.25;
  EXPECT_NEAR(found(*rules, "", "They fired two darts.").confidence, odds(base), 1e-6);
  const Event told = found(*rules, "They fired two darts", "They fired two darts.");
  EXPECT_NEAR(told.confidence, odds(base + 2), 1e-6);
  EXPECT_THAT(sure_because(*rules, told),
              ElementsAre(Field(&SureBecause::sign, "headline"), Field(&SureBecause::sign, "missile_launch")));
}

TEST(Confidence, AFaultInTheTableIsToldWithItsLine) {
  EXPECT_EQ(error_of("bias\t1\nsurely\t2\n"), "confidence.tsv:2: there is no sign \"surely\"");
  EXPECT_EQ(error_of("type=war\t2"), "confidence.tsv:1: there is no sign \"type=war\"");
  EXPECT_EQ(error_of("bias 1\n"), "confidence.tsv:1: a line is a name, a tab and a weight");
  for (const char* weight : {"", "x", "1x", "nan", "inf", "20.5", "-21"})
    EXPECT_EQ(error_of("bias\t" + std::string(weight)), "confidence.tsv:1: a weight is a number from -20 to 20")
        << weight;
  EXPECT_EQ(error_of("bias\t-20\nrule\t20\n"), "");
  auto files = small_rules();
  files.push_back({"confidence.tsv", "bias\n"});
  EXPECT_THAT(RuleSet::compile(files).error().message, HasSubstr("confidence.tsv:1: "));
}

TEST(Confidence, AnyBytesAreTakenOrRefusedInOneLineThatCanBeShown) {
  const std::vector<std::string> parts = {"bias", "rule", "type=coup", "late", "\t",   "\n",  "\r",
                                          "#",    "1",    "-0.5",      "e9",   "\x80", "\0x", "x"};
  std::mt19937 random(1);
  int taken = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string table;
    for (std::uint32_t left = random() % 8; left > 0; --left) table += parts[random() % parts.size()];
    const std::string error = error_of(table);
    taken += error.empty();
    EXPECT_TRUE(std::ranges::all_of(error, [](char c) { return c >= ' ' && c < 0x7f; })) << error;
  }
  EXPECT_GT(taken, 1000);
  EXPECT_LT(taken, 49'000);
}

TEST(Confidence, TheTableIsPartOfTheRulesHash) {
  auto files = small_rules();
  files.push_back({"confidence.tsv", "bias\t1\n"});
  const auto one = RuleSet::compile(files);
  files.back().content = "bias\t2\n";
  const auto two = RuleSet::compile(files);
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->hash(), two->hash());
}

TEST(Confidence, OwnWeightsNameEverySign) {
  std::ifstream in(rules_directory() + "/confidence.tsv");
  std::stringstream table;
  table << in.rdbuf();
  for (const std::string_view sign : kSignNames) EXPECT_THAT(table.str(), HasSubstr("\n" + std::string(sign) + "\t"));
}

struct SignCase {
  Sign sign;
  std::string headline;
  std::string body;
  std::string other_headline;  // where it does not hold
  std::string other_body;
  std::string published = "2023-03-16";
  std::string other_published = "2023-03-16";
};

TEST(Confidence, EachSignHoldsWhereItsCommentSays) {
  const std::string launch = "North Korea fired a missile on Thursday. ";
  const std::vector<SignCase> cases = {
      {Sign::kAlsoAgain, "", launch + "Iran fired a missile on Wednesday.", "", launch},
      {Sign::kAlsoHistory, "", launch + "North Korea fired a missile in 2017.", "", launch},
      {Sign::kClaimed, "", "Rebels claimed to have fired a missile on Thursday.", "", launch},
      {Sign::kDayNear, "", launch, "", "North Korea fired a missile on 1 March."},
      {Sign::kDisputed, "", launch + "North Korea denied having fired a missile.", "", launch},
      {Sign::kFewLetters, "", "The town was shelled.", "", launch},
      {Sign::kFourTypes, "",
       launch + "A car bomb killed ten people in the market. Gunmen kidnapped a priest. The president was ousted in a "
                "military coup.",
       "", launch},
      {Sign::kHeadline, "North Korea fires missile", filler(2), "Talks go on", launch},
      {Sign::kLate, "", filler(5) + launch, "North Korea fires missile", filler(5) + launch},
      {Sign::kLongArticle, "", launch + filler(45), "", launch + filler(10)},
      {Sign::kNoFact, "", "North Korea will fire a missile on Friday.", "", launch},
      {Sign::kOneType, "", launch, "", launch + "A car bomb killed ten people in the market."},
      {Sign::kOtherNames, "", "A car bomb killed the interior minister on Thursday.", "", launch},
      {Sign::kShortArticle, "", launch + filler(2), "", launch + filler(10)},
      {Sign::kTarget, "", "North Korea fired a missile at a frigate.", "", launch},
      {Sign::kTimeStated, "", launch, "", "North Korea fired a missile."},
      {Sign::kUndated, "", launch, "", launch, ""},
  };
  ASSERT_EQ(cases.size(), static_cast<std::size_t>(kSigns));
  for (const SignCase& c : cases) {
    const std::string_view name = kSignNames[static_cast<std::size_t>(c.sign)];
    const auto with = find_in(c.headline, c.body, c.published);
    const auto without = find_in(c.other_headline, c.other_body, c.other_published);
    ASSERT_FALSE(with.empty()) << name;
    ASSERT_FALSE(without.empty()) << name;
    EXPECT_TRUE(has(with.front(), c.sign)) << name;
    EXPECT_FALSE(has(without.front(), c.sign)) << name;
  }
}

// By reading: docs/rules.md. What is told in the lead with its day is nearly always so; a word in passing of a long
// article is mostly not.
TEST(Confidence, OwnWeightsTellALeadFromAWordInPassing) {
  const auto lead = find_in("North Korea fires missile", "North Korea fired a missile on Thursday.", "2023-03-16");
  const auto passing =
      of_type(find_in("What the budget means", filler(45) + "The bombing had killed many people.", "2023-03-16"),
              EventType::kBombing);
  ASSERT_EQ(lead.size(), 1U);
  ASSERT_EQ(passing.size(), 1U);
  EXPECT_GT(lead.front().confidence, 0.95);
  EXPECT_LT(passing.front().confidence, 0.3);
}

}  // namespace
}  // namespace tocsin
