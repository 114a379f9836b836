// A broker that lets no stranger in: TLS, SASL with SCRAM-SHA-512 and with OAUTHBEARER, certificates of clients; what
// the user must be allowed, and that nothing less will do; and that no secret is told anywhere.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/account.h"
#include "tests/support/articles.h"
#include "tests/support/broker.h"
#include "tests/support/child.h"
#include "tests/support/http_server.h"
#include "tests/support/instance.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

Cluster& guarded() {
  static Cluster cluster({.guarded = true, .config = {}});
  return cluster;
}

// What docs/operating.md lists for the role all; and no more.
std::vector<Cluster::Right> least(const Wire& wire) {
  const auto topic = [](const std::string& name, rd_kafka_AclOperation_t operation) {
    return Cluster::Right{RD_KAFKA_RESOURCE_TOPIC, name, operation};
  };
  return {topic(wire.raw(), RD_KAFKA_ACL_OPERATION_READ),
          topic(wire.topic("enriched"), RD_KAFKA_ACL_OPERATION_WRITE),
          topic(wire.topic("alerts"), RD_KAFKA_ACL_OPERATION_WRITE),
          topic(wire.topic("duplicates"), RD_KAFKA_ACL_OPERATION_WRITE),
          topic(wire.topic("dead-letter"), RD_KAFKA_ACL_OPERATION_WRITE),
          topic(wire.topic("state"), RD_KAFKA_ACL_OPERATION_READ),
          topic(wire.topic("state"), RD_KAFKA_ACL_OPERATION_WRITE),
          topic(wire.topic("memory"), RD_KAFKA_ACL_OPERATION_READ),
          topic(wire.topic("memory"), RD_KAFKA_ACL_OPERATION_WRITE),
          {RD_KAFKA_RESOURCE_GROUP, wire.name(), RD_KAFKA_ACL_OPERATION_READ},
          {RD_KAFKA_RESOURCE_TRANSACTIONAL_ID, wire.name(), RD_KAFKA_ACL_OPERATION_WRITE}};
}

// Something for each output topic: an alert, its copy, what cannot be read.
std::vector<Record> one_of_each() {
  const auto launch = [](const std::string& id, const std::string& source) {
    Record record;
    record.key = id;
    record.value = plain_article(
        {{"id", id},
         {"provider", source},
         {"source", source},
         {"title", "North Korea fires a missile into the sea"},
         {"text",
          "North Korea fired a ballistic missile toward the Sea of Japan on Thursday, Japan's defence ministry said. "
          "The missile flew about 480 kilometres before it fell into the water, and nobody was hurt."}});
    return record;
  };
  Record broken;
  broken.key = "c:1";
  broken.value = "{\"id\": \"c:1\", ";
  return {launch("a:1", "North Line Press"), launch("b:1", "Harbour News"), broken};
}

// How the user shows who he is: the configuration's blocks, and the port that he comes to.
class Door {
 public:
  Door() {
    tokens_.always({.headers = {{"Content-Type", "application/json"}},
                    .body = R"({"token_type":"Bearer","expires_in":3600,"access_token":")" +
                            read_file(guarded().keys() / "token") + "\"}"});
  }

  std::string scram() const {
    return "kafka:\n  security.protocol: sasl_ssl\n  sasl.mechanism: SCRAM-SHA-512\n  sasl.username: " +
           std::string(kUser) + ca() +
           "kafka_files: {sasl.password: " + dir_.write("password", kUserPassword).string() + "}\n";
  }
  std::string bearer() const {
    return "kafka:\n  security.protocol: sasl_ssl\n  sasl.mechanism: OAUTHBEARER\n  sasl.oauthbearer.method: oidc\n"
           "  sasl.oauthbearer.client.id: tocsin\n  sasl.oauthbearer.token.endpoint.url: " +
           tokens_.origin() + "/token" + ca() + "kafka_files: {sasl.oauthbearer.client.secret: " +
           dir_.write("client-secret", "client-secret-canary").string() + "}\n";
  }
  std::string certificate() const {
    return "kafka:\n  security.protocol: ssl\n  ssl.certificate.location: " + key("client.pem") +
           "\n  ssl.key.location: " + key("client.key") + ca() +
           "kafka_files: {ssl.key.password: " + key("client.pass") + "}\n";
  }
  const HttpServer& tokens() const { return tokens_; }

  // The wire's configuration, by that door.
  static std::string config(const Wire& wire, const std::string& bootstrap, const std::string& more) {
    std::string text = wire.config("all", more);
    const std::string plain = guarded().bootstrap();
    return text.replace(text.find(plain), plain.size(), bootstrap);
  }

 private:
  static std::string key(const char* name) { return (guarded().keys() / name).string(); }
  static std::string ca() { return "\n  ssl.ca.location: " + key("ca.pem") + "\n"; }

  TempDir dir_;
  HttpServer tokens_;
};

