#include "daemon/config_reader.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "common/article/event.h"
#include "common/article/nearest.h"
#include "common/wire/encoding.h"
#include "daemon/config_fields.h"
#include "daemon/config_units.h"
#include "daemon/kafka_properties.h"

namespace tocsin {
namespace {

constexpr std::size_t kMaxSecretBytes = 64u << 10;
constexpr std::size_t kMaxTopicName = 249;  // Kafka's own limit
constexpr std::size_t kMaxListItems = 1000;
constexpr std::size_t kMaxWebhooks = 16;  // each has a thread and a reader of its own
constexpr std::size_t kMaxWebhookName = 40;
constexpr std::int64_t kMaxDebounce_ms = 24LL * 3600 * 1000;

template <typename Value>
std::string range(const Value& least, const Value& most) {
  std::ostringstream out;
  out << "must be between " << least << " and " << most;
  return out.str();
}

bool valid_topic(std::string_view name) {
  if (name.empty() || name.size() > kMaxTopicName || name == "." || name == "..") return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

constexpr std::string_view kTopicRule = "is no topic name; Kafka allows 1 to 249 of letters, digits, '.', '_' and '-'";

bool is_name_char(char c, bool first) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (!first && c >= '0' && c <= '9');
}

template <typename Enum>
std::vector<std::string_view> names_of(int count) {
  std::vector<std::string_view> names;
  names.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) names.push_back(to_string(static_cast<Enum>(i)));
  return names;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 80;  // an error is one line that fits a terminal
  std::string out = "\"";
  for (const char c : text.substr(0, kShown)) out += (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) ? '?' : c;
  return out + (text.size() > kShown ? "...\"" : "\"");
}

}  // namespace

ConfigReader::ConfigReader(YAML::Node root, std::string file, const Environment& environment)
    : file_(std::move(file)), environment_(environment) {
  if (root.IsNull()) root = YAML::Node(YAML::NodeType::Map);  // an empty file
  if (!root.IsMap())
    throw Wrong{file_ + ":1: the configuration must be a map of keys, such as brokers: 127.0.0.1:9092"};
  frames_.push_back(open(root, "", 1));
}

ConfigReader::Frame ConfigReader::open(const YAML::Node& map, std::string prefix, int line) const {
  Frame frame;
  frame.prefix = std::move(prefix);
  for (const auto& pair : map) {
    const int at = pair.first.Mark().is_null() ? line : pair.first.Mark().line + 1;
    if (!pair.first.IsScalar()) wrong_at(at, frame.prefix, "a key must be a plain word");
    const std::string& key = pair.first.Scalar();
    for (const Entry& other : frame.entries) {
      if (other.key == key) {
        wrong_at(at, frame.prefix + key, "is given twice, first in line " + std::to_string(other.line) + "; keep one");
      }
    }
    frame.entries.push_back({key, pair.second, at});
    if (frame.entries.size() > kMaxListItems) wrong_at(at, frame.prefix, "has too many keys");
  }
  frame.used.resize(frame.entries.size());
  return frame;
}

bool ConfigReader::enter(std::string_view name) {
  const Entry* entry = find(name);
  if (!entry || entry->value.IsNull()) return false;  // "batch:" with nothing behind it
  const std::string full = dotted(name);
  if (!entry->value.IsMap()) wrong_at(entry->line, full, "must be a map of keys");
  frames_.push_back(open(entry->value, full + ".", entry->line));
  return true;
}

void ConfigReader::leave() {
  const Frame& frame = frames_.back();
  for (std::size_t i = 0; i < frame.entries.size(); ++i) {
    if (frame.used[i]) continue;
    const Entry& entry = frame.entries[i];
    const std::string where = frame.prefix.empty() ? "" : " in " + frame.prefix.substr(0, frame.prefix.size() - 1);
    throw Wrong{file_ + ":" + std::to_string(entry.line) + ": unknown key " + quoted(entry.key) + where +
                did_you_mean(entry.key, frame.known)};
  }
  frames_.pop_back();
}

