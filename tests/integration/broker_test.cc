// The real broker itself, and what the tests read it by: what every other test with a broker stands on.
#include "tests/support/broker.h"

#include <gmock/gmock.h>
#include <librdkafka/rdkafka.h>

#include <chrono>
#include <string>

#include "tests/support/records.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

std::vector<std::string> values(const std::vector<Record>& records) {
  std::vector<std::string> result;
  for (const Record& record : records) result.push_back(record.value.value_or("(tombstone)"));
  return result;
}

Record make_record(const std::string& topic, const std::string& value) {
  Record record;
  record.topic = topic;
  record.value = value;
  return record;
}

class Broker : public testing::TestWithParam<int> {
 protected:
  Cluster& cluster() { return shared_cluster(GetParam()); }
  std::string make_topic(int partitions = 1) {
    const std::string name = unique_name("broker");
    cluster().create_topic(name, partitions);
    return name;
  }
};

TEST_P(Broker, GivesBackARecordAsItWasSent) {
  Record sent = make_record(make_topic(), std::string("a\0b", 3));
  sent.key = "key";
  sent.headers = {{"h", "1"}, {"h", "2"}, {"empty", ""}, {"null", std::nullopt}};
  sent.timestamp_ms = 1'700'000'000'123;
  Producer producer(cluster().bootstrap());
  producer.send(sent);
  Record tombstone = sent;
  tombstone.value = std::nullopt;
  producer.send(tombstone);
  producer.flush();

  const std::vector<Record> records = read_topic(cluster().bootstrap(), sent.topic);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].key, sent.key);
  EXPECT_EQ(records[0].value, sent.value);
  EXPECT_EQ(records[0].headers, sent.headers);
  EXPECT_EQ(records[0].header("h"), "2");
  EXPECT_EQ(records[0].timestamp_ms, sent.timestamp_ms);
  EXPECT_EQ(records[1].value, std::nullopt);
  EXPECT_EQ(records[1].offset, 1);
}

TEST_P(Broker, ShowsACommittedReaderOnlyWhatWasCommitted) {
  const std::string topic = make_topic();
  Producer producer(cluster().bootstrap(), {{"transactional.id", topic}});
  producer.begin();
  producer.send(make_record(topic, "aborted"));
  producer.flush();
  producer.abort();
  producer.begin();
  producer.send(make_record(topic, "committed"));
  producer.commit();
  EXPECT_THAT(values(read_topic(cluster().bootstrap(), topic)), ElementsAre("committed"));
  EXPECT_THAT(values(read_topic(cluster().bootstrap(), topic, Isolation::kUncommitted)),
              ElementsAre("aborted", "committed"));
}

TEST_P(Broker, ReadingToTheEndWaitsForAnOpenTransaction) {
  const std::string topic = make_topic();
  Producer producer(cluster().bootstrap(), {{"transactional.id", topic}});
  producer.begin();
  producer.send(make_record(topic, "open"));
  producer.flush();
  EXPECT_THROW(read_topic(cluster().bootstrap(), topic, Isolation::kCommitted, milliseconds(500)), std::runtime_error);
  producer.commit();
  EXPECT_THAT(values(read_topic(cluster().bootstrap(), topic)), ElementsAre("open"));
}

TEST_P(Broker, FencesAProducerByItsSuccessor) {
  const std::string topic = make_topic();
  Producer first(cluster().bootstrap(), {{"transactional.id", topic}});
  first.begin();
  first.send(make_record(topic, "of the first"));
  first.flush();
  Producer second(cluster().bootstrap(), {{"transactional.id", topic}});
  EXPECT_THROW(first.commit(), std::runtime_error);
  second.begin();
  second.send(make_record(topic, "of the second"));
  second.commit();
  EXPECT_THAT(values(read_topic(cluster().bootstrap(), topic)), ElementsAre("of the second"));
}

TEST_P(Broker, RefusesATopicThatNobodyCreated) {
  Producer producer(cluster().bootstrap(), {{"message.timeout.ms", "1000"}});
  producer.send(make_record(unique_name("absent"), "x"));
  EXPECT_THROW(producer.flush(), std::runtime_error);
}

TEST_P(Broker, GrowsATopic) {
  const std::string topic = make_topic(2);
  cluster().add_partitions(topic, 5);
  EXPECT_EQ(end_offsets(cluster().bootstrap(), topic).size(), 5U);
  EXPECT_THAT(committed_offsets(cluster().bootstrap(), unique_name("group"), topic), ElementsAre(-1, -1, -1, -1, -1));
}

INSTANTIATE_TEST_SUITE_P(OneNode, Broker, testing::Values(1));
INSTANTIATE_TEST_SUITE_P(ThreeNodes, Broker, testing::Values(3));

TEST(ThreeBrokers, LoseNothingCommittedWhenOneIsKilled) {
  Cluster& cluster = shared_cluster(3);
  const std::string topic = unique_name("broker");
  cluster.create_topic(topic, 3);
  Producer producer(cluster.bootstrap(), {{"transactional.id", topic}});
  const auto commit_one = [&](int partition) {
    producer.begin();
    Record record = make_record(topic, std::to_string(partition));
    record.partition = partition;
    producer.send(record);
    producer.commit();
  };
  for (int partition = 0; partition < 3; ++partition) commit_one(partition);
  cluster.kill(1);
  for (int partition = 0; partition < 3; ++partition) commit_one(partition);
  EXPECT_THAT(values(read_topic(cluster.bootstrap(), topic)), ElementsAre("0", "0", "1", "1", "2", "2"));
  cluster.start(1);
  cluster.wait_in_sync();
  cluster.stop(2);
  EXPECT_THAT(values(read_topic(cluster.bootstrap(), topic)), ElementsAre("0", "0", "1", "1", "2", "2"));
  cluster.start(2);
  cluster.wait_in_sync();
}

TEST(Librdkafka, IsThePinnedOneWithTlsSaslAndCompression) {
  EXPECT_GE(rd_kafka_version(), 0x020c0000) << rd_kafka_version_str();
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char features[512];
  std::size_t size = sizeof features;
  ASSERT_EQ(rd_kafka_conf_get(conf, "builtin.features", features, &size), RD_KAFKA_CONF_OK);
  rd_kafka_conf_destroy(conf);
  for (const char* feature :
       {"ssl", "sasl_plain", "sasl_scram", "sasl_gssapi", "sasl_oauthbearer", "oidc", "zstd", "lz4", "gzip"}) {
    EXPECT_THAT(std::string(features), testing::HasSubstr(feature));
  }
}

}  // namespace
}  // namespace tocsin::test
