#include "daemon/config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "common/wire/encoding.h"
#include "daemon/config_fields.h"
#include "daemon/config_reader.h"
#include "daemon/config_units.h"

namespace tocsin {
namespace {

constexpr std::size_t kMaxFileBytes = 1u << 20;

// Prints what ConfigReader reads.
class ConfigWriter {
 public:
  ConfigWriter() { out_ << YAML::BeginMap; }
  std::string str() {
    out_ << YAML::EndMap;
    return std::string(out_.c_str()) + "\n";
  }

  template <typename Body>
  void section(std::string_view name, Body&& body) {
    key(name);
    out_ << YAML::BeginMap;
    body();
    out_ << YAML::EndMap;
  }
  void text(std::string_view name, const std::string& value) { pair(name, value); }  // "" may differ from the default
  void topic(std::string_view name, const std::string& value) { text(name, value); }
  void brokers(std::string_view name, const std::string& value) { text(name, value); }
  void duration(std::string_view name, std::int64_t ms, std::int64_t, std::int64_t) { pair(name, format_duration(ms)); }
  void size(std::string_view name, std::size_t bytes, std::size_t, std::size_t) { pair(name, format_size(bytes)); }
  void count(std::string_view name, std::size_t n, std::size_t, std::size_t) { pair(name, std::to_string(n)); }
  template <typename Enum>
  void choice(std::string_view name, Enum value, std::span<const std::pair<std::string_view, Enum>> choices) {
    for (const auto& [word, meaning] : choices) {
      if (meaning == value) pair(name, std::string(word));
    }
  }
  void raw_topics(std::string_view name, const std::vector<RawTopic>& topics) {
    if (topics.empty()) return;
    key(name);
    out_ << YAML::BeginSeq;
    for (const RawTopic& topic : topics) {
      out_ << YAML::BeginMap;
      pair("name", topic.name);
      pair("preset", topic.preset);
      out_ << YAML::EndMap;
    }
    out_ << YAML::EndSeq;
  }
  void listen(std::string_view name, const AdminConfig& admin) {
    const bool v6 = admin.host.find(':') != std::string::npos;
    pair(name, (v6 ? "[" + admin.host + "]" : admin.host) + ":" + std::to_string(admin.port));
  }
  void area(std::string_view name, const Area& area) {
    key(name);
    out_ << YAML::Flow << YAML::BeginSeq << area.south << area.west << area.north << area.east << YAML::EndSeq;
  }
  void alert_rules(std::string_view name, const std::vector<AlertRule>& rules) {
    if (rules.empty()) return;
    key(name);
    out_ << YAML::BeginSeq;
    for (const AlertRule& rule : rules) {
      out_ << YAML::BeginMap;
      pair("name", rule.name);
      words("types", rule.types);
      pair("min_severity", std::to_string(rule.min_severity));
      words("countries", rule.countries);
      if (rule.area) area("area", *rule.area);
      words("actors", rule.actors);
      words("factualities", rule.factualities);
      words("saliences", rule.saliences);
      std::ostringstream confidence;
      confidence << rule.min_confidence;
      pair("min_confidence", confidence.str());
      pair("min_sources", std::to_string(rule.min_sources));
      out_ << YAML::EndMap;
    }
    out_ << YAML::EndSeq;
  }
  void list(std::string_view name, const std::vector<std::string>& values) { words(name, values); }
  void webhooks(std::string_view name, const std::vector<WebhookConfig>& webhooks) {
    if (webhooks.empty()) return;
    key(name);
    out_ << YAML::BeginSeq;
    for (const WebhookConfig& w : webhooks) {
      out_ << YAML::BeginMap;
      pair("name", w.name);
      choice<WebhookKind>("kind", w.kind, kWebhookKinds);
      if (!w.url.empty()) pair("url", "(secret)");
      for (const auto& [key, value] :
           {std::pair("url_file", &w.url_file), std::pair("secret_file", &w.secret_file), std::pair("text", &w.text)})
        if (!value->empty()) pair(key, *value);
      words("rules", w.rules);
      pair("min_severity", std::to_string(w.min_severity));
      words("quiet", w.quiet);
      if (!w.quiet.empty()) pair("quiet_zone", w.quiet_zone);
      if (!w.quiet.empty()) pair("quiet_min_severity", std::to_string(w.quiet_min_severity));
      pair("debounce", format_duration(w.debounce_ms));
      out_ << YAML::EndMap;
    }
    out_ << YAML::EndSeq;
  }
  void properties(std::string_view name, std::string_view, const std::vector<KafkaProperty>& properties) {
    if (properties.empty()) return;
    section(name, [&] {
      for (const KafkaProperty& p : properties) pair(p.name, p.secret ? "(secret)" : p.value);
    });
  }

