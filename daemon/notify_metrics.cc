#include "daemon/notify_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <string_view>

#include "daemon/process_metrics.h"

namespace tocsin {
namespace {

constexpr std::array<std::string_view, 4> kPosts{"delivered", "refused", "busy", "failed"};
constexpr std::array<std::string_view, 4> kOutcomes{"delivered", "skipped", "repeated", "dead_letter"};
constexpr std::array<std::string_view, 2> kWaits{"quiet", "debounce"};
constexpr std::array<std::string_view, kNotifyReasons> kReasons{"not_alert", "refused", "expired"};

struct Row {
  std::string_view name, type, unit, help, label;
  std::vector<std::string> values;
};

template <std::size_t N>
std::vector<std::string> texts(const std::array<std::string_view, N>& names) {
  return {names.begin(), names.end()};
}

enum RowIndex {
  kPostsRow,
  kOutcomesRow,
  kReasonsRow,
  kHeldRow,
  kFoldedRow,
  kWaitingRow,
  kPostSeconds,
  kDelaySeconds,
  kBreakerRow,
  kLagRow,
  kLostRow,
  kLastRow
};

const std::vector<Row>& table() {
  static const std::vector<Row> rows{
      {"tocsin_notify_posts_total", "counter", "", "Attempts to post, by how they ended (429 is busy).", "result",
       texts(kPosts)},
      {"tocsin_notify_alerts_total", "counter", "", "Alerts settled, by what became of them.", "outcome",
       texts(kOutcomes)},
      {"tocsin_notify_dead_letters_total", "counter", "", "Alerts that became dead letters, by reason.", "reason",
       texts(kReasons)},
      {"tocsin_notify_held_total", "counter", "", "Alerts that had to wait, by why.", "why", texts(kWaits)},
      {"tocsin_notify_folded_total",
       "counter",
       "",
       "Alerts that waited and were told by a newer one of their incident.",
       "",
       {}},
      {"tocsin_notify_waiting_alerts",
       "gauge",
       "",
       "Alerts that wait for the end of a quiet time or of a debounce.",
       "",
       {}},
      {"tocsin_notify_post_seconds", "histogram", "seconds", "Wall time of one attempt to post.", "", {}},
      {"tocsin_notify_delay_seconds",
       "histogram",
       "seconds",
       "From the alert's record time, or the end of its wait, to its delivery.",
       "",
       {}},
      {"tocsin_notify_breaker_open", "gauge", "", "1 while nothing is tried because too much has failed.", "", {}},
      {"tocsin_notify_lag",
       "gauge",
       "",
       "Alerts between what is settled and the end of the topic, and those whose wait is over.",
       "",
       {}},
      {"tocsin_notify_lost_alerts_total",
       "counter",
       "",
       "Alerts that the broker had deleted before they were read.",
       "",
       {}},
      {"tocsin_notify_last_delivery_timestamp_seconds",
       "gauge",
       "seconds",
       "When an alert was last delivered, Unix time; 0: not since the start.",
       "",
       {}},
  };
  return rows;
}

const std::vector<double> kPostBuckets{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
const std::vector<double> kDelayBuckets{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400};

}  // namespace

std::string_view to_string(Wait why) { return why == Wait::kNone ? "none" : kWaits.at(index(why) - 1); }
std::string_view to_string(NotifyReason reason) { return kReasons.at(static_cast<std::size_t>(reason)); }

struct NotifyMetrics::Families {
  struct Series {
    std::vector<prometheus::Counter*> posts, outcomes, reasons, held;
    prometheus::Counter* folded = nullptr;
    prometheus::Gauge* waiting = nullptr;
    prometheus::Histogram* post_seconds = nullptr;
    prometheus::Histogram* delay_seconds = nullptr;
    prometheus::Gauge* breaker = nullptr;
    prometheus::Gauge* lag = nullptr;
    prometheus::Counter* lost = nullptr;
    prometheus::Gauge* last = nullptr;
  };
  prometheus::Registry registry;
  ProcessMetrics process;
  std::vector<Series> series;

