// The wire from end to end: raw articles in from a real broker; enriched records, links, alerts and dead letters out.
#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/account.h"
#include "tests/support/articles.h"
#include "tests/support/broker.h"
#include "tests/support/child.h"
#include "tests/support/instance.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Record article(const std::string& id, const std::string& provider, const std::string& title, const std::string& text) {
  Record record;
  record.key = id;
  record.value =
      plain_article({{"id", id}, {"provider", provider}, {"source", provider}, {"title", title}, {"text", text}});
  return record;
}

const std::string kLaunch =
    "North Korea fired a ballistic missile toward the Sea of Japan on Thursday, Japan's defence ministry said. The "
    "missile flew about 480 kilometres before it fell into the water, and nobody was hurt. Fishing boats near the "
    "island of "
    "Hokkaido had been told to stay in harbour.";

const Told& only(const Account& account, const std::string& topic, std::int64_t offset, int partition = 0) {
  static const Told kNothing{.outcome = "nothing", .relation = {}, .of = {}, .cluster = {}, .reason = {}, .record = {}};
  const auto it = account.told.find({topic, partition, offset});
  if (it == account.told.end() || it->second.size() != 1) {
    ADD_FAILURE() << topic << ":" << partition << ":" << offset << " was told "
                  << (it == account.told.end() ? 0 : it->second.size()) << " times";
    return kNothing;
  }
  return it->second.front();
}

TEST(Wire, TellsALaunchOnceRingsLinksItsCopyAndPutsAsideWhatCannotBeRead) {
  Wire wire(shared_cluster());
  Instance tocsin(wire);
  std::vector<Record> raw = {article("a:1", "North Line Press", "North Korea fires a missile into the sea", kLaunch),
                             article("b:1", "Harbour News", "North Korea fires a missile into the sea", kLaunch),
                             article("b:2", "Harbour News", "Ferry timetable", made_up_text(1, 6))};
  raw[0].headers = {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}};
  Record bad;
  bad.value = "{\"title\":";
  raw.push_back(bad);
  send(wire.cluster(), wire.raw(), raw);
  ASSERT_TRUE(wait_all_read(wire, seconds(60))) << tocsin.log();

  const Account account = read_account(wire);
  EXPECT_EQ(account.told.size(), 4U);
  const Told& head = only(account, wire.raw(), 0);
  EXPECT_EQ(head.outcome, "new");
  EXPECT_EQ(head.record.topic, wire.topic("enriched"));
  EXPECT_EQ(head.record.key, "a:1");
  EXPECT_EQ(head.record.header("traceparent"), raw[0].header("traceparent"));
  EXPECT_EQ(json_at(*head.record.value, "/uri"), "a:1");
  EXPECT_EQ(json_at(*head.record.value, "/enrichment/events/0/type"), "missile_launch");
  EXPECT_EQ(json_at(*head.record.value, "/enrichment/events/0/factuality"), "occurred");
  const Told& copy = only(account, wire.raw(), 1);
  EXPECT_EQ(copy.record.topic, wire.topic("duplicates"));
  EXPECT_EQ(copy.outcome, "duplicate");
  EXPECT_EQ(copy.relation, "exact");
  EXPECT_EQ(copy.of, "a:1");
  EXPECT_EQ(copy.cluster, head.cluster);
  EXPECT_EQ(only(account, wire.raw(), 2).outcome, "new");
  const Told& letter = only(account, wire.raw(), 3);
  EXPECT_EQ(letter.record.topic, wire.topic("dead-letter"));
  EXPECT_EQ(letter.reason, "cut_json");
  EXPECT_EQ(letter.record.value, bad.value);
  EXPECT_EQ(letter.record.key, std::nullopt);
  ASSERT_FALSE(account.rung.empty()) << "no alert";
  EXPECT_EQ(account.rung[0].at, Coordinate(wire.raw(), 0, 0));
  EXPECT_EQ(account.rung[0].sequence, 1);
  EXPECT_EQ(account.rung[0].record.key, account.rung[0].incident);
  EXPECT_EQ(json_at(*account.rung[0].record.value, "/change"), "first");
  EXPECT_EQ(json_at(*account.rung[0].record.value, "/backfill"), "false");
  EXPECT_EQ(json_at(*account.rung[0].record.value, "/event/type"), "missile_launch");
  EXPECT_EQ(json_at(*account.rung[0].record.value, "/uri"), "a:1");
  EXPECT_EQ(tocsin.stop(), 0);
}

