#include "daemon/knowledge.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

Config with_preset(const std::string& preset) {
  Config config;
  config.path = "t.yaml";
  config.knowledge.directory = TOCSIN_KNOWLEDGE;
  config.topics.raw = {{"wire.raw", "auto"}, {"wire.agency", preset}};
  return config;
}

// A daemon would make a dead letter of every article of the topic.
TEST(Knowledge, ATopicsPresetThatIsNotThereIsWrongAtTheStart) {
  for (const char* preset : {"auto", "text", "html", "newsapi", "newsml-g2"})
    EXPECT_TRUE(load_knowledge(with_preset(preset))) << preset;
  const auto knowledge = load_knowledge(with_preset("newsap"));
  ASSERT_FALSE(knowledge);
  EXPECT_EQ(knowledge.error().message,
            "t.yaml: topics.raw: wire.agency: there is no preset \"newsap\"; did you mean \"newsapi\"?");
}

TEST(Knowledge, SoIsTheCommandLines) {
  const auto knowledge = load_knowledge(with_preset("auto"), "nijns-3");
  ASSERT_FALSE(knowledge);
  EXPECT_EQ(knowledge.error().message, "--preset: there is no preset \"nijns-3\"; did you mean \"ninjs-3\"?");
}

}  // namespace
}  // namespace tocsin
