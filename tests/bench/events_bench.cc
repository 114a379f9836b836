// The cost of the events stage: an article of 3.6 kB without and with triggers, and with a rule set ten times larger.
// Read ratios within one run; `instructions` of `perf stat` where the machine is busy.
#include <benchmark/benchmark.h>

#include <cstdlib>
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

RuleSet rules_from(int copies) {
  auto rules = RuleSet::load(TOCSIN_SOURCE_DIR "/common/knowledge/rules");
  if (copies <= 1 && rules) return std::move(*rules);
  // Ten times the rules: the same shapes with other words.
  std::vector<RuleSet::File> files;
  std::string lists =
      "lists:\n  clause_break: [after]\n  no_break: [as well as]\n  comma_break: [and]\n  background: [after]\n  dead: "
      "[kill/v]\n"
      "  target_word: [at]\n  agent_word: [by]\n  place_word: [in]\n  report_word: [say/v]\n  goes_on: [shortly "
      "after]\n  another_word: [another]\n  known_word: [the]\n  same_day: [hours later]\n";
  std::string text = "type: missile_launch\nrules:\n";
  for (int i = 0; i < 600 * copies; ++i) {
    const std::string n = std::to_string(i);
    lists += "  thing" + n + ": [thing" + n + "/n, other" + n + "]\n";
    text += "  - rule: r" + n + "\n    triggers: [\"^fire" + n + "/v|launch" + n + "/v ~8 @thing" + n + "\", \"@thing" +
            n + " ~6 ^fire" + n + "/ed\", \"^fire/v ~8 @thing" + n + "\"]\n    match: [a]\n    no_match: [b]\n";
  }
  files.push_back({"lists.yaml", lists});
  files.push_back({"rules.yaml", text});
  auto made = RuleSet::compile(std::move(files));
  if (!made) std::abort();
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

void plain(benchmark::State& state) { run(state, rules_from(1), article("")); }
void told(benchmark::State& state) { run(state, rules_from(1), article(kTold)); }
void small_set(benchmark::State& state) { run(state, rules_from(2), article(kTold)); }
void ten_times(benchmark::State& state) { run(state, rules_from(20), article(kTold)); }
BENCHMARK(plain);
BENCHMARK(told);
BENCHMARK(small_set);
BENCHMARK(ten_times);

}  // namespace
}  // namespace tocsin