void ConfigReader::note(std::string_view name) {
  auto& known = frames_.back().known;
  if (std::ranges::find(known, name) == known.end()) known.push_back(name);
}

const ConfigReader::Entry* ConfigReader::find(std::string_view name) {
  note(name);
  Frame& frame = frames_.back();
  for (std::size_t i = 0; i < frame.entries.size(); ++i) {
    if (frame.entries[i].key != name) continue;
    frame.used[i] = true;
    lines_.emplace_back(dotted(name), frame.entries[i].line);
    return &frame.entries[i];
  }
  return nullptr;
}

void ConfigReader::wrong_at(int line, const std::string& dotted, const std::string& message) const {
  throw Wrong{file_ + ":" + std::to_string(line) + ": " + dotted + (dotted.empty() ? "" : ": ") + message};
}

void ConfigReader::wrong(std::string_view dotted, const std::string& message) const {
  for (const auto& [name, line] : lines_) {
    if (name == dotted) wrong_at(line, name, message);
  }
  throw Wrong{file_ + ": " + std::string(dotted) + ": " + message};
}

std::string ConfigReader::scalar(const YAML::Node& node, int line, const std::string& dotted, bool* substituted) const {
  if (node.IsNull()) wrong_at(line, dotted, "has no value; write one or take the key out");
  if (!node.IsScalar())
    wrong_at(line, dotted, node.IsMap() ? "must be one value, not a map" : "must be one value, not a list");
  std::string value = substitute(node.Scalar(), line, dotted, substituted);
  const auto control = [](unsigned char c) { return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7f; };
  if (std::ranges::any_of(value, control)) wrong_at(line, dotted, "holds a control character");
  if (!is_utf8(value)) wrong_at(line, dotted, "is not UTF-8");  // the environment's word
  return value;
}

std::string ConfigReader::substitute(const std::string& raw, int line, const std::string& dotted,
                                     bool* substituted) const {
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '$' || i + 1 == raw.size() || (raw[i + 1] != '$' && raw[i + 1] != '{')) {
      out += raw[i];
      continue;
    }
    if (raw[i + 1] == '$') {
      out += '$';
      ++i;
      continue;
    }
    const std::size_t end = raw.find('}', i);
    if (end == std::string::npos) wrong_at(line, dotted, "${ is not closed; write ${NAME}, or $$ for a dollar sign");
    const std::string inside = raw.substr(i + 2, end - i - 2);
    const std::size_t colon = inside.find(":-");
    const std::string name = inside.substr(0, colon);
    bool good = !name.empty();
    for (std::size_t k = 0; k < name.size(); ++k) good = good && is_name_char(name[k], k == 0);
    if (!good)
      wrong_at(line, dotted, quoted("${" + inside + "}") + " names no variable; write ${NAME} or ${NAME:-default}");
    const auto value = environment_(name);
    if (value && !(colon != std::string::npos && value->empty())) {
      out += *value;
    } else if (colon != std::string::npos) {
      out += inside.substr(colon + 2);
    } else {
      std::string what = "the environment has no ";
      what.append(name).append("; set it or write ${").append(name).append(":-default}");
      wrong_at(line, dotted, what);
    }
    if (substituted) *substituted = true;
    i = end;
  }
  return out;
}

void ConfigReader::text(std::string_view name, std::string& value) {
  if (const Entry* entry = find(name)) value = scalar(entry->value, entry->line, dotted(name));
}

void ConfigReader::duration(std::string_view name, std::int64_t& ms, std::int64_t least_ms, std::int64_t most_ms) {
  const Entry* entry = find(name);
  if (!entry) return;
  const auto value = parse_duration_ms(scalar(entry->value, entry->line, dotted(name)));
  if (!value) wrong_at(entry->line, dotted(name), value.error().message);
  if (*value < least_ms || *value > most_ms) {
    wrong_at(entry->line, dotted(name), range(format_duration(least_ms), format_duration(most_ms)));
  }
  ms = *value;
}

