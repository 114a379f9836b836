// ProcessMetrics: what the kernel knows of this process, under the names that every Prometheus client uses. Read from
// /proc when scraped; what cannot be read is left out.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "daemon/metrics.h"

namespace tocsin {

class ProcessMetrics {
 public:
  ProcessMetrics();
  void collect(std::vector<prometheus::MetricFamily>& families) const;
  static std::vector<MetricRow> rows();

 private:
  double start_seconds_ = 0;  // Unix time
};

}  // namespace tocsin
