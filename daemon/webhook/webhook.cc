#include "daemon/webhook/webhook.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

#include "daemon/json_text.h"

namespace tocsin {
namespace {

constexpr std::size_t kMaxSecretBytes = 64u << 10;
constexpr std::size_t kTextBytes = 3000;     // Slack cuts a text at 40,000 characters and advises 4,000
constexpr std::size_t kSummaryBytes = 1024;  // PagerDuty's limit of payload.summary
constexpr std::size_t kDedupKeyBytes = 255;  // and of dedup_key
constexpr std::size_t kAnswerShownBytes = 80;
constexpr std::string_view kEncodedSecret = "whsec_";

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string out((size + 2) / 3 * 4 + 1, '\0');
  const int n = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes, static_cast<int>(size));
  out.resize(static_cast<std::size_t>(n));
  return out;
}

Result<std::string> from_base64(std::string_view text) {
  std::string out(text.size() / 4 * 3 + 1, '\0');
  const int n = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (n < 0 || text.empty()) return fail("is no base64 behind whsec_");
  const std::size_t padding = text.size() - (text.find_last_not_of('=') + 1);
  out.resize(static_cast<std::size_t>(n) - std::min<std::size_t>(padding, 2));
  return out;
}

// One line: what stands in the file, without its line end.
Result<std::string> read_secret(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return fail("there is no file \"" + path + "\"");
  std::ifstream in(path, std::ios::binary);
  std::string text(kMaxSecretBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || (text.empty() && info.st_size > 0)) return fail("cannot read \"" + path + "\"");
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.empty() || text.size() > kMaxSecretBytes) return fail("\"" + path + "\" must hold 1 byte to 64 KiB");
  const bool plain = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
  if (!plain) return fail("\"" + path + "\" must hold one line of text");
  return text;
}

// Members of one JSON object, in order.
class JsonBody {
 public:
  JsonBody& text(std::string_view name, std::string_view value) {
    append_json_string(member(name), value);
    return *this;
  }
  JsonBody& raw(std::string_view name, std::string_view json) {
    member(name) += json;
    return *this;
  }
  std::string end() { return out_ + "}"; }

 private:
  std::string& member(std::string_view name) {
    out_ += out_.empty() ? '{' : ',';
    append_json_string(out_, name);
    return out_ += ':';
  }
  std::string out_;
};

std::string folded_json(const AlertMessage& alert) {
  std::string out = "[";
  for (const FoldedAlert& older : alert.folded) {
    if (out.size() > 1) out += ',';
    out += "{\"sequence\":" + std::to_string(older.sequence) + ",\"change\":";
    append_json_string(out, older.change);
    out += '}';
  }
  return out + "]";
}

std::string json_body(const Webhook& webhook, const AlertMessage& alert) {
  std::string body = "{\"text\":";
  append_json_string(body, webhook.text.fill(alert, kTextBytes));
  body += ',';
  if (!alert.folded.empty()) body += "\"folded\":" + folded_json(alert) + ",";
  return body.append(alert.json, alert.json.find('{') + 1);
}

std::string slack_body(const Webhook& webhook, const AlertMessage& alert) {
  std::string escaped;  // the three characters that Slack's markup needs escaped
  for (const char c : webhook.text.fill(alert, kTextBytes)) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else
      escaped += c;
  }
  return JsonBody().text("text", escaped).end();
}

std::string_view pagerduty_severity(std::int64_t severity) {
  constexpr std::array<std::string_view, 6> kWords{"warning", "info", "info", "warning", "error", "critical"};
  return kWords.at(static_cast<std::size_t>(std::clamp<std::int64_t>(severity, 0, 5)));
}

