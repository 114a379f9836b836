// Config: everything `tocsin run` can be told, from one YAML file. docs/configuration.md describes each key; the keys
// are the members' names without their unit (`session_timeout: 9s` fills session_timeout_ms).
//
// In the file every value may use ${NAME} and ${NAME:-default} from the environment ("$$" is a plain dollar sign); a
// value taken from the environment never changes the structure of the file. Durations are written "72h", "20ms", sizes
// "8MiB". An unknown key, a wrong type or a value out of range is an Error of one line: file, line, what to change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/result.h"
#include "common/enrich.h"

namespace tocsin {

enum class Role : std::uint8_t { kAll, kPrepare, kDecide };
std::string_view to_string(Role);

enum class RepeatedLinesMode : std::uint8_t { kRemove, kKeep };  // lines that a source repeats
enum class StartAt : std::uint8_t { kEarliest, kLatest };  // where to begin when the group has no committed offset

struct RawTopic {
  std::string name;
  std::string preset = "auto";
};

// An empty name of an optional topic means its default; none can be switched off.
struct TopicsConfig {
  std::vector<RawTopic> raw;  // at least one
  std::string prepared = "wire.prepared";
  std::string enriched = "wire.enriched";
  std::string alerts = "wire.alerts";
  std::string duplicates = "wire.duplicates";
  std::string dead_letter = "wire.dead-letter";
  std::string state = "wire.state";
  std::string memory = "wire.memory";
};

// A property for librdkafka, checked against the list of those that must not be set. `secret` ones are never printed.
struct KafkaProperty {
  std::string name;
  std::string value;
  bool secret = false;
};

// A batch is closed when nothing more is there and the batch before is committed, or at the first of these. `wait_ms`
// is for its first article.
struct BatchConfig {
  std::size_t articles = 1000;
  std::size_t bytes = 4u << 20;
  std::int64_t wait_ms = 20;
};

struct LimitsConfig {
  std::size_t article_bytes = 8u << 20;  // of one raw payload
  std::size_t depth = 64;                // JSON nesting
  std::size_t id_bytes = 1024;           // of id and of uri
  std::size_t headers = 100;             // of one raw record
  std::size_t header_bytes = 64u << 10;  // names and values of one raw record's headers together
  std::size_t record_bytes = 9u << 20;   // of one enriched record; over it: dead letter too_large
  std::size_t queue_bytes = 64u << 20;   // fetched and not yet decided; at it the input is paused
};

struct AlertsConfig {
  std::int64_t max_age_ms = 24LL * 3600 * 1000;  // 0: nothing is backfill
  std::vector<AlertRule> rules;
};

struct AdminConfig {
  std::string host = "127.0.0.1";  // `listen: host:port`, "[::1]:9464" for IPv6
  std::uint16_t port = 9464;       // 0: any free one (tests, demo)
  std::string token_file = {};  // holds the bearer token that all but the probes' paths ask for; empty: none is asked
  bool open = false;            // off loopback without a token: the network keeps strangers out
};

// `tocsin notify`: who is posted alerts. daemon/webhook reads the files and checks the addresses; `tocsin run` does
// neither, so that it needs no secrets of another process.
enum class WebhookKind : std::uint8_t { kJson, kSlack, kPagerDuty };
std::string_view to_string(WebhookKind);

struct WebhookConfig {
  std::string
      name;  // of letters, digits, '-' and '_'; part of the consumer group's name, so a new name is a new reader
  WebhookKind kind = WebhookKind::kJson;
  std::string url;                 // secret, as is what url_file holds
  std::string url_file;            // in the place of url
  std::string secret_file;         // json: key of the signature; pagerduty: routing key
  std::string text;                // template; empty: the default
  std::vector<std::string> rules;  // alert rules whose alerts it gets; empty: all
  std::size_t min_severity = 1;
  std::vector<std::string> quiet = {};  // times as daemon/webhook/quiet_times.h reads them; empty: never
  std::string quiet_zone = "UTC";       // IANA's name
  std::size_t quiet_min_severity = 4;   // in quiet times an alert below it waits until they end
  std::int64_t debounce_ms = 0;         // since an incident was last told, what only adds to it waits so long
};

struct NotifyConfig {
  StartAt start = StartAt::kLatest;  // where a webhook begins that has never been posted to
  std::string dead_letter = "wire.notify-dead-letter";
  std::vector<std::string> allow;                // origins that webhooks may have: scheme://host[:port]
  std::vector<std::string> allow_networks;       // that are not public and may be posted to all the same
  std::string ca_file;                           // PEM; empty: the system's certificates
  std::int64_t timeout_ms = 10'000;              // of one attempt
  std::int64_t retry_first_ms = 1000;            // pause after the first failure; doubles
  std::int64_t retry_most_ms = 300'000;          // up to this
  std::size_t breaker_failures = 5;              // in a row, over all alerts of a webhook
  std::int64_t breaker_pause_ms = 60'000;        // nothing is tried for so long
  std::int64_t give_up_ms = 24LL * 3600 * 1000;  // an alert older than this becomes a dead letter
  AdminConfig admin{"127.0.0.1", 9465};
  std::vector<WebhookConfig> webhooks;
};

enum class LogFormat : std::uint8_t { kLogfmt, kJson };
enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };

struct LogConfig {
  LogFormat format = LogFormat::kLogfmt;
  LogLevel level = LogLevel::kInfo;
};

struct Config {
  std::string path;  // of the file this was read from; empty: none

  std::string brokers;           // "host:port,host:port"
  std::string group = "tocsin";  // consumer group; also the transactional.id of the mind
  Role role = Role::kAll;
  TopicsConfig topics;
  StartAt start = StartAt::kEarliest;
  std::vector<KafkaProperty> kafka;  // `kafka:` and `kafka_files:` together, in file order

  BatchConfig batch;
  LimitsConfig limits;
  std::size_t threads = 0;  // of prepare; 0: as many as there are cores

  std::int64_t window_ms = 72LL * 3600 * 1000;
  std::int64_t ids_ms = 30LL * 24 * 3600 * 1000;
  std::size_t max_heads = 2'000'000;
  RepeatedLinesMode repeated_lines = RepeatedLinesMode::kRemove;
  AlertsConfig alerts;

  std::int64_t session_timeout_ms = 9'000;
  std::int64_t transaction_timeout_ms = 7'000;  // below session_timeout_ms
  std::int64_t drain_timeout_ms = 20'000;       // graceful stop: time for what is in work
  std::int64_t progress_timeout_ms = 30'000;    // a loop that has not turned for longer is not live

  KnowledgePaths knowledge;
  AdminConfig admin;
  NotifyConfig notify;
  LogConfig log;
  std::string
      state_dir;  // of the crash file; empty: no crash is remembered. Default $STATE_DIRECTORY, else /var/lib/tocsin
};

// Looks up one environment variable; nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
std::optional<std::string> process_environment(const std::string& name);

// Where it is looked for when nobody says.
inline constexpr const char* kDefaultConfig = "/etc/tocsin/tocsin.yaml";

// Reads and checks. Files that the configuration names are read (secrets) or left to the caller (knowledge).
Result<Config> load_config(const std::string& path);
// The same for text at hand; `name` stands where an error names the file.
Result<Config> parse_config(std::string_view text, const std::string& name, const Environment& environment);

// The effective configuration as YAML that load_config would read, with every secret as "(secret)".
std::string redacted(const Config& config);

}  // namespace tocsin