 private:
  void key(std::string_view name) { out_ << YAML::Key << std::string(name) << YAML::Value; }
  void pair(std::string_view name, const std::string& value) {
    key(name);
    out_ << doubled(value);
  }
  void words(std::string_view name, const std::vector<std::string>& list) {
    if (list.empty()) return;
    key(name);
    out_ << YAML::Flow << YAML::BeginSeq;
    for (const std::string& word : list) out_ << doubled(word);
    out_ << YAML::EndSeq;
  }
  static std::string doubled(const std::string& value) {  // a dollar sign is not to be read as a variable
    std::string out;
    for (const char c : value) out.append(c == '$' ? 2 : 1, c);
    return out;
  }

  YAML::Emitter out_;
};

void check_topics(const ConfigReader& reader, const Config& c) {
  const std::array<std::pair<std::string_view, const std::string*>, 8> ours{
      {{"topics.prepared", &c.topics.prepared},
       {"topics.enriched", &c.topics.enriched},
       {"topics.alerts", &c.topics.alerts},
       {"topics.duplicates", &c.topics.duplicates},
       {"topics.dead_letter", &c.topics.dead_letter},
       {"topics.state", &c.topics.state},
       {"topics.memory", &c.topics.memory},
       {"notify.dead_letter", &c.notify.dead_letter}}};
  for (std::size_t i = 0; i < ours.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (*ours[i].second == *ours[k].second) {
        reader.wrong(ours[i].first, *ours[i].second + " is also " + std::string(ours[k].first) + "; use two topics");
      }
    }
    for (const RawTopic& raw : c.topics.raw) {
      if (raw.name == *ours[i].second) {
        reader.wrong("topics.raw", raw.name + " is also " + std::string(ours[i].first) +
                                       ", Tocsin would read what it writes; use two topics");
      }
    }
  }
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
}

// `name` is the block's. Whoever can reach it reads headlines, topics and errors.
void check_admin(const ConfigReader& reader, const std::string& name, const AdminConfig& admin) {
  if (!is_loopback(admin.host) && admin.token_file.empty() && !admin.open)
    reader.wrong(name + ".listen", admin.host + " is not loopback: set " + name + ".token_file, or " + name +
                                       ".open: true where the network keeps strangers out");
}

// What no single key can say.
void check_whole(const ConfigReader& reader, const Config& c) {
  if (c.brokers.empty()) reader.wrong("brokers", "is missing; write brokers: host:port");
  if (c.group.empty() || c.group.size() > 200) reader.wrong("group", "must have 1 to 200 characters");
  if (c.topics.raw.empty()) {
    reader.wrong("topics.raw", "is missing; write the topics that articles arrive in, such as raw: [{name: wire.raw}]");
  }
  check_topics(reader, c);
  if (c.transaction_timeout_ms >= c.session_timeout_ms) {
    reader.wrong("transaction_timeout", "must be shorter than session_timeout (" +
                                            format_duration(c.session_timeout_ms) +
                                            "), or a dead instance's transaction outlives it");
  }
  if (c.progress_timeout_ms <= c.transaction_timeout_ms) {
    reader.wrong("progress_timeout", "must be longer than transaction_timeout (" +
                                         format_duration(c.transaction_timeout_ms) +
                                         "), or a loop that waits for a slow commit is taken for dead");
  }
  check_admin(reader, "admin", c.admin);
  check_admin(reader, "notify", c.notify.admin);
  if (c.ids_ms < c.window_ms) {
    reader.wrong("ids", "must not be shorter than window (" + format_duration(c.window_ms) + ")");
  }
  if (c.notify.retry_first_ms > c.notify.retry_most_ms) {
    reader.wrong("notify.retry_first",
                 "must not be longer than notify.retry_most (" + format_duration(c.notify.retry_most_ms) + ")");
  }
  if (c.batch.bytes > c.limits.queue_bytes) {
    reader.wrong("batch.bytes",
                 "must not be larger than limits.queue_bytes (" + format_size(c.limits.queue_bytes) + ")");
  }
  if (c.limits.article_bytes > c.limits.queue_bytes) {
    reader.wrong("limits.article_bytes",
                 "must not be larger than limits.queue_bytes (" + format_size(c.limits.queue_bytes) + ")");
  }
}

// Keys and YAML's own messages hold bytes of the file, line ends too.
tl::unexpected<Error> fail_in_one_line(std::string message) {
  for (char& c : message) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return fail(std::move(message));
}

std::string default_state_dir(const Environment& environment) {
  if (auto dir = environment("STATE_DIRECTORY"); dir && !dir->empty()) {
    return dir->substr(0, dir->find(':'));  // systemd joins several by colons; ours is the first
  }
  return "/var/lib/tocsin";
}

// YAML takes no tab there, and its parser does not say so.
bool tab_indents(std::string_view text, int line) {
  for (; line > 1 && !text.empty(); --line) text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
  return text.substr(0, text.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

}  // namespace

std::string_view to_string(Role role) { return kRoles[static_cast<std::size_t>(role)].first; }

std::string_view to_string(WebhookKind kind) { return kWebhookKinds[static_cast<std::size_t>(kind)].first; }

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (!value) return std::nullopt;
  return std::string(value);
}

Result<Config> load_config(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return fail(path + ": cannot be read: " + std::strerror(errno) +
                "; name a configuration file by --config or $TOCSIN_CONFIG");
  std::string text(kMaxFileBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.fail() && !in.eof())) return fail(path + ": is no readable file");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_config(text, path, process_environment);
}

