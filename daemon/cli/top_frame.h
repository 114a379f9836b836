// A frame of `tocsin top`: what /status and /metrics of the daemons say, as a table for a terminal.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

// Samples of Prometheus's text format by their whole name with labels: `tocsin_lag{partition="0",topic="wire.raw"}`.
// Lines that are none are passed over.
std::map<std::string, double> parse_samples(std::string_view text);
// The sum over all labels.
double sum_of(const std::map<std::string, double>& samples, std::string_view name);

struct TopSample {
  std::string address;
  std::int64_t at_ms = 0;  // steady clock
  std::string error;       // it does not answer
  std::string status;      // JSON of /status
  std::map<std::string, double> samples;
};

// `before`: of the same addresses in the same order, for rates; empty: totals since the daemon's start are shown alone.
std::string top_frame(const std::vector<TopSample>& before, const std::vector<TopSample>& now);

}  // namespace tocsin
