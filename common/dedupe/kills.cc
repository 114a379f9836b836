#include "common/dedupe/kills.h"

#include <algorithm>

#include "common/dedupe/head_store.h"
#include "common/dedupe/likeness.h"
#include "common/dedupe/sketch_index.h"
#include "common/dedupe/story_book.h"

namespace tocsin {

void append_kill(ByteWriter& out, const Kill& k) {
  out.u64(k.cluster);
  out.u32(k.provider);
  out.u64(k.identity);
  out.svarint(k.version);
  out.varint(k.sequence);
  out.svarint(k.age_ms);
  out.str(k.head);
  out.u8(static_cast<std::uint8_t>(k.keys.size()));
  for (const std::uint64_t key : k.keys) out.u64(key);
}

Kill read_kill(ByteReader& in) {
  Kill k;
  k.cluster = in.u64();
  k.provider = in.u32();
  k.identity = in.u64();
  k.version = in.svarint();
  k.sequence = in.varint();
  k.age_ms = in.svarint();
  k.head = in.str();
  const std::size_t n = in.u8();
  for (std::size_t i = 0; i < n && in.ok(); ++i) k.keys.push_back(in.u64());
  HeadView view;
  if (n > kIndexedValues || k.head.size() > HeadStore::kMaxBytes || (!k.head.empty() && !view.read(k.head))) in.fail();
  return k;
}

std::string Kills::memory_key(std::uint64_t cluster, std::uint32_t provider) {
  return "kill/" + cluster_name(cluster) + "/" + std::to_string(provider);
}

std::vector<std::uint64_t> Kills::keys_of(const Kill& kill) {
  std::vector<std::uint64_t> keys = kill.keys;
  if (!kill.head.empty()) keys.push_back(exact_in(kill.head));
  return keys;
}

void Kills::add(Kill kill) {
  const Id id{kill.cluster, kill.provider};
  if (const auto known = kills_.find(id); known != kills_.end()) {
    if (known->second.sequence >= kill.sequence) return;
    unlink(known->second);
    kills_.erase(known);
  }
  by_sequence_[kill.sequence] = id;
  for (const std::uint64_t key : keys_of(kill)) {
    auto& list = by_key_[key];
    list.emplace_back(kill.sequence, id);
    std::sort(list.begin(), list.end(), std::greater<>());
  }
  kills_.emplace(id, std::move(kill));
  if (kills_.size() > kMaxKills) {
    const Id oldest = by_sequence_.begin()->second;
    remove(oldest.first, oldest.second);
  }
}

void Kills::remove(std::uint64_t cluster, std::uint32_t provider) {
  const auto known = kills_.find({cluster, provider});
  if (known == kills_.end()) return;
  unlink(known->second);
  kills_.erase(known);
}

void Kills::forget_before(std::int64_t since_ms) {
  while (!by_sequence_.empty()) {
    const Id oldest = by_sequence_.begin()->second;
    if (kills_.at(oldest).age_ms >= since_ms) return;
    remove(oldest.first, oldest.second);
  }
}

void Kills::unlink(const Kill& kill) {
  by_sequence_.erase(kill.sequence);
  for (const std::uint64_t key : keys_of(kill)) {
    const auto list = by_key_.find(key);
    if (list == by_key_.end()) continue;
    std::erase_if(list->second, [&](const auto& entry) { return entry.first == kill.sequence; });
    if (list->second.empty()) by_key_.erase(list);
  }
}

const Kill* Kills::find(std::uint64_t cluster, std::uint32_t provider, std::int64_t since_ms) const {
  const auto known = kills_.find({cluster, provider});
  return known == kills_.end() || known->second.age_ms < since_ms ? nullptr : &known->second;
}

const Kill* Kills::find(std::string_view memory_key) const {
  for (const auto& [id, kill] : kills_) {
    if (Kills::memory_key(id.first, id.second) == memory_key) return &kill;
  }
  return nullptr;
}

std::vector<const Kill*> Kills::alike(std::uint32_t provider, std::uint64_t exact,
                                      const std::vector<std::uint64_t>& keys, std::int64_t since_ms) const {
  const std::size_t least = std::min<std::size_t>(2, keys.size());
  std::map<std::pair<std::uint64_t, Id>, std::size_t> votes;  // by sequence
  const auto vote = [&](std::uint64_t key, std::size_t weight) {
    const auto list = by_key_.find(key);
    if (list == by_key_.end()) return;
    std::size_t taken = 0;
    for (const auto& [sequence, id] : list->second) {
      if (id.second != provider || kills_.at(id).age_ms < since_ms) continue;
      votes[{sequence, id}] += weight;
      if (++taken == kKillsPerKey) break;
    }
  };
  vote(exact, least);
  for (const std::uint64_t key : keys) vote(key, 1);
  std::vector<std::pair<std::size_t, std::pair<std::uint64_t, Id>>> ranked;
  for (const auto& [kill, n] : votes) {
    if (n >= least) ranked.emplace_back(n, kill);
  }
  std::sort(ranked.begin(), ranked.end(), std::greater<>());
  if (ranked.size() > 4) ranked.resize(4);
  std::vector<const Kill*> out;
  out.reserve(ranked.size());
  for (const auto& [n, kill] : ranked) out.push_back(&kills_.at(kill.second));
  return out;
}

}  // namespace tocsin
