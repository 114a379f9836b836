// The table of configuration keys: one place that names each key, its kind and its range. ConfigReader reads by it,
// ConfigWriter (config.cc) prints by it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "daemon/config.h"

namespace tocsin {

inline constexpr std::array<std::pair<std::string_view, Role>, 3> kRoles{
    {{"all", Role::kAll}, {"prepare", Role::kPrepare}, {"decide", Role::kDecide}}};
inline constexpr std::array<std::pair<std::string_view, bool>, 2> kFlags{{{"false", false}, {"true", true}}};
inline constexpr std::array<std::pair<std::string_view, StartAt>, 2> kStarts{
    {{"earliest", StartAt::kEarliest}, {"latest", StartAt::kLatest}}};
inline constexpr std::array<std::pair<std::string_view, RepeatedLinesMode>, 2> kRepeatedLinesModes{
    {{"remove", RepeatedLinesMode::kRemove}, {"keep", RepeatedLinesMode::kKeep}}};
inline constexpr std::array<std::pair<std::string_view, WebhookKind>, 3> kWebhookKinds{
    {{"json", WebhookKind::kJson}, {"slack", WebhookKind::kSlack}, {"pagerduty", WebhookKind::kPagerDuty}}};
inline constexpr std::array<std::pair<std::string_view, LogFormat>, 2> kLogFormats{
    {{"logfmt", LogFormat::kLogfmt}, {"json", LogFormat::kJson}}};
inline constexpr std::array<std::pair<std::string_view, LogLevel>, 4> kLogLevels{
    {{"debug", LogLevel::kDebug}, {"info", LogLevel::kInfo}, {"warn", LogLevel::kWarn}, {"error", LogLevel::kError}}};

template <typename Visitor, typename A>
void visit_admin_fields(Visitor& v, A& a) {
  v.listen("listen", a);
  v.text("token_file", a.token_file);
  v.template choice<bool>("open", a.open, kFlags);
}

template <typename Visitor, typename N>
void visit_notify_fields(Visitor& v, N& n) {
  constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;
  v.template choice<StartAt>("start", n.start, kStarts);
  v.topic("dead_letter", n.dead_letter);
  v.list("allow", n.allow);
  v.list("allow_networks", n.allow_networks);
  v.text("ca_file", n.ca_file);
  v.duration("timeout", n.timeout_ms, 100, kMinute);
  v.duration("retry_first", n.retry_first_ms, 10, kHour);
  v.duration("retry_most", n.retry_most_ms, 10, kDay);
  v.count("breaker_failures", n.breaker_failures, 1, 1000);
  v.duration("breaker_pause", n.breaker_pause_ms, 10, kDay);
  v.duration("give_up", n.give_up_ms, kSecond, 30 * kDay);
  visit_admin_fields(v, n.admin);
  v.webhooks("webhooks", n.webhooks);
}

// Calls the visitor for each key, in the order of docs/configuration.md. `c` is a Config, const for a writer.
template <typename Visitor, typename C>
void visit_fields(Visitor& v, C& c) {
  constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;
  constexpr std::size_t kKiB = 1u << 10, kMiB = 1u << 20, kGiB = 1u << 30;

  v.brokers("brokers", c.brokers);
  v.text("group", c.group);
  v.template choice<Role>("role", c.role, kRoles);
  v.section("topics", [&] {
    v.raw_topics("raw", c.topics.raw);
    v.topic("prepared", c.topics.prepared);
    v.topic("enriched", c.topics.enriched);
    v.topic("alerts", c.topics.alerts);
    v.topic("duplicates", c.topics.duplicates);
    v.topic("dead_letter", c.topics.dead_letter);
    v.topic("state", c.topics.state);
    v.topic("memory", c.topics.memory);
  });
  v.template choice<StartAt>("start", c.start, kStarts);
  v.properties("kafka", "kafka_files", c.kafka);
  v.section("batch", [&] {
    v.count("articles", c.batch.articles, 1, 100'000);
    v.size("bytes", c.batch.bytes, kKiB, 256 * kMiB);
    v.duration("wait", c.batch.wait_ms, 0, 5 * kSecond);
  });
  v.section("limits", [&] {
    v.size("article_bytes", c.limits.article_bytes, kKiB, 256 * kMiB);
    v.count("depth", c.limits.depth, 4, 1000);
    v.size("id_bytes", c.limits.id_bytes, 64, 64 * kKiB);
    v.count("headers", c.limits.headers, 0, 10'000);
    v.size("header_bytes", c.limits.header_bytes, 0, 16 * kMiB);
    v.size("record_bytes", c.limits.record_bytes, kKiB, 256 * kMiB);
    v.size("queue_bytes", c.limits.queue_bytes, kMiB, 16 * kGiB);
  });
  v.count("threads", c.threads, 0, 256);
  v.duration("window", c.window_ms, kMinute, 30 * kDay);
  v.duration("ids", c.ids_ms, kMinute, 365 * kDay);
  v.count("max_heads", c.max_heads, 1000, 100'000'000);
  v.template choice<RepeatedLinesMode>("repeated_lines", c.repeated_lines, kRepeatedLinesModes);
  v.section("alerts", [&] {
    v.duration("max_age", c.alerts.max_age_ms, 0, 3650 * kDay);
    v.alert_rules("rules", c.alerts.rules);
  });
  v.duration("session_timeout", c.session_timeout_ms, kSecond, 30 * kMinute);
  v.duration("transaction_timeout", c.transaction_timeout_ms, kSecond, 15 * kMinute);
  v.duration("drain_timeout", c.drain_timeout_ms, 0, kHour);
  v.duration("progress_timeout", c.progress_timeout_ms, kSecond, kHour);
  v.section("knowledge", [&] {
    v.text("directory", c.knowledge.directory);
    v.text("gazetteer", c.knowledge.gazetteer);
    v.text("rules", c.knowledge.rules);
    v.text("presets", c.knowledge.presets);
  });
  v.section("admin", [&] { visit_admin_fields(v, c.admin); });
  v.section("notify", [&] { visit_notify_fields(v, c.notify); });
  v.section("log", [&] {
    v.template choice<LogFormat>("format", c.log.format, kLogFormats);
    v.template choice<LogLevel>("level", c.log.level, kLogLevels);
  });
  v.text("state_dir", c.state_dir);
}

}  // namespace tocsin
