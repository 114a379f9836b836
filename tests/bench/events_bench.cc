// The cost of the events stage: an article of 3.6 kB without and with triggers, and with a rule set ten times larger.
// Read ratios within one run; `instructions` of `perf stat` where the machine is busy.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "common/events/event_finder.h"
#include "common/events/rule_set.h"
#include "common/text/document.h"

namespace tocsin {
namespace {

const std::string kPlain =
    "The council met on Tuesday to discuss the budget of the coming year, and members heard that the cost of heating "
    "in "
    "public libraries has grown by a tenth since the autumn. Several of them asked for a review of opening hours. ";
const std::string kTold =
    "North Korea fired two ballistic missiles into the sea on Thursday morning, the joint chiefs of staff said. A bomb "
    "exploded in a market later that day and killed eleven people, while protesters marched in the capital. ";

std::string article(const std::string& first, std::size_t bytes = 3600) {
  std::string text = first;
  while (text.size() < bytes) text += kPlain;
  return text;
}

// The project's own rules, and a file more that makes them ten times as many: 1,200 rules of three patterns each, over
// words of their own but also over "fire" and its object, as rules of a house would be.
RuleSet rules_of(bool ten_times) {
  std::vector<RuleSet::File> files;
  for (const auto& entry : std::filesystem::directory_iterator(TOCSIN_SOURCE_DIR "/common/knowledge/rules")) {
    std::ifstream in(entry.path());
    files.push_back({entry.path().filename().string(), {std::istreambuf_iterator<char>(in), {}}});
  }
  if (ten_times) {
    std::string text = "type: missile_launch\nlists:\n";
    for (int i = 0; i < 1200; ++i) {
      const std::string n = std::to_string(i);
      text += "  thing" + n + ": [thing" + n + "/n, other" + n + "]\n";
    }
    text += "rules:\n";
    for (int i = 0; i < 1200; ++i) {
      const std::string n = std::to_string(i);
      text += "  - rule: r" + n + "\n    triggers: [\"^fire" + n + "/v|launch" + n + "/v ~8 @thing" + n;
      text +=
          "\", \"@thing" + n + " ~6 ^fire/ed\", \"^fire/v ~8 @thing" + n + "\"]\n    match: [a]\n    no_match: [b]\n";
    }
    files.push_back({"ours.yaml", text});
  }
  auto made = RuleSet::compile(std::move(files));
  if (!made) {
    std::fprintf(stderr, "%s\n", made.error().message.c_str());
    std::abort();
  }
  return std::move(*made);
}

void run(benchmark::State& state, const RuleSet& rules, const std::string& text) {
  EventFinder finder(rules);
  Document headline;
  headline.assign("Council meets");
  Document body;
  body.assign(text);
  const Geotags geotags;
  for (auto _ : state) benchmark::DoNotOptimize(finder.find(headline, body, geotags, 1'678'968'000'000, "en"));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(text.size()));
}

void plain(benchmark::State& state) { run(state, rules_of(false), article("")); }
void told(benchmark::State& state) { run(state, rules_of(false), article(kTold)); }
void plain_ten_times(benchmark::State& state) { run(state, rules_of(true), article("")); }
void told_ten_times(benchmark::State& state) { run(state, rules_of(true), article(kTold)); }
BENCHMARK(plain);
BENCHMARK(told);
BENCHMARK(plain_ten_times);
BENCHMARK(told_ten_times);

}  // namespace
}  // namespace tocsin
