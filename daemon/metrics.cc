#include "daemon/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <mutex>
#include <utility>

#include "common/article/event.h"
#include "common/article/outcome.h"
#include "daemon/notify_metrics.h"
#include "daemon/process_metrics.h"
#include "daemon/status.h"

namespace tocsin {
namespace {

using Labels = prometheus::Labels;
using Buckets = std::vector<double>;

// One series family. `values` lists the closed set of its label; empty: no label. An empty value is not exported.
struct Row {
  std::string_view name;
  std::string_view unit;
  std::string_view help;
  std::string_view label;
  std::vector<std::string> values;
  Buckets buckets;
};

template <typename Enum>
std::vector<std::string> names_of(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.emplace_back(to_string(static_cast<Enum>(i)));
  return names;
}

// Ranges chosen so that the promise (50 ms raw to alert, a batch of 20 ms) lies in the middle and a broker that is away
// for minutes still shows.
const Buckets kLatency{0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800};
const Buckets kStage{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};
const Buckets kTransactionTimes{0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
const Buckets kTakeoverTimes{0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 30, 60, 120, 300};
const Buckets kArticles{1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000};
const Buckets kBytes{1024, 4096, 16384, 65536, 262144, 1048576, 2097152, 4194304, 8388608, 16777216, 67108864};

std::vector<std::string> reason_names() {
  auto reasons = names_of<Reason>(index(kLastReason) + 1);
  reasons[index(Reason::kNone)].clear();  // a dead letter has one
  return reasons;
}

std::vector<Row> counter_rows() {
  const auto events = names_of<EventType>(kEventTypes);
  const std::vector<std::string> topics{"enriched", "alerts", "duplicates", "dead_letter",
                                        "prepared", "state",  "memory"};
  return {
      {"tocsin_articles_total",
       "",
       "Raw articles decided, each once, by what became of them.",
       "outcome",
       names_of<Outcome>(index(Outcome::kRejected) + 1),
       {}},
      {"tocsin_article_bytes_total", "bytes", "Payload bytes of the raw articles decided.", "", {}, {}},
      {"tocsin_records_total", "", "Records written in committed transactions, by topic.", "topic", topics, {}},
      {"tocsin_record_bytes_total",
       "bytes",
       "Value bytes written in committed transactions, by topic.",
       "topic",
       topics,
       {}},
      {"tocsin_dead_letters_total", "", "Dead letters, by reason.", "reason", reason_names(), {}},
      {"tocsin_alerts_total", "", "Alerts that ring, by event type.", "type", events, {}},
      {"tocsin_alerts_backfill_total", "", "Alerts that carry the backfill mark and ring nobody.", "", {}, {}},
      {"tocsin_events_total",
       "",
       "Events found in articles, whatever their factuality, by event type.",
       "type",
       events,
       {}},
      {"tocsin_links_total",
       "",
       "Articles linked to a story that was told before, by relation.",
       "relation",
       names_of<Relation>(index(Relation::kRoundup) + 1),
       {}},
      {"tocsin_batches_total", "", "Batches, by what closed them.", "end", {"input_empty", "articles", "bytes"}, {}},
      {"tocsin_transactions_total",
       "",
       "Kafka transactions, by how they ended.",
       "result",
       {"committed", "aborted", "fenced", "unknown"},
       {}},
      {"tocsin_takeovers_total", "", "Times this instance became the active one.", "", {}, {}},
      {"tocsin_reloads_total",
       "",
       "Reloads of rules, presets and gazetteer, by result.",
       "result",
       {"taken", "refused"},
       {}},
      {"tocsin_held_released_total",
       "",
       "Held articles whose embargo ended, by what became of them.",
       "outcome",
       names_of<Outcome>(index(Outcome::kRejected) + 1),
       {}},
      {"tocsin_heads_evicted_total",
       "",
       "Stories forgotten before their window was over because memory was full.",
       "",
       {},
       {}},
      {"tocsin_prepared_again_total",
       "",
       "Articles prepared a second time, because a line of theirs was found to be repeated by its source in between.",
       "",
       {},
       {}},
      {"tocsin_unsupported_language_total",
       "",
       "Articles in a language that the rules of events do not know: copies are found, places resolved, no events.",
       "",
       {},
       {}},
      {"tocsin_lost_records_total",
       "",
       "Raw records that the broker had deleted before they were read (transaction markers among them count too).",
       "",
       {},
       {}},
  };
}

std::vector<Row> gauge_rows() {
  return {
      {"tocsin_state",
       "",
       "1 for the state this instance is in, 0 for the others.",
       "state",
       names_of<RunState>(kRunStates),
       {}},
      {"tocsin_heads", "", "Stories that a new article can still be a copy of.", "", {}, {}},
      {"tocsin_ids", "", "Article ids remembered.", "", {}, {}},
      {"tocsin_incidents", "", "Incidents remembered.", "", {}, {}},
      {"tocsin_held", "", "Articles held because their embargo has not ended.", "", {}, {}},
      {"tocsin_promoted_lines", "", "Lines that are removed because their source repeats them.", "", {}, {}},
      {"tocsin_last_commit_timestamp_seconds",
       "seconds",
       "When the last transaction was committed, Unix time.",
       "",
       {},
       {}},
      {"tocsin_last_reload_timestamp_seconds",
       "seconds",
       "When rules and gazetteer were last taken, Unix time.",
       "",
       {},
       {}},
      {"tocsin_last_progress_timestamp_seconds", "seconds", "When the loop last turned, Unix time.", "", {}, {}},
      {"tocsin_threads", "", "Threads that prepare articles.", "", {}, {}},
      {"tocsin_restore_seconds", "seconds", "How long the last take-over took to restore the state.", "", {}, {}},
  };
}

std::vector<Row> histogram_rows() {
  return {
      {"tocsin_batch_articles", "", "Articles a batch.", "", {}, kArticles},
      {"tocsin_batch_bytes", "bytes", "Payload bytes a batch.", "", {}, kBytes},
      {"tocsin_prepare_seconds", "seconds", "Wall time to prepare one batch.", "", {}, kStage},
      {"tocsin_decide_seconds", "seconds", "Wall time to decide one batch.", "", {}, kStage},
      {"tocsin_transaction_seconds",
       "seconds",
       "From the begin of a transaction to its commit.",
       "",
       {},
       kTransactionTimes},
      {"tocsin_raw_to_output_seconds",
       "seconds",
       "From the raw record's timestamp to its committed output.",
       "",
       {},
       kLatency},
      {"tocsin_raw_to_alert_seconds",
       "seconds",
       "From the raw record's timestamp to the committed alert that rings.",
       "",
       {},
       kLatency},
      {"tocsin_takeover_seconds", "seconds", "From being assigned to reading the input.", "", {}, kTakeoverTimes},
  };
}

struct Table {
  std::vector<Row> counters = counter_rows();
  std::vector<Row> gauges = gauge_rows();
  std::vector<Row> histograms = histogram_rows();
};

const Table& table() {
  static const Table rows;
  return rows;
}

// Series whose labels are not a closed set, and those that describe.
constexpr std::string_view kReadHelp = "Articles decided that could be read, by the preset that read them.";
constexpr std::string_view kPositionHelp = "Next offset to be decided, by input partition.";
constexpr std::string_view kLagHelp = "Records between the position and the high watermark, by input partition.";
constexpr std::string_view kKnowledgeHelp = "1, with the hashes of the rules and the gazetteer in use.";
constexpr std::string_view kBuildHelp = "1, with the version of Tocsin and of librdkafka.";

Labels label_of(const Row& row, std::size_t i) {
  if (row.values.empty()) return {};
  return {{std::string(row.label), row.values[i]}};
}

bool exported(const Row& row, std::size_t i) { return row.values.empty() || !row.values[i].empty(); }

void append_rows(std::string& out, const std::vector<MetricRow>& rows) {
  for (const MetricRow& row : rows) {
    std::string labels;
    for (std::size_t i = 0; i < row.labels.size(); ++i) {
      labels += (i == 0 ? "`" : ", `") + row.labels[i] + "`";
      const auto& values = row.values[i];
      for (std::size_t v = 0; v < values.size(); ++v) labels += (v == 0 ? ": " : ", ") + values[v];
    }
    out += "| `" + std::string(row.name) + "` | " + std::string(row.type) + " | " + std::string(row.unit) + " | " +
           labels + " | " + std::string(row.help) + " |\n";
  }
}

std::size_t series_of(const Row& row) { return std::max<std::size_t>(1, row.values.size()); }

}  // namespace

void Tally::observe(Histogram histogram, double value, std::uint64_t times) {
  const Buckets& bounds = table().histograms[tocsin::index(histogram)].buckets;
  Observed& observed = histograms_[tocsin::index(histogram)];
  const auto at = std::ranges::lower_bound(bounds, value) - bounds.begin();
  observed.buckets[static_cast<std::size_t>(at)] += times;
  observed.sum += value * static_cast<double>(times);
  observed.any = true;
}

struct Metrics::Families {
  prometheus::Registry registry;
  ProcessMetrics process;
  std::vector<std::vector<prometheus::Counter*>> counters;
  std::vector<std::vector<prometheus::Gauge*>> gauges;
  std::vector<prometheus::Histogram*> histograms;

