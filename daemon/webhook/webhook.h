// Webhook: one receiver of alerts, ready for use, and what is posted to it.
//
//   json       the alert as on wire.alerts with one member more, `text`; signed as Standard Webhooks
//              (standardwebhooks.com) describe: webhook-id, webhook-timestamp, webhook-signature: v1,<base64 of
//              HMAC-SHA256(secret, id.timestamp.body)>. A secret that begins with whsec_ is base64, any other is bytes.
//              An alert that tells older ones too has the member `folded` as well: their sequences and changes.
//   slack      {"text": ...}: Slack's incoming webhooks and what behaves like them (Mattermost, Rocket.Chat)
//   pagerduty  Events API v2; the incident is the dedup_key, a withdrawal resolves
//
// A repeated post is byte for byte the same but for time and signature, and bears the same id: `webhook-id` of json,
// `Idempotency-Key` of slack, and for pagerduty the dedup_key, which folds it into the incident that is open.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/article/result.h"
#include "daemon/config.h"
#include "daemon/webhook/http_client.h"
#include "daemon/webhook/message.h"
#include "daemon/webhook/quiet_times.h"
#include "daemon/webhook/text_template.h"

namespace tocsin {

struct Webhook {
  std::string name;
  WebhookKind kind = WebhookKind::kJson;
  WebhookUrl url;
  std::string secret;  // json: key of the signature; pagerduty: routing key
  TextTemplate text;
  std::vector<std::string> rules;  // empty: all
  std::int64_t min_severity = 1;
  QuietTimes quiet = {};
  std::int64_t quiet_min_severity = 4;  // what waits in quiet times is below it
  std::int64_t debounce_ms = 0;
};

// Reads the files that the configuration names and checks the addresses against what it allows. An Error is one line
// that says which webhook and what to change, and shows no secret.
Result<std::vector<Webhook>> make_webhooks(const NotifyConfig& config);
// The same as far as it needs no file, for `tocsin check`: addresses that stand in the configuration, networks, texts.
Result<void> check_webhooks(const NotifyConfig& config);
// The networks of `notify.allow_networks`.
Result<std::vector<Network>> allowed_networks(const NotifyConfig& config);

// Whether an alert is for this webhook. An alert without an event (a withdrawal) has no severity and passes by its
// rules alone.
bool is_for(const Webhook& webhook, const AlertMessage& alert);

HttpRequest webhook_request(const Webhook& webhook, const AlertMessage& alert, std::int64_t now_s);

// What an answer means for the alert.
enum class PostResult : std::uint8_t {
  kDelivered,  // 2xx
  kRefused,    // 400, 413, 415, 422: this alert will never be taken
  kBusy,       // 429: later; the receiver is well
  kFailed,     // everything else, redirects too: the receiver is not as it must be; later
};
PostResult judge(const HttpAnswer& answer);
// One line for logs and dead letters: "HTTP 400: invalid_payload", "timeout: ...". What a receiver says is left out
// when it holds the secret or the address.
std::string describe(const Webhook& webhook, const HttpAnswer& answer);

// "v1,<base64>".
std::string webhook_signature(const std::string& secret, const std::string& id, std::int64_t now_s,
                              const std::string& body);

}  // namespace tocsin
