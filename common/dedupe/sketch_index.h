// SketchIndex: which heads hold a sketch value. A flat hash table of 8-byte slots (40 bits of the value, 24 of the
// head), linear probing, grown by a third. A key whose neighbourhood is full has others elsewhere: values that six
// heads hold stand in runs, and a full table has runs of hundreds by chance.
//
// Of every value the newest kHeadsPerValue live heads are known. So what a lookup gives depends on the live heads
// alone, not on those that left, nor on the size of the table: a restored index answers as the one it was copied from.
// Heads leave oldest first; their slots are not searched for but recognised as dead, reused, and swept when the table
// grows.
//
// Most of what is asked for is not there, so a filter is asked first: two bits of one word for each value, four bits a
// slot (nine in a hundred that are not there pass). Bits of heads that left stay until the table is built anew.
//
// What is inserted waits until the next question, or until kMostWaiting wait, and is put in by regions of the table: a
// restart inserts millions in a row, and one by one each of them would be a miss of the caches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/dedupe/huge_pages.h"

namespace tocsin {

// Heads are numbered by arrival; [first, next) are live. At most 2^24 - 1 of them.
struct LiveHeads {
  std::uint64_t first = 0;
  std::uint64_t next = 0;
  std::uint64_t size() const { return next - first; }
};

class SketchIndex {
 public:
  static constexpr std::size_t kHeadsPerValue = 6;
  static constexpr std::size_t kMaxHeads = (1U << 24) - 1;
  static constexpr std::uint64_t kKeyMask = (1ULL << 40) - 1;

  static std::uint64_t key_of(std::uint64_t sketch_value) { return sketch_value & kKeyMask; }

  SketchIndex();

  // Numbers of the live heads that hold `key`, at most kHeadsPerValue, in no order. Returns how many were written.
  std::size_t find(std::uint64_t key, LiveHeads live, std::uint64_t (&out)[kHeadsPerValue]);
  // Brings the places of keys into the cache ahead of find.
  void prefetch(const std::vector<std::uint64_t>& keys) const;
  // `head` is a live number, not lower than any inserted before. Twice the same changes nothing.
  void insert(std::uint64_t key, std::uint64_t head, LiveHeads live);

  // All keys under which a live head stands, ascending; a sweep over the whole table, for the rare case (kills).
  std::vector<std::uint64_t> keys_of(std::uint64_t head, LiveHeads live);

  std::size_t bytes() const { return (slots_.size() + filter_.size() + waiting_.capacity()) * sizeof(std::uint64_t); }
  std::uint64_t crowded() const { return crowded_; }  // values not indexed because all its neighbourhoods are full

 private:
  // A search looks at kRun slots in each of kHomes places at most, and mostly in the first alone: so an article's time
  // is bounded also when hashes are made to collide. Each lies in another part of the table, so that none overlap.
  static constexpr std::size_t kRun = 32;
  static constexpr std::size_t kHomes = 16;
  // 32 MB: with fewer, every region of a table of a million heads is fetched from memory more often than it must be.
  static constexpr std::size_t kMostWaiting = 4U << 20;

  static std::size_t scale(std::uint64_t bits, std::size_t to) {  // 64 bits to [0, to)
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>((static_cast<Wide>(bits) * to) >> 64);
  }
  // Homes ascend with keys; other homes and the filter's words must not.
  static std::uint64_t mix(std::uint64_t key) { return key * 0x9E3779B97F4A7C15; }
  std::size_t home(std::uint64_t key) const { return scale(key << 24, capacity_); }
  // Steps of an odd number of parts come to each part once; neighbours step differently.
  std::size_t other_home(std::uint64_t key, std::size_t n) const {
    const std::size_t part = capacity_ / kHomes;
    const std::size_t step = (mix(key) >> 32 & (kHomes - 1)) | 1;
    return (home(key) / part + n * step) % kHomes * part + kRun + scale(mix(key + n), part - kRun);
  }
  // Calls visit(slot's place) wherever a key may stand, in order, until it returns false.
  template <typename Visit>
  void probe(std::uint64_t key, Visit visit) const {
    for (std::size_t n = 0; n < kHomes; ++n) {
      const std::size_t from = n == 0 ? home(key) : other_home(key, n);
      for (std::size_t i = from; i < from + kRun; ++i) {
        if (!visit(i)) return;
      }
    }
  }
  static std::uint64_t key_in(std::uint64_t slot) { return slot >> 24; }
  // The live heads as slots name them; `low` is the number of the first as a slot holds it, less one.
  struct Window {
    std::uint64_t first, size, low;
  };
  static Window window(LiveHeads live);
  static bool number_in(std::uint64_t slot, const Window& live, std::uint64_t& number);
  void prefetch_slot(std::uint64_t key) const { __builtin_prefetch(&slots_[home(key)]); }
  std::size_t word(std::uint64_t mixed) const { return scale(mixed, filter_.size()); }
  static std::uint64_t bits(std::uint64_t mixed) { return 1ULL << (mixed & 63) | 1ULL << (mixed >> 6 & 63); }
  bool may_hold(std::uint64_t key) const {
    const std::uint64_t mixed = mix(key);
    return (filter_[word(mixed)] & bits(mixed)) == bits(mixed);
  }
  void note(std::uint64_t key) {
    const std::uint64_t mixed = mix(key);
    filter_[word(mixed)] |= bits(mixed);
  }
  void settle(LiveHeads live);
  void put(std::uint64_t slot, const Window& live);
  void rebuild(LiveHeads live, std::size_t room);

  using Slots = std::vector<std::uint64_t, HugePages<std::uint64_t>>;

  std::size_t capacity_ = 0;  // homes, a multiple of kHomes; the slots go on for kRun more
  std::size_t used_ = 0;      // slots that are not zero, dead ones included
  std::uint64_t crowded_ = 0;
  std::vector<std::uint64_t> waiting_;  // slots to be put in
  Slots filter_;                        // of bits
  Slots slots_;                         // 0: never used (head numbers are stored plus one, modulo 2^24, zero skipped)
};

}  // namespace tocsin
