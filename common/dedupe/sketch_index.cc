#include "common/dedupe/sketch_index.h"

#include <algorithm>
#include <numeric>

namespace tocsin {
namespace {

constexpr std::size_t kFirstCapacity = 1024;
constexpr double kMaxLoad = 0.8;           // linear probing: 13 slots a failing search
constexpr double kBuiltLoad = 0.6;         // after a rebuild
constexpr std::size_t kSlotsPerWord = 16;  // of the filter
constexpr std::uint64_t kNumberBits = 24;
constexpr std::uint64_t kNumberMask = (1ULL << kNumberBits) - 1;

constexpr int kRegionBits = 10;
constexpr std::size_t kRegions = 1U << kRegionBits;
constexpr std::size_t kAhead = 8;

// Of a slot: homes ascend with keys, so a region is one stretch of the table.
std::size_t region(std::uint64_t slot) { return slot >> (64 - kRegionBits); }

// Slots hold number modulo (2^24 - 1) plus one, so that no used slot is zero.
std::uint64_t stored(std::uint64_t number) { return number % kNumberMask + 1; }

}  // namespace

SketchIndex::SketchIndex()
    : capacity_(kFirstCapacity), filter_(kFirstCapacity / kSlotsPerWord), slots_(kFirstCapacity + kRun) {}

SketchIndex::Window SketchIndex::window(LiveHeads live) { return {live.first, live.size(), live.first % kNumberMask}; }

inline bool SketchIndex::number_in(std::uint64_t slot, const Window& live, std::uint64_t& number) {
  const std::uint64_t low = (slot & kNumberMask) - 1;
  const std::uint64_t age = low >= live.low ? low - live.low : low + kNumberMask - live.low;
  number = live.first + age;
  return age < live.size;
}

void SketchIndex::prefetch(const std::vector<std::uint64_t>& keys) const {
  for (const std::uint64_t key : keys) __builtin_prefetch(&filter_[word(mix(key))]);
  for (const std::uint64_t key : keys)
    if (may_hold(key)) prefetch_slot(key);
}

std::size_t SketchIndex::find(std::uint64_t key, LiveHeads live, std::uint64_t (&out)[kHeadsPerValue]) {
  settle(live);
  std::size_t n = 0;
  if (!may_hold(key)) return n;
  const Window in = window(live);
  probe(key, [&](std::size_t i) {
    std::uint64_t number = 0;
    if (key_in(slots_[i]) == key && number_in(slots_[i], in, number) && n < kHeadsPerValue) out[n++] = number;
    return slots_[i] != 0;
  });
  return n;
}

void SketchIndex::insert(std::uint64_t key, std::uint64_t head, LiveHeads live) {
  waiting_.push_back(key << kNumberBits | stored(head));
  if (waiting_.size() >= kMostWaiting) settle(live);
}

// Many are put in by regions of the table that a cache holds; within a region the places are asked for ahead.
void SketchIndex::settle(LiveHeads live) {
  if (waiting_.empty()) return;
  if (static_cast<double>(used_ + waiting_.size()) > kMaxLoad * static_cast<double>(capacity_))
    rebuild(live, waiting_.size());
  if (waiting_.size() > kRegions) {
    std::vector<std::size_t> begin(kRegions + 1);
    for (const std::uint64_t slot : waiting_) ++begin[region(slot) + 1];
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    std::vector<std::uint64_t> sorted(waiting_.size());
    for (const std::uint64_t slot : waiting_) sorted[begin[region(slot)]++] = slot;
    waiting_ = std::move(sorted);
  }
  const Window in = window(live);
  for (std::size_t i = 0; i < std::min(kAhead, waiting_.size()); ++i) prefetch_slot(key_in(waiting_[i]));
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    if (i + kAhead < waiting_.size()) prefetch_slot(key_in(waiting_[i + kAhead]));
    put(waiting_[i], in);
  }
  const bool many = waiting_.size() > kRegions;
  waiting_.clear();
  if (many) waiting_.shrink_to_fit();
}

void SketchIndex::put(std::uint64_t fresh, const Window& live) {
  std::uint64_t head = 0;
  if (!number_in(fresh, live, head)) return;  // it left while it waited
  const std::uint64_t key = key_in(fresh);
  const std::size_t none = slots_.size();
  std::size_t place = none, oldest = none, same = 0;
  std::uint64_t oldest_number = 0;
  bool known = false;
  probe(key, [&](std::size_t i) {
    const std::uint64_t slot = slots_[i];
    std::uint64_t number = 0;
    if (slot == 0 || !number_in(slot, live, number)) {
      if (place == none) place = i;
    } else if (key_in(slot) == key) {
      known = known || number == head;
      ++same;
      if (oldest == none || number < oldest_number) oldest = i, oldest_number = number;
    }
    return slot != 0 && !known;
  });
  if (known) return;
  if (same >= kHeadsPerValue) place = oldest;
  if (place == none) {
    ++crowded_;
    return;
  }
  if (slots_[place] == 0) ++used_;
  slots_[place] = fresh;
  note(key);
}

std::vector<std::uint64_t> SketchIndex::keys_of(std::uint64_t head, LiveHeads live) {
  settle(live);
  std::vector<std::uint64_t> keys;
  for (const std::uint64_t slot : slots_) {
    if (slot != 0 && (slot & kNumberMask) == stored(head)) keys.push_back(key_in(slot));
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

// Homes ascend with keys, so a sweep over the old slots writes the new ones nearly in order.
void SketchIndex::rebuild(LiveHeads live, std::size_t room) {
  const Window in = window(live);
  std::size_t alive = 0;
  std::uint64_t number = 0;
  for (const std::uint64_t slot : slots_) alive += slot != 0 && number_in(slot, in, number);
  capacity_ = std::max(kFirstCapacity, static_cast<std::size_t>(static_cast<double>(alive + room) / kBuiltLoad));
  capacity_ -= capacity_ % kHomes;
  Slots old(capacity_ + kRun);
  old.swap(slots_);
  filter_.assign(capacity_ / kSlotsPerWord, 0);
  used_ = 0;
  for (const std::uint64_t slot : old) {
    if (slot == 0 || !number_in(slot, in, number)) continue;
    std::size_t place = slots_.size();
    probe(key_in(slot), [&](std::size_t i) {
      if (slots_[i] == 0) place = i;
      return slots_[i] != 0;
    });
    if (place == slots_.size()) {
      ++crowded_;
      continue;
    }
    slots_[place] = slot;
    note(key_in(slot));
    ++used_;
  }
}

}  // namespace tocsin