  std::vector<prometheus::Counter*> counters(const Row& row, const std::string& webhook) {
    auto& family =
        prometheus::BuildCounter().Name(std::string(row.name)).Help(std::string(row.help)).Register(registry);
    std::vector<prometheus::Counter*> out;
    for (const std::string& value : row.values)
      out.push_back(&family.Add({{"webhook", webhook}, {std::string(row.label), value}}));
    if (row.values.empty()) out.push_back(&family.Add({{"webhook", webhook}}));
    return out;
  }
  prometheus::Gauge* gauge(const Row& row, const std::string& webhook) {
    auto& family = prometheus::BuildGauge().Name(std::string(row.name)).Help(std::string(row.help)).Register(registry);
    return &family.Add({{"webhook", webhook}});
  }
  prometheus::Histogram* histogram(const Row& row, const std::string& webhook, const std::vector<double>& buckets) {
    auto& family =
        prometheus::BuildHistogram().Name(std::string(row.name)).Help(std::string(row.help)).Register(registry);
    return &family.Add({{"webhook", webhook}}, buckets);
  }

  explicit Families(const std::vector<std::string>& webhooks) {
    const std::vector<Row>& rows = table();
    for (const std::string& webhook : webhooks) {
      Series& s = series.emplace_back();
      s.posts = counters(rows[kPostsRow], webhook);
      s.outcomes = counters(rows[kOutcomesRow], webhook);
      s.reasons = counters(rows[kReasonsRow], webhook);
      s.held = counters(rows[kHeldRow], webhook);
      s.folded = counters(rows[kFoldedRow], webhook).front();
      s.waiting = gauge(rows[kWaitingRow], webhook);
      s.post_seconds = histogram(rows[kPostSeconds], webhook, kPostBuckets);
      s.delay_seconds = histogram(rows[kDelaySeconds], webhook, kDelayBuckets);
      s.breaker = gauge(rows[kBreakerRow], webhook);
      s.lag = gauge(rows[kLagRow], webhook);
      s.lost = counters(rows[kLostRow], webhook).front();
      s.last = gauge(rows[kLastRow], webhook);
    }
  }
};

NotifyMetrics::NotifyMetrics(const std::vector<std::string>& webhooks)
    : families_(std::make_unique<Families>(webhooks)) {}
NotifyMetrics::~NotifyMetrics() = default;

void NotifyMetrics::post(std::size_t webhook, NotifyPost result, double seconds) {
  families_->series[webhook].posts[index(result)]->Increment();
  families_->series[webhook].post_seconds->Observe(seconds);
}

void NotifyMetrics::outcome(std::size_t webhook, NotifyOutcome outcome) {
  families_->series[webhook].outcomes[index(outcome)]->Increment();
}

void NotifyMetrics::dead_letter(std::size_t webhook, NotifyReason reason) {
  families_->series[webhook].reasons[index(reason)]->Increment();
}

void NotifyMetrics::delivered(std::size_t webhook, double delay_seconds, double now_seconds) {
  families_->series[webhook].delay_seconds->Observe(delay_seconds);
  families_->series[webhook].last->Set(now_seconds);
}

void NotifyMetrics::held(std::size_t webhook, Wait why) {
  families_->series[webhook].held[index(why) - 1]->Increment();
}

void NotifyMetrics::folded(std::size_t webhook, std::size_t alerts) {
  families_->series[webhook].folded->Increment(static_cast<double>(alerts));
}

void NotifyMetrics::waiting(std::size_t webhook, std::size_t alerts) {
  families_->series[webhook].waiting->Set(static_cast<double>(alerts));
}

void NotifyMetrics::breaker(std::size_t webhook, bool open) { families_->series[webhook].breaker->Set(open ? 1 : 0); }

void NotifyMetrics::lag(std::size_t webhook, std::int64_t records) {
  families_->series[webhook].lag->Set(static_cast<double>(records));
}

void NotifyMetrics::lost(std::size_t webhook, std::uint64_t records) {
  families_->series[webhook].lost->Increment(static_cast<double>(records));
}

std::string NotifyMetrics::expose() const {
  auto collected = families_->registry.Collect();
  families_->process.collect(collected);
  return prometheus::TextSerializer().Serialize(collected);
}

std::vector<MetricRow> notify_metric_table() {
  std::vector<MetricRow> rows;
  for (const Row& row : table()) {
    MetricRow& out = rows.emplace_back(MetricRow{row.name, row.type, row.unit, row.help, {"webhook"}, {{}}});
    if (row.values.empty()) continue;
    out.labels.emplace_back(row.label);
    out.values.push_back(row.values);
  }
  return rows;
}

}  // namespace tocsin
