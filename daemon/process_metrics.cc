#include "daemon/process_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace tocsin {
namespace {

constexpr std::array<std::string_view, 7> kNames{"process_cpu_seconds_total",
                                                 "process_resident_memory_bytes",
                                                 "process_virtual_memory_bytes",
                                                 "process_threads",
                                                 "process_open_fds",
                                                 "process_max_fds",
                                                 "process_start_time_seconds"};
constexpr std::array<std::string_view, 7> kHelp{"User and system CPU time spent.",
                                                "Resident memory.",
                                                "Virtual memory, mapped gazetteer included.",
                                                "Threads of the process.",
                                                "Open file descriptors.",
                                                "Most file descriptors it may open.",
                                                "When the process started, Unix time."};
constexpr std::array<std::string_view, 7> kUnits{"seconds", "bytes", "bytes", "", "", "", "seconds"};

// Fields of /proc/self/stat behind the command name, counted as in proc(5): the first is field 3.
std::vector<std::string> stat_fields() {
  std::ifstream in("/proc/self/stat");
  std::string line;
  std::getline(in, line);
  std::istringstream rest(line.substr(line.rfind(')') == std::string::npos ? line.size() : line.rfind(')') + 1));
  std::vector<std::string> fields(3);
  for (std::string field; rest >> field;) fields.push_back(field);
  return fields;
}

std::optional<double> number(const std::vector<std::string>& fields, std::size_t i) {
  if (i >= fields.size()) return std::nullopt;
  return std::strtod(fields[i].c_str(), nullptr);
}

std::optional<double> open_fds() {
  DIR* dir = opendir("/proc/self/fd");
  if (!dir) return std::nullopt;
  double n = -1;  // the one that reads the directory
  while (const dirent* entry = readdir(dir)) n += entry->d_name[0] != '.' ? 1 : 0;
  closedir(dir);
  return n;
}

// By the clocks and not from /proc/stat, which a hardened unit (ProcSubset=pid) does not have.
double boot_seconds() {
  timespec now{};
  timespec since_boot{};
  clock_gettime(CLOCK_REALTIME, &now);
  clock_gettime(CLOCK_BOOTTIME, &since_boot);
  return static_cast<double>(now.tv_sec - since_boot.tv_sec) +
         static_cast<double>(now.tv_nsec - since_boot.tv_nsec) / 1e9;
}

}  // namespace

ProcessMetrics::ProcessMetrics() {
  const auto ticks = number(stat_fields(), 22);
  if (ticks) start_seconds_ = boot_seconds() + *ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

void ProcessMetrics::collect(std::vector<prometheus::MetricFamily>& families) const {
  const auto fields = stat_fields();
  const double tick = static_cast<double>(sysconf(_SC_CLK_TCK));
  std::array<std::optional<double>, kNames.size()> values;
  if (const auto user = number(fields, 14), system = number(fields, 15); user && system) {
    values[0] = (*user + *system) / tick;
  }
  if (const auto pages = number(fields, 24)) values[1] = *pages * static_cast<double>(sysconf(_SC_PAGESIZE));
  values[2] = number(fields, 23);
  values[3] = number(fields, 20);
  values[4] = open_fds();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) values[5] = static_cast<double>(limit.rlim_cur);
  if (start_seconds_ > 0) values[6] = start_seconds_;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (!values[i]) continue;
    prometheus::MetricFamily family;
    family.name = kNames[i];
    family.help = kHelp[i];
    family.type = i == 0 ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
    prometheus::ClientMetric metric;
    metric.counter.value = *values[i];
    metric.gauge.value = *values[i];
    family.metric.push_back(metric);
    families.push_back(std::move(family));
  }
}

std::vector<MetricRow> ProcessMetrics::rows() {
  std::vector<MetricRow> rows;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    rows.push_back({kNames[i], i == 0 ? "counter" : "gauge", kUnits[i], kHelp[i], {}, {}});
  }
  return rows;
}

}  // namespace tocsin
