// Starting, waiting, reloading: what is refused with exit code 2 before anything is consumed, what is waited for, and
// what is taken while running.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/places/small_gazetteer.h"
#include "tests/support/account.h"
#include "tests/support/articles.h"
#include "tests/support/broker.h"
#include "tests/support/instance.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

Record article(std::uint64_t number) {
  Record record;
  const std::string id = "a:" + std::to_string(number);
  record.key = id;
  record.value =
      plain_article({{"id", id}, {"source", "Harbour News"}, {"title", "Notice"}, {"text", made_up_text(number, 5)}});
  return record;
}

struct WrongTopic {
  const char* name;
  const char* stem;  // which topic is wrong
  int partitions;    // 0: it is not there
  Config config;
  const char* complaint;  // in the log
};
void PrintTo(const WrongTopic& wrong, std::ostream* out) { *out << wrong.name; }

class TopicCheck : public testing::TestWithParam<WrongTopic> {};

TEST_P(TopicCheck, RefusesToStartAndSaysWhatToChange) {
  const WrongTopic& wrong = GetParam();
  Wire wire(shared_cluster());
  send(wire.cluster(), wire.raw(), {article(1)});
  const std::string other = wire.topic("wrong");
  if (wrong.partitions > 0) wire.cluster().create_topic(other, wrong.partitions, wrong.config);
  std::string text = wire.config();
  const std::string right = wire.topic(wrong.stem);
  text.replace(text.find(right), right.size(), other);
  Instance tocsin(wire, {.config = text});
  EXPECT_EQ(tocsin.process().wait(seconds(60)), 2) << tocsin.log();
  EXPECT_THAT(tocsin.log(), HasSubstr(wrong.complaint));
  EXPECT_THAT(tocsin.log(), HasSubstr(other));
  EXPECT_TRUE(read_account(wire).told.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Wrong, TopicCheck,
    testing::Values(
        WrongTopic{"no raw topic", "raw0", 0, {}, "does not exist"},
        WrongTopic{"no alerts", "alerts", 0, {}, "does not exist"},
        WrongTopic{"a state of two partitions", "state", 2, {{"retention.ms", "345600000"}}, "it must have one"},
        WrongTopic{"a state that is compacted",
                   "state",
                   1,
                   {{"cleanup.policy", "compact"}, {"retention.ms", "345600000"}},
                   "cleanup.policy"},
        WrongTopic{"a state that forgets too soon", "state", 1, {{"retention.ms", "3600000"}}, "retention.ms"},
        WrongTopic{"a memory that is not compacted",
                   "memory",
                   1,
                   {{"retention.ms", "2764800000"}, {"max.message.bytes", "5000000"}},
                   "cleanup.policy"},
        WrongTopic{"dead letters too small for raw records",
                   "dead-letter",
                   1,
                   {{"max.message.bytes", "1000000"}},
                   "max.message.bytes"}));

TEST(Start, RefusesTheStateOfAnotherGroup) {
  Wire wire(shared_cluster());
  {
    Instance tocsin(wire);
    send(wire.cluster(), wire.raw(), {article(1)});
    ASSERT_TRUE(wait_all_read(wire, seconds(60))) << tocsin.log();
    EXPECT_EQ(tocsin.stop(), 0);
  }
  std::string text = wire.config();
  text.replace(text.find("group: " + wire.name()), 7 + wire.name().size(), "group: " + wire.name() + "-other");
  Instance other(wire, {.config = text});
  EXPECT_EQ(other.process().wait(seconds(60)), 2) << other.log();
  EXPECT_THAT(other.log(), HasSubstr("state topics of its own"));
  EXPECT_EQ(read_account(wire).told.size(), 1U);
}

TEST(Start, RefusesADamagedBlockOfStateAndSaysWhichItIs) {
  Wire wire(shared_cluster());
  {
    Instance tocsin(wire);
    send(wire.cluster(), wire.raw(), {article(1), article(2)});
    ASSERT_TRUE(wait_all_read(wire, seconds(60))) << tocsin.log();
    EXPECT_EQ(tocsin.stop(), 0);
  }
  const std::string bootstrap = wire.cluster().bootstrap();
  std::vector<Record> blocks = read_topic(bootstrap, wire.topic("state"));
  ASSERT_FALSE(blocks.empty());
  Record damaged = blocks.front();
  damaged.partition = 0;
  damaged.value->back() = static_cast<char>(damaged.value->back() ^ 1);
  const std::int64_t at = end_offsets(bootstrap, wire.topic("state")).front();
  Producer producer(bootstrap);
  producer.send(damaged);
  producer.flush();
  send(wire.cluster(), wire.raw(), {article(3)});

  Instance tocsin(wire);
  EXPECT_EQ(tocsin.process().wait(seconds(60)), 2) << tocsin.log();
  EXPECT_THAT(tocsin.log(), HasSubstr(wire.topic("state") + " offset " + std::to_string(at)));
  EXPECT_THAT(tocsin.log(), HasSubstr("checksum"));
  EXPECT_EQ(read_account(wire).told.size(), 2U) << "nothing is decided from half of a state";
}

TEST(Start, RefusesAConfigurationWithOneLineBeforeAnythingIsRead) {
  Wire wire(shared_cluster());
  const auto refused = [&](const std::string& text, const char* complaint) {
    const std::filesystem::path path = wire.write_config(text);
    const RunResult result = run({tocsin_binary(), "run", "--config", path.string()});
    EXPECT_EQ(result.code, 2);
    EXPECT_THAT(result.out + result.err, HasSubstr(complaint));
    EXPECT_THAT(result.out + result.err, HasSubstr(path.filename().string()));
  };
  refused(wire.config("all", "windov: 3h"), "window");
  refused(wire.config("all", "kafka: {isolation.level: read_uncommitted}"), "isolation.level");
  refused(wire.config("all", "batch: {articles: many}"), "batch.articles");
}

// A broker of its own: it is stopped.
TEST(Broker, IsWaitedForAtStartAndWhenItGoesAwayLater) {
  Cluster cluster;
  Wire wire(cluster);
  send(cluster, wire.raw(), {article(1)});
  cluster.stop(0);
  Instance tocsin(wire);
  ASSERT_TRUE(tocsin.wait_for("waiting_for_broker", seconds(20))) << tocsin.log();
  std::this_thread::sleep_for(seconds(8));
  const Instance::Answer ready = tocsin.get("/ready");
  EXPECT_EQ(ready.code, 503);
  EXPECT_THAT(ready.body, HasSubstr("waiting_for_broker: "));
  EXPECT_EQ(tocsin.get("/live").code, 200);
  EXPECT_GE(tocsin.logged("broker.away"), 1U);
  EXPECT_LE(tocsin.logged("broker.away"), 5U) << "a line at a growing interval";
  cluster.start(0);
  ASSERT_TRUE(tocsin.wait_for("active", seconds(60))) << tocsin.log();
  ASSERT_TRUE(wait_all_read(wire, seconds(60))) << tocsin.log();
  EXPECT_EQ(tocsin.get("/ready").code, 200);

  cluster.stop(0);
  ASSERT_TRUE(eventually(seconds(40), [&] { return tocsin.get("/ready").code == 503; })) << tocsin.log();
  EXPECT_THAT(tocsin.get("/ready").body, HasSubstr(": ")) << "no reason";
  EXPECT_TRUE(eventually(seconds(10), [&] { return tocsin.metric("tocsin_state", "state=\"active\"") == 0; }));
  EXPECT_EQ(tocsin.get("/live").code, 200);
  const double before = tocsin.metric("process_cpu_seconds_total");
  std::this_thread::sleep_for(seconds(5));
  EXPECT_LT(tocsin.metric("process_cpu_seconds_total") - before, 1.0) << "busy while it waits";
  EXPECT_LE(tocsin.logged("kafka.client"), 30U) << "each attempt of each client is no line";
  cluster.start(0);
  send(cluster, wire.raw(), {article(2), article(3)});
  ASSERT_TRUE(wait_all_read(wire, seconds(90))) << tocsin.log();
  const Account account = read_account(wire);
  EXPECT_EQ(account.told.size(), 3U);
  for (const auto& [at, told] : account.told) EXPECT_EQ(told.size(), 1U);
  EXPECT_EQ(tocsin.stop(), 0) << tocsin.log();
}

TEST(Stop, IsQuickAlsoWhileTheBrokerIsAway) {
  Cluster cluster;
  Wire wire(cluster);
  Instance tocsin(wire);
  ASSERT_TRUE(tocsin.wait_for("active")) << tocsin.log();
  cluster.kill(0);
  std::this_thread::sleep_for(seconds(2));
  EXPECT_NE(tocsin.stop(seconds(25)), std::nullopt) << tocsin.log();
}

class Reload : public testing::Test {
 protected:
  // Rules of its own, to be changed.
  Reload() : wire_(shared_cluster()) {
    const auto built = std::filesystem::path(tocsin_binary()).parent_path() / "knowledge/rules";
    std::filesystem::copy(built, rules(), std::filesystem::copy_options::recursive);
  }
  std::filesystem::path rules() const { return dir_.path() / "rules"; }
  std::string more() const { return "knowledge: {rules: " + rules().string() + "}"; }
  void append(const std::string& text) const {
    const std::filesystem::path path = rules() / "missile_launch.yaml";
    dir_.write("rules/missile_launch.yaml", read_file(path) + text);
  }
  Account after_sending(const Record& record, const Instance& tocsin) {
    send(wire_.cluster(), wire_.raw(), {record});
    EXPECT_TRUE(wait_all_read(wire_, seconds(60))) << tocsin.log();
    return read_account(wire_);
  }

  TempDir dir_;
  Wire wire_;
};

TEST_F(Reload, KeepsTheOldRulesWhenTheNewAreWrongAndTakesGoodOnes) {
  Instance tocsin(wire_, {.more = more()});
  ASSERT_TRUE(tocsin.wait_for("active")) << tocsin.log();
  const std::string old = tocsin.status("/knowledge/rules");
  const std::string good = read_file(rules() / "missile_launch.yaml");
  append("\nthis: [is, no\n");
  tocsin.process().signal(SIGHUP);
  ASSERT_TRUE(eventually(seconds(20), [&] { return tocsin.logged("reload.refused") == 1; })) << tocsin.log();
  EXPECT_EQ(tocsin.status("/knowledge/rules"), old);
  EXPECT_THAT(tocsin.log(), HasSubstr("missile_launch.yaml"));
  Account account = after_sending(article(1), tocsin);
  ASSERT_EQ(account.told.size(), 1U);
  EXPECT_EQ(json_at(*account.told.begin()->second.front().record.value, "/enrichment/knowledge/rules"), old);

  dir_.write("rules/missile_launch.yaml", good + "\n# A comment is a change too: the hash is of the bytes.\n");
  std::filesystem::remove(rules() / "arson.yaml");
  tocsin.process().signal(SIGHUP);
  ASSERT_TRUE(eventually(seconds(20), [&] { return tocsin.logged("reload.taken") == 1; })) << tocsin.log();
  const std::string now = tocsin.status("/knowledge/rules");
  EXPECT_NE(now, old);
  account = after_sending(article(2), tocsin);
  ASSERT_EQ(account.told.size(), 2U);
  EXPECT_EQ(json_at(*account.told.rbegin()->second.front().record.value, "/enrichment/knowledge/rules"), now);
  EXPECT_EQ(tocsin.stop(), 0);
}

// Tokyo and Dallas under these ids.
std::string gazetteer_of(int tokyo, int dallas) {
  GazetteerSources sources = small_sources();
  sources.places.text = small_place(tokyo, "Tokyo", "", "35.69", "139.692", "PPLC", "JP", "40", 9733276) +
                        small_place(dallas, "Dallas", "", "32.783", "-96.807", "PPLA2", "US", "TX", 1300092);
  return *compile_gazetteer(sources);
}

// Articles come all the while; two gazetteers that call the same places by other ids take each other's place.
TEST_F(Reload, NoArticleSeesHalfOfTwoGazetteers) {
  const std::string images[] = {gazetteer_of(101, 102), gazetteer_of(201, 202)};
  const std::filesystem::path image = dir_.write("gazetteer.img", images[0]);
  Instance tocsin(wire_, {.more = "knowledge: {gazetteer: " + image.string() + "}"});
  ASSERT_TRUE(tocsin.wait_for("active")) << tocsin.log();
  std::atomic<bool> enough = false;
  std::uint64_t sent = 0;
  std::thread source([&] {
    while (!enough) {
      std::vector<Record> records;
      for (int i = 0; i < 20; ++i, ++sent) {
        Record record = article(sent);
        record.value = plain_article({{"id", record.key.value_or("")},
                                      {"source", "Harbour News"},
                                      {"title", "Notice"},
                                      {"text", "Ships came in Tokyo and in Dallas. " + made_up_text(sent, 5)}});
        records.push_back(record);
      }
      send(wire_.cluster(), wire_.raw(), records);
    }
  });
  for (std::size_t i = 1; i <= 6; ++i) {
    std::filesystem::rename(dir_.write("next.img", images[i % 2]), image);
    tocsin.process().signal(SIGHUP);
    EXPECT_TRUE(eventually(seconds(20), [&] { return tocsin.logged("reload.taken") == i; })) << tocsin.log();
    const double told = tocsin.metric("tocsin_articles_total");
    EXPECT_TRUE(eventually(seconds(20), [&] { return tocsin.metric("tocsin_articles_total") >= told + 50; }))
        << "the stream stands still";
  }
  enough = true;
  source.join();
  ASSERT_TRUE(wait_all_read(wire_, seconds(60))) << tocsin.log();
  EXPECT_EQ(tocsin.stop(), 0) << tocsin.log();
  const Account account = read_account(wire_);
  EXPECT_EQ(account.told.size(), sent);
  std::map<std::string, std::set<std::string>> ids;  // that were told with a gazetteer of this hash
  for (const auto& [at, told] : account.told) {
    const std::string& record = *told.front().record.value;
    std::string of_record;
    for (const char* id : {"101", "102", "201", "202"})
      if (record.find("geonames.org/" + std::string(id)) != std::string::npos) of_record += std::string(id) + " ";
    ids[json_at(record, "/enrichment/knowledge/gazetteer")].insert(of_record);
  }
  std::set<std::set<std::string>> seen;
  for (const auto& [hash, of_hash] : ids) seen.insert(of_hash);
  EXPECT_EQ(ids.size(), 2U);
  EXPECT_EQ(seen, (std::set<std::set<std::string>>{{"101 102 "}, {"201 202 "}}));
}

}  // namespace
}  // namespace tocsin::test
