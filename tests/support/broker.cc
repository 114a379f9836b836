#include "tests/support/broker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string_view>

#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::seconds;

constexpr const char* kKafkaVersion = "4.4.0";                // as in broker.pom.xml
constexpr const char* kClusterId = "dG9jc2luLXRlc3RzLTAwMA";  // 16 bytes in base64
constexpr seconds kStartTimeout{120};                         // a JVM on a machine that is busy with a build
constexpr seconds kStopTimeout{40};

struct AdminDeleter {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
  void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
  void operator()(rd_kafka_DeleteTopic_t* topic) const { rd_kafka_DeleteTopic_destroy(topic); }
  void operator()(rd_kafka_NewPartitions_t* partitions) const { rd_kafka_NewPartitions_destroy(partitions); }
  void operator()(rd_kafka_AclBinding_t* binding) const { rd_kafka_AclBinding_destroy(binding); }
  void operator()(rd_kafka_DeleteRecords_t* records) const { rd_kafka_DeleteRecords_destroy(records); }
  void operator()(const rd_kafka_metadata_t* metadata) const { rd_kafka_metadata_destroy(metadata); }
};
template <typename T>
using Owned = std::unique_ptr<T, AdminDeleter>;

Client make_admin(const std::string& bootstrap) {
  return make_client(RD_KAFKA_PRODUCER, Config{{"bootstrap.servers", bootstrap}, {"reconnect.backoff.max.ms", "250"}});
}

Owned<const rd_kafka_metadata_t> fetch_metadata(rd_kafka_t* client) {
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(client, 1, nullptr, &metadata, 2'000) != RD_KAFKA_RESP_ERR_NO_ERROR) metadata = nullptr;
  return Owned<const rd_kafka_metadata_t>(metadata);
}

bool in_sync(const rd_kafka_metadata_topic_t& topic) {
  return topic.err == RD_KAFKA_RESP_ERR_NO_ERROR &&
         std::all_of(topic.partitions, topic.partitions + topic.partition_cnt, [](const auto& partition) {
           return partition.leader >= 0 && partition.isr_cnt == partition.replica_cnt;
         });
}

bool has_topic_in_sync(rd_kafka_t* client, const std::string& name, int partitions) {
  const auto metadata = fetch_metadata(client);
  if (!metadata) return false;
  const rd_kafka_metadata_topic_t* begin = metadata->topics;
  const rd_kafka_metadata_topic_t* end = begin + metadata->topic_cnt;
  const auto* topic = std::find_if(begin, end, [&](const auto& each) { return name == each.topic; });
  return topic != end && topic->partition_cnt >= partitions && in_sync(*topic);
}

// What the broker answered to a request on one topic; throws with its words when that is an error.
void await_topic_result(rd_kafka_queue_t* queue, const std::string& what) {
  const Owned<rd_kafka_event_t> event(rd_kafka_queue_poll(queue, 60'000));
  if (!event) throw std::runtime_error(what + ": no answer");
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw std::runtime_error(what + ": " + rd_kafka_event_error_string(event.get()));
  }
  std::size_t count = 0;
  const rd_kafka_topic_result_t** results = nullptr;
  if (const auto* created = rd_kafka_event_CreateTopics_result(event.get())) {
    results = rd_kafka_CreateTopics_result_topics(created, &count);
  } else if (const auto* deleted = rd_kafka_event_DeleteTopics_result(event.get())) {
    results = rd_kafka_DeleteTopics_result_topics(deleted, &count);
  } else if (const auto* grown = rd_kafka_event_CreatePartitions_result(event.get())) {
    results = rd_kafka_CreatePartitions_result_topics(grown, &count);
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (rd_kafka_topic_result_error(results[i]) == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    const char* text = rd_kafka_topic_result_error_string(results[i]);
    throw std::runtime_error(what + ": " + (text != nullptr ? text : "refused"));
  }
}

std::string tail(const std::string& text, std::size_t size) {
  return text.size() <= size ? text : text.substr(text.size() - size);
}

}  // namespace

std::filesystem::path Cluster::jars() {
  std::filesystem::path path;
  if (const char* given = std::getenv("TOCSIN_KAFKA_JARS")) {
    path = given;
  } else if (const char* cache = std::getenv("TOCSIN_CACHE")) {
    path = std::filesystem::path(cache) / ("kafka-" + std::string(kKafkaVersion));
  } else if (const char* home = std::getenv("HOME")) {
    path = std::filesystem::path(home) / ".cache/tocsin" / ("kafka-" + std::string(kKafkaVersion));
  }
  return std::filesystem::is_directory(path) ? path : std::filesystem::path();
}

Cluster::Cluster(const ClusterOptions& options) : options_(options), nodes_(static_cast<std::size_t>(options.nodes)) {
  if (jars().empty()) throw std::runtime_error("Kafka's jars are not there: run tests/support/kafka_jars.sh");
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].dir = dir_.path() / ("node" + std::to_string(i + 1));
    std::filesystem::create_directories(nodes_[i].dir);
  }
  reserve_ports();
  if (options.guarded) {
    std::filesystem::create_directories(keys());
    const RunResult made =
        run({"python3", std::string(TOCSIN_SOURCE_DIR) + "/tests/support/make_keys.py", keys().string()});
    if (made.code != 0) throw std::runtime_error("no keys: " + made.err);
  }
  if (options.proxied)
    for (Node& node : nodes_) node.proxy = std::make_unique<DelayProxy>(node.port);
  format_all();
  for (Node& node : nodes_) launch(node);
  wait_ready(nodes_.size(), kStartTimeout);
}