void ConfigReader::size(std::string_view name, std::size_t& bytes, std::size_t least, std::size_t most) {
  const Entry* entry = find(name);
  if (!entry) return;
  const auto value = parse_size(scalar(entry->value, entry->line, dotted(name)));
  if (!value) wrong_at(entry->line, dotted(name), value.error().message);
  if (*value < least || *value > most) {
    wrong_at(entry->line, dotted(name), range(format_size(least), format_size(most)));
  }
  bytes = *value;
}

void ConfigReader::count(std::string_view name, std::size_t& n, std::size_t least, std::size_t most) {
  const Entry* entry = find(name);
  if (!entry) return;
  const auto value = parse_count(scalar(entry->value, entry->line, dotted(name)));
  if (!value) wrong_at(entry->line, dotted(name), value.error().message);
  if (*value < least || *value > most) wrong_at(entry->line, dotted(name), range(least, most));
  n = static_cast<std::size_t>(*value);
}

void ConfigReader::topic(std::string_view name, std::string& value) {
  const Entry* entry = find(name);
  if (!entry) return;
  value = scalar(entry->value, entry->line, dotted(name));
  if (!valid_topic(value)) wrong_at(entry->line, dotted(name), quoted(value) + " " + std::string(kTopicRule));
}

// "a:1,b:2" or a list; a port is asked for because librdkafka would silently take 9092.
void ConfigReader::brokers(std::string_view name, std::string& value) {
  const Entry* entry = find(name);
  if (!entry) return;
  value.clear();
  std::vector<std::string> parts;
  if (entry->value.IsSequence()) {
    for (const auto& item : entry->value) parts.push_back(scalar(item, entry->line, dotted(name)));
  } else {
    std::istringstream all(scalar(entry->value, entry->line, dotted(name)));
    for (std::string part; std::getline(all, part, ',');) parts.push_back(part);
  }
  for (std::string part : parts) {
    part.erase(0, part.find_first_not_of(" \t"));
    part.erase(part.find_last_not_of(" \t") + 1);
    const bool plain = std::ranges::all_of(part, [](unsigned char c) {
      return std::isalnum(c) || std::string_view(".-_:[]%/").find(static_cast<char>(c)) != std::string_view::npos;
    });
    const std::size_t colon = part.rfind(':');
    const auto port = colon == std::string::npos ? Result<std::uint64_t>(0) : parse_count(part.substr(colon + 1));
    if (!plain || colon == std::string::npos || colon == 0 || !port || *port == 0 || *port > 65535) {
      wrong_at(entry->line, dotted(name), quoted(part) + " is no broker; write host:port, several joined by commas");
    }
    value += (value.empty() ? "" : ",") + part;
  }
}

void ConfigReader::raw_topics(std::string_view name, std::vector<RawTopic>& topics) {
  const Entry* entry = find(name);
  if (!entry) return;
  topics.clear();
  const std::string full = dotted(name);
  const int line = entry->line;
  const YAML::Node node = entry->value;
  const std::size_t n = node.IsSequence() ? node.size() : 1;
  if (n > kMaxListItems) wrong_at(line, full, "has too many topics");
  for (std::size_t i = 0; i < n; ++i) {
    const YAML::Node item = node.IsSequence() ? node[i] : node;
    const int at = item.Mark().is_null() ? line : item.Mark().line + 1;
    RawTopic topic;
    if (item.IsMap()) {
      frames_.push_back(open(item, full + ".", at));
      text("name", topic.name);
      text("preset", topic.preset);
      leave();
      if (topic.name.empty()) wrong_at(at, full, "an entry has no name; write {name: wire.raw, preset: auto}");
    } else {
      topic.name = scalar(item, at, full);
    }
    if (!valid_topic(topic.name)) wrong_at(at, full, quoted(topic.name) + " " + std::string(kTopicRule));
    const bool twice = std::ranges::any_of(topics, [&](const RawTopic& other) { return other.name == topic.name; });
    if (twice) wrong_at(at, full, quoted(topic.name) + " is listed twice; keep one");
    topics.push_back(std::move(topic));
  }
}

