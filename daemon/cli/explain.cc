// `tocsin explain`: one article through the stages that the daemon runs, and through a mind that was told what came
// before it.

#include "common/explain.h"

#include <malloc.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/cli/commands.h"
#include "daemon/cli/enrich.h"
#include "daemon/cli/explain_page.h"
#include "daemon/cli/explain_text.h"
#include "daemon/client_settings.h"
#include "daemon/decide.h"
#include "daemon/kafka/reader.h"
#include "daemon/knowledge.h"

namespace tocsin {
namespace {

constexpr std::chrono::milliseconds kAsk{10'000};
constexpr std::size_t kMaxInput = 64u << 20;

// One article and those before it.
struct Input {
  struct Item {
    std::string payload, key;
    Arrival arrival;  // its key is set when it is used
  };
  std::vector<Item> earlier;
  Item article;
  std::string preset;
};

Result<std::string> read_all(std::istream& in, const std::string& name) {
  std::string text(kMaxInput + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || text.size() > kMaxInput) return fail(name + ": cannot be read, or is larger than 64 MiB");
  return text;
}

Result<std::string> read_file(const std::string& path) {
  if (path == "-") return read_all(std::cin, "standard input");
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(path + ": there is no such file; write a path, -, or TOPIC:PARTITION:OFFSET");
  return read_all(in, path);
}

// "wire.raw:0:1234"; a topic's name has no colon.
std::optional<Coordinates> coordinates_of(const std::string& text) {
  const std::size_t second = text.rfind(':');
  const std::size_t first = second == std::string::npos || second == 0 ? second : text.rfind(':', second - 1);
  if (first == std::string::npos || first == 0 || first == second) return std::nullopt;
  Coordinates at;
  at.topic = text.substr(0, first);
  const auto number = [&](std::size_t from, std::size_t to, auto& value) {
    const auto [end, error] = std::from_chars(text.data() + from, text.data() + to, value);
    return error == std::errc() && end == text.data() + to && value >= 0;
  };
  if (!number(first + 1, second, at.partition) || !number(second + 1, text.size(), at.offset)) return std::nullopt;
  return at;
}

Result<Input> from_files(const ExplainOptions& options) {
  Input input;
  auto article = read_file(options.article);
  if (!article) return tl::unexpected(article.error());
  input.preset = options.preset != "auto" ? options.preset : preset_of_file(options.article);
  input.article.payload = std::move(*article);
  if (!options.before.empty()) {
    const auto lines = read_file(options.before);
    if (!lines) return tl::unexpected(lines.error());
    std::istringstream in(*lines);
    for (std::string line; std::getline(in, line);)
      if (!line.empty()) input.earlier.push_back({std::move(line), {}, {}});
  }
  std::int64_t number = 0;
  for (Input::Item& item : input.earlier) item.arrival = {{{}, 0, number++}, kPublishedTime, {}};
  input.article.arrival = {{{}, 0, number}, kPublishedTime, {}};
  return input;
}

Result<Input> from_topic(const Config& config, const ExplainOptions& options, const Coordinates& at) {
  Input input;
  input.preset = options.preset;
  for (const RawTopic& raw : config.topics.raw)
    if (raw.name == at.topic && options.preset == "auto") input.preset = raw.preset;
  auto reader = kafka::Reader::open(client_settings(config), {.group = config.group + ".explain"});
  if (!reader) return tl::unexpected(reader.error());
  const auto begin = (*reader)->begin_of(at.topic, at.partition, kAsk);
  if (!begin) return tl::unexpected(begin.error());
  const std::int64_t from = std::max(*begin, at.offset - static_cast<std::int64_t>(options.earlier));
  const std::string name = at.topic + ":" + std::to_string(at.partition) + ":" + std::to_string(at.offset);
  if (at.offset < *begin) return fail(name + " is gone: the topic begins at " + std::to_string(*begin));
  const auto end = (*reader)->end_of(at.topic, at.partition, kAsk);
  if (!end) return tl::unexpected(end.error());
  if (at.offset >= *end) return fail(name + " is not there yet");
  if (auto r = (*reader)->assign({{at.topic, at.partition, from}}); !r) return tl::unexpected(r.error());
  const auto until = std::chrono::steady_clock::now() + 6 * kAsk;
  while (std::chrono::steady_clock::now() < until) {
    std::vector<RawRecord> records;  // gone before the reader is
    (*reader)->read(records, {}, std::chrono::milliseconds{200});
    for (const std::string& problem : (*reader)->take_problems()) return fail(problem);
    for (const RawRecord& r : records) {
      if (r.offset > at.offset) return fail(name + " holds no record");
      Input::Item item{
          std::string(r.payload), std::string(r.key), {{at.topic, at.partition, r.offset}, r.timestamp_ms, {}}};
      if (r.offset == at.offset) {
        input.article = std::move(item);
        return input;
      }
      input.earlier.push_back(std::move(item));
    }
    if ((*reader)->position(at.topic, at.partition) > at.offset) return fail(name + " holds no record");
  }
  return fail(name + " did not come within a minute");
}

int say(int code, const std::string& message) {
  std::fprintf(stderr, "tocsin explain: %s\n", message.c_str());
  return code;
}

std::string explain(const Config& config, const std::shared_ptr<const Knowledge>& knowledge, Input& input, bool html) {
  const PrepareOptions options{input.preset, false, config.limits.article_bytes, config.limits.depth,
                               config.limits.id_bytes};
  Preparer preparer(knowledge, options);
  Mind mind(mind_options(config));
  std::int64_t last_ms = 0;  // record time of an article that states none, as in enrich
  const auto prepared = [&](Input::Item& item) {
    item.arrival.key = item.key;
    Prepared p = preparer.prepare(item.payload, item.arrival, mind.promoted_lines());
    if (p.record_ms == kPublishedTime) p.record_ms = last_ms;
    last_ms = p.record_ms;
    return p;
  };
  for (Input::Item& item : input.earlier) (void)mind.decide(prepared(item), item.payload, false, item.key);
  const Prepared p = prepared(input.article);
  // Before it is decided: its own lines may be promoted by it.
  const Explanation told =
      explain_article(*knowledge, options, input.article.payload, input.article.arrival, mind.promoted_lines());
  const Decision decision = mind.decide(p, input.article.payload, false, input.article.key);
  const std::string in_words =
      explain_decision(p, decision, config.alerts.rules, input.earlier.size()) + explain_stages(told);
  return html ? explain_page(told, in_words) : in_words;
}

}  // namespace

int explain_command(const ExplainOptions& options) {
  ::mallopt(M_MMAP_THRESHOLD, 64 << 20);  // as in enrich: the language detector's tables
  const auto at = std::ifstream(options.article) ? std::nullopt : coordinates_of(options.article);
  Config config;
  if (at || !options.config.empty()) {
    auto loaded = load_config(options.config.empty() ? kDefaultConfig : options.config);
    if (!loaded) return say(2, loaded.error().message);
    config = std::move(*loaded);
  }
  const auto knowledge = load_knowledge(config, options.preset);
  if (!knowledge) return say(2, knowledge.error().message);
  auto input = at ? from_topic(config, options, *at) : from_files(options);
  if (!input) return say(1, input.error().message);
  const std::string text = explain(config, *knowledge, *input, options.html);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}

}  // namespace tocsin