Cluster::~Cluster() {
  for (Node& node : nodes_) node.process->kill();  // the data is going to be deleted: no need for good order
}

void Cluster::reserve_ports() {
  // All are held open until all are known, so that no two are the same.
  std::vector<int> sockets;
  const auto take = [&] {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no free port on 127.0.0.1");
    }
    sockets.push_back(fd);
    return static_cast<int>(ntohs(address.sin_port));
  };
  for (Node& node : nodes_) {
    node.port = take();
    node.controller_port = take();
    if (options_.guarded) {
      node.sasl_port = take();
      node.tls_port = take();
    }
  }
  for (const int fd : sockets) ::close(fd);
}

std::string Cluster::server_properties(std::size_t node) const {
  const std::string all = std::to_string(nodes_.size());
  const std::string in_sync = nodes_.size() > 1 ? "2" : "1";
  const std::string own = "127.0.0.1:" + std::to_string(nodes_[node].port);
  std::string voters;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    voters += (i > 0 ? "," : "") + std::to_string(i + 1) + "@127.0.0.1:" + std::to_string(nodes_[i].controller_port);
  }
  Config config = {
      {"process.roles", "broker,controller"},
      {"node.id", std::to_string(node + 1)},
      {"controller.quorum.voters", voters},
      {"controller.listener.names", "CONTROLLER"},
      {"listeners", "PLAINTEXT://" + own + ",CONTROLLER://127.0.0.1:" + std::to_string(nodes_[node].controller_port)},
      {"advertised.listeners", "PLAINTEXT://127.0.0.1:" + std::to_string(client_port(nodes_[node]))},
      {"log.dirs", (nodes_[node].dir / "data").string()},
      {"auto.create.topics.enable", "false"},
      {"default.replication.factor", all},
      {"min.insync.replicas", in_sync},
      {"offsets.topic.replication.factor", all},
      {"transaction.state.log.replication.factor", all},
      {"transaction.state.log.min.isr", in_sync},
      // Small and quick, as a test needs it: few internal partitions, no waiting for further members of a group.
      {"offsets.topic.num.partitions", "4"},
      {"transaction.state.log.num.partitions", "4"},
      {"group.initial.rebalance.delay.ms", "0"},
      {"group.min.session.timeout.ms", "500"},
      {"num.network.threads", "2"},
      {"num.io.threads", "4"},
      {"log.cleaner.threads", "1"},
      {"log.cleaner.dedupe.buffer.size", "8388608"},
      {"log.index.size.max.bytes", "1048576"},
      {"message.max.bytes", "16777216"},
      {"replica.fetch.max.bytes", "16777216"},
      {"socket.request.max.bytes", "67108864"},
  };
  if (options_.guarded) guard(node, config);
  for (const auto& [name, value] : options_.config) config[name] = value;
  std::string text;
  for (const auto& [name, value] : config) text += name + "=" + value + "\n";
  return text;
}

