// ConfigReader: walks a YAML document by the table of keys in config_fields.h. Says of whatever is wrong which file,
// which line and what to change, by throwing Wrong; parse_config catches it, nobody else sees it.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/config.h"

namespace tocsin {

class ConfigReader {
 public:
  struct Wrong {
    std::string message;
  };
  struct Item {
    YAML::Node node;
    int line = 0;  // from 1
  };
  // An entry of a map: its key's line is what errors name.
  struct Entry {
    std::string key;
    YAML::Node value;
    int line = 0;
  };

  ConfigReader(YAML::Node root, std::string file, const Environment& environment);

  // Reads the members of the map `name`, if it is there, by calling `body`, then refuses what body did not ask for.
  template <typename Body>
  void section(std::string_view name, Body&& body) {
    if (!enter(name)) return note(name);
    body();
    leave();
  }

  void text(std::string_view name, std::string& value);
  void duration(std::string_view name, std::int64_t& ms, std::int64_t least_ms, std::int64_t most_ms);
  void size(std::string_view name, std::size_t& bytes, std::size_t least, std::size_t most);
  void count(std::string_view name, std::size_t& n, std::size_t least, std::size_t most);
  void topic(std::string_view name, std::string& value);
  void brokers(std::string_view name, std::string& value);
  void raw_topics(std::string_view name, std::vector<RawTopic>& topics);
  void listen(std::string_view name, AdminConfig& admin);
  void alert_rules(std::string_view name, std::vector<AlertRule>& rules);
  void list(std::string_view name, std::vector<std::string>& values);
  void webhooks(std::string_view name, std::vector<WebhookConfig>& webhooks);
  void properties(std::string_view name, std::string_view files_name, std::vector<KafkaProperty>& properties);
  template <typename Enum>
  void choice(std::string_view name, Enum& value, std::span<const std::pair<std::string_view, Enum>> choices) {
    std::vector<std::string_view> names;
    for (const auto& [word, unused] : choices) names.push_back(word);
    if (const int i = choose(name, names); i >= 0) value = choices[static_cast<std::size_t>(i)].second;
  }

  void finish() { leave(); }  // the root's own unknown keys
  // For checks across members: the error at the line of the key that was read under this dotted name, if it was.
  [[noreturn]] void wrong(std::string_view dotted, const std::string& message) const;

 private:
  struct Frame {
    std::string prefix;  // "batch."
    std::vector<Entry> entries;
    std::vector<std::string_view> known;
    std::vector<bool> used;
  };

  bool enter(std::string_view name);
  void leave();
  void note(std::string_view name);
  Frame open(const YAML::Node& map, std::string prefix, int line) const;
  const Entry* find(std::string_view name);
  std::string dotted(std::string_view name) const { return frames_.back().prefix + std::string(name); }
  // The text of a scalar with the environment put in; `substituted` tells whether any was.
  std::string scalar(const YAML::Node& node, int line, const std::string& dotted, bool* substituted = nullptr) const;
  std::string substitute(const std::string& raw, int line, const std::string& dotted, bool* substituted) const;
  std::vector<std::string> words(std::string_view name);
  int choose(std::string_view name, std::span<const std::string_view> names);
  std::optional<Area> area(std::string_view name);
  AlertRule alert_rule();
  WebhookConfig webhook();
  void check_words(std::string_view name, const std::vector<std::string>& given,
                   std::span<const std::string_view> known);
  std::string secret_file(const std::string& path, int line, const std::string& dotted) const;
  void add_property(const Entry& entry, bool is_file, std::vector<KafkaProperty>& properties);
  [[noreturn]] void wrong_at(int line, const std::string& dotted, const std::string& message) const;

  std::string file_;
  const Environment& environment_;
  std::vector<Frame> frames_;
  std::vector<std::pair<std::string, int>> lines_;  // dotted names read, with their lines
};

}  // namespace tocsin