void ConfigReader::listen(std::string_view name, AdminConfig& admin) {
  const Entry* entry = find(name);
  if (!entry) return;
  const std::string value = scalar(entry->value, entry->line, dotted(name));
  const std::size_t colon = value.rfind(':');
  const auto port = colon == std::string::npos ? Result<std::uint64_t>(0) : parse_count(value.substr(colon + 1));
  std::string host = colon == std::string::npos ? "" : value.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!bracketed && host.find(':') != std::string::npos) || !port || *port > 65535) {
    wrong_at(entry->line, dotted(name),
             quoted(value) + " is no address; write host:port, for example 127.0.0.1:9464 or [::1]:9464");
  }
  admin.host = host;
  admin.port = static_cast<std::uint16_t>(*port);
}

std::vector<std::string> ConfigReader::words(std::string_view name) {
  const Entry* entry = find(name);
  std::vector<std::string> out;
  if (!entry) return out;
  if (!entry->value.IsSequence()) {
    out.push_back(scalar(entry->value, entry->line, dotted(name)));
    return out;
  }
  if (entry->value.size() > kMaxListItems) wrong_at(entry->line, dotted(name), "has too many entries");
  for (const auto& item : entry->value) {
    out.push_back(scalar(item, item.Mark().is_null() ? entry->line : item.Mark().line + 1, dotted(name)));
  }
  return out;
}

void ConfigReader::check_words(std::string_view name, const std::vector<std::string>& given,
                               std::span<const std::string_view> known) {
  for (const std::string& word : given) {
    if (std::ranges::find(known, word) == known.end()) {
      wrong(dotted(name), quoted(word) + " is not known" + did_you_mean(word, known));
    }
  }
}

int ConfigReader::choose(std::string_view name, std::span<const std::string_view> names) {
  const Entry* entry = find(name);
  if (!entry) return -1;
  const std::string word = scalar(entry->value, entry->line, dotted(name));
  const auto found = std::ranges::find(names, word);
  if (found != names.end()) return static_cast<int>(found - names.begin());
  std::string all;
  for (const std::string_view n : names) all += (all.empty() ? "" : ", ") + std::string(n);
  wrong_at(entry->line, dotted(name), quoted(word) + " must be one of " + all);
}

std::optional<Area> ConfigReader::area(std::string_view name) {
  const std::vector<std::string> given = words(name);
  if (given.empty()) return std::nullopt;
  double degrees[4] = {};
  const double most[4] = {90, 180, 90, 180};
  bool right = given.size() == 4;
  for (std::size_t i = 0; right && i < 4; ++i) {
    char* end = nullptr;
    degrees[i] = std::strtod(given[i].c_str(), &end);
    right = !given[i].empty() && *end == '\0' && std::abs(degrees[i]) <= most[i];
  }
  if (!right || degrees[0] > degrees[2])
    wrong(dotted(name), "must be [south, west, north, east] in degrees, for example [33, 124, 43, 131]");
  return Area{degrees[0], degrees[1], degrees[2], degrees[3]};
}

