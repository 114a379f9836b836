#include "tests/support/instance.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <simdjson.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

const Config kStateTopic = {{"cleanup.policy", "delete"}, {"retention.ms", "345600000"}};
// Raw records and our headers must fit; the largest raw record is the brokers' message.max.bytes.
const Config kMemoryTopic = {
    {"cleanup.policy", "compact,delete"}, {"retention.ms", "2764800000"}, {"max.message.bytes", "5000000"}};
const Config kRawTopic = {{"max.message.bytes", "4000000"}};
const Config kDefaultTopic = {{"max.message.bytes", "1048588"}};  // a broker's, where ours takes more
const Config kLargeTopic = {{"max.message.bytes", "5000000"}};

}  // namespace

Wire::Wire(Cluster& cluster, WireOptions options)
    : cluster_(cluster), options_(std::move(options)), name_(unique_name("wire")) {
  std::filesystem::create_directories(state_dir());
  for (std::size_t i = 0; i < options_.presets.size() && options_.raw_of.empty(); ++i)
    cluster_.create_topic(raw(i), options_.raw_partitions, kRawTopic);
  if (options_.prepared_partitions > 0)
    cluster_.create_topic(topic("prepared"), options_.prepared_partitions, kLargeTopic);
  for (const char* stem : {"enriched", "dead-letter"})
    cluster_.create_topic(topic(stem), options_.out_partitions, kLargeTopic);
  for (const char* stem : {"alerts", "duplicates"})
    cluster_.create_topic(topic(stem), options_.out_partitions, kDefaultTopic);
  cluster_.create_topic(topic("state"), 1, kStateTopic);
  cluster_.create_topic(topic("memory"), 1, kMemoryTopic);
}

std::string Wire::config(std::string_view role, std::string_view more) const {
  std::string text = "brokers: \"" + cluster_.bootstrap() + "\"\ngroup: " + name_ + "\nrole: " + std::string(role) +
                     "\ntopics:\n  raw:\n";
  for (std::size_t i = 0; i < options_.presets.size(); ++i)
    text += "    - {name: " + raw(i) + ", preset: " + options_.presets[i] + "}\n";
  const std::array<std::pair<const char*, const char*>, 7> names = {{{"prepared", "prepared"},
                                                                     {"enriched", "enriched"},
                                                                     {"alerts", "alerts"},
                                                                     {"duplicates", "duplicates"},
                                                                     {"dead_letter", "dead-letter"},
                                                                     {"state", "state"},
                                                                     {"memory", "memory"}}};
  for (const auto& [key, stem] : names) text += "  " + std::string(key) + ": " + topic(stem) + "\n";
  text += "session_timeout: " + options_.session_timeout + "\ntransaction_timeout: " + options_.transaction_timeout +
          "\nadmin: {listen: \"127.0.0.1:0\"}\nstate_dir: " + state_dir() + "\n" + options_.more + "\n" +
          std::string(more) + "\n";
  return text;
}

std::filesystem::path Wire::write_config(std::string_view text) {
  return dir_.write("config" + std::to_string(++configs_) + ".yaml", text);
}

Instance::Instance(Wire& wire, const InstanceOptions& options)
    : config_(wire.write_config(options.config.empty() ? wire.config(options.role, options.more) : options.config)) {
  process_ = std::make_unique<Child>(ChildOptions{.command = {tocsin_binary(), "run", "--config", config_.string()},
                                                  .environment = options.environment,
                                                  .input = {},
                                                  .output = dir_.path() / "log",
                                                  .errors = dir_.path() / "log"});
}

int Instance::admin_port() const {
  if (port_ != 0) return port_;
  const std::string text = log();
  constexpr std::string_view kKey = "admin_port=";
  const std::size_t at = text.find(kKey);
  if (at != std::string::npos) port_ = std::atoi(text.c_str() + at + kKey.size());
  return port_;
}

Instance::Answer Instance::get(const std::string& path, const std::string& headers) const {
  const int port = admin_port();
  return port == 0 ? Answer{} : http_get(port, path, headers);
}

std::string Instance::status(const std::string& pointer) const { return json_at(get("/status").body, pointer); }

double Instance::metric(const std::string& name, std::string_view labels) const {
  const std::string text = get("/metrics").body;
  double sum = 0;
  for (std::size_t line = 0; line < text.size();) {
    const std::size_t end = std::min(text.find('\n', line), text.size());
    const std::string_view sample = std::string_view(text).substr(line, end - line);
    line = end + 1;
    const char after = sample.size() > name.size() ? sample[name.size()] : ' ';
    if (!sample.starts_with(name) || (after != ' ' && after != '{')) continue;
    const std::size_t space = sample.rfind(' ');
    if (sample.substr(0, space).find(labels) == std::string_view::npos) continue;
    sum += std::atof(std::string(sample.substr(space + 1)).c_str());
  }
  return sum;
}

bool Instance::wait_for(std::string_view state, std::chrono::milliseconds timeout) {
  return eventually(timeout, [&] { return is(state) || !process_->running(); }) && process_->running();
}

std::optional<int> Instance::stop(std::chrono::milliseconds timeout) {
  process_->terminate();
  return process_->wait(timeout);
}

std::string Instance::log() const { return read_file(dir_.path() / "log"); }

std::size_t Instance::logged(std::string_view text) const {
  const std::string all = log();
  std::size_t lines = 0;
  for (std::size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) {
    ++lines;
    at = std::min(all.find('\n', at), all.size() - 1);
  }
  return lines;
}

void send(Cluster& cluster, const std::string& topic, const std::vector<Record>& records) {
  Producer producer(cluster.bootstrap(), {{"linger.ms", "5"}, {"message.max.bytes", "8000000"}});
  for (Record record : records) {
    record.topic = topic;
    producer.send(record);
  }
  producer.flush();
}

std::string json_at(std::string_view json, const std::string& pointer) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::element found;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS) return {};
  if (root.at_pointer(pointer).get(found) != simdjson::SUCCESS) return {};
  std::string_view text;
  if (found.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(found);
}

Instance::Answer http_get(int port, const std::string& path, const std::string& headers) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval timeout{2, 0};  // a stopped process accepts and never answers
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string request =
      "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + headers + "\r\n";
  std::string answer;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
    std::array<char, 4096> part{};
    for (ssize_t n = 0; (n = ::recv(fd, part.data(), part.size(), 0)) > 0;)
      answer.append(part.data(), static_cast<std::size_t>(n));
  }
  ::close(fd);
  const std::size_t body = answer.find("\r\n\r\n");
  if (answer.size() < 12 || body == std::string::npos) return {};
  return {std::atoi(answer.c_str() + 9), answer.substr(body + 4)};
}

}  // namespace tocsin::test
