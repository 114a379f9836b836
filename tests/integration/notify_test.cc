// `tocsin notify` on a real broker and a real HTTP server that fails, stalls, redirects and comes back: nothing is
// lost, and nothing is posted twice but what cannot be known.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/broker.h"
#include "tests/support/child.h"
#include "tests/support/http_server.h"
#include "tests/support/instance.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

Record alert(const std::string& incident, int sequence, bool backfill = false, const std::string& change = "first",
             int severity = 4) {
  Record record;
  record.key = incident;
  record.value = R"({"schema":"tocsin/alert/1","incident":")" + incident + R"(","sequence":)" +
                 std::to_string(sequence) + R"(,"change":")" + change + R"(","backfill":)" +
                 (backfill ? "true" : "false") +
                 R"(,"rules":["default"],"event":{"type":"missile_launch","severity":)" + std::to_string(severity) +
                 R"(},"place":null,"day":null,)" +
                 R"("uri":"urn:a","headline":"A launch","provider":null,"cluster":"c","reports":1,"sources":1})";
  return record;
}

// Topics and files of a `tocsin notify`, and whom it posts to.
class NotifyTest : public testing::Test {
 protected:
  NotifyTest() {
    cluster_.create_topic(alerts_, 1);
    cluster_.create_topic(letters_, 1);
    dir_.write("secret", "canary-secret");
    dir_.write("url", desk_.origin() + "/canary-path");
  }

