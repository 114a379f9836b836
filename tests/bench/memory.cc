// Memory of the mind alone: a night of stories in minutes, without a broker. Made-up articles of all kinds are prepared
// once and told again and again, each time under other names and with other words, 1,000 a second of their own time.
// All that is remembered leaves after WINDOW, so memory must be flat from there.
//
//   bench_memory [MINUTES=120] [WINDOW_MINUTES=15]
//
// Prints a line a minute of the stories' time: anonymous memory (the prepared articles among it, their own figure
// stands first), heads, ids. The mind has a thread of its own, as in the daemon: its memory comes from an arena that is
// not the first one's. A minute takes some five seconds.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/enrich.h"
#include "daemon/app.h"
#include "tests/support/articles.h"

namespace tocsin::test {
namespace {

constexpr std::size_t kPrepared = 20'000;
constexpr std::size_t kRate = 1000;  // articles a second of their time
constexpr std::size_t kMinute = 60 * kRate;
constexpr std::size_t kArticlesABlock = 250;  // as the daemon does

double anonymous_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) return std::strtod(line.c_str() + 8, nullptr) / 1024;
  return 0;
}

struct Told {
  std::vector<Prepared> prepared;
  std::vector<std::string> payloads;
};

Told prepare(const std::shared_ptr<const Knowledge>& knowledge) {
  Told told;
  Preparer preparer(knowledge, {});
  ArticleMaker maker({.interval_ms = 1});
  for (std::size_t i = 0; i < kPrepared; ++i) {
    const Record record = maker.next().record;
    told.payloads.push_back(record.value.value_or(""));
    told.prepared.push_back(preparer.prepare(
        told.payloads.back(), {.at = {"wire.raw", 0, static_cast<std::int64_t>(i)}, .record_ms = 0, .key = {}}));
  }
  return told;
}

template <typename Word>
void change(std::vector<Word>& words, std::uint64_t by) {
  for (Word& w : words) w ^= static_cast<Word>(by);
  std::ranges::sort(words);
}

// The article as another one, whose likeness to the others of its round is what it was.
void rename(Prepared& p, std::size_t round) {
  if (p.rejected()) return;
  const std::uint64_t by = (round + 1) * 0x9E3779B97F4A7C15;
  const std::string name = "-" + std::to_string(round);
  p.uri += name;
  if (!p.id.empty()) p.id += name;
  p.fingerprint.exact ^= by;
  change(p.fingerprint.sketch, by);
  change(p.fingerprint.shingles, by);
  change(p.fingerprint.numbers, by);
  change(p.fingerprint.names, by);
  for (SourceLine& line : p.lines) line.key = (line.key ^ by) & 0xffff'ffff'ffff;
}

void tell(const Told& told, std::size_t minutes, std::int64_t window_ms) {
  MindOptions options;
  options.window_ms = options.ids_ms = window_ms;
  Mind mind(options);
  for (std::size_t n = 0; n < minutes * kMinute;) {
    const std::size_t i = n % kPrepared;
    Prepared p = told.prepared[i];
    p.at.offset = static_cast<std::int64_t>(n);
    p.record_ms = p.published_ms = static_cast<std::int64_t>(n * 1000 / kRate);
    rename(p, n / kPrepared);
    mind.decide(p, told.payloads[i]);
    if (++n % kArticlesABlock == 0) mind.take_delta();
    if (n % kMinute != 0) continue;
    const Mind::Size size = mind.size();
    std::printf("%4zu %8.1f MB %9zu heads %9zu ids\n", n / kMinute, anonymous_mb(), size.heads, size.ids);
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace tocsin::test

int main(int count, char** arguments) {
  using namespace tocsin;
  const std::size_t minutes = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 120;
  const std::int64_t window_ms = (count > 2 ? std::strtol(arguments[2], nullptr, 10) : 15) * 60'000;
  set_up_malloc();
  const auto knowledge = Knowledge::load({.directory = TOCSIN_KNOWLEDGE, .gazetteer = {}, .rules = {}, .presets = {}});
  if (!knowledge) {
    std::fprintf(stderr, "bench_memory: %s\n", knowledge.error().message.c_str());
    return 2;
  }
  const test::Told told = test::prepare(*knowledge);
  std::printf("prepared %5.1f MB\n", test::anonymous_mb());
  std::thread(test::tell, std::cref(told), minutes, window_ms).join();
}
