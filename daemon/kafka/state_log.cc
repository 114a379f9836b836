#include "daemon/kafka/state_log.h"

#include <algorithm>
#include <array>

namespace tocsin::kafka {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr const char* kGroupHeader = "tocsin.group";
constexpr BatchLimits kRestoreBatch{.records = 2000, .bytes = 32u << 20};
constexpr std::size_t kRestoreQueueBytes = 128u << 20;

}  // namespace

std::vector<OutRecord> state_records(const StateTopics& topics, StateDelta delta) {
  std::vector<OutRecord> records;
  if (!delta.block.empty()) {
    OutRecord r{.topic = topics.state,
                .partition = 0,
                .has_key = false,
                .key = {},
                .value = std::move(delta.block),
                .headers = {}};
    r.headers.push_back({kGroupHeader, topics.group});
    records.push_back(std::move(r));
  }
  for (MemoryRecord& m : delta.memory) {
    OutRecord r{.topic = topics.memory,
                .partition = 0,
                .tombstone = !m.value,
                .key = std::move(m.key),
                .value = {},
                .headers = {}};
    if (m.value) r.value = std::move(*m.value);
    r.headers.push_back({kGroupHeader, topics.group});
    records.push_back(std::move(r));
  }
  return records;
}

Result<std::unique_ptr<StateTail>> StateTail::open(const ClientSettings& client, const StateTopics& topics,
                                                   std::size_t message_bytes) {
  // That the end is reached is known only from an answer without records: taking over waits for one.
  auto reader = Reader::open(client, {.queue_bytes = kRestoreQueueBytes,
                                      .message_bytes = message_bytes,
                                      .group = topics.group + ".state",
                                      .idle_fetch = milliseconds{50}});
  if (!reader) return tl::unexpected(reader.error());
  if (auto r = (*reader)->assign({{topics.state, 0, Reader::kBeginning}, {topics.memory, 0, Reader::kBeginning}}); !r)
    return tl::unexpected(r.error());
  return std::unique_ptr<StateTail>(new StateTail(topics, std::move(*reader)));
}

Result<void> StateTail::apply(Mind& mind, const RawRecord& record) const {
  const auto where = [&] { return std::string(record.topic) + " offset " + std::to_string(record.offset) + ": "; };
  const auto group = std::ranges::find(record.headers, kGroupHeader, &Header::name);
  if (group == record.headers.end() || group->value != topics_.group)
    return fail(where() + "written by group \"" + (group == record.headers.end() ? "" : group->value) +
                "\", not by \"" + topics_.group + "\"; give each group state topics of its own");
  Result<void> r = record.topic == topics_.state
                       ? mind.apply_block(record.payload)
                       : mind.apply_memory(record.key, record.tombstone ? std::nullopt : std::optional(record.payload));
  if (!r) return fail(where() + r.error().message);
  return {};
}

Result<std::size_t> StateTail::follow(Mind& mind, milliseconds wait) {
  records_.clear();
  reader_->read(records_, kRestoreBatch, wait);
  for (const std::string& problem : reader_->take_problems())
    if (problem.starts_with("TOPIC_AUTHORIZATION_FAILED")) return fail("the state: " + problem);
  for (const RawRecord& record : records_)
    if (auto r = apply(mind, record); !r) {
      untrusted_ = true;
      return tl::unexpected(r.error());
    }
  return records_.size();
}

Result<void> StateTail::catch_up(Mind& mind, milliseconds deadline, const std::function<bool()>& on_progress) {
  const auto end = Clock::now() + deadline;
  const std::array<const std::string*, 2> names = {&topics_.state, &topics_.memory};
  for (const std::string* name : names) {
    const auto target = reader_->end_of(*name, 0, milliseconds{5000});
    if (!target) return tl::unexpected(target.error());
    // An empty one is read too: that it may not be is found out now, and not by the next start.
    while (reader_->position(*name, 0) < *target) {
      if (Clock::now() >= end) return fail("reading " + *name + " to its end took too long");
      if (!on_progress()) return fail("interrupted");
      if (auto r = follow(mind, milliseconds{50}); !r) return tl::unexpected(r.error());
    }
  }
  return {};
}

}  // namespace tocsin::kafka
