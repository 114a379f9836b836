// What the loops say of themselves to /metrics and /status alike: their state, and how far the input is read.
#pragma once

#include <string>
#include <vector>

#include "daemon/io.h"
#include "daemon/metrics.h"
#include "daemon/status.h"

namespace tocsin {

void report_state(RunState state, Metrics& metrics, StatusBoard& board, std::string reason = {});

// Partitions that are not among `lags` any more leave both.
void report_partitions(const std::vector<PartitionLag>& lags, Metrics& metrics, StatusBoard& board);

// Each is an error in the log, and counted: nothing is lost silently.
void report_gaps(const std::vector<Gap>& gaps, Metrics& metrics, StatusBoard& board);

}  // namespace tocsin
