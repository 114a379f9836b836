// The fence of a commit, on a real broker: what becomes of offsets that are offered under a generation of the group
// that is over.
#include "daemon/commit.h"

#include <gmock/gmock.h>
#include <librdkafka/rdkafka.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "daemon/kafka/election.h"
#include "tests/support/broker.h"
#include "tests/support/records.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

class Commit : public testing::Test {
 protected:
  Commit() {
    for (const std::string& topic : {state_, input_, output_}) shared_cluster().create_topic(topic, 1);
    first_ = join();
    EXPECT_TRUE(first_->wait_active(seconds(30)));
    EXPECT_TRUE(eventually(seconds(30), [&] { return generation_of(*first_) > 0; }));
    auto transaction = kafka::Transaction::open(client_, {.id = group_});
    EXPECT_TRUE(transaction);
    transaction_ = std::move(*transaction);
    EXPECT_TRUE(transaction_->init(seconds(30)));
  }

  std::unique_ptr<kafka::Election> join() {
    auto election = kafka::Election::join(client_, {.group = group_, .topic = state_});
    EXPECT_TRUE(election);
    return std::move(*election);
  }
  static int generation_of(const kafka::Election& member) {
    return rd_kafka_consumer_group_metadata_generation_id(member.metadata().get());
  }

  // One record and an offset, committed by who says at first that it is of the generation before a second member came.
  // Returns the error.
  std::string commit_of_an_old_generation(Fence fence) {
    std::atomic<bool> old_is_told{false};
    kafka::GroupMetadata old = first_->metadata();
    const int before = generation_of(*first_);
    const auto second = join();
    EXPECT_TRUE(eventually(seconds(30), [&] { return generation_of(*first_) > before; }));
    Metrics metrics;
    Committer committer(
        *transaction_, [&] { return old_is_told.exchange(true) ? first_->metadata() : std::move(old); }, fence,
        metrics);
    DecidedBatch batch;
    OutRecord record;
    record.topic = output_;
    record.value = "told";
    batch.records.push_back(std::move(record));
    batch.next = {{input_, 0, 7}};
    EXPECT_TRUE(committer.submit(std::move(batch)));
    return committer.drain() ? "" : committer.error();
  }
  std::size_t told() const { return read_topic(shared_cluster().bootstrap(), output_).size(); }
  std::int64_t offset() const { return committed_offsets(shared_cluster().bootstrap(), group_, input_)[0]; }

  const std::string group_ = unique_name("commit");
  const std::string state_ = group_ + ".state", input_ = group_ + ".in", output_ = group_ + ".out";
  const kafka::ClientSettings client_{.brokers = shared_cluster().bootstrap(), .properties = {}};
  std::unique_ptr<kafka::Election> first_;
  std::unique_ptr<kafka::Transaction> transaction_;
};

TEST_F(Commit, OffersOffsetsAgainWhereTheTransactionalIdIsTheFence) {
  EXPECT_EQ(commit_of_an_old_generation(Fence::kTransactionalId), "");
  EXPECT_EQ(told(), 1U);
  EXPECT_EQ(offset(), 7);
}

TEST_F(Commit, GivesUpWhereTheGenerationIsTheFence) {
  EXPECT_THAT(commit_of_an_old_generation(Fence::kGeneration), HasSubstr("ILLEGAL_GENERATION"));
  EXPECT_EQ(told(), 0U);
  EXPECT_EQ(offset(), -1);
}

}  // namespace
}  // namespace tocsin::test
