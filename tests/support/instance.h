// The daemon under test: the topics of a wire of its own, its configuration, and instances of `tocsin run` on it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/broker.h"
#include "tests/support/child.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace tocsin::test {

struct WireOptions {
  int raw_partitions = 1;
  int out_partitions = 3;                       // of enriched, alerts, duplicates, dead letters
  int prepared_partitions = 0;                  // 0: no wire.prepared
  std::vector<std::string> presets = {"auto"};  // one raw topic for each
  std::string raw_of = {};                      // the wire whose raw topics are read, in place of own ones
  std::string more = {};                        // YAML of further keys, at the top level
  std::string session_timeout = "6s";
  std::string transaction_timeout = "4s";
};

// Topics with names that no other test has, in a cluster, and a group of the same name. The folder of its
// configurations and of state_dir goes with it.
class Wire {
 public:
  explicit Wire(Cluster& cluster, WireOptions options = {});

  const std::string& name() const { return name_; }  // also the group
  std::string topic(std::string_view stem) const { return name_ + "." + std::string(stem); }
  std::string raw(std::size_t number = 0) const {
    return (options_.raw_of.empty() ? name_ : options_.raw_of) + ".raw" + std::to_string(number);
  }
  std::string state_dir() const { return (dir_.path() / "state").string(); }
  Cluster& cluster() { return cluster_; }
  const WireOptions& options() const { return options_; }

  // The text of a configuration; the admin page is on any free port.
  std::string config(std::string_view role = "all", std::string_view more = {}) const;
  // Writes it (or another text) and returns its path.
  std::filesystem::path write_config(std::string_view text);

 private:
  Cluster& cluster_;
  WireOptions options_;
  std::string name_;
  TempDir dir_;
  int configs_ = 0;
};

struct InstanceOptions {
  std::string role = "all";
  std::string more = {};  // YAML of further keys
  std::map<std::string, std::string> environment = {};
  std::string config = {};  // whole text, in the place of the above
};

// One running daemon. Its admin page is asked for its state; its log is kept in a file.
class Instance {
 public:
  explicit Instance(Wire& wire, const InstanceOptions& options = {});

  Child& process() { return *process_; }
  std::filesystem::path config_path() const { return config_; }

  int admin_port() const;  // 0 before it is bound

  // GET of the admin page: the body, and the code (0: it does not answer).
  struct Answer {
    int code = 0;
    std::string body;
  };
  Answer get(const std::string& path, const std::string& headers = {}) const;
  // A member of /status by JSON pointer ("/state", "/memory/heads"), as text; "" when it does not answer.
  std::string status(const std::string& pointer) const;
  // The sum of all samples of a metric whose labels contain `labels`.
  double metric(const std::string& name, std::string_view labels = {}) const;

  bool is(std::string_view state) const { return status("/state") == state; }
  // Waits until it is in that state; false when that took too long or it has ended.
  bool wait_for(std::string_view state, std::chrono::milliseconds timeout = std::chrono::seconds(60));
  // SIGTERM and its exit code; nothing when it does not end.
  std::optional<int> stop(std::chrono::milliseconds timeout = std::chrono::seconds(30));

  std::string log() const;
  // How many lines of the log hold this text.
  std::size_t logged(std::string_view text) const;

 private:
  TempDir dir_;
  std::filesystem::path config_;
  std::unique_ptr<Child> process_;
  mutable int port_ = 0;
};

// Sends them to the raw topic as they are (their `topic` is not used), and waits until they are there.
void send(Cluster& cluster, const std::string& topic, const std::vector<Record>& records);

// A member of a JSON text by pointer: a string's text, anything else as it is written; "" when there is none.
std::string json_at(std::string_view json, const std::string& pointer);

// GET http://127.0.0.1:port/path; `headers` are whole lines.
Instance::Answer http_get(int port, const std::string& path, const std::string& headers = {});

}  // namespace tocsin::test
