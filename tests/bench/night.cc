// A night: made-up articles of all kinds at a steady rate through a real broker, for hours; each minute one line of CSV
// with the daemon's memory, descriptors, threads, CPU, lag and latency. night_picture.py draws it.
//
//   TOCSIN_BINARY=build/release/daemon/tocsin bench_night [MINUTES=120] [RATE=1000] [OUT=night.csv] [WINDOW=15m]
//
// All that is remembered leaves after WINDOW, so memory grows until one has passed and must be flat from there. The
// broker keeps a quarter of an hour, so a night needs 10 GB of disk at 1,000 a second. Exit code 1: an article was
// not decided, or the daemon ended.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/cli/top_frame.h"
#include "tests/support/account.h"
#include "tests/support/articles.h"
#include "tests/support/broker.h"
#include "tests/support/instance.h"

namespace tocsin::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using Samples = std::map<std::string, double>;

struct Options {
  int minutes = 120;
  int rate = 1000;  // articles a second
  std::string out = "night.csv";
  std::string window = "15m";
};

// Of what was observed between two samples, in seconds; within its bucket by its share. NaN: nothing was.
double quantile(const Samples& before, const Samples& now, const std::string& name, double q) {
  std::vector<std::pair<double, double>> buckets;  // upper bound, observed up to it
  const std::string prefix = name + "_bucket{le=\"";
  for (const auto& [series, value] : now) {
    if (!series.starts_with(prefix)) continue;
    const auto earlier = before.find(series);
    const double bound = series[prefix.size()] == '+' ? HUGE_VAL : std::atof(series.c_str() + prefix.size());
    buckets.emplace_back(bound, value - (earlier == before.end() ? 0 : earlier->second));
  }
  std::sort(buckets.begin(), buckets.end());
  if (buckets.empty() || buckets.back().second <= 0) return NAN;
  const double wanted = q * buckets.back().second;
  std::pair<double, double> below{0, 0};
  for (const auto& bucket : buckets) {
    if (bucket.second >= wanted)
      return bucket.first == HUGE_VAL ? below.first
                                      : below.first + (bucket.first - below.first) * (wanted - below.second) /
                                                          (bucket.second - below.second);
    below = bucket;
  }
  return NAN;
}

void line(std::FILE* out, int minute, std::size_t sent, Child& process, const Samples& before, const Samples& now) {
  const auto grown = [&](const char* name) { return sum_of(now, name) - sum_of(before, name); };
  std::fprintf(out, "%d,%zu,%.0f,%.0f,%.1f,%.1f,%.0f,%.0f,%.3f,%.0f,%.0f,%.4f,%.4f,%.4f,%.4f\n", minute, sent,
               sum_of(now, "tocsin_articles_total"), sum_of(now, "tocsin_lag"), process.anonymous_mb(),
               sum_of(now, "process_resident_memory_bytes") / 1e6, sum_of(now, "process_open_fds"),
               sum_of(now, "process_threads"), grown("process_cpu_seconds_total") / 60, sum_of(now, "tocsin_heads"),
               sum_of(now, "tocsin_ids"), quantile(before, now, "tocsin_raw_to_output_seconds", 0.5),
               quantile(before, now, "tocsin_raw_to_output_seconds", 0.99),
               quantile(before, now, "tocsin_raw_to_alert_seconds", 0.5),
               quantile(before, now, "tocsin_raw_to_alert_seconds", 0.99));
  std::fflush(out);
}

int night(const Options& options) {
  std::FILE* out = std::fopen(options.out.c_str(), "w");
  if (!out) throw std::runtime_error(options.out + ": cannot be written");
  std::fputs(
      "minute,sent,decided,lag,anonymous_mb,resident_mb,fds,threads,cores,heads,ids,output_p50_s,output_p99_s,"
      "alert_p50_s,alert_p99_s\n",
      out);
  Cluster cluster({.heap_mb = 512,
                   .as_shipped = true,
                   .config = {{"log.retention.ms", "900000"},
                              {"log.segment.bytes", "134217728"},
                              {"log.retention.check.interval.ms", "60000"}}});
  Wire wire(cluster, {.raw_partitions = 4,
                      .more = "window: " + options.window + "\nids: " + options.window,
                      .session_timeout = "9s",
                      .transaction_timeout = "7s"});
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  ArticleMaker maker({.partitions = 4,
                      .start_ms = std::chrono::duration_cast<milliseconds>(now).count(),
                      .interval_ms = std::max(1, 1000 / options.rate)});
  Instance tocsin(wire);
  if (!tocsin.wait_for("active")) throw std::runtime_error(tocsin.log());
  Producer producer(cluster.bootstrap(), {{"linger.ms", "5"}, {"compression.type", "lz4"}});
  Samples before = parse_samples(tocsin.get("/metrics").body);
  std::size_t sent = 0;
  const auto began = steady_clock::now();
  for (int minute = 1; minute <= options.minutes; ++minute) {
    for (const std::size_t until = sent + 60 * static_cast<std::size_t>(options.rate); sent < until; ++sent) {
      std::this_thread::sleep_until(began + sent * std::chrono::nanoseconds(1'000'000'000 / options.rate));
      Record record = maker.next().record;
      record.topic = wire.raw();
      record.timestamp_ms = 0;  // latency is from the moment at which it is sent
      producer.send(record);
    }
    if (!tocsin.process().running()) throw std::runtime_error("the daemon ended\n" + tocsin.log());
    Samples after = parse_samples(tocsin.get("/metrics").body);
    line(out, minute, sent, tocsin.process(), before, after);
    before = std::move(after);
  }
  producer.flush();
  const bool all = wait_all_read(wire, seconds(300));
  std::this_thread::sleep_for(seconds(2));
  const Samples end = parse_samples(tocsin.get("/metrics").body);
  std::printf("%zu sent, %.0f decided, %.0f transactions not committed, ends in order: %s\n", sent,
              sum_of(end, "tocsin_articles_total"),
              sum_of(end, "tocsin_transactions_total") - end.at("tocsin_transactions_total{result=\"committed\"}"),
              tocsin.stop() == 0 ? "yes" : "no");
  std::fclose(out);
  return all && sum_of(end, "tocsin_articles_total") == static_cast<double>(sent) ? 0 : 1;
}

}  // namespace
}  // namespace tocsin::test

int main(int count, char** arguments) {
  tocsin::test::Options options;
  if (count > 1) options.minutes = std::atoi(arguments[1]);
  if (count > 2) options.rate = std::atoi(arguments[2]);
  if (count > 3) options.out = arguments[3];
  if (count > 4) options.window = arguments[4];
  try {
    return tocsin::test::night(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_night: %s\n", error.what());
    return 1;
  }
}
