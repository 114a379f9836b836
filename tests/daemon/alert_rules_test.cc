// The alert rules and their runbooks speak of what is there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/metrics.h"
#include "daemon/notify_metrics.h"

namespace tocsin {
namespace {

std::string source(const std::string& path) {
  std::ifstream in(std::string(TOCSIN_SOURCE_DIR) + "/" + path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::set<std::string> all(const std::string& text, const char* pattern) {
  std::set<std::string> found;
  const std::regex regex(pattern);
  for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it) found.insert((*it)[1]);
  return found;
}

TEST(AlertRules, UseOnlyMetricsThatAreExported) {
  std::set<std::string> known;
  std::vector<MetricRow> rows = metric_table();
  for (const MetricRow& row : notify_metric_table()) rows.push_back(row);
  for (const MetricRow& row : rows) {
    known.insert(std::string(row.name));
    if (row.type != "histogram") continue;
    for (const char* part : {"_bucket", "_count", "_sum"}) known.insert(std::string(row.name) + part);
  }
  for (const char* page : {"deploy/prometheus/alerts.yaml", "docs/runbooks.md"}) {
    // Behind a colon stands the name of a recorded ratio, not a metric's.
    for (const std::string& name : all(source(page), "(?:^|[^:\\w])((?:tocsin|process)_[a-z_]+)\\b")) {
      EXPECT_TRUE(known.contains(name)) << page << ": " << name;
    }
  }
}

TEST(AlertRules, HaveARunbookEachAndATestEach) {
  const std::string rules = source("deploy/prometheus/alerts.yaml");
  const std::set<std::string> alerts = all(rules, "alert: (\\w+)");
  EXPECT_GE(alerts.size(), 10u);
  EXPECT_EQ(all(source("docs/runbooks.md"), "## (\\w+)"), alerts);
  const std::string tests = source("tests/prometheus/alerts_test.yaml") + source("tests/prometheus/goal_test.yaml");
  EXPECT_EQ(all(tests, "name: (\\w+) fires"), alerts);
  EXPECT_EQ(all(tests, "name: (\\w+) is silent"), alerts);
  EXPECT_EQ(all(rules, "runbook_url: docs/runbooks.md#(\\w+)").size(), alerts.size());
}

}  // namespace
}  // namespace tocsin
