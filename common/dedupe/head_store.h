// HeadStore: the heads of stories in the order of their arrival, oldest leaving first.
//
// A head is 32 bytes plus its packed fingerprint, which lies in a queue of bytes: nothing is moved, nothing fragments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "common/dedupe/sketch_index.h"

namespace tocsin {

struct Head {
  std::uint64_t cluster = 0;
  std::int64_t record_ms = 0;
  std::uint64_t at : 48 = 0;    // where its bytes begin, counted from the store's beginning
  std::uint64_t size : 16 = 0;  // of its bytes
  std::uint32_t provider = 0;   // hash of the provider's name
  std::uint32_t age_s = 0;      // StoryBook's age clock when it came, seconds modulo 2^32
};

class HeadStore {
 public:
  static constexpr std::size_t kMaxBytes = (1U << 16) - 1;  // of one packed fingerprint

  LiveHeads live() const { return {first_, first_ + size_}; }
  // `number` must be live.
  const Head& head(std::uint64_t number) const { return chunks_[(number - base_) / kChunk][(number - base_) % kChunk]; }
  // Valid until the head is popped.
  std::string_view bytes(const Head& head) const;
  // Returns the head's number.
  std::uint64_t push(Head head, std::string_view bytes);  // fills in `at` and `size`
  void pop_oldest();

  std::size_t memory_bytes() const { return (chunks_.size() + pages_.size()) * kPage; }

 private:
  static constexpr std::size_t kPage = HugePages<char>::kPage;
  static constexpr std::size_t kChunk = kPage / sizeof(Head);

  std::deque<std::vector<Head, HugePages<Head>>> chunks_;  // of kChunk heads each
  std::deque<std::vector<char, HugePages<char>>> pages_;   // of kPage bytes each
  std::uint64_t base_ = 0;                                 // number of the first head in chunks_.front()
  std::uint64_t first_ = 0;                                // number of the oldest live head
  std::uint64_t size_ = 0;                                 // live heads
  std::uint64_t page_base_ = 0;                            // `at` of the first byte in pages_.front()
  std::uint64_t end_ = 0;                                  // `at` of the next byte
};

}  // namespace tocsin
