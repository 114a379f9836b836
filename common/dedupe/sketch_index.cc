#include "common/dedupe/sketch_index.h"

#include <algorithm>

namespace tocsin {
namespace {

constexpr std::size_t kFirstCapacity = 1024;
constexpr double kMaxLoad = 0.8;    // linear probing: 13 slots a failing search
constexpr double kBuiltLoad = 0.6;  // after a rebuild
constexpr std::uint64_t kNumberBits = 24;
constexpr std::uint64_t kNumberMask = (1ULL << kNumberBits) - 1;

// Slots hold number modulo (2^24 - 1) plus one, so that no used slot is zero.
std::uint64_t stored(std::uint64_t number) { return number % kNumberMask + 1; }

}  // namespace

SketchIndex::SketchIndex() : capacity_(kFirstCapacity), slots_(kFirstCapacity + kMaxProbe) {}

bool SketchIndex::number_in(std::uint64_t slot, LiveHeads live, std::uint64_t& number) {
  const std::uint64_t first = live.first % kNumberMask;
  const std::uint64_t low = (slot & kNumberMask) - 1;
  const std::uint64_t age = low >= first ? low - first : low + kNumberMask - first;
  number = live.first + age;
  return age < live.size();
}

std::size_t SketchIndex::find(std::uint64_t key, LiveHeads live, std::uint64_t (&out)[kHeadsPerValue]) const {
  std::size_t n = 0;
  const std::size_t from = home(key);
  for (std::size_t i = from; i < from + kMaxProbe && slots_[i] != 0; ++i) {
    if (key_in(slots_[i]) != key) continue;
    std::uint64_t number = 0;
    if (number_in(slots_[i], live, number) && n < kHeadsPerValue) out[n++] = number;
  }
  return n;
}

void SketchIndex::insert(std::uint64_t key, std::uint64_t head, LiveHeads live) {
  if (static_cast<double>(used_ + 1) > kMaxLoad * static_cast<double>(capacity_)) rebuild(live);
  const std::uint64_t fresh = key << kNumberBits | stored(head);
  const std::size_t from = home(key);
  const std::size_t none = slots_.size();
  std::size_t place = none, oldest = none, same = 0;
  std::uint64_t oldest_number = 0;
  for (std::size_t i = from; i < from + kMaxProbe; ++i) {
    const std::uint64_t slot = slots_[i];
    std::uint64_t number = 0;
    if (slot == 0) {
      if (place == none) {
        place = i;
        if (same < kHeadsPerValue) ++used_;
      }
      break;
    }
    if (!number_in(slot, live, number)) {
      if (place == none) place = i;
    } else if (key_in(slot) == key) {
      if (number == head) return;
      ++same;
      if (oldest == none || number < oldest_number) oldest = i, oldest_number = number;
    }
  }
  if (same >= kHeadsPerValue) place = oldest;
  if (place == none) {
    ++crowded_;
    return;
  }
  slots_[place] = fresh;
}

std::vector<std::uint64_t> SketchIndex::keys_of(std::uint64_t head) const {
  std::vector<std::uint64_t> keys;
  for (const std::uint64_t slot : slots_) {
    if (slot != 0 && (slot & kNumberMask) == stored(head)) keys.push_back(key_in(slot));
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

// Homes ascend with keys, so a sweep over the old slots writes the new ones nearly in order.
void SketchIndex::rebuild(LiveHeads live) {
  std::size_t alive = 0;
  std::uint64_t number = 0;
  for (const std::uint64_t slot : slots_) alive += slot != 0 && number_in(slot, live, number);
  capacity_ = std::max(kFirstCapacity, static_cast<std::size_t>(static_cast<double>(alive) / kBuiltLoad));
  std::vector<std::uint64_t> old(capacity_ + kMaxProbe);
  old.swap(slots_);
  used_ = 0;
  for (const std::uint64_t slot : old) {
    if (slot == 0 || !number_in(slot, live, number)) continue;
    std::size_t i = home(key_in(slot));
    const std::size_t end = i + kMaxProbe;
    while (i < end && slots_[i] != 0) ++i;
    if (i == end) {
      ++crowded_;
      continue;
    }
    slots_[i] = slot;
    ++used_;
  }
}

}  // namespace tocsin