// All of them are prepared before the first is decided, with no line promoted yet.
TEST(Wire, RemovesALineThatItsSourceRepeatsFromTheThirdStoryOn) {
  constexpr std::size_t kStories = 8;
  Wire wire(shared_cluster());
  std::vector<Record> raw;
  for (std::size_t i = 0; i < kStories; ++i) {
    const std::string id = "n:" + std::to_string(i);
    raw.push_back(article(id, "North Line Press", "Story " + id, made_up_text(i, 6) + "\n\nPenned at our north desk"));
  }
  send(wire.cluster(), wire.raw(), raw);
  Instance tocsin(wire);
  ASSERT_TRUE(wait_all_read(wire, seconds(60))) << tocsin.log();
  const Account account = read_account(wire);
  for (std::size_t i = 0; i < kStories; ++i) {
    const std::string& record = *only(account, wire.raw(), static_cast<std::int64_t>(i)).record.value;
    EXPECT_EQ(json_at(record, "/bodies/0/value").find("north desk") == std::string::npos, i >= 3) << record;
    EXPECT_EQ(json_at(record, "/enrichment/repeatedLines/0"), i >= 3 ? "Penned at our north desk" : "") << record;
  }
  EXPECT_EQ(tocsin.stop(), 0);
}

// The same articles as a file, without Kafka.
std::vector<std::string> enrich(const std::string& preset, const std::vector<std::string>& articles) {
  std::string lines;
  for (const std::string& a : articles) lines += a + "\n";
  const RunResult done = run({tocsin_binary(), "enrich", "--preset", preset}, lines);
  EXPECT_EQ(done.code, 0) << done.err;
  std::vector<std::string> records;
  std::istringstream out(done.out);
  for (std::string line; std::getline(out, line);) records.push_back(line);
  return records;
}

// Clusters, and the tails of incidents, are named after the coordinates of their first article.
std::string without_coordinates(const std::string& record) {
  static const std::regex kNamed(R"re(("cluster":"|"incident":"[a-z_]+-[0-9-]+-)[0-9a-v]+")re");
  return std::regex_replace(record, kNamed, "$1\"");
}

// `record_ms`: record time, which a day that the text leaves open is taken from; enrich has the published one for it.
void expect_the_records_of_enrich(const std::vector<std::string>& articles, std::int64_t record_ms) {
  Wire wire(shared_cluster(), {.presets = {"plain"}});
  Instance tocsin(wire);
  std::vector<Record> raw(articles.size());
  for (std::size_t i = 0; i < articles.size(); ++i) {
    raw[i].value = articles[i];
    raw[i].timestamp_ms = record_ms;
  }
  send(wire.cluster(), wire.raw(), raw);
  ASSERT_TRUE(wait_all_read(wire, seconds(60))) << tocsin.log();
  const Account account = read_account(wire);
  const std::vector<std::string> expected = enrich("plain", articles);
  ASSERT_EQ(expected.size(), articles.size());
  for (std::size_t i = 0; i < articles.size(); ++i)
    EXPECT_EQ(without_coordinates(*only(account, wire.raw(), static_cast<std::int64_t>(i)).record.value),
              without_coordinates(expected[i]));
}

TEST(Wire, TellsByteForByteWhatEnrichTells) {
  std::vector<std::string> articles;
  for (std::uint64_t i = 0; i < 40; ++i) {
    const std::string id = "urn:same:" + std::to_string(i);
    const std::string text = i % 5 == 4 ? kLaunch : kLaunch + " " + made_up_text(i, 4);
    articles.push_back(plain_article({{"id", id},
                                      {"source", "Paper " + std::to_string(i % 7)},
                                      {"title", "Report " + std::to_string(i)},
                                      {"text", i % 2 == 0 ? made_up_text(i, 6) : text},
                                      {"published", "2026-11-25T07:00:00Z"}}));
  }
  expect_the_records_of_enrich(articles, 1795590000000);
}

// TOCSIN_SAMPLE names a file of text, one article.
TEST(Wire, TellsTheSampleAsEnrichDoes) {
  const char* sample = std::getenv("TOCSIN_SAMPLE");
  if (sample == nullptr) GTEST_SKIP() << "TOCSIN_SAMPLE is not set";
  expect_the_records_of_enrich(
      {plain_article(
          {{"id", "urn:sample"}, {"source", "Sample"}, {"text", read_file(sample)}, {"published", "2023-03-17"}})},
      1679011200000);
}