void Cluster::guard(std::size_t node, Config& config) const {
  const std::string more = ",SASL://127.0.0.1:" + std::to_string(nodes_[node].sasl_port) +
                           ",TLS://127.0.0.1:" + std::to_string(nodes_[node].tls_port);
  config["listeners"] += more;
  config["advertised.listeners"] += more;
  const std::string bearer = "org.apache.kafka.common.security.oauthbearer.OAuthBearer";
  config.merge(Config{
      {"listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_SSL,TLS:SSL"},
      {"ssl.keystore.type", "PEM"},
      {"ssl.keystore.location", (keys() / "server.pem").string()},
      {"ssl.truststore.type", "PEM"},
      {"ssl.truststore.location", (keys() / "ca.pem").string()},
      {"listener.name.tls.ssl.client.auth", "required"},
      {"ssl.principal.mapping.rules", "RULE:^CN=(.*)$/$1/"},
      {"sasl.enabled.mechanisms", "SCRAM-SHA-512,OAUTHBEARER"},
      {"listener.name.sasl.scram-sha-512.sasl.jaas.config",
       "org.apache.kafka.common.security.scram.ScramLoginModule required;"},
      {"listener.name.sasl.oauthbearer.sasl.jaas.config", bearer + "LoginModule required;"},
      {"listener.name.sasl.oauthbearer.sasl.server.callback.handler.class", bearer + "ValidatorCallbackHandler"},
      {"sasl.oauthbearer.jwks.endpoint.url", "file://" + (keys() / "jwks.json").string()},
      {"sasl.oauthbearer.expected.audience", "kafka"},
      {"sasl.oauthbearer.expected.issuer", "https://issuer.example"},
      {"authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"},
      {"super.users", "User:ANONYMOUS"},
  });
}

