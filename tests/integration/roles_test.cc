// The roles prepare and decide tell what role all tells, however many processes prepare.
#include <gmock/gmock.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/account.h"
#include "tests/support/articles.h"
#include "tests/support/broker.h"
#include "tests/support/instance.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::seconds;
using testing::IsEmpty;

constexpr std::size_t kArticles = 3000;

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

class Roles : public testing::TestWithParam<int> {
 protected:
  static std::vector<MadeArticle> articles(int partitions) {
    static const std::int64_t start_ms = now_ms() - 3600'000;
    return ArticleMaker({.seed = 21, .partitions = partitions, .start_ms = start_ms, .crossing = 0.3}).take(kArticles);
  }
  static void send_all(Wire& wire, const std::vector<MadeArticle>& articles) {
    std::vector<Record> raw;
    for (const MadeArticle& a : articles) raw.push_back(a.record);
    send(wire.cluster(), wire.raw(), raw);
  }
  // Role all on one partition: what every other way of running must tell of the same raw topic.
  static Wire& undisturbed() {
    static Wire wire(shared_cluster());
    static const bool done = [] {
      send_all(wire, articles(1));
      Instance tocsin(wire);
      EXPECT_TRUE(wait_all_read(wire, seconds(120))) << tocsin.log();
      EXPECT_EQ(tocsin.stop(), 0);
      return true;
    }();
    (void)done;
    return wire;
  }
  // `preparing` processes and one that decides, with everything there from the beginning or arriving meanwhile.
  void run_split(Wire& wire, const std::vector<MadeArticle>& articles = {}) {
    std::vector<std::unique_ptr<Instance>> instances;
    for (int i = 0; i < GetParam(); ++i)
      instances.push_back(std::make_unique<Instance>(wire, InstanceOptions{.role = "prepare"}));
    instances.push_back(std::make_unique<Instance>(wire, InstanceOptions{.role = "decide"}));
    for (auto& instance : instances) ASSERT_TRUE(instance->wait_for("active", seconds(60))) << instance->log();
    send_all(wire, articles);
    std::string logs;
    const bool done = wait_all_read(wire, seconds(120));
    for (auto& instance : instances) logs += instance->log() + "----\n";
    ASSERT_TRUE(done) << logs;
    for (auto& instance : instances) EXPECT_EQ(instance->stop(), 0) << instance->log();
  }
};

TEST_P(Roles, TellByteForByteWhatRoleAllTellsOfOnePartition) {
  Wire wire(shared_cluster(), {.prepared_partitions = 1, .raw_of = undisturbed().name()});
  run_split(wire);
  const Account account = read_account(wire);
  EXPECT_THAT(check_account(account, wire.raw(), articles(1)), IsEmpty());
  EXPECT_THAT(compare_accounts(account, read_account(undisturbed())), IsEmpty());
}

TEST_P(Roles, TellEachArticleOfSeveralPartitionsOnceWithItsOutcome) {
  Wire wire(shared_cluster(), {.raw_partitions = 4, .prepared_partitions = 3});
  const std::vector<MadeArticle> sent = articles(4);
  run_split(wire, sent);
  EXPECT_THAT(check_account(read_account(wire), wire.raw(), sent), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Preparing, Roles, testing::Values(1, 2, 3));

// At the latest begins what was there at the first start, and nothing that came later; what is prepared is decided.
TEST(RolePrepare, ReadsAnAddedPartitionFromItsBeginning) {
  Wire wire(shared_cluster(), {.prepared_partitions = 1, .more = "start: latest"});
  ArticleMaker maker({.copied = 0, .revised = 0, .redelivered = 0, .killed = 0, .stale = 0, .bad = 0});
  const auto feed = [&](int partition) {
    MadeArticle made = maker.next();
    made.record.partition = partition;
    send(wire.cluster(), wire.raw(), {made.record});
  };
  const auto committed = [&] {
    return committed_offsets(wire.cluster().bootstrap(), wire.name() + ".prepare", wire.raw());
  };
  feed(0);
  Instance prepare(wire, {.role = "prepare"});
  ASSERT_TRUE(eventually(seconds(60), [&] { return committed() == std::vector<std::int64_t>{1}; })) << prepare.log();
  wire.cluster().add_partitions(wire.raw(), 2);
  for (const int partition : {0, 1, 1}) feed(partition);
  ASSERT_TRUE(eventually(seconds(60), [&] {
    return committed() == std::vector<std::int64_t>({2, 2});
  })) << prepare.log();
  Instance decide(wire, {.role = "decide"});
  ASSERT_TRUE(wait_all_read(wire, seconds(90))) << prepare.log();
  EXPECT_EQ(prepare.stop(), 0) << prepare.log();
  EXPECT_EQ(decide.stop(), 0) << decide.log();
  EXPECT_EQ(read_account(wire).told.size(), 3U);
}

TEST(RolePrepare, HandsItsPartitionsOverWhenProcessesComeAndGo) {
  Wire wire(shared_cluster(), {.raw_partitions = 4, .prepared_partitions = 2, .more = "batch: {articles: 50}"});
  ArticleMaker maker({.seed = 33, .partitions = 4, .start_ms = now_ms() - 3600'000});
  std::vector<MadeArticle> sent;
  const auto feed = [&] {
    std::vector<Record> raw;
    for (MadeArticle& a : maker.take(500)) {
      raw.push_back(a.record);
      sent.push_back(std::move(a));
    }
    send(wire.cluster(), wire.raw(), raw);
  };
  Instance decide(wire, {.role = "decide"});
  auto first = std::make_unique<Instance>(wire, InstanceOptions{.role = "prepare"});
  ASSERT_TRUE(first->wait_for("active", seconds(60))) << first->log();
  feed();
  Instance second(wire, {.role = "prepare"});
  feed();
  ASSERT_TRUE(second.wait_for("active", seconds(60))) << second.log();
  feed();
  ASSERT_EQ(first->stop(), 0) << first->log();
  feed();
  first = std::make_unique<Instance>(wire, InstanceOptions{.role = "prepare"});
  feed();
  ASSERT_TRUE(first->wait_for("active", seconds(60))) << first->log();
  first->process().kill();
  feed();
  ASSERT_TRUE(wait_all_read(wire, seconds(120))) << second.log() << decide.log();
  EXPECT_THAT(check_account(read_account(wire), wire.raw(), sent), IsEmpty());
}

}  // namespace
}  // namespace tocsin::test
