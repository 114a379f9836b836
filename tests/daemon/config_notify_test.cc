// The block `notify` of the configuration.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "daemon/config.h"

namespace tocsin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kLeast = "brokers: b:1\ntopics: {raw: wire.raw}\n";

Result<Config> parse(const std::string& text) {
  return parse_config(kLeast + text, "t.yaml", [](const std::string& name) -> std::optional<std::string> {
    if (name == "HOOK") return "https://hooks.example/canary";
    return std::nullopt;
  });
}

std::string wrong(const std::string& text) {
  const auto config = parse(text);
  return config ? "it was taken" : config.error().message;
}

TEST(ConfigNotify, IsReadAndPrintedWithoutItsAddresses) {
  const auto config = parse(
      "notify:\n"
      "  allow: [\"https://hooks.example\"]\n"
      "  allow_networks: [10.0.0.0/8]\n"
      "  give_up: 6h\n"
      "  webhooks:\n"
      "    - name: desk\n"
      "      kind: slack\n"
      "      url: ${HOOK}\n"
      "      text: \"{what}\"\n"
      "      quiet: [\"mon-fri 22:00-06:30\", sat]\n"
      "      quiet_zone: Europe/Kyiv\n"
      "      debounce: 10m\n"
      "    - name: pager\n"
      "      kind: pagerduty\n"
      "      url: https://events.example/v2/enqueue\n"
      "      secret_file: /no/such/file\n"
      "      rules: [missiles]\n"
      "      min_severity: 4\n");
  ASSERT_TRUE(config) << config.error().message;
  const NotifyConfig& n = config->notify;
  ASSERT_EQ(n.webhooks.size(), 2U);
  EXPECT_EQ(n.webhooks[0].url, "https://hooks.example/canary");
  EXPECT_EQ(n.webhooks[1].kind, WebhookKind::kPagerDuty);
  EXPECT_THAT(n.webhooks[1].rules, ElementsAre("missiles"));
  EXPECT_EQ(n.webhooks[1].min_severity, 4U);
  EXPECT_THAT(n.webhooks[0].quiet, ElementsAre("mon-fri 22:00-06:30", "sat"));
  EXPECT_EQ(n.webhooks[0].quiet_zone, "Europe/Kyiv");
  EXPECT_EQ(n.webhooks[0].debounce_ms, 600'000);
  EXPECT_EQ(n.webhooks[1].debounce_ms, 0);
  EXPECT_EQ(n.give_up_ms, 6 * 3600 * 1000);
  EXPECT_EQ(n.start, StartAt::kLatest);
  const std::string shown = redacted(*config);
  EXPECT_THAT(shown, Not(HasSubstr("canary")));
  EXPECT_THAT(shown, HasSubstr("secret_file: /no/such/file"));
  EXPECT_THAT(shown, HasSubstr("quiet_zone: Europe/Kyiv"));
  EXPECT_THAT(shown, HasSubstr("debounce: 10m"));
}

TEST(ConfigNotify, RefusesWhatCannotBeMeantWithItsLine) {
  EXPECT_THAT(wrong("notify: {webhook: []}\n"), HasSubstr("t.yaml:3: unknown key \"webhook\" in notify; did you mean"));
  EXPECT_THAT(wrong("notify:\n  webhooks:\n    - {name: a, url: x, kind: slack, secrets: y}\n"),
              HasSubstr("t.yaml:5: unknown key \"secrets\""));
  EXPECT_THAT(wrong("notify:\n  webhooks:\n    - {name: a b, kind: slack, url: x}\n"), HasSubstr("t.yaml:5"));
  EXPECT_THAT(wrong("notify:\n  webhooks:\n    - {kind: slack, url: x}\n"), HasSubstr("must have 1 to 40"));
  EXPECT_THAT(wrong("notify:\n  webhooks:\n    - {name: a, kind: slack}\n"),
              HasSubstr("a needs one of url and url_file"));
  EXPECT_THAT(wrong("notify:\n  webhooks:\n    - {name: a, kind: slack, url: x, url_file: y}\n"), HasSubstr("one of"));
  EXPECT_THAT(wrong("notify:\n  webhooks:\n    - {name: a, url: x}\n"), HasSubstr("a needs secret_file: the key"));
  EXPECT_THAT(wrong("notify:\n  webhooks:\n    - {name: a, kind: slack, url: x, secret_file: y}\n"),
              HasSubstr("take it out"));
  EXPECT_THAT(wrong("notify:\n  webhooks:\n    - {name: a, kind: teams, url: x}\n"),
              HasSubstr("must be one of json, slack, pagerduty"));
  EXPECT_THAT(
      wrong("notify:\n  webhooks:\n    - {name: a, kind: slack, url: x}\n    - {name: a, kind: slack, url: x}\n"),
      HasSubstr("t.yaml:6: notify.webhooks: \"a\" is the name of two webhooks"));
  EXPECT_THAT(wrong("notify: {retry_first: 10m}\n"), HasSubstr("must not be longer than notify.retry_most"));
  EXPECT_THAT(wrong("notify: {dead_letter: wire.alerts}\n"), HasSubstr("is also topics.alerts"));
  EXPECT_THAT(wrong("notify: {webhooks: []}\ntransaction_timeout: 20s\n"), HasSubstr("t.yaml:4: transaction_timeout"));
  // The line of a key that is judged last is still known.
  EXPECT_THAT(wrong("ids: 1h\nnotify:\n  webhooks:\n    - {name: a, kind: slack, url: x}\n"),
              HasSubstr("t.yaml:3: ids"));
}

}  // namespace
}  // namespace tocsin