std::string pagerduty_body(const Webhook& webhook, const AlertMessage& alert) {
  JsonBody payload;
  payload.text("summary", webhook.text.fill(alert, kSummaryBytes));
  payload.text("source", alert.provider.empty() ? "tocsin" : alert.provider);
  payload.text("severity", pagerduty_severity(alert.severity));
  if (alert.record_ms > 0) payload.text("timestamp", iso_time(alert.record_ms));
  if (!alert.place.empty()) payload.text("component", alert.place);
  if (!alert.country.empty()) payload.text("group", alert.country);
  if (!alert.type.empty()) payload.text("class", alert.type);
  payload.raw("custom_details", alert.json);
  return JsonBody()
      .text("routing_key", webhook.secret)
      .text("event_action", alert.change == "withdrawn" ? "resolve" : "trigger")
      .text("dedup_key", alert.incident.substr(0, kDedupKeyBytes))
      .text("client", "Tocsin")
      .raw("payload", payload.end())
      .end();
}

Result<std::vector<std::string>> allowed_origins(const NotifyConfig& config) {
  std::vector<std::string> out;
  for (const std::string& text : config.allow) {
    auto origin = parse_origin(text);
    if (!origin) return fail("notify.allow: " + origin.error().message);
    out.push_back(std::move(*origin));
  }
  return out;
}

Result<WebhookUrl> allowed_url(const std::string& address, const std::vector<std::string>& origins) {
  auto url = parse_webhook_url(address);
  if (!url) return fail("url: " + url.error().message);
  if (std::ranges::find(origins, url->origin) == origins.end())
    return fail("url: " + url->origin + " is not in notify.allow; add it there if alerts may go to it");
  return url;
}

Result<TextTemplate> text_of(const WebhookConfig& config) {
  auto text = TextTemplate::parse(config.text.empty() ? TextTemplate::kDefault : std::string_view(config.text));
  if (!text) return fail("text: " + text.error().message);
  return text;
}

Result<QuietTimes> quiet_of(const WebhookConfig& config) {
  auto quiet = QuietTimes::parse(config.quiet, config.quiet_zone);
  if (!quiet) return fail("quiet: " + quiet.error().message);
  return quiet;
}

Error named(const WebhookConfig& config, const Error& error) {
  return {"notify.webhooks: " + config.name + ": " + error.message};
}

// What is wrong, without the webhook's name.
Result<Webhook> make_webhook(const WebhookConfig& config, const std::vector<std::string>& origins) {
  Webhook out{.name = config.name,
              .kind = config.kind,
              .url = {},
              .secret = {},
              .text = {},
              .rules = config.rules,
              .min_severity = static_cast<std::int64_t>(config.min_severity),
              .quiet = {},
              .quiet_min_severity = static_cast<std::int64_t>(config.quiet_min_severity),
              .debounce_ms = config.debounce_ms};
  std::string address = config.url;
  if (!config.url_file.empty()) {
    auto read = read_secret(config.url_file);
    if (!read) return fail("url_file: " + read.error().message);
    address = std::move(*read);
  }
  auto url = allowed_url(address, origins);
  if (!url) return tl::unexpected(url.error());
  out.url = std::move(*url);
  if (!config.secret_file.empty()) {
    auto read = read_secret(config.secret_file);
    if (!read) return fail("secret_file: " + read.error().message);
    out.secret = std::move(*read);
    if (config.kind == WebhookKind::kJson && out.secret.starts_with(kEncodedSecret)) {
      auto key = from_base64(std::string_view(out.secret).substr(kEncodedSecret.size()));
      if (!key) return fail("secret_file: " + key.error().message);
      out.secret = std::move(*key);
    }
  }
  auto text = text_of(config);
  if (!text) return tl::unexpected(text.error());
  out.text = std::move(*text);
  auto quiet = quiet_of(config);
  if (!quiet) return tl::unexpected(quiet.error());
  out.quiet = std::move(*quiet);
  return out;
}

std::string failure_words(HttpFailure failure) {
  constexpr std::array<std::string_view, 7> kWords{
      "answered", "address not allowed", "unreachable", "TLS", "timeout", "broken", "stopped"};
  return std::string(kWords.at(static_cast<std::size_t>(failure)));
}

}  // namespace

Result<std::vector<Network>> allowed_networks(const NotifyConfig& config) {
  std::vector<Network> out;
  for (const std::string& text : config.allow_networks) {
    const auto network = parse_network(text);
    if (!network) return fail("notify.allow_networks: " + network.error().message);
    out.push_back(*network);
  }
  return out;
}

