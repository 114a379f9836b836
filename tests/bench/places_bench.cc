// The geotagger on a made-up article of 3.6 kB full of names, beside tokenising it, and on texts of one's own:
// TOCSIN_BENCH_TEXTS names a file of them, a NUL behind each, the headline being the first line. Needs the full image:
// TOCSIN_GAZETTEER names it, else daemon/knowledge/gazetteer.img under the current folder.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>

#include "common/places/geotagger.h"

namespace {

using namespace tocsin;

const Gazetteer* gazetteer() {
  static const auto opened = [] {
    const char* path = std::getenv("TOCSIN_GAZETTEER");
    return Gazetteer::open(path ? path : "daemon/knowledge/gazetteer.img");
  }();
  return opened ? &*opened : nullptr;
}

std::string article() {
  std::string text =
      "SEOUL, March 16 (Reuters) - North Korea fired a missile from Sunan into the East Sea on Thursday, officials in "
      "Tokyo "
      "and Washington said.\n\n";
  const std::string body =
      "The launch came hours before the president of South Korea flew to Japan for talks. Mr. Smith of the Brookings "
      "Institution, who "
      "lives in Alexandria, Va., told the Springfield Gazette that the two countries had spoken about sanctions "
      "before. In Beijing, a "
      "spokesman for the ministry called for restraint, and the European Union said it would meet in Brussels. ";
  while (text.size() + body.size() < 3600) text += body;
  return text;
}

void tokenise(benchmark::State& state) {
  Document body;
  for (auto _ : state) {
    body.assign(article());
    benchmark::DoNotOptimize(body.tokens().size());
  }
}

void geotag(benchmark::State& state) {
  if (!gazetteer()) return state.SkipWithError("no gazetteer image; set TOCSIN_GAZETTEER");
  Geotagger tagger(*gazetteer());
  Document headline, body;
  headline.assign("North Korea fires missile into East Sea");
  body.assign(article());
  for (auto _ : state) benchmark::DoNotOptimize(tagger.tag(headline, body, {.source_name = "Reuters"}).mentions.size());
  state.SetBytesProcessed(static_cast<std::int64_t>(body.text().size()) * state.iterations());
}

double cpu_seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

// An article each time; only the geotagger's time counts, on tokens that were just made.
void geotag_texts(benchmark::State& state) {
  if (!gazetteer()) return state.SkipWithError("no gazetteer image; set TOCSIN_GAZETTEER");
  const char* const path = std::getenv("TOCSIN_BENCH_TEXTS");
  if (path == nullptr) return state.SkipWithError("TOCSIN_BENCH_TEXTS names no file of texts");
  std::ifstream file(path, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  Geotagger tagger(*gazetteer());
  Document headline, body;
  std::size_t at = 0, mentions = 0, tokens = 0;
  for (auto _ : state) {
    if (at >= all.size()) at = 0;
    const std::size_t end = std::min(all.find('\0', at), all.size());
    const std::size_t line = std::min(all.find('\n', at), end);
    headline.assign(all.substr(at, line - at));
    body.assign(all.substr(line, end - line));
    at = end + 1;
    const double start = cpu_seconds();
    mentions += tagger.tag(headline, body, {}).mentions.size();
    state.SetIterationTime(cpu_seconds() - start);
    tokens += body.tokens().size();
  }
  const auto mean = [&](std::size_t n) {
    return benchmark::Counter(static_cast<double>(n), benchmark::Counter::kAvgIterations);
  };
  state.counters["mentions"] = mean(mentions);
  state.counters["tokens"] = mean(tokens);
}

void open_image(benchmark::State& state) {
  const char* path = std::getenv("TOCSIN_GAZETTEER");
  for (auto _ : state)
    benchmark::DoNotOptimize(Gazetteer::open(path ? path : "daemon/knowledge/gazetteer.img").has_value());
}

BENCHMARK(tokenise)->Unit(benchmark::kMicrosecond);
BENCHMARK(geotag)->Unit(benchmark::kMicrosecond);
BENCHMARK(geotag_texts)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(open_image)->Unit(benchmark::kMillisecond);

}  // namespace
