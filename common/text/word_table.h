// A short list of words that the code itself knows, each with a value, asked for by a token's hash. One load settles
// most of the words that are not in it.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/text/word_hash.h"

namespace tocsin {

// kSlots is a power of two, twice as many as words at least.
template <typename Value, std::size_t kSlots = 256>
class WordTable {
 public:
  // The word as tokens are folded; the first value of a word stays.
  void put(std::string_view folded, const Value& value) { put(hash_word(folded), value); }
  void put(std::uint64_t hash, const Value& value) {
    std::size_t i = hash % kSlots;
    while (slots_[i].hash != 0 && slots_[i].hash != hash) i = (i + 1) % kSlots;
    if (slots_[i].hash == hash) return;
    ++size_;
    assert(size_ <= kSlots / 2);
    slots_[i] = {hash, value};
  }
  // nullptr: it is none of them.
  const Value* find(std::uint64_t hash) const {
    for (std::size_t i = hash % kSlots;; i = (i + 1) % kSlots) {
      if (slots_[i].hash == hash) return &slots_[i].value;
      if (slots_[i].hash == 0) return nullptr;
    }
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;  // 0: free; no word of ours has that hash
    Value value{};
  };
  std::array<Slot, kSlots> slots_{};
  std::size_t size_ = 0;
};

}  // namespace tocsin