TEST(Wire, MarksAnOldArticlesAlertAsBackfill) {
  Wire wire(shared_cluster());
  Instance tocsin(wire);
  Record old = article("a:1", "North Line Press", "North Korea fires a missile into the sea", kLaunch);
  old.value = plain_article({{"id", "a:1"},
                             {"source", "North Line Press"},
                             {"title", "North Korea fires a missile into the sea"},
                             {"text", kLaunch},
                             {"published", "2023-03-16T08:00:00Z"}});
  send(wire.cluster(), wire.raw(), {old});
  ASSERT_TRUE(wait_all_read(wire, seconds(60))) << tocsin.log();
  const Account account = read_account(wire);
  ASSERT_EQ(account.rung.size(), 1U);
  EXPECT_EQ(json_at(*account.rung[0].record.value, "/backfill"), "true");
  EXPECT_EQ(json_at(*only(account, wire.raw(), 0).record.value, "/enrichment/events/0/factuality"), "occurred");
}

TEST(Wire, KeepsTheAccountOfAStreamOfAllKinds) {
  Wire wire(shared_cluster(), {.raw_partitions = 3});
  Instance tocsin(wire);
  ArticleMaker maker(
      {.seed = 5, .partitions = 3, .start_ms = now_ms() - 3600'000, .crossing = 0.3, .embargo_ms = now_ms() + 4000});
  const std::vector<MadeArticle> sent = maker.take(3000);
  std::vector<Record> raw;
  for (const MadeArticle& a : sent) raw.push_back(a.record);
  send(wire.cluster(), wire.raw(), raw);
  ASSERT_TRUE(wait_all_read(wire, seconds(120))) << tocsin.log();
  ASSERT_TRUE(eventually(seconds(30), [&] {
    return tocsin.status("/memory/held") == "0" && now_ms() > maker.options().embargo_ms + 1500;
  })) << tocsin.log();
  const Account account = read_account(wire);
  EXPECT_THAT(check_account(account, wire.raw(), sent), IsEmpty()) << tocsin.log();
  EXPECT_GT(account.rung.size(), 3U);
  EXPECT_EQ(tocsin.metric("tocsin_alerts_total") + tocsin.metric("tocsin_alerts_backfill_total"),
            static_cast<double>(account.rung.size()));
}

TEST(Wire, DoesNotReadWhatAForeignProducerAborted) {
  Wire wire(shared_cluster());
  Instance tocsin(wire);
  Producer producer(wire.cluster().bootstrap(), {{"transactional.id", wire.name() + ".foreign"}});
  const auto transaction = [&](const std::string& stem, bool commit) {
    producer.begin();
    for (std::uint64_t i = 0; i < 5; ++i) {
      Record record =
          article(stem + std::to_string(i), "Harbour News", "Notice", made_up_text(100 + i + (commit ? 50 : 0), 5));
      record.topic = wire.raw();
      producer.send(record);
    }
    producer.flush();
    commit ? producer.commit() : producer.abort();
  };
  transaction("aborted:", false);
  transaction("committed:", true);
  Account account;
  ASSERT_TRUE(eventually(seconds(60), [&] { return (account = read_account(wire)).told.size() >= 5; })) << tocsin.log();
  std::vector<std::string> uris;
  for (const auto& [at, told] : account.told) uris.push_back(json_at(*told.front().record.value, "/uri"));
  EXPECT_THAT(uris, ElementsAre("committed:0", "committed:1", "committed:2", "committed:3", "committed:4"));
  EXPECT_EQ(tocsin.stop(), 0);
}

TEST(Wire, ReadsPartitionsThatAreAddedToTheRawTopic) {
  Wire wire(shared_cluster());
  Instance tocsin(wire);
  send(wire.cluster(), wire.raw(), {article("a:1", "Harbour News", "Notice", made_up_text(1, 5))});
  ASSERT_TRUE(wait_all_read(wire, seconds(60))) << tocsin.log();
  wire.cluster().add_partitions(wire.raw(), 3);
  std::vector<Record> more;
  for (int partition = 0; partition < 3; ++partition) {
    more.push_back(article("b:" + std::to_string(partition), "Harbour News", "Notice",
                           made_up_text(static_cast<std::uint64_t>(partition) + 10, 5)));
    more.back().partition = partition;
  }
  send(wire.cluster(), wire.raw(), more);
  ASSERT_TRUE(wait_all_read(wire, seconds(90))) << tocsin.log();
  const Account account = read_account(wire);
  EXPECT_EQ(account.told.size(), 4U);
  EXPECT_EQ(only(account, wire.raw(), 0, 1).outcome, "new");
  EXPECT_EQ(only(account, wire.raw(), 0, 2).outcome, "new");
  // And what was read of them is remembered.
  EXPECT_EQ(tocsin.stop(), 0);
  Instance next(wire);
  ASSERT_TRUE(next.wait_for("active")) << next.log();
  EXPECT_EQ(next.stop(), 0);
  EXPECT_EQ(read_account(wire).told.size(), 4U);
}

}  // namespace
}  // namespace tocsin::test