AlertRule ConfigReader::alert_rule() {
  AlertRule rule;
  text("name", rule.name);
  rule.types = words("types");
  check_words("types", rule.types, names_of<EventType>(kEventTypes));
  std::size_t severity = 1;
  count("min_severity", severity, 1, 5);
  rule.min_severity = static_cast<int>(severity);
  rule.countries = words("countries");
  for (const std::string& code : rule.countries) {
    const bool upper = std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!upper || (code.size() != 2 && code.size() != 3)) {
      wrong(dotted("countries"), quoted(code) + " is no ISO 3166-1 code; write for example JP or JPN");
    }
  }
  rule.area = area("area");
  rule.actors = words("actors");
  rule.factualities = words("factualities");
  check_words("factualities", rule.factualities, names_of<Factuality>(8));
  rule.saliences = words("saliences");
  check_words("saliences", rule.saliences, names_of<Salience>(3));
  std::string confidence;
  text("min_confidence", confidence);
  if (!confidence.empty()) {
    char* end = nullptr;
    rule.min_confidence = std::strtod(confidence.c_str(), &end);
    if (*end != '\0' || !(rule.min_confidence >= 0 && rule.min_confidence <= 1)) {
      wrong(dotted("min_confidence"), quoted(confidence) + " must be a number between 0 and 1");
    }
  }
  std::size_t sources = 1;
  count("min_sources", sources, 1, 100);
  rule.min_sources = static_cast<std::uint32_t>(sources);
  return rule;
}

void ConfigReader::alert_rules(std::string_view name, std::vector<AlertRule>& rules) {
  const Entry* entry = find(name);
  if (!entry || entry->value.IsNull()) return;
  const std::string full = dotted(name);
  const int line = entry->line;
  const YAML::Node list = entry->value;
  if (!list.IsSequence()) wrong_at(line, full, "must be a list of rules, each with a name");
  if (list.size() > kMaxListItems) wrong_at(line, full, "has too many rules");
  rules.clear();
  const auto outer_lines = std::move(lines_);
  for (const auto& item : list) {
    const int at = item.Mark().is_null() ? line : item.Mark().line + 1;
    if (!item.IsMap()) wrong_at(at, full, "a rule must be a map of keys");
    lines_.clear();  // names below are this rule's
    frames_.push_back(open(item, full + ".", at));
    AlertRule rule = alert_rule();
    leave();
    if (rule.name.empty()) wrong_at(at, full, "a rule has no name; write name: in front of its conditions");
    const bool twice = std::ranges::any_of(rules, [&](const AlertRule& other) { return other.name == rule.name; });
    if (twice) wrong_at(at, full, quoted(rule.name) + " is the name of two rules; change one");
    rules.push_back(std::move(rule));
  }
  lines_ = outer_lines;
}

void ConfigReader::list(std::string_view name, std::vector<std::string>& values) {
  note(name);
  for (const Entry& entry : frames_.back().entries)
    if (entry.key == name) values = words(name);
}

WebhookConfig ConfigReader::webhook() {
  WebhookConfig out;
  text("name", out.name);
  choice<WebhookKind>("kind", out.kind, kWebhookKinds);
  text("url", out.url);
  text("url_file", out.url_file);
  text("secret_file", out.secret_file);
  text("text", out.text);
  out.rules = words("rules");
  count("min_severity", out.min_severity, 1, 5);
  out.quiet = words("quiet");
  text("quiet_zone", out.quiet_zone);
  count("quiet_min_severity", out.quiet_min_severity, 1, 6);
  duration("debounce", out.debounce_ms, 0, kMaxDebounce_ms);
  const bool good = !out.name.empty() && out.name.size() <= kMaxWebhookName &&
                    std::ranges::all_of(out.name, [](char c) { return is_name_char(c, false) || c == '-'; });
  if (!good) wrong(dotted("name"), quoted(out.name) + " must have 1 to 40 of letters, digits, '-' and '_'");
  if (out.url.empty() == out.url_file.empty()) wrong(dotted("name"), out.name + " needs one of url and url_file");
  if (out.secret_file.empty() && out.kind != WebhookKind::kSlack)
    wrong(dotted("name"),
          out.name + " needs secret_file: " +
              (out.kind == WebhookKind::kJson ? "the key that its posts are signed with" : "PagerDuty's routing key"));
  if (!out.secret_file.empty() && out.kind == WebhookKind::kSlack)
    wrong(dotted("secret_file"), "means nothing to kind slack, whose secret is its url; take it out");
  return out;
}