Result<void> check_webhooks(const NotifyConfig& config) {
  const auto origins = allowed_origins(config);
  if (!origins) return tl::unexpected(origins.error());
  if (const auto networks = allowed_networks(config); !networks) return tl::unexpected(networks.error());
  for (const WebhookConfig& one : config.webhooks) {
    if (const auto text = text_of(one); !text) return tl::unexpected(named(one, text.error()));
    if (const auto quiet = quiet_of(one); !quiet) return tl::unexpected(named(one, quiet.error()));
    if (one.url.empty()) continue;
    if (const auto url = allowed_url(one.url, *origins); !url) return tl::unexpected(named(one, url.error()));
  }
  return {};
}

Result<std::vector<Webhook>> make_webhooks(const NotifyConfig& config) {
  if (config.webhooks.empty()) return fail("notify.webhooks: is empty; name a receiver of alerts");
  const auto origins = allowed_origins(config);
  if (!origins) return tl::unexpected(origins.error());
  std::vector<Webhook> out;
  for (const WebhookConfig& one : config.webhooks) {
    auto made = make_webhook(one, *origins);
    if (!made) return tl::unexpected(named(one, made.error()));
    out.push_back(std::move(*made));
  }
  return out;
}

bool is_for(const Webhook& webhook, const AlertMessage& alert) {
  const auto asked = [&](const std::string& rule) {
    return std::ranges::find(webhook.rules, rule) != webhook.rules.end();
  };
  if (!webhook.rules.empty() && std::ranges::none_of(alert.rules, asked)) return false;
  return alert.severity == 0 || alert.severity >= webhook.min_severity;
}

std::string webhook_signature(const std::string& secret, const std::string& id, std::int64_t now_s,
                              const std::string& body) {
  const std::string signed_text = id + "." + std::to_string(now_s) + "." + body;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), digest.data(), &size);
  return "v1," + base64(digest.data(), size);
}

HttpRequest webhook_request(const Webhook& webhook, const AlertMessage& alert, std::int64_t now_s) {
  HttpRequest out{webhook.url.text, {{"Content-Type", "application/json"}}, {}};
  switch (webhook.kind) {
    case WebhookKind::kJson:
      out.body = json_body(webhook, alert);
      out.headers.emplace_back("webhook-id", alert.id());
      out.headers.emplace_back("webhook-timestamp", std::to_string(now_s));
      out.headers.emplace_back("webhook-signature", webhook_signature(webhook.secret, alert.id(), now_s, out.body));
      break;
    case WebhookKind::kSlack:
      out.body = slack_body(webhook, alert);
      out.headers.emplace_back("Idempotency-Key", alert.id());
      break;
    case WebhookKind::kPagerDuty:
      out.body = pagerduty_body(webhook, alert);
      break;
  }
  return out;
}

PostResult judge(const HttpAnswer& answer) {
  if (answer.failure != HttpFailure::kNone) return PostResult::kFailed;
  if (answer.status >= 200 && answer.status < 300) return PostResult::kDelivered;
  switch (answer.status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return PostResult::kRefused;
    case 429:
      return PostResult::kBusy;
    default:
      return PostResult::kFailed;
  }
}

std::string describe(const Webhook& webhook, const HttpAnswer& answer) {
  if (answer.failure != HttpFailure::kNone) return failure_words(answer.failure) + ": " + answer.detail;
  std::string out = "HTTP " + std::to_string(answer.status);
  const bool tells = answer.body.find(webhook.url.text) != std::string::npos ||
                     (!webhook.secret.empty() && answer.body.find(webhook.secret) != std::string::npos);
  if (answer.status >= 300 && answer.status < 400) return out + ": redirects are not followed";
  if (tells || answer.body.empty()) return out;
  std::string said = cut_text(answer.body, kAnswerShownBytes);
  for (char& c : said)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return out + ": " + said;
}

}  // namespace tocsin
