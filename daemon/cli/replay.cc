// `tocsin replay`: puts dead letters back into the raw topic that they came from, as they were, with a counter that
// ends loops. What is put back again by a second replay meets its own id or text in the mind and becomes a link.

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/cli/commands.h"
#include "daemon/client_settings.h"
#include "daemon/kafka/reader.h"
#include "daemon/kafka/topics.h"
#include "daemon/kafka/transaction.h"

namespace tocsin {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAsk{10'000};
constexpr std::size_t kLettersATransaction = 500;
constexpr const char* kReplays = "tocsin.replays";

// A dead letter's own headers, read.
struct Letter {
  std::string reason, topic;
  std::int32_t partition = -1;
  std::int64_t offset = -1;
  std::size_t replays = 0;
  bool cut = false;
};

// -1 when it is none.
std::int64_t number(const std::string& text) {
  std::int64_t value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Letter letter_of(const RawRecord& record) {
  Letter letter;
  for (const Header& h : record.headers) {
    if (h.name == "tocsin.reason") letter.reason = h.value;
    if (h.name == "tocsin.topic") letter.topic = h.value;
    if (h.name == "tocsin.partition") letter.partition = static_cast<std::int32_t>(number(h.value));
    if (h.name == "tocsin.offset") letter.offset = number(h.value);
    if (h.name == kTruncated) letter.cut = true;
    if (h.name == kReplays) letter.replays = static_cast<std::size_t>(std::max<std::int64_t>(0, number(h.value)));
  }
  return letter;
}

bool wanted(const Letter& letter, const RawRecord& record, const ReplayOptions& options) {
  const auto& reasons = options.reasons;
  return (reasons.empty() || std::ranges::find(reasons, letter.reason) != reasons.end()) &&
         (options.topic.empty() || letter.topic == options.topic) &&
         (!options.partition || letter.partition == *options.partition) &&
         (!options.from_offset || letter.offset >= *options.from_offset) &&
         (!options.to_offset || letter.offset <= *options.to_offset) &&
         (!options.since_ms || record.timestamp_ms >= *options.since_ms) &&
         (!options.until_ms || record.timestamp_ms < *options.until_ms);
}

OutRecord back(const RawRecord& record, const Letter& letter) {
  OutRecord out = sent_on(record, letter.topic, "tocsin.webhook");  // whom it is for
  out.partition = letter.partition;
  out.headers.push_back({kReplays, std::to_string(letter.replays + 1)});
  return out;
}

struct Counts {
  std::size_t seen = 0, matched = 0, over_limit = 0, foreign = 0, cut = 0;
  std::map<std::string, std::size_t> by_reason;
};

// Sends in transactions, so that a replay that is cut off has put back whole parts.
class Sender {
 public:
  explicit Sender(std::unique_ptr<kafka::Transaction> transaction) : transaction_(std::move(transaction)) {}
  Result<void> send(const OutRecord& record) {
    if (open_ == 0)
      if (auto r = transaction_->begin(); !r) return r;
    if (auto r = transaction_->produce(record); !r) return r;
    return ++open_ >= kLettersATransaction ? finish() : Result<void>{};
  }
  Result<void> finish() {
    if (open_ == 0) return {};
    open_ = 0;
    return transaction_->commit();
  }

 private:
  std::unique_ptr<kafka::Transaction> transaction_;
  std::size_t open_ = 0;
};

Result<Counts> replay(const Config& config, const ReplayOptions& options) {
  const kafka::ClientSettings client = client_settings(config);
  const std::string& topic = options.notify ? config.notify.dead_letter : config.topics.dead_letter;
  const auto facts = kafka::describe_topics(client, {topic}, kAsk);
  if (!facts) return tl::unexpected(facts.error());
  if (facts->at(topic).partitions == 0) return fail("topic " + topic + " does not exist");
  auto reader = kafka::Reader::open(client, {.group = config.group + ".replay"});
  if (!reader) return tl::unexpected(reader.error());
  std::vector<Position> begin;
  std::map<std::int32_t, std::int64_t> ends;
  for (std::int32_t p = 0; p < facts->at(topic).partitions; ++p) {
    const auto end = (*reader)->end_of(topic, p, kAsk);
    if (!end) return tl::unexpected(end.error());
    ends[p] = *end;
    begin.push_back({topic, p, kafka::Reader::kBeginning});
  }
  if (auto r = (*reader)->assign(begin); !r) return tl::unexpected(r.error());
  std::unique_ptr<Sender> sender;
  if (!options.dry_run) {
    auto transaction =
        kafka::Transaction::open(client, {.id = config.group + ".replay", .timeout = milliseconds{30'000}});
    if (!transaction) return tl::unexpected(transaction.error());
    if (auto r = (*transaction)->init(kAsk); !r) return tl::unexpected(r.error());
    sender = std::make_unique<Sender>(std::move(*transaction));
  }
  Counts counts;
  std::vector<RawRecord> records;
  const auto done = [&] {
    return std::ranges::all_of(
        ends, [&](const auto& e) { return e.second == 0 || (*reader)->position(topic, e.first) >= e.second; });
  };
  while (!done()) {
    records.clear();
    (*reader)->read(records, {}, milliseconds{200});
    for (const std::string& problem : (*reader)->take_problems()) return fail(problem);
    for (const RawRecord& record : records) {
      if (record.offset >= ends[record.partition]) continue;  // came while we read
      ++counts.seen;
      const Letter letter = letter_of(record);
      if (letter.topic.empty()) {
        ++counts.foreign;
        continue;
      }
      if (!wanted(letter, record, options)) continue;
      if (letter.cut) {
        ++counts.cut;
        continue;
      }
      if (letter.replays >= options.max_replays) {
        ++counts.over_limit;
        continue;
      }
      ++counts.matched;
      ++counts.by_reason[letter.reason];
      if (sender)
        if (auto r = sender->send(back(record, letter)); !r) return tl::unexpected(r.error());
    }
  }
  if (sender)
    if (auto r = sender->finish(); !r) return tl::unexpected(r.error());
  return counts;
}

}  // namespace

int replay_command(const Config& config, const ReplayOptions& options) {
  const auto counts = replay(config, options);
  if (!counts) {
    std::fprintf(stderr, "tocsin replay: %s\n", counts.error().message.c_str());
    return 1;
  }
  std::printf("%zu dead letters read, %zu %s", counts->seen, counts->matched,
              options.dry_run ? "would be put back" : "put back");
  if (counts->over_limit)
    std::printf(", %zu left: replayed %zu times already", counts->over_limit, options.max_replays);
  if (counts->cut) std::printf(", %zu left: their bytes are not all there", counts->cut);
  if (counts->foreign) std::printf(", %zu left: they do not say where they came from", counts->foreign);
  std::printf("\n");
  for (const auto& [reason, n] : counts->by_reason) std::printf("  %-16s %zu\n", reason.c_str(), n);
  return 0;
}

}  // namespace tocsin
