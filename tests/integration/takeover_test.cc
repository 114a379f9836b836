// Taking over and going on: whoever comes next knows what was told before, and nobody else writes.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/account.h"
#include "tests/support/articles.h"
#include "tests/support/broker.h"
#include "tests/support/instance.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AnyOf;
using testing::Eq;
using testing::IsEmpty;

std::int64_t now_ms() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::vector<Record> records_of(const std::vector<MadeArticle>& articles) {
  std::vector<Record> records;
  for (const MadeArticle& a : articles) records.push_back(a.record);
  return records;
}

// Two instances and a stream that is sent in parts, with something done to one of them between.
class TakeOver : public testing::Test {
 protected:
  TakeOver()
      : wire_(shared_cluster(), {.more = "batch: {articles: 50}"}),
        maker_({.seed = 9, .start_ms = now_ms() - 3600'000, .reach = 900}) {}

  void start_two() {
    for (auto& instance : instances_) instance = std::make_unique<Instance>(wire_);
    ASSERT_TRUE(eventually(seconds(60), [&] { return active() != nullptr && standby() != nullptr; })) << logs();
  }
  Instance* in_state(const char* state) {
    for (auto& instance : instances_)
      if (instance && instance->is(state)) return instance.get();
    return nullptr;
  }
  Instance* active() { return in_state("active"); }
  Instance* standby() { return in_state("standby"); }
  void feed(std::size_t count) {
    const std::vector<MadeArticle> articles = maker_.take(count);
    send(wire_.cluster(), wire_.raw(), records_of(articles));
    sent_.insert(sent_.end(), articles.begin(), articles.end());
  }
  void expect_a_clean_account() {
    ASSERT_TRUE(wait_all_read(wire_, seconds(60))) << logs();
    EXPECT_THAT(check_account(read_account(wire_), wire_.raw(), sent_), IsEmpty()) << logs();
  }
  std::string logs() const {
    std::string all;
    for (const auto& instance : instances_)
      if (instance) all += instance->log() + "----\n";
    return all;
  }

  Wire wire_;
  ArticleMaker maker_;
  std::vector<MadeArticle> sent_;
  std::array<std::unique_ptr<Instance>, 2> instances_;
};

// There is always more to read then: a standby that waited to be told of the end would never be ready.
TEST_F(TakeOver, AStandbyIsReadyUnderASteadyStream) {
  instances_[0] = std::make_unique<Instance>(wire_);
  ASSERT_TRUE(instances_[0]->wait_for("active")) << logs();
  std::atomic<bool> stop = false;
  std::thread feeder([&] {
    Producer producer(wire_.cluster().bootstrap(), {{"linger.ms", "0"}});
    for (auto next = std::chrono::steady_clock::now(); !stop; next += milliseconds(2)) {
      sent_.push_back(maker_.next());
      Record record = sent_.back().record;
      record.topic = wire_.raw();
      producer.send(record);
      std::this_thread::sleep_until(next);
    }
    producer.flush();
  });
  std::this_thread::sleep_for(seconds(2));
  for (int joins = 0; joins < 4; ++joins) {
    instances_[1] = std::make_unique<Instance>(wire_);
    EXPECT_TRUE(instances_[1]->wait_for("standby", seconds(20))) << logs();
  }
  stop = true;
  feeder.join();
  EXPECT_EQ(instances_[0]->logged("takeover.done"), 1U) << "a standby that comes disturbs nobody";
  expect_a_clean_account();
}

TEST_F(TakeOver, ByAStandbyWhenTheActiveOneStopsInGoodOrder) {
  start_two();
  feed(600);
  Instance* first = active();
  ASSERT_NE(first, nullptr);
  Instance* second = standby();
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(first->stop(), 0) << first->log();
  feed(600);
  ASSERT_TRUE(second->wait_for("active", seconds(20))) << logs();
  expect_a_clean_account();
  EXPECT_EQ(second->metric("tocsin_takeovers_total"), 1);
  EXPECT_EQ(second->stop(), 0);
}

// As in a rolling restart. A member that did not say that it goes is waited for until its session ends.
TEST(RollingRestart, WaitsForNoSessionToEnd) {
  Wire wire(shared_cluster(), {.session_timeout = "60s", .transaction_timeout = "20s"});
  std::array<std::unique_ptr<Instance>, 3> instances;
  for (auto& instance : instances) instance = std::make_unique<Instance>(wire);
  const auto in_state = [&](const char* state) {
    return std::ranges::find_if(instances, [&](const auto& i) { return i && i->is(state); });
  };
  const auto count = [&](const char* state) {
    return std::ranges::count_if(instances, [&](const auto& i) { return i && i->is(state); });
  };
  ASSERT_TRUE(eventually(seconds(40), [&] {
    return count("active") == 1 && count("standby") == 2 &&
           settled_members(wire.cluster().bootstrap(), wire.name()) == 3;
  }));
  for (const char* state : {"standby", "active"}) {
    const auto stopped = in_state(state);
    EXPECT_EQ((*stopped)->stop(), 0);
    stopped->reset();
  }
  EXPECT_TRUE(eventually(seconds(20), [&] { return count("active") == 1; }));
}

TEST_F(TakeOver, ByAStandbyWhenTheActiveOneIsKilled) {
  start_two();
  feed(600);
  Instance* first = active();
  ASSERT_NE(first, nullptr);
  Instance* second = standby();
  ASSERT_NE(second, nullptr);
  first->process().kill();
  feed(600);
  ASSERT_TRUE(second->wait_for("active", seconds(40))) << logs();
  expect_a_clean_account();
  EXPECT_EQ(second->stop(), 0);
}

TEST_F(TakeOver, LeavesAZombieNothingToWrite) {
  start_two();
  feed(300);
  ASSERT_TRUE(wait_all_read(wire_, seconds(30))) << logs();
  Instance* zombie = active();
  ASSERT_NE(zombie, nullptr);
  Instance* second = standby();
  ASSERT_NE(second, nullptr);
  zombie->process().pause();
  feed(300);
  ASSERT_TRUE(second->wait_for("active", seconds(40))) << logs();
  ASSERT_TRUE(wait_all_read(wire_, seconds(30))) << logs();
  zombie->process().resume();
  feed(300);
  ASSERT_TRUE(zombie->wait_for("standby", seconds(40))) << logs();
  EXPECT_TRUE(second->is("active"));
  feed(100);
  expect_a_clean_account();
}

// It sleeps in the middle of a transaction, with everything produced, and wakes when another has gone on.
class ZombieAt : public TakeOver, public testing::WithParamInterface<const char*> {};

TEST_P(ZombieAt, ItsTransactionComesToNothing) {
  const std::string at = GetParam();
  instances_[0] =
      std::make_unique<Instance>(wire_, InstanceOptions{.environment = {{"TOCSIN_FAILPOINT", at + ":4:stop"}}});
  ASSERT_TRUE(instances_[0]->wait_for("active", seconds(60))) << logs();
  instances_[1] = std::make_unique<Instance>(wire_);
  ASSERT_TRUE(instances_[1]->wait_for("standby", seconds(60))) << logs();
  feed(900);
  ASSERT_TRUE(instances_[1]->wait_for("active", seconds(40))) << logs();
  instances_[0]->process().resume();
  ASSERT_TRUE(instances_[0]->wait_for("standby", seconds(40))) << logs();
  EXPECT_GE(instances_[0]->metric("tocsin_transactions_total", "result=\"fenced\"") +
                instances_[0]->metric("tocsin_transactions_total", "result=\"unknown\"") +
                instances_[0]->metric("tocsin_transactions_total", "result=\"aborted\""),
            1);
  feed(100);
  expect_a_clean_account();
}

INSTANTIATE_TEST_SUITE_P(InATransaction, ZombieAt, testing::Values("after_produce", "after_offsets", "before_commit"),
                         [](const auto& param) { return std::string(param.param); });

// Told, restarted, told on: one story after another.
class Restart : public testing::Test {
 protected:
  explicit Restart() : wire_(shared_cluster()) {}

  static Record article(const std::string& id, const std::string& provider, const std::string& text,
                        const std::vector<std::pair<std::string, std::string>>& more = {}) {
    std::vector<std::pair<std::string, std::string>> members = {{"id", id},
                                                                {"provider", provider},
                                                                {"source", provider},
                                                                {"title", "Notice of " + text.substr(0, 30)},
                                                                {"text", text}};
    members.insert(members.end(), more.begin(), more.end());
    Record record;
    record.key = id;
    record.value = plain_article(members);
    return record;
  }
  // Starts one, sends, waits until all is read, stops it.
  void tell(const std::vector<Record>& records) {
    send(wire_.cluster(), wire_.raw(), records);
    Instance tocsin(wire_);
    ASSERT_TRUE(wait_all_read(wire_, seconds(60))) << tocsin.log();
    EXPECT_EQ(tocsin.stop(), 0) << tocsin.log();
  }
  Told told(std::int64_t offset) {
    const Account account = read_account(wire_);
    const auto it = account.told.find({wire_.raw(), 0, offset});
    if (it == account.told.end()) return {};
    EXPECT_EQ(it->second.size(), 1U) << "told twice";
    return it->second.front();
  }

  Wire wire_;
};

TEST_F(Restart, LinksCopiesRevisionsAndRedeliveriesOfWhatWasToldBefore) {
  const std::string text = made_up_text(1, 8);
  const Record versioned = article("b:1", "Meridian", made_up_text(2, 8), {{"version", "3"}});
  tell({article("a:1", "North Line", text), versioned});
  tell({article("c:1", "Harbour", text), versioned,
        article("b:1", "Meridian", made_up_text(2, 8) + " " + made_up_text(3, 1), {{"version", "4"}}),
        article("b:1", "Meridian", made_up_text(2, 7), {{"version", "2"}})});
  EXPECT_EQ(told(0).outcome, "new");
  EXPECT_EQ(told(2).outcome, "duplicate");
  EXPECT_EQ(told(2).of, "a:1");
  EXPECT_EQ(told(3).outcome, "duplicate");
  EXPECT_EQ(told(3).relation, "redelivery");
  EXPECT_EQ(told(4).outcome, "revision");
  EXPECT_EQ(told(4).cluster, told(1).cluster);
  EXPECT_EQ(told(5).outcome, "stale");
}

TEST_F(Restart, KeepsAnIncidentAndItsSequence) {
  const std::string launch = "North Korea fired a ballistic missile toward the Sea of Japan on Thursday, ";
  tell({article("a:1", "North Line", launch + "Japan's defence ministry said. " + made_up_text(1, 3))});
  tell({article("b:1", "Harbour", launch + "South Korea's military said. " + made_up_text(2, 3))});
  const Account account = read_account(wire_);
  ASSERT_GE(account.rung.size(), 1U);
  for (const Rung& rung : account.rung)
    EXPECT_EQ(rung.incident, account.rung[0].incident) << "rung as another incident";
}

// A launch, four copies, two independent reports, a denial, a second launch, its kill: what rings is the same although
// three instances fall in the middle of it, each at another place of its transaction.
TEST_F(Restart, AScriptedDayRingsExactlyAsExpectedThoughInstancesFall) {
  const std::string launch =
      "North Korea fired a ballistic missile into the sea off its east coast, South Korea's military said. ";
  const std::string first = launch + made_up_text(1, 5);
  const auto fall = [&](const std::vector<Record>& records, const std::string& at) {
    send(wire_.cluster(), wire_.raw(), records);
    Instance tocsin(wire_, {.environment = {{"TOCSIN_FAILPOINT", at}}});
    EXPECT_EQ(tocsin.process().wait(seconds(120)), 128 + SIGKILL) << tocsin.log();
  };
  fall({article("a:1", "North Line", first), article("b:1", "Harbour", first), article("c:1", "Meridian", first)},
       "after_produce:1");
  fall({article("d:1", "Valley", first), article("e:1", "Coast", first),
        article("f:1", "Agency",
                "Pyongyang launched a ballistic missile toward the Sea of Japan, Tokyo said. " + made_up_text(2, 5))},
       "before_commit:1");
  fall({article("g:1", "Radio", "A ballistic missile was fired by North Korea. " + made_up_text(3, 5)),
        article("h:1", "State News", "North Korea denied that it fired a ballistic missile. " + made_up_text(4, 5))},
       "after_commit:1");
  const Record second =
      article("i:1", "North Line",
              "North Korea fired another ballistic missile hours later, Tokyo said. " + made_up_text(5, 5));
  tell({second, article("i:1", "North Line", "", {{"status", "canceled"}})});
  std::vector<std::string> rung;
  for (const Rung& r : read_account(wire_).rung)
    rung.push_back(json_at(*r.record.value, "/change") + " " + std::to_string(r.sequence) + " " +
                   json_at(*r.record.value, "/uri"));
  EXPECT_THAT(rung, testing::UnorderedElementsAre("first 1 a:1", "corroborated 2 f:1", "denied 3 h:1", "first 1 i:1",
                                                  "withdrawn 2 i:1"));
}

TEST_F(Restart, HoldsAnEmbargoedArticleAcrossItAndTellsItWhenDue) {
  const std::int64_t due_ms = now_ms() + 15'000;
  const std::time_t due_s = due_ms / 1000;
  std::array<char, 32> due{};
  std::tm parts{};
  std::strftime(due.data(), due.size(), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&due_s, &parts));
  tell({article("a:1", "North Line", made_up_text(1, 6), {{"embargo", due.data()}}),
        article("a:2", "North Line", made_up_text(2, 6))});
  ASSERT_LT(now_ms(), due_s * 1000) << "the machine is too slow for this test";
  EXPECT_EQ(told(0).record.offset, -1) << "told before it is due";
  EXPECT_EQ(told(1).outcome, "new");
  Instance tocsin(wire_);
  ASSERT_TRUE(tocsin.wait_for("active", seconds(60))) << tocsin.log();
  ASSERT_TRUE(eventually(seconds(60), [&] { return told(0).outcome == "new"; })) << tocsin.log();
  EXPECT_GE(now_ms(), due_s * 1000) << "told before it was due";
  // It was counted when it was held, by the one before; what became of it is counted apart.
  EXPECT_TRUE(eventually(seconds(10), [&] { return tocsin.metric("tocsin_held_released_total", "\"new\"") == 1; }));
  EXPECT_EQ(tocsin.metric("tocsin_articles_total"), 0);
  // A copy that comes now is one of the head that was held.
  send(wire_.cluster(), wire_.raw(), {article("c:1", "Harbour", made_up_text(1, 6))});
  ASSERT_TRUE(wait_all_read(wire_, seconds(30))) << tocsin.log();
  EXPECT_EQ(told(2).of, "a:1");
  EXPECT_EQ(tocsin.stop(), 0);
  tell({article("a:3", "North Line", made_up_text(3, 6))});
  EXPECT_EQ(told(0).outcome, "new");  // and not once more
}

// Where it began is committed before anything is told: what comes while it is down is not passed over.
TEST(Start, AtTheLatestPassesOverOnlyWhatStoodThereBefore) {
  Wire wire(shared_cluster(), {.more = "start: latest"});
  ArticleMaker maker({.copied = 0, .revised = 0, .redelivered = 0, .killed = 0, .stale = 0, .bad = 0});
  const auto feed = [&](std::size_t count) {
    std::vector<Record> records;
    for (MadeArticle& a : maker.take(count)) records.push_back(std::move(a.record));
    send(wire.cluster(), wire.raw(), records);
  };
  feed(2);
  Instance first(wire);
  ASSERT_TRUE(wait_all_read(wire, seconds(60))) << first.log();
  EXPECT_EQ(first.stop(), 0) << first.log();
  feed(3);
  Instance second(wire);
  ASSERT_TRUE(wait_all_read(wire, seconds(60))) << second.log();
  EXPECT_EQ(second.stop(), 0) << second.log();
  EXPECT_EQ(read_account(wire).told.size(), 3U);
}

class Crash : public Restart, public testing::WithParamInterface<const char*> {};  // where

INSTANTIATE_TEST_SUITE_P(Anywhere, Crash, testing::Values("crash_on_marker", "crash_in_decide"));

TEST_P(Crash, TwiceAtAnArticlePutsItAside) {
  send(wire_.cluster(), wire_.raw(),
       {article("a:1", "North Line", made_up_text(1, 6)),
        article("a:2", "North Line", "crash-marker " + made_up_text(2, 6)),
        article("a:3", "North Line", made_up_text(3, 6))});
  const InstanceOptions crashing{.environment = {{"TOCSIN_MUTANT", GetParam()}}};
  for (int i = 0; i < 2; ++i) {
    Instance tocsin(wire_, crashing);
    ASSERT_EQ(tocsin.process().wait(seconds(60)), 128 + SIGABRT) << tocsin.log();
  }
  Instance tocsin(wire_, crashing);
  ASSERT_TRUE(wait_all_read(wire_, seconds(60))) << tocsin.log();
  EXPECT_EQ(told(0).outcome, "new");
  EXPECT_EQ(told(1).reason, "crashed");
  EXPECT_EQ(told(2).outcome, "new");
  EXPECT_EQ(tocsin.stop(), 0);
}

}  // namespace
}  // namespace tocsin::test