std::vector<std::string> Cluster::java(std::string_view main_class) const {
  std::vector<std::string> command = {"java", "-Xmx" + std::to_string(options_.heap_mb) + "m"};
  if (options_.as_shipped)
    command.insert(command.end(), {"-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
                                   "-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent"});
  else  // compiles quickly and less well: a broker for a test is up in half the time
    command.insert(command.end(), {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"});
  command.insert(command.end(),
                 {"-Dorg.apache.logging.log4j.level=INFO",
                  "-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=file://" + (keys() / "jwks.json").string(), "-cp",
                  (jars() / "*").string(), std::string(main_class)});
  return command;
}

void Cluster::format_all() {
  std::vector<std::unique_ptr<Child>> tools;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const std::filesystem::path properties =
        dir_.write("node" + std::to_string(i + 1) + "/server.properties", server_properties(i));
    std::vector<std::string> command = java("kafka.tools.StorageTool");
    command.insert(command.end(), {"format", "--cluster-id", kClusterId, "--config", properties.string()});
    if (options_.guarded)
      command.insert(command.end(),
                     {"--add-scram", std::string("SCRAM-SHA-512=[name=") + kUser + ",password=" + kUserPassword + "]"});
    const std::filesystem::path log = nodes_[i].dir / "format.log";
    tools.push_back(std::make_unique<Child>(
        ChildOptions{.command = command, .environment = {}, .input = {}, .output = log, .errors = log}));
  }
  for (std::size_t i = 0; i < tools.size(); ++i) {
    if (tools[i]->wait(kStartTimeout) != 0) {
      throw std::runtime_error("a broker's storage cannot be formatted: " +
                               tail(read_file(nodes_[i].dir / "format.log"), 2'000));
    }
  }
}

void Cluster::launch(Node& node) {
  std::vector<std::string> command = java("kafka.Kafka");
  command.push_back((node.dir / "server.properties").string());
  const std::filesystem::path log = node.dir / "log";
  node.process = std::make_unique<Child>(
      ChildOptions{.command = command, .environment = {}, .input = {}, .output = log, .errors = log});
}

// Ready is: `count` nodes are known to each of them that runs, and not fenced.
void Cluster::wait_ready(std::size_t count, std::chrono::milliseconds timeout) {
  for (Node& node : nodes_) {
    if (!node.process->running()) continue;
    const Client admin = make_admin("127.0.0.1:" + std::to_string(node.port));
    const bool ready = eventually(timeout, [&] {
      if (!node.process->running()) throw std::runtime_error("a broker ended: " + end_of_logs());
      const auto metadata = fetch_metadata(admin.get());
      return metadata && metadata->broker_cnt >= static_cast<int>(count);
    });
    if (!ready) throw std::runtime_error("a broker did not come up in time: " + end_of_logs());
  }
}

std::string Cluster::end_of_logs() const {
  std::string text;
  for (const Node& node : nodes_) text += "\n" + tail(read_file(node.dir / "log"), 2'000);
  return text;
}

std::string Cluster::bootstrap() const {
  std::string all;
  for (int i = 0; i < nodes(); ++i) all += (i > 0 ? "," : "") + bootstrap(i);
  return all;
}

std::string Cluster::bootstrap(int node) const {
  return "127.0.0.1:" + std::to_string(client_port(nodes_.at(static_cast<std::size_t>(node))));
}

std::filesystem::path Cluster::log(int node) const { return nodes_.at(static_cast<std::size_t>(node)).dir / "log"; }

void Cluster::create_topic(const std::string& name, int partitions, const Config& config) {
  std::array<char, 512> message{};
  const Client admin = make_admin(bootstrap());
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(admin.get()));
  const Owned<rd_kafka_NewTopic_t> topic(
      rd_kafka_NewTopic_new(name.c_str(), partitions, nodes(), message.data(), message.size()));
  if (!topic) throw std::runtime_error(message.data());
  for (const auto& [key, value] : config) rd_kafka_NewTopic_set_config(topic.get(), key.c_str(), value.c_str());
  rd_kafka_NewTopic_t* topics[] = {topic.get()};
  rd_kafka_CreateTopics(admin.get(), topics, 1, nullptr, queue.get());
  await_topic_result(queue.get(), "create " + name);
  if (!eventually(seconds(60), [&] { return has_topic_in_sync(admin.get(), name, partitions); })) {
    throw std::runtime_error("topic " + name + " was created and did not get its leaders");
  }
}

void Cluster::delete_topic(const std::string& name) {
  const Client admin = make_admin(bootstrap());
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(admin.get()));
  const Owned<rd_kafka_DeleteTopic_t> topic(rd_kafka_DeleteTopic_new(name.c_str()));
  rd_kafka_DeleteTopic_t* topics[] = {topic.get()};
  rd_kafka_DeleteTopics(admin.get(), topics, 1, nullptr, queue.get());
  await_topic_result(queue.get(), "delete " + name);
}

void Cluster::add_partitions(const std::string& name, int total) {
  std::array<char, 512> message{};
  const Client admin = make_admin(bootstrap());
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(admin.get()));
  const Owned<rd_kafka_NewPartitions_t> partitions(
      rd_kafka_NewPartitions_new(name.c_str(), static_cast<std::size_t>(total), message.data(), message.size()));
  if (!partitions) throw std::runtime_error(message.data());
  rd_kafka_NewPartitions_t* request[] = {partitions.get()};
  rd_kafka_CreatePartitions(admin.get(), request, 1, nullptr, queue.get());
  await_topic_result(queue.get(), "add partitions to " + name);
  if (!eventually(seconds(60), [&] { return has_topic_in_sync(admin.get(), name, total); })) {
    throw std::runtime_error("the new partitions of " + name + " did not get their leaders");
  }
}

void Cluster::delete_records(const std::string& name, int partition, std::int64_t before) {
  const Client admin = make_admin(bootstrap());
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(admin.get()));
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, name.c_str(), partition)->offset = before;
  const Owned<rd_kafka_DeleteRecords_t> request(rd_kafka_DeleteRecords_new(list));
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_DeleteRecords_t* requests[] = {request.get()};
  rd_kafka_DeleteRecords(admin.get(), requests, 1, nullptr, queue.get());
  await_topic_result(queue.get(), "delete records of " + name);
}

std::string Cluster::sasl_bootstrap() const { return "127.0.0.1:" + std::to_string(nodes_.front().sasl_port); }
std::string Cluster::tls_bootstrap() const { return "127.0.0.1:" + std::to_string(nodes_.front().tls_port); }

