// The geotagger on a made-up article of 3.6 kB with forty names, beside tokenising it. Needs the full image:
// TOCSIN_GAZETTEER names it, else daemon/knowledge/gazetteer.img under the current folder.
#include <benchmark/benchmark.h>

#include <cstdlib>
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

void open_image(benchmark::State& state) {
  const char* path = std::getenv("TOCSIN_GAZETTEER");
  for (auto _ : state)
    benchmark::DoNotOptimize(Gazetteer::open(path ? path : "daemon/knowledge/gazetteer.img").has_value());
}

BENCHMARK(tokenise)->Unit(benchmark::kMicrosecond);
BENCHMARK(geotag)->Unit(benchmark::kMicrosecond);
BENCHMARK(open_image)->Unit(benchmark::kMillisecond);

}  // namespace
