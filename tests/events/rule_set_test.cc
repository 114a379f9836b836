#include "common/events/rule_set.h"

#include <gmock/gmock.h>

#include <random>

#include "tests/events/knowledge.h"

namespace tocsin {
namespace {

using testing::HasSubstr;

std::string error_of(std::vector<RuleSet::File> files) {
  const auto rules = RuleSet::compile(std::move(files));
  return rules ? "" : rules.error().message;
}

TEST(RuleSet, OwnRulesLoadAndEveryExampleHolds) {
  for (const RuleFailure& f : test_rules(own_rules()))
    ADD_FAILURE() << f.file << ":" << f.line << ": " << f.rule << ": " << f.reason << "\n  " << f.example;
  EXPECT_GE(own_rules().rules(), 24U);
}

TEST(RuleSet, AnErrorSaysFileLineAndReason) {
  auto files = small_rules();
  files[1].content += "  - rule: r.two\n    triggers: [\"^go @nothing\"]\n    match: [a]\n    no_match: [b]\n";
  EXPECT_EQ(error_of(files), "one.yaml:8: there is no list @nothing; did you mean \"thing\"?");
}

TEST(RuleSet, AnErrorNamesWhatWasMeant) {
  EXPECT_THAT(error_of(small_rules("severty: 3\n")), HasSubstr("unknown key \"severty\"; did you mean \"severity\"?"));
  EXPECT_THAT(error_of(small_rules("our_ships: [\"Eagle S\"]\n")), HasSubstr("known are actors, cameo, "));
  EXPECT_THAT(error_of({small_rules().front(), {"one.yaml", "type: misile_launch\nrules: []\n"}}),
              HasSubstr("did you mean \"missile_launch\"?"));
}

TEST(RuleSet, WhatIsNoUtf8IsRefusedWithItsLine) {
  for (const char* name : {"bad.yaml", "bad.tsv"}) {
    const auto set = RuleSet::compile({{name, "# one\n# two \xc3\xa9\n# three \xe9\n# four"}});
    ASSERT_FALSE(set) << name;
    EXPECT_EQ(set.error().message, std::string(name) + ":3: it is no UTF-8; save the file as UTF-8");
  }
}

TEST(RuleSet, ARuleWithoutBothKindsOfExamplesIsRefused) {
  auto files = small_rules("  - rule: r.two\n    triggers: [\"go\"]\n    match: [\"They go.\"]\n");
  EXPECT_EQ(error_of(files),
            "one.yaml:7: rule \"r.two\" has no `no_match`: write a sentence that must give no such event");
  files = small_rules("  - rule: r.two\n    triggers: [\"go\"]\n    no_match: [\"They go.\"]\n");
  EXPECT_EQ(error_of(files), "one.yaml:7: rule \"r.two\" has no `match`: write a sentence that it must find");
}

TEST(RuleSet, UnknownKeysWrongFormsAndSecondNamesAreRefused) {
  EXPECT_NE(error_of(small_rules("colour: red\n")).find("unknown key \"colour\""), std::string::npos);
  EXPECT_NE(error_of(small_rules("  - rule: r.one\n    triggers: [go]\n    match: [a]\n    no_match: [b]\n"))
                .find("a second rule"),
            std::string::npos);
  EXPECT_NE(error_of(small_rules("  - rule: r.x\n    triggers: [go/zzz]\n    match: [a]\n    no_match: [b]\n"))
                .find("is no form"),
            std::string::npos);
  EXPECT_NE(error_of({{"a.yaml", "lists: [\n"}}).find("a.yaml:"), std::string::npos);
}

TEST(RuleSet, TestRulesNamesTheRuleAndTheReason) {
  auto files = small_rules(
      "  - rule: r.two\n    triggers: [\"throw/v ~2 @thing\"]\n    match: [\"They sold darts.\"]\n"
      "    no_match: [\"He threw a dart.\"]\n");
  const auto rules = RuleSet::compile(files);
  ASSERT_TRUE(rules) << rules.error().message;
  const auto failures = test_rules(*rules);
  ASSERT_EQ(failures.size(), 2U);
  EXPECT_EQ(failures[0].rule, "r.two");
  EXPECT_EQ(failures[0].line, 9);
  EXPECT_EQ(failures[0].reason, "the rule does not find it");
  EXPECT_EQ(failures[1].reason, "found by r.two as occurred: \"threw a dart\"");
}

TEST(RuleSet, EqualFilesGiveEqualHashesAndAnyByteChangesIt) {
  const auto a = RuleSet::compile(small_rules());
  auto files = small_rules();
  std::swap(files[0], files[1]);
  const auto b = RuleSet::compile(files);
  const auto c = RuleSet::compile(small_rules("# one comment more\n"));
  ASSERT_TRUE(a && b && c);
  EXPECT_EQ(a->hash(), b->hash());
  EXPECT_NE(a->hash(), c->hash());
  EXPECT_EQ(a->hash().size(), 16U);
}

TEST(RuleSet, LimitsOnPatternsHold) {
  const auto with = [](const std::string& trigger) {
    return error_of(
        small_rules("  - rule: r.x\n    triggers: [\"" + trigger + "\"]\n    match: [a]\n    no_match: [b]\n"));
  };
  EXPECT_EQ(with("go ~30 there"), "");
  EXPECT_NE(with("go ~31 there"), "");
  EXPECT_EQ(with("a b c d e f g h i j"), "");
  EXPECT_NE(with("a b c d e f g h i j k"), "");
  EXPECT_NE(with("^a ^b"), "");
  EXPECT_NE(with("a ~3"), "");
  EXPECT_NE(with("#num"), "");
  EXPECT_NE(with("a_b_c_d_e_f_g_h_i"), "");
}

// A pattern made to backtrack, on a text made for it: the budget of steps ends it. Without one this is 30^9 tries.
TEST(RuleSet, NoPatternGoesExponential) {
  const auto rules = RuleSet::compile(
      small_rules("  - rule: r.x\n    triggers: [\"^a ~30 a ~30 a ~30 a ~30 a ~30 a ~30 a ~30 a ~30 a ~30 zebra\"]\n"
                  "    match: [\"a a a a a a a a a zebra\"]\n    no_match: [\"a\"]\n"));
  ASSERT_TRUE(rules) << rules.error().message;
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "a ";
  text += "zebra";
  EventFinder finder(*rules);
  Document none;
  none.assign("");
  Document body;
  body.assign(text);
  finder.find(none, body, {}, std::nullopt, "en");  // comes back
  SUCCEED();
}

TEST(RuleSet, ALoadOfRandomBytesGivesAnErrorAndNoCrash) {
  std::mt19937 random(7);
  const auto files = small_rules();
  for (int round = 0; round < 300; ++round) {
    auto broken = files;
    std::string& s = broken[random() % 2].content;
    for (int n = 0; n < 4; ++n) s[random() % s.size()] = static_cast<char>(32 + random() % 95);
    const auto rules = RuleSet::compile(broken);
    if (!rules) {
      EXPECT_FALSE(rules.error().message.empty());
    }
  }
}

}  // namespace
}  // namespace tocsin
