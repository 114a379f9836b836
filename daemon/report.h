// How far the input is read, for /metrics and /status alike.
#pragma once

#include <vector>

#include "daemon/io.h"
#include "daemon/metrics.h"
#include "daemon/status.h"

namespace tocsin {

// Partitions that are not among `lags` any more leave both.
void report_partitions(const std::vector<PartitionLag>& lags, Metrics& metrics, StatusBoard& board);

}  // namespace tocsin
