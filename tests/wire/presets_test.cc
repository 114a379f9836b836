#include "common/wire/presets.h"

#include <gtest/gtest.h>

#include "tests/wire/presets_dir.h"

namespace tocsin {
namespace {

std::string error_of(const std::string& yaml) {
  const auto presets = Presets::parse(yaml, "p.yaml");
  return presets ? "" : presets.error().message;
}

TEST(Presets, TheShippedOnesAreThere) {
  for (const char* name : {"ninjs-1", "ninjs-2", "ninjs-3", "newsapi", "eventregistry", "newscatcher", "trafilatura",
                           "news-please", "schema.org", "rss-item", "plain"})
    EXPECT_NE(shipped_presets().find(name), nullptr) << name;
}

TEST(Presets, AnErrorNamesFileLineAndWhatToChange) {
  EXPECT_EQ(error_of("presets:\n  - name: a\n    fields:\n      titel: [x]\n"), "p.yaml:4: unknown field 'titel'");
  EXPECT_NE(error_of("presets:\n  - name: a\n    fieldz: {}\n").find("p.yaml:3: unknown key 'fieldz'"),
            std::string::npos);
  EXPECT_NE(error_of("presets:\n  - fields: {}\n").find("needs a name"), std::string::npos);
  EXPECT_NE(error_of("presets:\n  - name: a\n  - name: a\n").find("two presets named a"), std::string::npos);
  EXPECT_NE(error_of("presets:\n  - name: a\n    carry: all\n").find("p.yaml:3: carry is"), std::string::npos);
  EXPECT_NE(error_of("presets:\n  - name: a\n    fields: {url: [{html: x}]}\n").find("only headline and body"),
            std::string::npos);
  EXPECT_NE(error_of("presets: [").find("p.yaml:"), std::string::npos);
  EXPECT_NE(error_of("other: 1\n").find("one list"), std::string::npos);
  EXPECT_NE(error_of("").find("one list"), std::string::npos);
  EXPECT_NE(error_of("presets:\n  - name: a\n    known_by: {all: x}\n").find("a list of names"), std::string::npos);
}

TEST(Presets, MoreNamesThanTheLimitAreRefused) {
  std::string yaml = "presets:\n  - name: a\n    fields: {body: [b]}\n    known_by:\n      any: [";
  for (int i = 0; i < 600; ++i) yaml += "k" + std::to_string(i) + ",";
  EXPECT_NE(error_of(yaml + "z]\n").find("more than 512"), std::string::npos);
}

TEST(Presets, ALoadFromNowhereSaysSo) {
  const auto presets = Presets::load("/nowhere/presets.yaml");
  ASSERT_FALSE(presets);
  EXPECT_NE(presets.error().message.find("/nowhere/presets.yaml"), std::string::npos);
}

TEST(KeyTable, FindsWhatWasAddedAndNothingElse) {
  KeyTable keys;
  for (int i = 0; i < 500; ++i) EXPECT_EQ(keys.add("name" + std::to_string(i)), i);
  EXPECT_EQ(keys.add("name7"), 7);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(keys.find("name" + std::to_string(i)), i);
  EXPECT_EQ(keys.find("name"), KeyTable::kNone);
  EXPECT_EQ(keys.find(""), KeyTable::kNone);
}

}  // namespace
}  // namespace tocsin
