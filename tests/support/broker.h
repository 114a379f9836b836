// Real Apache Kafka brokers for tests: one or several nodes in KRaft mode on 127.0.0.1, each broker and controller at
// once.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/child.h"
#include "tests/support/delay_proxy.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace tocsin::test {

// The user that a guarded cluster knows by his password, his token and his certificate (make_keys.py).
inline constexpr const char* kUser = "tocsin";
inline constexpr const char* kUserPassword = "password-canary-4711";

struct ClusterOptions {
  int nodes = 1;
  int heap_mb = 384;        // of each node
  bool proxied = false;     // a DelayProxy stands before each node: set_delay()
  bool as_shipped = false;  // the Java settings of Kafka's own script, for benches: slower to start, faster then
  // Two listeners more, on the first node: SASL_SSL with SCRAM-SHA-512 and OAUTHBEARER, and TLS with certificates of
  // clients. Who comes by them may do what allow() says; who comes by the plain one is the test, and may do everything.
  bool guarded = false;
  Config config = {};  // broker settings beside and above our own (broker.cc: server_properties)
};

// A cluster, up from construction to destruction; its data goes with it. Topics are not created by themselves. Internal
// topics and new topics are replicated to all nodes, to min(2, nodes) of them in sync. Throws std::runtime_error, with
// the end of the node's log, when something does not come up. Use it from the thread that made it (see Child).
class Cluster {
 public:
  // The folder of Kafka's jars: $TOCSIN_KAFKA_JARS, or what tests/support/kafka_jars.sh put into the cache. "" when
  // absent.
  static std::filesystem::path jars();

  // Starts the nodes and waits until all answer.
  explicit Cluster(const ClusterOptions& options = {});
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  int nodes() const { return static_cast<int>(nodes_.size()); }
  // "127.0.0.1:port" of every node, with commas between.
  std::string bootstrap() const;
  std::string bootstrap(int node) const;
  // Where guarded clients come in, and the folder of what make_keys.py made for them.
  std::string sasl_bootstrap() const;
  std::string tls_bootstrap() const;
  std::filesystem::path keys() const { return dir_.path() / "keys"; }
  // The user may (or may no longer) do `operation` with what has this name, or one that begins so.
  struct Right {
    rd_kafka_ResourceType_t kind;
    std::string name;
    rd_kafka_AclOperation_t operation;
    bool prefixed = false;
  };
  void allow(const std::vector<Right>& rights);
  void forbid_all();  // takes back whatever was allowed

  // What a node has said; its log for people.
  std::filesystem::path log(int node) const;

  // Returns when every partition has a leader and all its replicas are in sync.
  void create_topic(const std::string& name, int partitions = 1, const Config& config = {});
  void delete_topic(const std::string& name);
  void add_partitions(const std::string& name, int total);
  // As retention would: the records before this offset are gone.
  void delete_records(const std::string& name, int partition, std::int64_t before);

  // Nodes are numbered from 0. With more than half of them stopped, a cluster does nothing at all.
  void stop(int node);    // in good order: leaders move away first
  void kill(int node);    // as if the power failed
  void pause(int node);   // SIGSTOP: alive but silent
  void resume(int node);  // SIGCONT
  void start(int node);   // after stop or kill: returns when it is back
  // Of every byte to and from the nodes, each way, clients' and other nodes' alike; only where they are proxied.
  void set_delay(std::chrono::milliseconds delay);
  // Waits until every replica of every topic is in sync, as before a next node may be taken away.
  void wait_in_sync(std::chrono::milliseconds timeout = std::chrono::seconds(60));

 private:
  struct Node {
    int port = 0;
    int controller_port = 0;
    int sasl_port = 0;
    int tls_port = 0;
    std::unique_ptr<DelayProxy> proxy;
    std::filesystem::path dir;
    std::unique_ptr<Child> process;
  };

  std::string server_properties(std::size_t node) const;
  void guard(std::size_t node, Config& config) const;
  void reserve_ports();
  static int client_port(const Node& node) { return node.proxy ? node.proxy->port() : node.port; }
  void format_all();
  void launch(Node& node);
  void wait_ready(std::size_t count, std::chrono::milliseconds timeout);
  std::vector<std::string> java(std::string_view main_class) const;
  std::string end_of_logs() const;

  ClusterOptions options_;
  TempDir dir_;
  std::vector<Node> nodes_;
};

// The cluster that the tests of one program share, started when it is first asked for and stopped at the program's end.
// Each test makes topics and groups of its own in it: unique_name() gives their names.
Cluster& shared_cluster(int nodes = 1);

// `stem` and something that no other test of this run has.
std::string unique_name(std::string_view stem);

// A port on 127.0.0.1 that was free just now, below those that Linux gives out by itself (from 32,768 on): between this
// call and the use of the port no connection and no listener on port 0 is given it. Not thread-safe.
int free_port();

}  // namespace tocsin::test
