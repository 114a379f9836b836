#include "daemon/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <ostream>
#include <sstream>
#include <string>

#include "tests/support/temp_dir.h"

namespace tocsin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kLeast = "brokers: localhost:9092\ntopics:\n  raw: wire.raw\n";

Environment with(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto it = values.find(name);
    if (it == values.end()) return std::nullopt;
    return it->second;
  };
}

Config good(const std::string& text, const Environment& environment = with({})) {
  auto config = parse_config(text, "t.yaml", environment);
  EXPECT_TRUE(config) << config.error().message;
  return config ? *config : Config{};
}

std::string error_of(const std::string& text, const Environment& environment = with({})) {
  auto config = parse_config(text, "t.yaml", environment);
  return config ? "" : config.error().message;
}

TEST(Config, NeedsOnlyBrokersAndARawTopic) {
  const Config c = good(kLeast);
  EXPECT_EQ(c.brokers, "localhost:9092");
  EXPECT_EQ(c.group, "tocsin");
  EXPECT_EQ(c.role, Role::kAll);
  ASSERT_EQ(c.topics.raw.size(), 1u);
  EXPECT_EQ(c.topics.raw[0].name, "wire.raw");
  EXPECT_EQ(c.topics.raw[0].preset, "auto");
  EXPECT_EQ(c.topics.dead_letter, "wire.dead-letter");
  EXPECT_EQ(c.window_ms, 72LL * 3600 * 1000);
  EXPECT_EQ(c.admin.host, "127.0.0.1");
  EXPECT_EQ(c.admin.port, 9464);
  EXPECT_EQ(c.state_dir, "/var/lib/tocsin");
}

TEST(Config, ReadsEveryKey) {
  const Config c = good(R"(
brokers: [a:1, "b:2"]
group: desk
role: decide
topics:
  raw: [in.a, {name: in.b, preset: newsapi}]
  prepared: p
  enriched: e
  alerts: a
  duplicates: d
  dead_letter: l
  state: s
  memory: m
start: latest
kafka: {security.protocol: ssl, linger.ms: 3}
batch: {articles: 10, bytes: 1MiB, wait: 5ms}
limits: {article_bytes: 1MiB, depth: 10, id_bytes: 100, headers: 5, header_bytes: 1KiB, record_bytes: 2MiB, queue_bytes: 32MiB}
threads: 3
window: 1h30m
ids: 60d
max_heads: 3_000
alerts:
  max_age: 0
  rules:
    - name: missiles
      types: [missile_launch]
      min_severity: 2
      countries: [JP, KOR]
      area: [33, 124.5, 43, 131]
      actors: [PRK, Example Brigades]
      factualities: [occurred]
      saliences: [main]
      min_confidence: 0.5
      min_sources: 2
session_timeout: 20s
transaction_timeout: 15s
drain_timeout: 1m
progress_timeout: 20s
knowledge: {directory: /k, gazetteer: /g, rules: /r, presets: /p}
admin: {listen: "[::]:1", token_file: /t, open: true}
log: {format: json, level: warn}
state_dir: ""
)");
  EXPECT_EQ(c.brokers, "a:1,b:2");
  EXPECT_EQ(c.role, Role::kDecide);
  ASSERT_EQ(c.topics.raw.size(), 2u);
  EXPECT_EQ(c.topics.raw[1].preset, "newsapi");
  EXPECT_EQ(c.topics.memory, "m");
  EXPECT_EQ(c.start, StartAt::kLatest);
  ASSERT_EQ(c.kafka.size(), 2u);
  EXPECT_EQ(c.kafka[1].value, "3");
  EXPECT_EQ(c.batch.wait_ms, 5);
  EXPECT_EQ(c.limits.header_bytes, 1024u);
  EXPECT_EQ(c.window_ms, 90 * 60 * 1000);
  EXPECT_EQ(c.max_heads, 3000u);
  EXPECT_EQ(c.alerts.max_age_ms, 0);
  ASSERT_EQ(c.alerts.rules.size(), 1u);
  EXPECT_THAT(c.alerts.rules[0].countries, ElementsAre("JP", "KOR"));
  EXPECT_EQ(c.alerts.rules[0].min_confidence, 0.5);
  EXPECT_EQ(c.alerts.rules[0].min_sources, 2U);
  EXPECT_THAT(c.alerts.rules[0].actors, ElementsAre("PRK", "Example Brigades"));
  ASSERT_TRUE(c.alerts.rules[0].area);
  EXPECT_EQ(c.alerts.rules[0].area->west, 124.5);
  EXPECT_EQ(c.alerts.rules[0].area->north, 43);
  EXPECT_EQ(c.knowledge.presets, "/p");
  EXPECT_EQ(c.admin.host, "::");
  EXPECT_EQ(c.admin.token_file, "/t");
  EXPECT_TRUE(c.admin.open);
  EXPECT_EQ(c.log.format, LogFormat::kJson);
  EXPECT_EQ(c.state_dir, "");
}