enum class Proof { kPassword, kToken, kCertificate };
void PrintTo(Proof proof, std::ostream* out) {
  *out << (proof == Proof::kPassword ? "SCRAM-SHA-512" : proof == Proof::kToken ? "OAUTHBEARER" : "a certificate");
}

class Guarded : public testing::TestWithParam<Proof> {};

TEST_P(Guarded, TellsByItWhatItIsAllowedAndRemembersItAfterARestart) {
  const Door door;
  Wire wire(guarded());
  guarded().forbid_all();
  guarded().allow(least(wire));
  const bool tls = GetParam() == Proof::kCertificate;
  const std::string text = Door::config(wire, tls ? guarded().tls_bootstrap() : guarded().sasl_bootstrap(),
                                        tls                              ? door.certificate()
                                        : GetParam() == Proof::kPassword ? door.scram()
                                                                         : door.bearer());
  send(guarded(), wire.raw(), one_of_each());
  {
    Instance tocsin(wire, {.config = text});
    ASSERT_TRUE(wait_all_read(wire, seconds(90))) << tocsin.log();
    EXPECT_THAT(tocsin.log(), HasSubstr("sizes and clean-up are not checked")) << "without DESCRIBE_CONFIGS";
    EXPECT_EQ(tocsin.status("/alerts/0/type"), "missile_launch");
    EXPECT_EQ(tocsin.stop(), 0) << tocsin.log();
  }
  EXPECT_EQ(door.tokens().got().empty(), GetParam() != Proof::kToken);
  EXPECT_EQ(read_account(wire).told.size(), 3U);
  EXPECT_EQ(read_account(wire).rung.size(), 1U);
  const RunResult check = run({tocsin_binary(), "check", "--online", wire.write_config(text).string()});
  EXPECT_EQ(check.code, 0) << check.err;

  Record again = one_of_each().front();
  again.key = "d:1";
  again.value = plain_article({{"id", "d:1"}, {"source", "Third News"}, {"text", json_at(*again.value, "/text")}});
  send(guarded(), wire.raw(), {again});
  Instance tocsin(wire, {.config = text});
  ASSERT_TRUE(wait_all_read(wire, seconds(90))) << tocsin.log();
  EXPECT_EQ(tocsin.metric("tocsin_articles_total", "outcome=\"duplicate\""), 1) << tocsin.log();
  EXPECT_EQ(tocsin.stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(By, Guarded, testing::Values(Proof::kPassword, Proof::kToken, Proof::kCertificate));

TEST(Rights, NoneOfTheLeastCanBeSpared) {
  const Door door;
  for (std::size_t spared = 0;; ++spared) {
    Wire wire(guarded());
    std::vector<Cluster::Right> rights = least(wire);
    if (spared == rights.size()) break;
    SCOPED_TRACE(rights[spared].name + ": " + rd_kafka_AclOperation_name(rights[spared].operation));
    rights.erase(rights.begin() + static_cast<std::ptrdiff_t>(spared));
    guarded().forbid_all();
    guarded().allow(rights);
    send(guarded(), wire.raw(), one_of_each());
    Instance tocsin(wire, {.config = Door::config(wire, guarded().sasl_bootstrap(), door.scram())});
    EXPECT_TRUE(eventually(seconds(60), [&] {
      const std::string log = tocsin.log();
      return log.find("uthoriz") != std::string::npos || log.find("may not see it") != std::string::npos;
    })) << tocsin.log();
    tocsin.process().kill();
    EXPECT_TRUE(read_account(wire).told.empty());
  }
}

TEST(Stranger, IsKeptOutAndToldWhy) {
  const Door door;
  Wire wire(guarded());
  guarded().forbid_all();
  guarded().allow(least(wire));
  const TempDir dir;
  struct Wrong {
    std::string bootstrap, kafka, said;
  };
  const std::string other_ca = "ssl.ca.location: /etc/ssl/certs/ca-certificates.crt";
  std::string foreign = door.scram();
  const std::size_t at = foreign.find("ssl.ca.location");
  foreign.replace(at, foreign.find('\n', at) - at, other_ca);
  std::string password = door.scram();
  password.replace(password.find("kafka_files"), std::string::npos,
                   "kafka_files: {sasl.password: " + dir.write("wrong", "wrong-canary").string() + "}\n");
  for (const Wrong& wrong : {Wrong{guarded().sasl_bootstrap(), password, "uthentication"},
                             Wrong{guarded().sasl_bootstrap(), foreign, "certificate verify failed"},
                             Wrong{guarded().sasl_bootstrap(), "", "does not answer"}}) {
    Instance tocsin(wire, {.config = Door::config(wire, wrong.bootstrap, wrong.kafka)});
    EXPECT_TRUE(eventually(seconds(60), [&] { return tocsin.logged(wrong.said) > 0; })) << wrong.said << tocsin.log();
    EXPECT_TRUE(tocsin.wait_for("waiting_for_broker")) << tocsin.log();
    EXPECT_THAT(tocsin.log() + tocsin.get("/status").body, Not(HasSubstr("canary")));
    EXPECT_EQ(tocsin.stop(), 0);
  }
}

// A canary in every field that holds a secret, and everything that is told, librdkafka's own debug lines too.
TEST(Secrets, AreToldNowhere) {
  const Door door;
  Wire wire(guarded());
  guarded().forbid_all();
  guarded().allow(least(wire));
  const TempDir dir;
  const std::string token = dir.write("token", "admin-canary").string();
  const std::string common = "admin: {listen: \"127.0.0.1:0\", token_file: " + token +
                             "}\nlog: {level: debug}\nnotify:\n  allow: [\"https://hooks.example\"]\n  webhooks:\n"
                             "    - {name: a, kind: slack, url: \"https://hooks.example/canary\"}\n"
                             "    - {name: b, url_file: " +
                             dir.write("url", "https://hooks.example/canary").string() +
                             ", secret_file: " + dir.write("secret", "whsec-canary").string() + "}\n";
  const auto with_debug = [](std::string kafka) { return kafka.replace(0, 6, "kafka:\n  debug: all"); };
  // The password comes by the environment here, and a few more ride along that this mechanism does not use.
  std::string by_environment = door.scram();
  by_environment.replace(by_environment.find("kafka_files"), std::string::npos,
                         "  sasl.password: ${CANARY_PASSWORD}\n  ssl.keystore.password: keystore-canary\n");
  send(guarded(), wire.raw(), one_of_each());
  const std::string bearer = read_file(guarded().keys() / "token");
  for (const auto& [bootstrap, kafka] : {std::pair(guarded().sasl_bootstrap(), with_debug(by_environment)),
                                         std::pair(guarded().sasl_bootstrap(), with_debug(door.bearer())),
                                         std::pair(guarded().tls_bootstrap(), with_debug(door.certificate()))}) {
    std::string text = Door::config(wire, bootstrap, common + kafka);
    const std::string listen = "admin: {listen: \"127.0.0.1:0\"}\n";
    text.erase(text.find(listen), listen.size());
    const std::map<std::string, std::string> environment = {{"CANARY_PASSWORD", kUserPassword}};
    Instance tocsin(wire, {.environment = environment, .config = text});
    ASSERT_TRUE(wait_all_read(wire, seconds(120))) << tocsin.log().substr(0, 4000);
    ASSERT_TRUE(eventually(seconds(60), [&] { return tocsin.get("/ready").code == 200; }));
    EXPECT_EQ(tocsin.get("/status").code, 401);
    std::string told = tocsin.get("/status").body;
    for (const char* path : {"/status", "/metrics", "/", "/live", "/ready"}) {
      const Instance::Answer answer = tocsin.get(path, "Authorization: Bearer admin-canary\r\n");
      EXPECT_EQ(answer.code, 200) << path;
      told += answer.body;
    }
    told += read_file("/proc/" + std::to_string(tocsin.process().pid()) + "/cmdline");
    const RunResult check = run({tocsin_binary(), "check", tocsin.config_path().string()}, {}, environment);
    EXPECT_EQ(check.code, 0) << check.err;
    EXPECT_EQ(tocsin.stop(), 0);
    const std::string log = tocsin.log();
    EXPECT_GT(tocsin.logged("kafka.client"), 50U) << "librdkafka said nothing that could be searched";
    for (const std::string& secret : {std::string("canary"), bearer, bearer.substr(bearer.rfind('.') + 1, 40)})
      for (const std::string* where : std::initializer_list<const std::string*>{&told, &log, &check.out, &check.err})
        EXPECT_EQ(where->find(secret), std::string::npos)
            << where->substr(std::max<std::size_t>(where->find(secret), 200) - 200, 400);
  }
}

}  // namespace
}  // namespace tocsin::test