Result<Config> parse_config(std::string_view text, const std::string& name, const Environment& environment) {
  if (text.size() > kMaxFileBytes) return fail(name + ": is larger than 1MiB; this is no configuration of ours");
  for (std::size_t at = 0, line = 1; at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (!is_utf8(text.substr(at, end - at))) return fail(name + ":" + std::to_string(line) + ": is not UTF-8");
    at = end + 1;
  }
  try {
    Config config;
    config.path = name;
    config.state_dir = default_state_dir(environment);
    ConfigReader reader(YAML::Load(std::string(text)), name, environment);
    visit_fields(reader, config);
    reader.finish();
    check_whole(reader, config);
    return config;
  } catch (const ConfigReader::Wrong& wrong) {
    return fail_in_one_line(wrong.message);
  } catch (const YAML::Exception& error) {
    const int line = error.mark.is_null() ? 1 : error.mark.line + 1;
    return fail_in_one_line(name + ":" + std::to_string(line) + ": is no YAML: " + error.msg + " (column " +
                            std::to_string(error.mark.is_null() ? 1 : error.mark.column + 1) + ")" +
                            (tab_indents(text, line) ? "; it is indented by a tab: write spaces" : ""));
  }
}

std::string redacted(const Config& config) {
  ConfigWriter writer;
  visit_fields(writer, config);
  return writer.str();
}

}  // namespace tocsin