// What is wrong, and the one line that is said.
struct WrongCase {
  const char* name;
  std::string text;
  std::string message;
};
void PrintTo(const WrongCase& c, std::ostream* out) { *out << c.name; }

class WrongConfig : public testing::TestWithParam<WrongCase> {};

TEST_P(WrongConfig, IsSaidWithLineAndWhatToChange) { EXPECT_EQ(error_of(GetParam().text), GetParam().message); }

const std::string kTopicRule = " is no topic name; Kafka allows 1 to 249 of letters, digits, '.', '_' and '-'";

INSTANTIATE_TEST_SUITE_P(
    Config, WrongConfig,
    testing::Values(
        WrongCase{"no_map", "- a\n",
                  "t.yaml:1: the configuration must be a map of keys, such as brokers: 127.0.0.1:9092"},
        WrongCase{"a_tab", "brokers: a:1\ntopics:\n\traw: w\n",
                  "t.yaml:3: is no YAML: illegal map value (column 5); it is indented by a tab: write spaces"},
        WrongCase{"no_yaml", "brokers: [a:1\n", "t.yaml:2: is no YAML: end of sequence flow not found (column 1)"},
        WrongCase{"no_utf8", kLeast + "group: caf\xe9\n", "t.yaml:4: is not UTF-8"},
        WrongCase{"control", kLeast + "group: \"a\\rb\"\n", "t.yaml:4: group: holds a control character"},
        WrongCase{"property", kLeast + "kafka: {linger ms: 3}\n",
                  "t.yaml:4: kafka.linger ms: is no name of a property; see librdkafka's CONFIGURATION.md"},
        WrongCase{"empty", "", "t.yaml: brokers: is missing; write brokers: host:port"},
        WrongCase{"no_raw", "brokers: a:1\n",
                  "t.yaml: topics.raw: is missing; write the topics that articles arrive in, such as raw: [{name: "
                  "wire.raw}]"},
        WrongCase{"unknown_key", kLeast + "grup: x\n", "t.yaml:4: unknown key \"grup\"; did you mean \"group\"?"},
        WrongCase{"unknown_inner", kLeast + "batch:\n  artikles: 3\n",
                  "t.yaml:5: unknown key \"artikles\" in batch; did you mean \"articles\"?"},
        WrongCase{"unknown_far", kLeast + "batch:\n  zzzzzz: 3\n",
                  "t.yaml:5: unknown key \"zzzzzz\" in batch; known are articles, bytes, wait"},
        WrongCase{"twice", kLeast + "group: a\ngroup: b\n",
                  "t.yaml:5: group: is given twice, first in line 4; keep one"},
        WrongCase{"map_due", kLeast + "batch: 5\n", "t.yaml:4: batch: must be a map of keys"},
        WrongCase{"value_due", kLeast + "group: [a]\n", "t.yaml:4: group: must be one value, not a list"},
        WrongCase{"value_due_map", kLeast + "group: {a: 1}\n", "t.yaml:4: group: must be one value, not a map"},
        WrongCase{"no_value", kLeast + "group:\n", "t.yaml:4: group: has no value; write one or take the key out"},
        WrongCase{"no_unit", kLeast + "batch:\n  wait: 20\n",
                  "t.yaml:5: batch.wait: \"20\" has no unit; write ms, s, m, h or d behind the number"},
        WrongCase{"no_duration", kLeast + "window: soon\n",
                  "t.yaml:4: window: \"soon\" is no duration; write for example 20ms, 90s or 72h"},
        WrongCase{"duration_range", kLeast + "batch: {wait: 1h}\n", "t.yaml:4: batch.wait: must be between 0s and 5s"},
        WrongCase{"no_size", kLeast + "batch: {bytes: many}\n",
                  "t.yaml:4: batch.bytes: \"many\" is no size; write for example 8MiB or 64KiB"},
        WrongCase{"size_unit", kLeast + "batch: {bytes: 4Mb}\n",
                  "t.yaml:4: batch.bytes: \"4Mb\" has an unknown unit; use B, KiB, MiB, GiB, kB, MB or GB"},
        WrongCase{"size_range", kLeast + "limits: {article_bytes: 1GiB}\n",
                  "t.yaml:4: limits.article_bytes: must be between 1KiB and 256MiB"},
        WrongCase{"no_count", kLeast + "threads: two\n", "t.yaml:4: threads: \"two\" is no whole number"},
        WrongCase{"negative", kLeast + "threads: -1\n", "t.yaml:4: threads: \"-1\" is no whole number"},
        WrongCase{"count_range", kLeast + "threads: 1000\n", "t.yaml:4: threads: must be between 0 and 256"},
        WrongCase{"choice", kLeast + "role: al\n", "t.yaml:4: role: \"al\" must be one of all, prepare, decide"},
        WrongCase{"topic", kLeast + "  alerts: \"a b\"\n", "t.yaml:4: topics.alerts: \"a b\"" + kTopicRule},
        WrongCase{"raw_topic", "brokers: a:1\ntopics:\n  raw:\n    - ok\n    - no/pe\n",
                  "t.yaml:5: topics.raw: \"no/pe\"" + kTopicRule},
        WrongCase{"raw_twice", "brokers: a:1\ntopics:\n  raw: [a, a]\n",
                  "t.yaml:3: topics.raw: \"a\" is listed twice; keep one"},
        WrongCase{"raw_key", "brokers: a:1\ntopics:\n  raw:\n    - {name: a, presett: x}\n",
                  "t.yaml:4: unknown key \"presett\" in topics.raw; did you mean \"preset\"?"},
        WrongCase{"raw_no_name", "brokers: a:1\ntopics:\n  raw:\n    - {preset: x}\n",
                  "t.yaml:4: topics.raw: an entry has no name; write {name: wire.raw, preset: auto}"},
        WrongCase{"same_topic", kLeast + "  alerts: x\n  state: x\n",
                  "t.yaml:5: topics.state: x is also topics.alerts; use two topics"},
        WrongCase{
            "loop", kLeast + "  enriched: wire.raw\n",
            "t.yaml:3: topics.raw: wire.raw is also topics.enriched, Tocsin would read what it writes; use two topics"},
        WrongCase{"broker", "brokers: localhost\ntopics: {raw: a}\n",
                  "t.yaml:1: brokers: \"localhost\" is no broker; write host:port, several joined by commas"},
        WrongCase{"broker_port", "brokers: a:1,b:70000\ntopics: {raw: a}\n",
                  "t.yaml:1: brokers: \"b:70000\" is no broker; write host:port, several joined by commas"},
        WrongCase{"address_off_loopback", kLeast + "admin:\n  listen: 0.0.0.0:9464\n",
                  "t.yaml:5: admin.listen: 0.0.0.0 is not loopback: set admin.token_file, or admin.open: true where "
                  "the network keeps strangers out"},
        WrongCase{"notify_off_loopback", kLeast + "notify:\n  listen: 127.0.0.1.example:9465\n",
                  "t.yaml:5: notify.listen: 127.0.0.1.example is not loopback: set notify.token_file, or "
                  "notify.open: true where the network keeps strangers out"},
        WrongCase{"loop_that_waits_for_a_commit", kLeast + "transaction_timeout: 8s\nprogress_timeout: 8s\n",
                  "t.yaml:5: progress_timeout: must be longer than transaction_timeout (8s), or a loop that waits for "
                  "a slow commit is taken for dead"},
        WrongCase{"listen", kLeast + "admin:\n  listen: 9464\n",
                  "t.yaml:5: admin.listen: \"9464\" is no address; write host:port, for example 127.0.0.1:9464 or "
                  "[::1]:9464"},
        WrongCase{"timeouts", kLeast + "session_timeout: 6s\ntransaction_timeout: 6s\n",
                  "t.yaml:5: transaction_timeout: must be shorter than session_timeout (6s), or a dead instance's "
                  "transaction outlives it"},
        WrongCase{"ids", kLeast + "ids: 1h\n", "t.yaml:4: ids: must not be shorter than window (72h)"},
        WrongCase{"queue", kLeast + "limits:\n  queue_bytes: 1MiB\n",
                  "t.yaml: batch.bytes: must not be larger than limits.queue_bytes (1MiB)"},
        WrongCase{"article_over_queue", kLeast + "batch: {bytes: 1MiB}\nlimits:\n  queue_bytes: 1MiB\n",
                  "t.yaml: limits.article_bytes: must not be larger than limits.queue_bytes (1MiB)"},
        WrongCase{
            "danger", kLeast + "kafka:\n  enable.auto.commit: true\n",
            "t.yaml:5: kafka.enable.auto.commit: must not be set: offsets are committed inside the transaction and "
            "nowhere else; leave it out"},
        WrongCase{"isolation", kLeast + "kafka:\n  isolation.level: read_uncommitted\n",
                  "t.yaml:5: kafka.isolation.level: must not be set: records of aborted transactions would be read as "
                  "articles; leave it out"},
        WrongCase{
            "transactional", kLeast + "kafka: {transactional.id: x}\n",
            "t.yaml:4: kafka.transactional.id: must not be set: it is the group's name, the same for all instances: a "
            "successor fences by it; set group"},
        WrongCase{"nested_property", kLeast + "kafka:\n  ssl:\n    ca.location: /x\n",
                  "t.yaml:5: kafka.ssl: must be one value; write property names flat, such as ssl.ca.location"},
        WrongCase{"danger_in_file", kLeast + "kafka_files: {group.id: /x}\n",
                  "t.yaml:4: kafka_files.group.id: must not be set: set group instead"},
        WrongCase{
            "no_secret_file", kLeast + "kafka_files:\n  sasl.password: /no/such\n",
            "t.yaml:5: kafka_files.sasl.password: there is no file \"/no/such\"; write the path of a readable file"},
        WrongCase{"rule_key", kLeast + "alerts:\n  rules:\n    - name: a\n      typs: [coup]\n",
                  "t.yaml:7: unknown key \"typs\" in alerts.rules; did you mean \"types\"?"},
        WrongCase{"rule_type", kLeast + "alerts:\n  rules:\n    - name: a\n      types: [missile_lanch]\n",
                  "t.yaml:7: alerts.rules.types: \"missile_lanch\" is not known; did you mean \"missile_launch\"?"},
        WrongCase{"second_rule",
                  kLeast + "alerts:\n  rules:\n    - {name: a, types: [coup]}\n    - {name: b, types: [coop]}\n",
                  "t.yaml:7: alerts.rules.types: \"coop\" is not known; did you mean \"coup\"?"},
        WrongCase{"rule_name", kLeast + "alerts:\n  rules:\n    - types: [coup]\n",
                  "t.yaml:6: alerts.rules: a rule has no name; write name: in front of its conditions"},
        WrongCase{"rule_names", kLeast + "alerts:\n  rules:\n    - name: a\n    - name: a\n",
                  "t.yaml:7: alerts.rules: \"a\" is the name of two rules; change one"},
        WrongCase{"country", kLeast + "alerts: {rules: [{name: a, countries: [Japan]}]}\n",
                  "t.yaml:4: alerts.rules.countries: \"Japan\" is no ISO 3166-1 code; write for example JP or JPN"},
        WrongCase{
            "area_short", kLeast + "alerts: {rules: [{name: a, area: [1, 2, 3]}]}\n",
            "t.yaml:4: alerts.rules.area: must be [south, west, north, east] in degrees, for example [33, 124, 43, "
            "131]"},
        WrongCase{
            "area_upside_down", kLeast + "alerts: {rules: [{name: a, area: [5, 2, 3, 4]}]}\n",
            "t.yaml:4: alerts.rules.area: must be [south, west, north, east] in degrees, for example [33, 124, 43, "
            "131]"},
        WrongCase{
            "area_of_no_globe", kLeast + "alerts: {rules: [{name: a, area: [1, 2, 3, 181]}]}\n",
            "t.yaml:4: alerts.rules.area: must be [south, west, north, east] in degrees, for example [33, 124, 43, "
            "131]"},
        WrongCase{"confidence", kLeast + "alerts: {rules: [{name: a, min_confidence: 2}]}\n",
                  "t.yaml:4: alerts.rules.min_confidence: \"2\" must be a number between 0 and 1"},
        WrongCase{"severity", kLeast + "alerts: {rules: [{name: a, min_severity: 6}]}\n",
                  "t.yaml:4: alerts.rules.min_severity: must be between 1 and 5"},
        WrongCase{"variable", kLeast + "group: ${NOPE}\n",
                  "t.yaml:4: group: the environment has no NOPE; set it or write ${NOPE:-default}"},
        WrongCase{"variable_open", kLeast + "group: ${NOPE\n",
                  "t.yaml:4: group: ${ is not closed; write ${NAME}, or $$ for a dollar sign"},
        WrongCase{"variable_name", kLeast + "group: ${1x}\n",
                  "t.yaml:4: group: \"${1x}\" names no variable; write ${NAME} or ${NAME:-default}"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Config, TakesValuesFromTheEnvironment) {
  const Config c = good(kLeast + "group: ${G}-${H:-x}-$$1\nthreads: ${T:-2}\n", with({{"G", "desk"}}));
  EXPECT_EQ(c.group, "desk-x-$1");
  EXPECT_EQ(c.threads, 2u);
  EXPECT_EQ(good(kLeast + "group: ${G:-x}\n", with({{"G", ""}})).group, "x") << "as in a shell, empty is unset here";
}

TEST(Config, AValueFromTheEnvironmentNeverAddsKeys) {
  const Config c = good(kLeast + "group: ${G}\n", with({{"G", "a\nthreads: 7"}}));
  EXPECT_EQ(c.threads, 0u);
}

TEST(Config, AValueFromTheEnvironmentMustBeUtf8) {
  EXPECT_EQ(error_of(kLeast + "group: ${G}\n", with({{"G", "caf\xe9"}})), "t.yaml:4: group: is not UTF-8");
}

TEST(Config, TakesTheStateDirectoryOfSystemd) {
  EXPECT_EQ(good(kLeast, with({{"STATE_DIRECTORY", "/s/tocsin:/s/other"}})).state_dir, "/s/tocsin");
  EXPECT_EQ(good(kLeast + "state_dir: /x\n", with({{"STATE_DIRECTORY", "/s"}})).state_dir, "/x");
}

TEST(Config, ReadsSecretsFromFilesWithoutTheirLineEnd) {
  const test::TempDir dir;
  const std::string path = dir.write("password", "canary-1\n").string();
  const Config c =
      good(kLeast + "kafka:\n  ssl.key.password: file:" + path + "\nkafka_files:\n  sasl.password: " + path + "\n");
  ASSERT_EQ(c.kafka.size(), 2u);
  EXPECT_EQ(c.kafka[0].value, "canary-1");
  EXPECT_EQ(c.kafka[1].value, "canary-1");
}

TEST(Config, NeverPrintsASecret) {
  const test::TempDir dir;
  const std::string path = dir.write("token", "canary-1").string();
  const Config c =
      good(kLeast + "kafka:\n  sasl.password: canary-2\n  sasl.username: ${U}\n  client.rack: file:" + path +
               "\n  ssl.ca.location: /ca.pem\n  sasl.oauthbearer.client.secret: canary-3\n",
           with({{"U", "canary-4"}}));
  const std::string shown = redacted(c);
  EXPECT_THAT(shown, Not(HasSubstr("canary")));
  EXPECT_THAT(shown, HasSubstr("/ca.pem"));
  EXPECT_THAT(shown, HasSubstr("(secret)"));
}

TEST(Config, AnErrorNeverShowsASecret) {
  const std::string text = kLeast + "kafka:\n  sasl.password: canary\nkafka_files:\n  sasl.password: /etc/hostname\n";
  EXPECT_THAT(error_of(text), testing::AllOf(StartsWith("t.yaml:7: "), Not(HasSubstr("canary"))));
}

TEST(Config, WhatIsShownReadsBackAsTheSame) {
  const std::string text =
      kLeast +
      "group: a$$b\nalerts:\n  rules:\n    - {name: m, types: [coup, arson], countries: [NO]}\n"
      "admin: {listen: \"[::1]:0\"}\nwindow: 90m\nkafka: {linger.ms: 5}\nbatch: {bytes: 1234567}\n";
  const std::string shown = redacted(good(text));
  EXPECT_EQ(redacted(good(shown)), shown);
  EXPECT_THAT(shown, HasSubstr("window: 1h30m"));
}

TEST(Config, AnErrorIsOneLineWhateverTheFileHolds) {
  for (const char* text : {"\"a\\\nb\": 1\n", "a: \"\\\r\"\n", "\"x\\ny\": 1\nbrokers: a:1\n"}) {
    EXPECT_THAT(error_of(text), testing::AllOf(Not(testing::IsEmpty()), Not(HasSubstr("\n")))) << text;
  }
}

// docs/configuration.md has a row for each key, with its default.
TEST(Config, EveryKeyIsDocumented) {
  std::ifstream in(std::string(TOCSIN_SOURCE_DIR) + "/docs/configuration.md");
  std::stringstream text;
  text << in.rdbuf();
  std::istringstream shown(redacted(good(kLeast)));
  std::string section;
  for (std::string line; std::getline(shown, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || line.starts_with("    ")) continue;  // below a section's keys: topics.raw
    const bool inner = line.starts_with("  ");
    const std::string key = (inner ? section + "." : "") + line.substr(inner ? 2 : 0, colon - (inner ? 2 : 0));
    if (!inner) section = key;
    const std::string value = colon + 2 < line.size() ? line.substr(colon + 2) : "";
    if (value.empty() || value == "{}" || value == "\"\"" || key == "brokers") continue;
    if (key == "state_dir") continue;  // its default is a sentence
    EXPECT_THAT(text.str(), HasSubstr("| `" + key + "` | `" + value + "` |"));
  }
}

TEST(Config, TheExampleIsGood) {
  const auto config = load_config(std::string(TOCSIN_SOURCE_DIR) + "/deploy/tocsin.yaml");
  EXPECT_TRUE(config) << config.error().message;
}

TEST(Config, AFileThatIsNotThereIsSaid) {
  const auto config = load_config("/no/such/tocsin.yaml");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, StartsWith("/no/such/tocsin.yaml: cannot be read: No such file"));
  EXPECT_FALSE(load_config("/tmp")) << "a directory is no file";
}

TEST(Config, AFileOverTheLimitIsRefused) {
  EXPECT_THAT(error_of(std::string((1u << 20) + 1, '#')), HasSubstr("larger than 1MiB"));
  EXPECT_EQ(error_of(kLeast + "#" + std::string((1u << 20) - kLeast.size() - 1, 'x')), "");
}

}  // namespace
}  // namespace tocsin