void ConfigReader::webhooks(std::string_view name, std::vector<WebhookConfig>& webhooks) {
  const Entry* entry = find(name);
  if (!entry || entry->value.IsNull()) return;
  const std::string full = dotted(name);
  const int line = entry->line;
  const YAML::Node list = entry->value;
  if (!list.IsSequence()) wrong_at(line, full, "must be a list of webhooks, each with a name");
  if (list.size() > kMaxWebhooks) wrong_at(line, full, "has too many webhooks; 16 are the most");
  webhooks.clear();
  const auto outer_lines = std::move(lines_);
  for (const auto& item : list) {
    const int at = item.Mark().is_null() ? line : item.Mark().line + 1;
    if (!item.IsMap()) wrong_at(at, full, "a webhook must be a map of keys");
    lines_.clear();  // names below are this webhook's
    lines_.emplace_back(full + ".name", at);
    frames_.push_back(open(item, full + ".", at));
    WebhookConfig one = webhook();
    leave();
    const bool twice =
        std::ranges::any_of(webhooks, [&](const WebhookConfig& other) { return other.name == one.name; });
    if (twice) wrong_at(at, full, quoted(one.name) + " is the name of two webhooks; change one");
    webhooks.push_back(std::move(one));
  }
  lines_ = outer_lines;
}

std::string ConfigReader::secret_file(const std::string& path, int line, const std::string& dotted) const {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
    wrong_at(line, dotted, "there is no file " + quoted(path) + "; write the path of a readable file");
  }
  std::ifstream in(path, std::ios::binary);
  std::string value(kMaxSecretBytes + 1, '\0');
  in.read(value.data(), static_cast<std::streamsize>(value.size()));
  if (in.bad() || (!in && in.gcount() == 0 && info.st_size > 0)) wrong_at(line, dotted, "cannot read " + quoted(path));
  value.resize(static_cast<std::size_t>(in.gcount()));
  if (value.size() > kMaxSecretBytes) wrong_at(line, dotted, quoted(path) + " is larger than 64KiB");
  while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
  if (value.empty()) wrong_at(line, dotted, quoted(path) + " is empty");
  if (value.find('\0') != std::string::npos) wrong_at(line, dotted, quoted(path) + " holds a NUL byte");
  return value;
}

void ConfigReader::add_property(const Entry& entry, bool is_file, std::vector<KafkaProperty>& properties) {
  const std::string full = dotted(entry.key);
  if (!std::ranges::all_of(entry.key,
                           [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '_' || c == '-'; }))
    wrong_at(entry.line, full, "is no name of a property; see librdkafka's CONFIGURATION.md");
  if (entry.value.IsMap())
    wrong_at(entry.line, full, "must be one value; write property names flat, such as ssl.ca.location");
  if (const auto reason = refused_property(entry.key)) {
    wrong_at(entry.line, full, "must not be set: " + std::string(*reason));
  }
  bool substituted = false;
  std::string value = scalar(entry.value, entry.line, full, &substituted);
  constexpr std::string_view kFile = "file:";
  const bool from_file = is_file || value.starts_with(kFile);
  if (from_file) value = secret_file(is_file ? value : value.substr(kFile.size()), entry.line, full);
  const bool twice = std::ranges::any_of(properties, [&](const KafkaProperty& p) { return p.name == entry.key; });
  if (twice) wrong_at(entry.line, full, "is given in kafka and in kafka_files; keep one");
  properties.push_back({entry.key, std::move(value), from_file || substituted || secret_property(entry.key)});
}

void ConfigReader::properties(std::string_view name, std::string_view files_name,
                              std::vector<KafkaProperty>& properties) {
  for (const std::string_view block : {name, files_name}) {
    section(block, [&] {
      Frame& frame = frames_.back();
      frame.used.assign(frame.entries.size(), true);
      for (const Entry& entry : frame.entries) add_property(entry, block == files_name, properties);
    });
  }
}

}  // namespace tocsin