void Cluster::allow(const std::vector<Right>& rights) {
  const Client admin = make_admin(bootstrap());
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(admin.get()));
  std::array<char, 512> message{};
  std::vector<Owned<rd_kafka_AclBinding_t>> bindings;
  std::vector<rd_kafka_AclBinding_t*> borrowed;
  for (const Right& right : rights) {
    bindings.emplace_back(
        rd_kafka_AclBinding_new(right.kind, right.name.c_str(),
                                right.prefixed ? RD_KAFKA_RESOURCE_PATTERN_PREFIXED : RD_KAFKA_RESOURCE_PATTERN_LITERAL,
                                (std::string("User:") + kUser).c_str(), "*", right.operation,
                                RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, message.data(), message.size()));
    if (!bindings.back()) throw std::runtime_error(message.data());
    borrowed.push_back(bindings.back().get());
  }
  rd_kafka_CreateAcls(admin.get(), borrowed.data(), borrowed.size(), nullptr, queue.get());
  await_topic_result(queue.get(), "allow");
}

void Cluster::forbid_all() {
  const Client admin = make_admin(bootstrap());
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(admin.get()));
  std::array<char, 512> message{};
  const Owned<rd_kafka_AclBinding_t> all(rd_kafka_AclBindingFilter_new(
      RD_KAFKA_RESOURCE_ANY, nullptr, RD_KAFKA_RESOURCE_PATTERN_ANY, nullptr, nullptr, RD_KAFKA_ACL_OPERATION_ANY,
      RD_KAFKA_ACL_PERMISSION_TYPE_ANY, message.data(), message.size()));
  rd_kafka_AclBinding_t* filter[] = {all.get()};
  rd_kafka_DeleteAcls(admin.get(), filter, 1, nullptr, queue.get());
  await_topic_result(queue.get(), "forbid");
}

void Cluster::stop(int node) {
  Child& process = *nodes_.at(static_cast<std::size_t>(node)).process;
  process.terminate();
  if (!process.wait(kStopTimeout)) process.kill();
}

void Cluster::kill(int node) { nodes_.at(static_cast<std::size_t>(node)).process->kill(); }
void Cluster::pause(int node) { nodes_.at(static_cast<std::size_t>(node)).process->pause(); }
void Cluster::resume(int node) { nodes_.at(static_cast<std::size_t>(node)).process->resume(); }

void Cluster::set_delay(std::chrono::milliseconds delay) {
  for (Node& node : nodes_) node.proxy->set_delay(delay);
}

void Cluster::start(int node) {
  launch(nodes_.at(static_cast<std::size_t>(node)));
  const auto running = std::count_if(nodes_.begin(), nodes_.end(), [](Node& each) { return each.process->running(); });
  wait_ready(static_cast<std::size_t>(running), kStartTimeout);
}

void Cluster::wait_in_sync(std::chrono::milliseconds timeout) {
  const Client admin = make_admin(bootstrap());
  const bool done = eventually(timeout, [&] {
    const auto metadata = fetch_metadata(admin.get());
    return metadata && metadata->broker_cnt == nodes() &&
           std::all_of(metadata->topics, metadata->topics + metadata->topic_cnt, in_sync);
  });
  if (!done) throw std::runtime_error("not all replicas are in sync in time: " + end_of_logs());
}

Cluster& shared_cluster(int nodes) {
  static std::map<int, std::unique_ptr<Cluster>> clusters;
  std::unique_ptr<Cluster>& cluster = clusters[nodes];
  if (!cluster) cluster = std::make_unique<Cluster>(ClusterOptions{.nodes = nodes, .config = {}});
  return *cluster;
}

std::string unique_name(std::string_view stem) {
  static const unsigned run = std::random_device{}() % 1'000'000;
  static std::atomic<int> count = 0;
  return std::string(stem) + "." + std::to_string(run) + "." + std::to_string(++count);
}

int free_port() {
  static std::minstd_rand random{std::random_device{}()};
  for (int tries = 0; tries < 1'000; ++tries) {
    const int port = std::uniform_int_distribution<int>{20'000, 32'000}(random);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool bound = fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    if (bound) return port;
  }
  throw std::runtime_error("no free port on 127.0.0.1");
}

}  // namespace tocsin::test
