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

struct ClusterOptions {
  int nodes = 1;
  int heap_mb = 384;        // of each node
  bool proxied = false;     // a DelayProxy stands before each node: set_delay()
  bool as_shipped = false;  // the Java settings of Kafka's own script, for benches: slower to start, faster then
  Config config = {};       // broker settings beside and above our own (broker.cc: server_properties)
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
  // What a node has said; its log for people.
  std::filesystem::path log(int node) const;

  // Returns when every partition has a leader and all its replicas are in sync.
  void create_topic(const std::string& name, int partitions = 1, const Config& config = {});
  void delete_topic(const std::string& name);
  void add_partitions(const std::string& name, int total);

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
    std::unique_ptr<DelayProxy> proxy;
    std::filesystem::path dir;
    std::unique_ptr<Child> process;
  };

  std::string server_properties(std::size_t node) const;
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

// A port on 127.0.0.1 that was free just now.
int free_port();

}  // namespace tocsin::test
