#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "daemon/cli/commands.h"
#include "daemon/cli/explain_text.h"
#include "tests/support/temp_dir.h"

namespace tocsin {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kText =
    "TOKYO, March 16 - North Korea fired a ballistic missile toward the Sea of Japan on Thursday morning, Japan's "
    "defence ministry said.\\n\\nThe ministry said the missile fell outside its waters and that no ships were "
    "harmed.\\n\\nSign up for our newsletter";

class ExplainTest : public testing::Test {
 protected:
  std::string article(const std::string& id, const std::string& title) {
    return R"({"id":")" + id + R"(","title":")" + title + R"(","text":")" + kText +
           R"(","published":"2023-03-16T02:00:00Z","source":"Harbour News"})";
  }
  std::string explain(const std::string& file, const std::string& before = {}, int code = 0, bool html = false) {
    ExplainOptions options;
    options.html = html;
    options.article = file;
    options.before = before;
    options.config =
        dir_.write("tocsin.yaml", "brokers: 127.0.0.1:1\ntopics: {raw: wire.raw}\nknowledge: {directory: " +
                                      std::string(TOCSIN_KNOWLEDGE) + "}\n")
            .string();
    testing::internal::CaptureStdout();
    EXPECT_EQ(explain_command(options), code);
    return testing::internal::GetCapturedStdout();
  }
  test::TempDir dir_;
};

TEST_F(ExplainTest, SaysWhatWasRemovedWhichPlacesWonAndWhichEventRings) {
  const std::string out = explain(dir_.write("a.json", article("a:1", "North Korea fires missile")).string());
  for (const char* part : {"article      a:1", "decision     new", "language     en", "Sign up for our newsletter",
                           "\"TOKYO\" in body at 0: taken", "won ", "missile_launch", "by rule ", "      because ",
                           "day-near +", "rings        missile_launch-", "body at "})
    EXPECT_THAT(out, HasSubstr(part));
}

TEST_F(ExplainTest, FindsTheStoryAmongEarlierArticles) {
  const std::string before = dir_.write("before.ndjson", article("a:1", "North Korea fires missile") + "\n").string();
  const std::string file = dir_.write("b.json", article("b:2", "Missile fired")).string();
  const std::string out = explain(file, before);
  EXPECT_THAT(out, HasSubstr("decision     duplicate: "));
  EXPECT_THAT(out, HasSubstr(" of a:1, similarity "));
  EXPECT_THAT(out, HasSubstr("compared with 1 earlier articles"));
}

TEST_F(ExplainTest, SaysWhyAnArticleIsRejectedAndWhatIsWrongWithTheCommand) {
  EXPECT_THAT(explain(dir_.write("a.json", "{\"title\":").string()), HasSubstr("rejected     cut_json"));
  explain("no/such/file", {}, 1);
  EXPECT_THAT(explain(dir_.write("a.txt", "Nothing of note happened in the village today.").string()),
              HasSubstr("events       none: "));
}

TEST_F(ExplainTest, APageStrikesOutMarksAndExecutesNothing) {
  const std::string page =
      explain(dir_.write("a.json", article("a:1", "North Korea <script>alert(1)</script> fires missile")).string(), {},
              0, true);
  for (const char* part : {"<!DOCTYPE html>", "<del title=\"", "Sign up for our newsletter</del>",
                           "<span class=\"place\"", "class=\"event", "<td>missile_launch", "decision     new"})
    EXPECT_THAT(page, HasSubstr(part));
  for (const char* part : {"<script", "http-equiv", "src=", "href="}) EXPECT_THAT(page, Not(HasSubstr(part)));
  EXPECT_THAT(explain(dir_.write("b.json", "{\"title\":").string(), {}, 0, true), HasSubstr("rejected: cut_json"));
}

TEST(WhyNot, NamesEachConditionThatFailsAndNoOther) {
  Claim claim;
  claim.type = EventType::kCivilUnrest;
  claim.severity = 2;
  claim.factuality = Factuality::kPlanned;
  claim.confidence = 0.8F;
  claim.country = "NO";
  AlertRule rule;
  rule.types = {"bombing"};
  rule.min_severity = 3;
  rule.countries = {"SE"};
  rule.saliences = {"main"};
  rule.min_confidence = 0.9;
  rule.area = Area{0, 0, 1, 1};
  rule.actors = {"PRK"};
  rule.min_sources = 2;
  claim.salience = Salience::kMain;
  EXPECT_EQ(
      why_not(rule, claim),
      "its type is none of bombing, severity 2 is below 3, confidence 0.80 is below 0.90, it is planned, asked for "
      "is occurred, claimed, disputed, neither place nor actor is of SE, its place is not known to lie in the area, "
      "none of its actors is PRK, one "
      "source tells it, asked for are 2");
  rule = {};
  rule.types = {"civil_unrest"};
  rule.factualities = {"planned"};
  EXPECT_EQ(why_not(rule, claim), "");
  claim.security = false;
  rule.types.clear();
  EXPECT_EQ(why_not(rule, claim), "it is no security event");
}

}  // namespace
}  // namespace tocsin
