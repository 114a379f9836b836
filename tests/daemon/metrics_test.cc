#include "daemon/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "common/article/event.h"
#include "common/article/outcome.h"
#include "daemon/notify_metrics.h"
#include "daemon/process_metrics.h"
#include "daemon/status.h"

namespace tocsin {
namespace {

using testing::HasSubstr;
using testing::Not;

std::set<std::string> exported_names(const std::string& text) {
  std::set<std::string> names;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# TYPE ")) names.insert(line.substr(7, line.find(' ', 7) - 7));
  }
  return names;
}

void fill(Metrics& metrics) {
  metrics.set_partition("wire.raw", 0, 7, 3);
  metrics.set_knowledge("r1", "g1");
  metrics.set_build("0.1.0", "2.15.1");
  metrics.set_presets({"plain"});
}

TEST(Metrics, WhatIsDocumentedIsWhatIsExported) {
  Metrics metrics;
  fill(metrics);
  std::set<std::string> documented;
  for (const MetricRow& row : metric_table()) {
    EXPECT_TRUE(documented.insert(std::string(row.name)).second) << row.name << " stands twice";
  }
  EXPECT_EQ(exported_names(metrics.expose()), documented);
}

TEST(NotifyMetrics, WhatIsDocumentedIsWhatIsExported) {
  const NotifyMetrics metrics({"desk"});
  std::set<std::string> documented;
  for (const MetricRow& row : notify_metric_table()) documented.insert(std::string(row.name));
  for (const MetricRow& row : ProcessMetrics::rows()) documented.insert(std::string(row.name));
  EXPECT_EQ(exported_names(metrics.expose()), documented);
}

TEST(Metrics, TheDocumentIsUpToDate) {
  std::ifstream in(std::string(TOCSIN_SOURCE_DIR) + "/docs/metrics.md");
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_EQ(text.str(), metrics_markdown()) << "write it anew: tocsin metrics-doc > docs/metrics.md";
}

TEST(Metrics, NamesAndUnitsFollowTheConventions) {
  for (const MetricRow& row : metric_table()) {
    const std::string name(row.name);
    EXPECT_TRUE(name.starts_with("tocsin_") || name.starts_with("process_")) << name;
    EXPECT_EQ(name.ends_with("_total"), row.type == "counter") << name;
    if (!row.unit.empty()) {
      EXPECT_THAT(name, HasSubstr("_" + std::string(row.unit)));
    }
    EXPECT_TRUE(row.help.ends_with('.')) << name;
    EXPECT_EQ(row.labels.size(), row.values.size()) << name;
    for (const auto& values : row.values) EXPECT_LE(values.size(), kMaxLabels) << name;
  }
}

TEST(Metrics, APresetIsThereFromTheLoadAndKeepsItsCount) {
  Metrics metrics;
  metrics.set_presets({"plain", "ninjs-3"});
  EXPECT_THAT(metrics.expose(), HasSubstr("tocsin_articles_read_total{preset=\"plain\"} 0"));
  Tally tally;
  tally.read_by("plain");
  tally.read_by("plain");
  metrics.flush(tally);
  metrics.flush(tally);
  metrics.set_presets({"plain", "ours"});  // a reload
  EXPECT_THAT(metrics.expose(), HasSubstr("tocsin_articles_read_total{preset=\"plain\"} 2"));
  EXPECT_THAT(metrics.expose(), HasSubstr("tocsin_articles_read_total{preset=\"ours\"} 0"));
}

TEST(Metrics, AClosedLabelIsThereFromTheStart) {
  Metrics metrics;
  const std::string text = metrics.expose();
  EXPECT_THAT(text, HasSubstr("tocsin_articles_total{outcome=\"rejected\"} 0"));
  EXPECT_THAT(text, HasSubstr("tocsin_dead_letters_total{reason=\"crashed\"} 0"));
  EXPECT_THAT(text, HasSubstr("tocsin_alerts_total{type=\"space_launch\"} 0"));
}

TEST(Metrics, ATallyIsAddedOnceAndThenEmpty) {
  Metrics metrics;
  Tally tally;
  tally.add(Counter::kArticles, index(Outcome::kDuplicate), 3);
  tally.add(Counter::kArticleBytes, 0, 1'000);
  tally.observe(Histogram::kRawToOutputSeconds, 0.03, 2);
  tally.observe(Histogram::kRawToOutputSeconds, 1e9);
  metrics.flush(tally);
  metrics.flush(tally);
  EXPECT_EQ(metrics.value(Counter::kArticles, index(Outcome::kDuplicate)), 3u);
  EXPECT_EQ(metrics.total(Counter::kArticles), 3u);
  const std::string text = metrics.expose();
  EXPECT_THAT(text, HasSubstr("tocsin_article_bytes_total 1000"));
  EXPECT_THAT(text, HasSubstr("tocsin_raw_to_output_seconds_bucket{le=\"0.035\"} 2"));
  EXPECT_THAT(text, HasSubstr("tocsin_raw_to_output_seconds_bucket{le=\"0.02\"} 0"));
  EXPECT_THAT(text, HasSubstr("tocsin_raw_to_output_seconds_bucket{le=\"+Inf\"} 3"));
  EXPECT_THAT(text, HasSubstr("tocsin_raw_to_output_seconds_count 3"));
}

TEST(Metrics, ATallyAgreesWithCountingOneByOne) {
  Metrics by_tally;
  Metrics one_by_one;
  Tally tally;
  for (int i = 0; i < 200; ++i) {
    const double value = 0.0007 * i * i;
    tally.observe(Histogram::kTransactionSeconds, value);
    one_by_one.observe(Histogram::kTransactionSeconds, value);
  }
  by_tally.flush(tally);
  const auto part = [](const std::string& text) {
    const std::size_t at = text.find("# HELP tocsin_transaction_seconds");
    return text.substr(at, text.find("# HELP", at + 1) - at);
  };
  const auto without_sum = [&](const std::string& text) {  // sums differ in the last digit
    const std::string all = part(text);
    return all.substr(all.find("_bucket"));
  };
  EXPECT_EQ(without_sum(by_tally.expose()), without_sum(one_by_one.expose()));
}

TEST(Metrics, APartitionGoesWhenItIsDropped) {
  Metrics metrics;
  metrics.set_partition("wire.raw", 3, 10, 5);
  metrics.set_partition("wire.raw", 3, 11, 4);
  EXPECT_THAT(metrics.expose(), HasSubstr("tocsin_lag{partition=\"3\",topic=\"wire.raw\"} 4"));
  metrics.drop_partition("wire.raw", 3);
  metrics.drop_partition("wire.raw", 3);
  EXPECT_THAT(metrics.expose(), Not(HasSubstr("tocsin_lag{")));
}

TEST(Metrics, AReloadLeavesOneKnowledge) {
  Metrics metrics;
  metrics.set_knowledge("r1", "g1");
  metrics.set_knowledge("r2", "g1");
  const std::string text = metrics.expose();
  EXPECT_THAT(text, HasSubstr("tocsin_knowledge_info{gazetteer=\"g1\",rules=\"r2\"} 1"));
  EXPECT_THAT(text, Not(HasSubstr("r1")));
}

TEST(Metrics, OneStateIsSetAtATime) {
  Metrics metrics;
  metrics.set_state(Gauge::kState, index(RunState::kStandby));
  metrics.set_state(Gauge::kState, index(RunState::kActive));
  const std::string text = metrics.expose();
  EXPECT_THAT(text, HasSubstr("tocsin_state{state=\"active\"} 1"));
  EXPECT_THAT(text, HasSubstr("tocsin_state{state=\"standby\"} 0"));
}

TEST(Metrics, ThreadsMayFlushAndScrapeAtOnce) {
  Metrics metrics;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&metrics, t] {
        Tally tally;
        for (int i = 0; i < 100; ++i) {
          tally.add(Counter::kBatches, index(BatchEnd::kBytes));
          metrics.flush(tally);
          metrics.set_partition("t", t, i, i);
          metrics.drop_partition("t", t);
        }
      });
    }
    for (int i = 0; i < 10; ++i) (void)metrics.expose();
  }
  EXPECT_EQ(metrics.total(Counter::kBatches), 300u);
}

}  // namespace
}  // namespace tocsin