  prometheus::Family<prometheus::Counter>& read =
      prometheus::BuildCounter().Name("tocsin_articles_read_total").Help(std::string(kReadHelp)).Register(registry);
  prometheus::Family<prometheus::Gauge>& position =
      prometheus::BuildGauge().Name("tocsin_position").Help(std::string(kPositionHelp)).Register(registry);
  prometheus::Family<prometheus::Gauge>& lag =
      prometheus::BuildGauge().Name("tocsin_lag").Help(std::string(kLagHelp)).Register(registry);
  prometheus::Family<prometheus::Gauge>& knowledge =
      prometheus::BuildGauge().Name("tocsin_knowledge_info").Help(std::string(kKnowledgeHelp)).Register(registry);
  prometheus::Family<prometheus::Gauge>& build =
      prometheus::BuildGauge().Name("tocsin_build_info").Help(std::string(kBuildHelp)).Register(registry);

  std::mutex mutex;  // of what follows
  struct PartitionSeries {
    prometheus::Gauge* position;
    prometheus::Gauge* lag;
  };
  std::map<std::pair<std::string, std::int32_t>, PartitionSeries> partitions;
  prometheus::Gauge* knowledge_now = nullptr;
  prometheus::Gauge* build_now = nullptr;

  Families() {
    for (const Row& row : table().counters) {
      auto& family =
          prometheus::BuildCounter().Name(std::string(row.name)).Help(std::string(row.help)).Register(registry);
      auto& handles = counters.emplace_back();
      for (std::size_t i = 0; i < series_of(row); ++i) {
        handles.push_back(exported(row, i) ? &family.Add(label_of(row, i)) : nullptr);
      }
    }
    for (const Row& row : table().gauges) {
      auto& family =
          prometheus::BuildGauge().Name(std::string(row.name)).Help(std::string(row.help)).Register(registry);
      auto& handles = gauges.emplace_back();
      for (std::size_t i = 0; i < series_of(row); ++i) {
        handles.push_back(exported(row, i) ? &family.Add(label_of(row, i)) : nullptr);
      }
    }
    for (const Row& row : table().histograms) {
      auto& family =
          prometheus::BuildHistogram().Name(std::string(row.name)).Help(std::string(row.help)).Register(registry);
      histograms.push_back(&family.Add({}, row.buckets));
    }
  }
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {
  assert(families_->counters.size() == kCounters && families_->gauges.size() == kGauges &&
         families_->histograms.size() == kHistograms);
}

Metrics::~Metrics() = default;

void Metrics::flush(Tally& tally) {
  for (std::size_t c = 0; c < kCounters; ++c) {
    auto& handles = families_->counters[c];
    for (std::size_t i = 0; i < handles.size(); ++i) {
      if (const std::uint64_t n = std::exchange(tally.counters_[c][i], 0); n != 0 && handles[i]) {
        handles[i]->Increment(static_cast<double>(n));
      }
    }
  }
  for (const auto& [preset, n] : tally.presets_)
    families_->read.Add({{"preset", preset}}).Increment(static_cast<double>(n));  // the one that is there, if any
  tally.presets_.clear();
  for (std::size_t h = 0; h < kHistograms; ++h) {
    auto& observed = tally.histograms_[h];
    if (!observed.any) continue;
    const std::size_t n = table().histograms[h].buckets.size() + 1;
    const std::vector<double> increments(observed.buckets.begin(),
                                         observed.buckets.begin() + static_cast<std::ptrdiff_t>(n));
    families_->histograms[h]->ObserveMultiple(increments, observed.sum);
    observed = {};
  }
}

void Metrics::add(Counter counter, std::size_t label, std::uint64_t n) {
  prometheus::Counter* series = families_->counters[index(counter)][label];
  assert(series && "this value of the label is not exported");
  series->Increment(static_cast<double>(n));
}

void Metrics::observe(Histogram histogram, double value) { families_->histograms[index(histogram)]->Observe(value); }

void Metrics::set(Gauge gauge, std::size_t label, double value) { families_->gauges[index(gauge)][label]->Set(value); }

void Metrics::set_state(Gauge gauge, std::size_t label) {
  auto& handles = families_->gauges[index(gauge)];
  for (std::size_t i = 0; i < handles.size(); ++i) handles[i]->Set(i == label ? 1 : 0);
}

std::uint64_t Metrics::value(Counter counter, std::size_t label) const {
  return static_cast<std::uint64_t>(families_->counters[index(counter)][label]->Value());
}

std::uint64_t Metrics::total(Counter counter) const {
  std::uint64_t sum = 0;
  for (const auto* series : families_->counters[index(counter)]) {
    if (series) sum += static_cast<std::uint64_t>(series->Value());
  }
  return sum;
}

void Metrics::set_partition(const std::string& topic, std::int32_t partition, std::int64_t position, std::int64_t lag) {
  const std::lock_guard lock(families_->mutex);
  const auto [it, fresh] = families_->partitions.try_emplace({topic, partition});
  if (fresh) {
    const Labels labels{{"topic", topic}, {"partition", std::to_string(partition)}};
    it->second = {&families_->position.Add(labels), &families_->lag.Add(labels)};
  }
  it->second.position->Set(static_cast<double>(position));
  it->second.lag->Set(static_cast<double>(lag));
}

void Metrics::drop_partition(const std::string& topic, std::int32_t partition) {
  const std::lock_guard lock(families_->mutex);
  const auto it = families_->partitions.find({topic, partition});
  if (it == families_->partitions.end()) return;
  families_->position.Remove(it->second.position);
  families_->lag.Remove(it->second.lag);
  families_->partitions.erase(it);
}

void Metrics::set_knowledge(const std::string& rules_hash, const std::string& gazetteer_hash) {
  const std::lock_guard lock(families_->mutex);
  if (families_->knowledge_now) families_->knowledge.Remove(families_->knowledge_now);
  families_->knowledge_now = &families_->knowledge.Add({{"rules", rules_hash}, {"gazetteer", gazetteer_hash}});
  families_->knowledge_now->Set(1);
}

void Metrics::set_presets(const std::vector<std::string_view>& presets) {
  for (const std::string_view preset : presets) families_->read.Add({{"preset", std::string(preset)}});
}

void Metrics::set_build(const std::string& version, const std::string& librdkafka) {
  const std::lock_guard lock(families_->mutex);
  if (families_->build_now) families_->build.Remove(families_->build_now);
  families_->build_now = &families_->build.Add({{"version", version}, {"librdkafka", librdkafka}});
  families_->build_now->Set(1);
}

std::string Metrics::expose() const {
  auto collected = families_->registry.Collect();
  families_->process.collect(collected);
  return prometheus::TextSerializer().Serialize(collected);
}

std::vector<MetricRow> metric_table() {
  std::vector<MetricRow> rows;
  const auto add = [&](const std::vector<Row>& part, std::string_view type) {
    for (const Row& row : part) {
      MetricRow& out = rows.emplace_back(MetricRow{row.name, type, row.unit, row.help, {}, {}});
      if (row.values.empty()) continue;
      out.labels.emplace_back(row.label);
      out.values.push_back(row.values);
      std::erase(out.values.back(), "");
    }
  };
  add(table().counters, "counter");
  rows.push_back({"tocsin_articles_read_total", "counter", "", kReadHelp, {"preset"}, {{}}});
  add(table().gauges, "gauge");
  rows.push_back({"tocsin_position", "gauge", "", kPositionHelp, {"topic", "partition"}, {{}, {}}});
  rows.push_back({"tocsin_lag", "gauge", "", kLagHelp, {"topic", "partition"}, {{}, {}}});
  rows.push_back({"tocsin_knowledge_info", "gauge", "", kKnowledgeHelp, {"rules", "gazetteer"}, {{}, {}}});
  rows.push_back({"tocsin_build_info", "gauge", "", kBuildHelp, {"version", "librdkafka"}, {{}, {}}});
  add(table().histograms, "histogram");
  for (const MetricRow& row : ProcessMetrics::rows()) rows.push_back(row);
  return rows;
}

std::string metrics_markdown() {
  std::string out =
      "# Metrics\n\n"
      "Written by `tocsin metrics-doc` from the table in `daemon/metrics.cc`; do not edit by hand (a test "
      "compares).\n\n"
      "Scrape `/metrics` at `admin.listen` (127.0.0.1:9464 by default). Every value of a closed label is exported from "
      "the\n"
      "start, as 0; presets are those of the knowledge that is loaded. Only `tocsin_position` and `tocsin_lag` are per "
      "partition; they go when the\n"
      "partition goes, so a sum over instances counts each partition once.\n\n"
      "| name | type | unit | labels | what |\n|---|---|---|---|---|\n";
  append_rows(out, metric_table());
  out +=
      "\n## `tocsin notify`\n\n"
      "At `notify.listen` (127.0.0.1:9465 by default), with the `process_` series of above. The values of `webhook` "
      "are "
      "the names\n"
      "in the configuration.\n\n"
      "| name | type | unit | labels | what |\n|---|---|---|---|---|\n";
  append_rows(out, notify_metric_table());
  return out;
}

}  // namespace tocsin