  std::string webhook(const std::string& name, const HttpServer& server, const std::string& more = {}) const {
    return "    - {name: " + name + ", url: \"" + server.origin() +
           "/canary-path\", secret_file: " + (dir_.path() / "secret").string() + more + "}\n";
  }
  void configure(const std::string& webhooks, const std::string& more = {}) {
    config_ =
        dir_.write("tocsin.yaml", "brokers: \"" + cluster_.bootstrap() + "\"\ngroup: " + name_ +
                                      "\ntopics: {raw: " + name_ + ".raw, alerts: " + alerts_ +
                                      "}\nsession_timeout: 3s\ntransaction_timeout: 2s\ndrain_timeout: 5s\n"
                                      "notify:\n  start: earliest\n  listen: 127.0.0.1:0\n  dead_letter: " +
                                      letters_ + "\n  allow: [\"" + desk_.origin() + "\", \"" + second_.origin() +
                                      "\"]\n  allow_networks: [127.0.0.0/8]\n  timeout: 500ms\n  retry_first: 20ms\n"
                                      "  retry_most: 200ms\n  breaker_failures: 3\n  breaker_pause: 300ms\n" +
                                      more + "  webhooks:\n" + webhooks);
  }
  std::unique_ptr<Child> start() {
    return std::make_unique<Child>(ChildOptions{.command = {tocsin_binary(), "notify", "--config", config_.string()},
                                                .environment = {},
                                                .input = {},
                                                .output = {},
                                                .errors = dir_.path() / "log"});
  }
  std::string log() const {
    std::ifstream in(dir_.path() / "log");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  bool settled(const std::string& webhook, std::int64_t offset) {
    return eventually(seconds(30), [&] {
      return committed_offsets(cluster_.bootstrap(), name_ + ".notify." + webhook, alerts_).at(0) >= offset;
    });
  }
  std::vector<std::string> ids(const HttpServer& server) const {
    std::vector<std::string> out;
    for (const HttpGot& got : server.got()) out.push_back(got.headers.at("webhook-id"));
    return out;
  }
  std::vector<Record> letters() { return read_topic(cluster_.bootstrap(), letters_); }

  Cluster& cluster_ = shared_cluster();
  std::string name_ = unique_name("notify");
  std::string alerts_ = name_ + ".alerts", letters_ = name_ + ".letters";
  TempDir dir_;
  HttpServer desk_, second_;
  std::filesystem::path config_;
};

TEST_F(NotifyTest, DeliversThroughEveryKindOfFailureAndPostsNothingAgainAfterARestart) {
  configure(webhook("desk", desk_));
  desk_.script({{.status = 500},
                {.status = 429, .headers = {{"Retry-After", "1"}}},
                {.status = 302, .headers = {{"Location", second_.origin()}}},
                {.raw = "no HTTP"},
                {.delay = milliseconds(700)},
                {.status = 200},
                {.status = 400, .body = "canary-secret is wrong"}});
  Record broken = alert("broken", 1);
  broken.value = "{";
  broken.headers = {{"from", "a test"}, {"tocsin.reason", "older"}};
  send(cluster_, alerts_,
       {alert("a", 1), alert("old", 1, true), broken, alert("refused", 1), alert("a", 1), alert("a", 2)});
  auto notify = start();
  ASSERT_TRUE(settled("desk", 6)) << log();
  EXPECT_EQ(ids(desk_), (std::vector<std::string>{"a:1", "a:1", "a:1", "a:1", "a:1", "a:1", "refused:1", "a:2"}));
  EXPECT_TRUE(second_.got().empty()) << "a redirect was followed";
  const std::vector<HttpGot> got = desk_.got();
  for (std::size_t i = 1; i < 6; ++i) EXPECT_EQ(got[i].body, got[0].body);
  EXPECT_THAT(got[0].headers.at("webhook-signature"), testing::StartsWith("v1,"));

  const std::vector<Record> dead = letters();
  ASSERT_EQ(dead.size(), 2U);
  EXPECT_EQ(dead[0].value, broken.value);
  EXPECT_EQ(dead[0].header("tocsin.reason"), "not_alert");
  EXPECT_EQ(dead[0].header("from"), "a test");
  EXPECT_EQ(dead[0].header("tocsin.offset"), "2");
  EXPECT_EQ(dead[1].header("tocsin.reason"), "refused");
  EXPECT_EQ(dead[1].header("tocsin.webhook"), "desk");
  EXPECT_EQ(dead[1].header("tocsin.detail"), "HTTP 400");

  notify->terminate();
  EXPECT_EQ(notify->wait(seconds(20)), 0) << log();
  // A copy of what was told before, then something new.
  send(cluster_, alerts_, {alert("a", 2), alert("b", 1)});
  notify = start();
  ASSERT_TRUE(settled("desk", 8)) << log();
  EXPECT_EQ(ids(desk_).size(), 9U);
  EXPECT_EQ(ids(desk_).back(), "b:1");
  EXPECT_THAT(log(), Not(HasSubstr("canary")));
  notify->terminate();
  EXPECT_EQ(notify->wait(seconds(20)), 0);
}

TEST_F(NotifyTest, KilledInTheMiddleOfAPostRepeatsThatOneAloneWithTheSameId) {
  configure(webhook("desk", desk_), "  give_up: 1h\n");
  send(cluster_, alerts_, {alert("a", 1), alert("a", 2), alert("a", 3), alert("a", 4)});
  desk_.script({{}, {}, {.delay = milliseconds(400)}});
  auto notify = start();
  ASSERT_TRUE(desk_.wait_for(3, seconds(30))) << log();
  notify->kill();  // the third was taken, and is answered into the void
  notify = start();
  ASSERT_TRUE(settled("desk", 4)) << log();
  EXPECT_EQ(ids(desk_), (std::vector<std::string>{"a:1", "a:2", "a:3", "a:3", "a:4"}));

  // In good order a post that is under way ends first, and nothing is repeated.
  desk_.script({{.delay = milliseconds(400)}});
  send(cluster_, alerts_, {alert("a", 5), alert("a", 6)});
  ASSERT_TRUE(desk_.wait_for(6, seconds(30))) << log();
  notify->terminate();
  EXPECT_EQ(notify->wait(seconds(20)), 0) << log();
  notify = start();
  ASSERT_TRUE(settled("desk", 6)) << log();
  EXPECT_EQ(ids(desk_).size(), 7U);
  EXPECT_EQ(ids(desk_).back(), "a:6");
}

TEST_F(NotifyTest, AReceiverThatIsAwayHoldsUpNobodyElseAndWhatExpiredIsReplayedForItAlone) {
  configure(webhook("desk", desk_) + webhook("pager", second_), "  give_up: 3s\n");
  second_.always({.status = 503});
  auto notify = start();
  // The start itself is committed: what comes from here on is not missed by a restart, wherever it begins.
  ASSERT_TRUE(settled("desk", 0)) << log();
  ASSERT_TRUE(settled("pager", 0)) << log();
  send(cluster_, alerts_, {alert("a", 1), alert("b", 1)});
  ASSERT_TRUE(settled("desk", 2)) << log();
  ASSERT_TRUE(settled("pager", 2)) << log();
  EXPECT_EQ(ids(desk_), (std::vector<std::string>{"a:1", "b:1"}));
  const std::size_t tried = second_.got().size();
  EXPECT_GE(tried, 3U);
  EXPECT_LE(tried, 20U) << "the breaker did not hold back";
  ASSERT_EQ(letters().size(), 2U);
  EXPECT_EQ(letters()[0].header("tocsin.reason"), "expired");

  second_.always({.status = 200});
  const RunResult replay = run({tocsin_binary(), "replay", "--notify", "--config", config_.string()});
  EXPECT_EQ(replay.code, 0) << replay.err;
  ASSERT_TRUE(settled("desk", 4)) << log();
  ASSERT_TRUE(settled("pager", 4)) << log();
  EXPECT_EQ(ids(desk_).size(), 2U);
  const auto all = ids(second_);
  EXPECT_EQ((std::set<std::string>(all.begin() + static_cast<std::ptrdiff_t>(tried), all.end())),
            (std::set<std::string>{"a:1", "b:1"}));
  notify->terminate();
  EXPECT_EQ(notify->wait(seconds(20)), 0);
}

TEST_F(NotifyTest, WhatWaitsForTheMorningIsKeptOverAKillAndByWhoeverTakesOver) {
  const std::string asleep = ", quiet: [mon-sun], quiet_min_severity: 4";
  configure(webhook("desk", desk_, asleep));
  auto notify = start();
  ASSERT_TRUE(settled("desk", 0)) << log();
  send(cluster_, alerts_,
       {alert("small", 1, false, "first", 2), alert("grave", 1, false, "first", 5),
        alert("other", 1, false, "first", 2), alert("small", 2, false, "placed", 2),
        alert("small", 2, false, "placed", 2), alert("grave", 2, false, "denied", 2)});
  ASSERT_TRUE(settled("desk", 6)) << log();
  EXPECT_EQ(ids(desk_), (std::vector<std::string>{"grave:1", "grave:2"}));

  // Two stand by while the first is killed; whoever gets the partition reads what waits, and may find one that is told
  // now, with what waited of it.
  auto second = start();
  notify->kill();
  send(cluster_, alerts_, {alert("small", 3, false, "escalated", 4)});
  ASSERT_TRUE(settled("desk", 7)) << log();
  ASSERT_EQ(ids(desk_).back(), "small:3");
  EXPECT_THAT(desk_.got().back().body,
              HasSubstr(R"("folded":[{"sequence":1,"change":"first"},{"sequence":2,"change":"placed"}])"));
  EXPECT_THAT(desk_.got().back().body, HasSubstr("First report, Located, More severe: "));
  EXPECT_EQ(ids(desk_).size(), 3U);
  second->terminate();
  EXPECT_EQ(second->wait(seconds(20)), 0) << log();

  // Morning: what is still to be told is told once.
  configure(webhook("desk", desk_));
  notify = start();
  ASSERT_TRUE(desk_.wait_for(4, seconds(30))) << log();
  send(cluster_, alerts_, {alert("new", 1)});
  ASSERT_TRUE(settled("desk", 8)) << log();
  EXPECT_EQ(ids(desk_), (std::vector<std::string>{"grave:1", "grave:2", "small:3", "other:1", "new:1"}));
  notify->terminate();
  EXPECT_EQ(notify->wait(seconds(20)), 0) << log();
  notify = start();
  send(cluster_, alerts_, {alert("last", 1)});
  ASSERT_TRUE(settled("desk", 9)) << log();
  EXPECT_EQ(ids(desk_).size(), 6U);
  notify->terminate();
  EXPECT_EQ(notify->wait(seconds(20)), 0) << log();
}

TEST_F(NotifyTest, UpdatesOfAnIncidentAreToldTogetherAfterTheDebounceAndADenialAtOnce) {
  configure(webhook("desk", desk_, ", debounce: 2s"));
  auto notify = start();
  ASSERT_TRUE(settled("desk", 0)) << log();
  send(cluster_, alerts_,
       {alert("a", 1), alert("b", 1), alert("a", 2, false, "corroborated"), alert("b", 2, false, "corroborated"),
        alert("a", 3, false, "placed"), alert("b", 3, false, "denied")});
  ASSERT_TRUE(desk_.wait_for(3, seconds(30))) << log();
  EXPECT_EQ(ids(desk_), (std::vector<std::string>{"a:1", "b:1", "b:3"}));
  EXPECT_THAT(desk_.got().back().body, HasSubstr(R"("folded":[{"sequence":2,"change":"corroborated"}])"));

  // The receiver fails when the wait is over, and the process dies on it: it is the same post that comes again.
  desk_.always({.status = 503});
  ASSERT_TRUE(desk_.wait_for(4, seconds(30))) << log();
  notify->kill();
  const std::size_t before = desk_.got().size();
  desk_.always({.status = 200});
  notify = start();
  ASSERT_TRUE(desk_.wait_for(before + 1, seconds(30))) << log();
  EXPECT_EQ(ids(desk_)[3], "a:3");
  EXPECT_EQ(ids(desk_).back(), "a:3");
  EXPECT_EQ(desk_.got().back().body, desk_.got()[3].body);
  EXPECT_THAT(desk_.got().back().body, HasSubstr(R"("folded":[{"sequence":2,"change":"corroborated"}])"));
  send(cluster_, alerts_, {alert("a", 4, false, "denied")});
  ASSERT_TRUE(settled("desk", 7)) << log();
  EXPECT_EQ(ids(desk_).back(), "a:4");
  EXPECT_EQ(ids(desk_).size(), before + 2);
  notify->terminate();
  EXPECT_EQ(notify->wait(seconds(20)), 0) << log();
}

TEST_F(NotifyTest, WhatIsRefusedAfterItWaitedIsReplayedWholeAlsoWhenTheReplayMustWait) {
  const std::string asleep = ", quiet: [mon-sun]";
  const auto stop = [&](std::unique_ptr<Child>& notify) {
    notify->terminate();
    EXPECT_EQ(notify->wait(seconds(20)), 0) << log();
  };
  configure(webhook("desk", desk_, asleep));
  auto notify = start();
  ASSERT_TRUE(settled("desk", 0)) << log();
  send(cluster_, alerts_, {alert("a", 1, false, "first", 2), alert("a", 2, false, "placed", 2)});
  ASSERT_TRUE(settled("desk", 2)) << log();
  stop(notify);

  desk_.always({.status = 400});
  configure(webhook("desk", desk_));
  notify = start();
  ASSERT_TRUE(eventually(seconds(30), [&] { return letters().size() == 2; })) << log();
  EXPECT_EQ(letters()[0].header("tocsin.offset"), "0");
  EXPECT_EQ(letters()[1].header("tocsin.offset"), "1");
  stop(notify);
  EXPECT_EQ(ids(desk_), (std::vector<std::string>{"a:2"}));

  desk_.always({.status = 200});
  configure(webhook("desk", desk_, asleep));
  notify = start();
  const RunResult replay = run({tocsin_binary(), "replay", "--notify", "--config", config_.string()});
  EXPECT_EQ(replay.code, 0) << replay.err;
  ASSERT_TRUE(settled("desk", 4)) << log();
  notify->kill();
  configure(webhook("desk", desk_));
  notify = start();
  ASSERT_TRUE(desk_.wait_for(2, seconds(30))) << log();
  EXPECT_EQ(ids(desk_).back(), "a:2");
  EXPECT_THAT(desk_.got().back().body, HasSubstr(R"("folded":[{"sequence":1,"change":"first"}])"));
  stop(notify);
  EXPECT_EQ(ids(desk_).size(), 2U);
}

TEST_F(NotifyTest, PartitionsThatComeAndGoTakeWhatWaitsWithThem) {
  alerts_ = name_ + ".two";
  cluster_.create_topic(alerts_, 2);
  configure(webhook("desk", desk_, ", quiet: [mon-sun]"));
  const auto held_up_to = [&](std::int64_t records) {
    return eventually(seconds(30), [&] {
      const auto offsets = committed_offsets(cluster_.bootstrap(), name_ + ".notify.desk", alerts_);
      std::int64_t sum = 0;
      for (const std::int64_t offset : offsets) sum += std::max<std::int64_t>(0, offset);
      return sum >= records;
    });
  };
  std::set<std::string> all;
  const auto send_five = [&](const std::string& name) {
    std::vector<Record> records;
    for (int i = 0; i < 5; ++i) {
      records.push_back(alert(name + std::to_string(i), 1, false, "first", 2));
      all.insert(name + std::to_string(i) + ":1");
    }
    send(cluster_, alerts_, records);
  };
  auto first = start();
  send_five("alone");
  ASSERT_TRUE(held_up_to(5)) << log();
  auto second = start();
  send_five("while-the-other-comes");
  ASSERT_TRUE(held_up_to(10)) << log();
  send_five("both");
  ASSERT_TRUE(held_up_to(15)) << log();
  second->terminate();
  EXPECT_EQ(second->wait(seconds(20)), 0) << log();
  send_five("alone-again");
  ASSERT_TRUE(held_up_to(20)) << log();
  first->terminate();
  EXPECT_EQ(first->wait(seconds(20)), 0) << log();
  EXPECT_TRUE(ids(desk_).empty());

  configure(webhook("desk", desk_));
  first = start();
  ASSERT_TRUE(desk_.wait_for(20, seconds(60))) << log();
  first->terminate();
  EXPECT_EQ(first->wait(seconds(20)), 0) << log();
  const auto told = ids(desk_);
  EXPECT_EQ(told.size(), 20U);
  EXPECT_EQ((std::set<std::string>(told.begin(), told.end())), all);
}

TEST_F(NotifyTest, AWrongConfigurationIsRefusedInOneLineWithoutItsSecrets) {
  configure("    - {name: desk, url: \"https://elsewhere.example/canary-path\", secret_file: " +
            (dir_.path() / "secret").string() + "}\n");
  auto notify = start();
  EXPECT_EQ(notify->wait(seconds(20)), 2);
  EXPECT_THAT(log(), HasSubstr("https://elsewhere.example:443 is not in notify.allow"));
  EXPECT_THAT(log(), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace tocsin::test
