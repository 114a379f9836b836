// `tocsin tap`: a reader of its own, in no group: it moves nobody's offsets and takes nothing away from anybody.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cli/commands.h"
#include "daemon/cli/tap_record.h"
#include "daemon/client_settings.h"
#include "daemon/kafka/reader.h"
#include "daemon/kafka/topics.h"

namespace tocsin {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAsk{10'000};
constexpr milliseconds kRead{200};

std::atomic<bool> stopped{false};  // by a signal

std::string topic_of(const Config& config, const std::string& name) {
  const std::array<std::pair<const char*, const std::string*>, 5> known{
      {{"enriched", &config.topics.enriched},
       {"alerts", &config.topics.alerts},
       {"duplicates", &config.topics.duplicates},
       {"dead-letter", &config.topics.dead_letter},
       {"notify-dead-letter", &config.notify.dead_letter}}};
  const auto it = std::ranges::find_if(known, [&](const auto& k) { return name == k.first; });
  return it == known.end() ? name : *it->second;
}

struct Tap {
  std::unique_ptr<kafka::Reader> reader;
  std::string topic;
  std::map<std::int32_t, std::int64_t> ends;  // of each partition, when it was opened

  bool at_end() const {
    return std::ranges::all_of(
        ends, [&](const auto& e) { return e.second == 0 || reader->position(topic, e.first) >= e.second; });
  }
};

Result<Tap> open(const Config& config, const TapOptions& options) {
  const kafka::ClientSettings client = client_settings(config);
  Tap tap;
  tap.topic = topic_of(config, options.topic);
  const auto facts = kafka::describe_topics(client, {tap.topic}, kAsk);
  if (!facts) return tl::unexpected(facts.error());
  if (facts->at(tap.topic).partitions == 0) return fail("topic " + tap.topic + " does not exist");
  auto reader = kafka::Reader::open(client, {.group = config.group + ".tap"});
  if (!reader) return tl::unexpected(reader.error());
  tap.reader = std::move(*reader);
  std::vector<Position> begin;
  for (std::int32_t p = 0; p < facts->at(tap.topic).partitions; ++p) {
    const auto end = tap.reader->end_of(tap.topic, p, kAsk);
    if (!end) return tl::unexpected(end.error());
    tap.ends[p] = *end;
    Position at{tap.topic, p, *end};
    if (options.since_ms) {
      const auto offset = tap.reader->offset_at(tap.topic, p, *options.since_ms, kAsk);
      if (!offset) return tl::unexpected(offset.error());
      if (*offset != kafka::Reader::kEnd) at.offset = *offset;
    }
    begin.push_back(std::move(at));
  }
  if (auto r = tap.reader->assign(begin); !r) return tl::unexpected(r.error());
  return tap;
}

// False: nobody reads what is written any more.
bool show(const RawRecord& raw, const TapRecord& record, bool json) {
  const std::string line = (json ? std::string(raw.payload) : tap_line(raw, record)) + "\n";
  return std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fflush(stdout) == 0;
}

Result<void> run(const Tap& tap, const TapOptions& options) {
  const TapFilter filter{options.types, options.places, options.sources};
  std::size_t shown = 0;
  std::vector<RawRecord> records;
  while (!stopped) {
    const bool last = options.stop_at_end && tap.at_end();
    records.clear();
    if (last) return {};
    tap.reader->read(records, {}, kRead);
    for (const std::string& problem : tap.reader->take_problems()) return fail(problem);
    for (const RawRecord& raw : records) {
      if (options.stop_at_end && raw.offset >= tap.ends.at(raw.partition)) continue;
      const TapRecord record = read_tap_record(raw);
      if (!passes(record, filter)) continue;
      if (!show(raw, record, options.json) || ++shown == options.count) return {};
    }
  }
  return {};
}

}  // namespace

int tap_command(const Config& config, const TapOptions& options) {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stopped = true; });
  std::signal(SIGPIPE, SIG_IGN);
  const auto tap = open(config, options);
  const Result<void> done = tap ? run(*tap, options) : tl::unexpected(tap.error());
  if (done) return 0;
  std::fprintf(stderr, "tocsin tap: %s\n", done.error().message.c_str());
  return 1;
}

}  // namespace tocsin
