// The whole pipeline beside the bare parse, in one run: read ratios, not times. Articles of 3.6 kB of made-up news,
// each with other words and numbers, so that none is a copy of another.
//
//   enrich_bench --benchmark_counters_tabular=true
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "common/enrich.h"
#include "common/wire/decode.h"

namespace tocsin {
namespace {

constexpr std::size_t kArticles = 512;
constexpr std::size_t kBytes = 3600;

std::string sentence(std::mt19937& random) {
  static const std::vector<std::string> people = {
      "The minister",  "A spokesman for the port", "Farmers in the valley", "The court",
      "Two engineers", "The mayor of Lyon",        "An officer in Ankara",  "The company"};
  static const std::vector<std::string> acts = {"said on Tuesday that",          "had not expected that",
                                                "told reporters in Geneva that", "denied again that",
                                                "wrote in a letter that",        "hopes that"};
  static const std::vector<std::string> things = {
      "the bridge would open in",  "prices had risen for",      "soldiers were moved to the border after",
      "the talks would go on for", "a missile was fired after", "the harvest had failed in"};
  const auto pick = [&random](const auto& from) { return from[random() % from.size()]; };
  return pick(people) + " " + pick(acts) + " " + pick(things) + " " + std::to_string(random() % 1000) +
         " days, number " + std::to_string(random() % 100000) + " of the year's reports. ";
}

const std::vector<std::string>& payloads() {
  static const std::vector<std::string> made = [] {
    std::mt19937 random(1);
    std::vector<std::string> all;
    for (std::size_t i = 0; i < kArticles; ++i) {
      std::string text;
      while (text.size() < kBytes) {
        text += sentence(random);
        if (random() % 3 == 0) text += "\\n\\n";
      }
      all.push_back(R"({"uri":"urn:bench:)" + std::to_string(i) + R"(","title":"Report )" + std::to_string(i) +
                    R"( of the week","text":")" + text +
                    R"(","published":"2023-03-16T08:00:00Z","source":"Example Wire","lang":"en"})");
    }
    return all;
  }();
  return made;
}

const std::shared_ptr<const Knowledge>& knowledge() {
  static const std::shared_ptr<const Knowledge> loaded = [] {
    auto k = Knowledge::load({.directory = TOCSIN_KNOWLEDGE, .gazetteer = {}, .rules = {}, .presets = {}});
    if (!k) {
      std::fprintf(stderr, "%s\n", k.error().message.c_str());
      std::exit(2);
    }
    return *k;
  }();
  return loaded;
}

void count(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kBytes));
}

// What nobody can do without: parse, find the members, unescape the text.
void BM_BareParse(benchmark::State& state) {
  simdjson::ondemand::parser parser;
  std::string buffer;
  std::size_t i = 0;
  for (auto _ : state) {
    const std::string& payload = payloads()[i++ % kArticles];
    buffer.assign(payload);
    buffer.resize(payload.size() + simdjson::SIMDJSON_PADDING);
    auto document = parser.iterate(buffer.data(), payload.size(), buffer.size());
    std::string_view text;
    if (document["uri"].get_string().get(text) || document["text"].get_string().get(text)) std::abort();
    benchmark::DoNotOptimize(text);
  }
  count(state);
}
BENCHMARK(BM_BareParse);

void BM_Decode(benchmark::State& state, const char* preset) {
  const auto presets = Presets::load(std::string(TOCSIN_SOURCE_DIR) + "/common/knowledge/presets.yaml");
  Decoder decoder(*presets, {});
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(decoder.decode(payloads()[i++ % kArticles], preset, {}));
  count(state);
}
BENCHMARK_CAPTURE(BM_Decode, plain, "plain");
BENCHMARK_CAPTURE(BM_Decode, auto, "auto");

void BM_Prepare(benchmark::State& state) {
  Preparer preparer(knowledge(), {.preset = "plain"});
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(preparer.prepare(payloads()[i++ % kArticles], {}));
  count(state);
}
BENCHMARK(BM_Prepare);

void BM_Decide(benchmark::State& state) {
  Preparer preparer(knowledge(), {.preset = "plain"});
  std::vector<Prepared> prepared;
  for (const std::string& payload : payloads()) prepared.push_back(preparer.prepare(payload, {}));
  Mind mind({});
  std::int64_t offset = 0;
  for (auto _ : state) {
    Prepared& p = prepared[static_cast<std::size_t>(offset) % kArticles];
    p.at.offset = offset++;
    p.id = std::to_string(offset);
    benchmark::DoNotOptimize(mind.decide(p, {}));
    if (offset % 1000 == 0) benchmark::DoNotOptimize(mind.take_delta());
  }
  count(state);
}
BENCHMARK(BM_Decide);

void BM_Whole(benchmark::State& state) {
  Preparer preparer(knowledge(), {.preset = "plain"});
  Mind mind({});
  Arrival arrival;
  for (auto _ : state) {
    const std::string& payload = payloads()[static_cast<std::size_t>(arrival.at.offset++) % kArticles];
    benchmark::DoNotOptimize(mind.decide(preparer.prepare(payload, arrival), payload));
    if (arrival.at.offset % 1000 == 0) benchmark::DoNotOptimize(mind.take_delta());
  }
  count(state);
}
BENCHMARK(BM_Whole);

}  // namespace
}  // namespace tocsin
