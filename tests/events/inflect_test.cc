#include "common/events/inflect.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tocsin {
namespace {

std::vector<std::string> words(const std::vector<Inflected>& forms) {
  std::vector<std::string> out;
  for (const Inflected& f : forms) out.push_back(f.word);
  return out;
}

TEST(Inflect, VerbsRegularAndNot) {
  EXPECT_EQ(words(verb_forms("fire")), (std::vector<std::string>{"fire", "fires", "fired", "firing"}));
  EXPECT_EQ(words(verb_forms("launch")), (std::vector<std::string>{"launch", "launches", "launched", "launching"}));
  EXPECT_EQ(words(verb_forms("strike")),
            (std::vector<std::string>{"strike", "strikes", "struck", "stricken", "striking"}));
  EXPECT_EQ(words(verb_forms("deny")), (std::vector<std::string>{"deny", "denies", "denied", "denying"}));
  EXPECT_EQ(words(verb_forms("repel")), (std::vector<std::string>{"repel", "repels", "repelled", "repelling"}));
  EXPECT_EQ(words(verb_forms("cancel")),
            (std::vector<std::string>{"cancel", "cancels", "canceled", "cancelled", "canceling", "cancelling"}));
  EXPECT_EQ(words(verb_forms("ram")), (std::vector<std::string>{"ram", "rams", "rammed", "ramming"}));
}

TEST(Inflect, HitIsBaseAndPast) {
  const auto forms = verb_forms("hit");
  EXPECT_TRUE(std::ranges::count(forms, Inflected{"hit", Form::kBase}));
  EXPECT_TRUE(std::ranges::count(forms, Inflected{"hit", Form::kPast}));
}

TEST(Inflect, Nouns) {
  EXPECT_EQ(words(noun_forms("missile")), (std::vector<std::string>{"missile", "missiles"}));
  EXPECT_EQ(words(noun_forms("enemy")), (std::vector<std::string>{"enemy", "enemies"}));
  EXPECT_EQ(words(noun_forms("gunman")), (std::vector<std::string>{"gunman", "gunmen"}));
}

}  // namespace
}  // namespace tocsin
