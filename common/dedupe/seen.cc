#include "common/dedupe/seen.h"

#include <algorithm>
#include <tuple>

namespace tocsin {

void append_seen(ByteWriter& out, const SeenEntry& e) {
  out.u64(e.identity);
  out.u64(e.coordinates);
  out.varint(e.sequence);
  out.svarint(e.version);
  out.svarint(e.age_ms);
  out.u64(e.cluster);
  out.u32(e.exact);
  out.u8(static_cast<std::uint8_t>(e.outcome));
  out.u8(e.relation);
  out.u8(e.similarity);
  out.u8(e.has_id);
}

SeenEntry read_seen(ByteReader& in) {
  SeenEntry e;
  e.identity = in.u64();
  e.coordinates = in.u64();
  e.sequence = in.varint();
  e.version = in.svarint();
  e.age_ms = in.svarint();
  e.cluster = in.u64();
  e.exact = in.u32();
  const std::uint8_t outcome = in.u8();
  e.relation = in.u8();
  e.similarity = in.u8();
  const std::uint8_t has_id = in.u8();
  if (outcome > static_cast<std::uint8_t>(Outcome::kKill) || has_id > 1 ||
      (e.relation != SeenEntry::kNoRelation && e.relation > static_cast<std::uint8_t>(Relation::kRoundup))) {
    in.fail();
  }
  e.outcome = static_cast<Outcome>(outcome);
  e.has_id = has_id == 1;
  return e;
}

void Seen::add(const SeenEntry& entry) {
  std::size_t same = 0;
  std::uint32_t lowest = kNone;
  const auto rank = [this](std::uint32_t i) {
    return std::tuple(entries_[i].entry.version, entries_[i].entry.sequence);
  };
  for (std::uint32_t i = first(entry.identity); i != kNone; i = entries_[i].next) {
    if (entries_[i].entry.identity != entry.identity) continue;
    if (entries_[i].entry.sequence == entry.sequence) return;
    ++same;
    if (lowest == kNone || rank(i) < rank(lowest)) lowest = i;
  }
  if (same >= kVersions) {
    if (std::tuple(entry.version, entry.sequence) > rank(lowest)) entries_[lowest].entry = entry;
    return;
  }
  entries_.push_back({entry, kNone});
  if (entries_.size() > table_.size()) {
    rebuild_table();
  } else {
    link(static_cast<std::uint32_t>(entries_.size() - 1));
  }
}

void Seen::sweep(const SeenLimits& limits) {
  if (entries_.size() < sweep_at_) return;
  std::erase_if(entries_, [&](const Node& n) { return !alive(n.entry, limits); });
  sweep_at_ = std::max<std::size_t>(1024, entries_.size() + entries_.size() / 2);
  rebuild_table();
}

void Seen::link(std::uint32_t node) {
  std::uint32_t& head =
      table_[(entries_[node].entry.identity ^ entries_[node].entry.identity >> 29) & (table_.size() - 1)];
  entries_[node].next = head;
  head = node;
}

void Seen::rebuild_table() {
  std::size_t size = 1024;
  while (size < entries_.size() + entries_.size() / 2) size *= 2;
  table_.assign(size, kNone);
  for (std::uint32_t i = 0; i < entries_.size(); ++i) link(i);
}

}  // namespace tocsin
