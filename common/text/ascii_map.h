// Where the ASCII letters and digits of a text lie: a bit a byte, so that the end of a word is one count of
// zeros and not a look at each of its bytes, and no branch hangs on how long it is (docs/performance.md).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/word_hash.h"

namespace tocsin {

// Ask only for what was assigned. Texts are of less than 4 GiB.
class AsciiMap {
 public:
  // Writes the text with its ASCII letters lower-cased to `lower`, kReadBehind zeros behind it.
  void assign(std::string_view text, std::string& lower);

  // The 64 bytes from `at` on: bit 0 is the byte at `at`; zeros behind the end. `at` is at most the size.
  std::uint64_t from(std::uint32_t at) const {
    const std::uint32_t shift = at % 64;
    const std::uint64_t* bits = bits_.data() + at / 64;
    return bits[0] >> shift | bits[1] << 1 << (63 - shift);
  }

 private:
  static std::uint64_t map(const char* text, char* lower);  // of 64 bytes

  std::vector<std::uint64_t> bits_;  // and 64 zeros
};

// How long the words of a map are, one behind another. The bits are held in a register, so that where a word begins is
// known as soon as the length of the one before. Borrows the map.
class WordLengths {
 public:
  WordLengths(const AsciiMap& map, std::size_t at)
      : map_(map), at_(static_cast<std::uint32_t>(at)), bits_(map.from(at_)) {}

  // Letters and digits from here on; right up to kShortWord, and more than that for any longer word.
  std::uint32_t next() const { return static_cast<std::uint32_t>(std::countr_one(bits_)); }
  // Goes on by a word and what stands behind it: at most kShortWord + 1 bytes.
  void skip(std::uint32_t bytes) {
    at_ += bytes;
    bits_ >>= bytes;
    left_ -= bytes;
    if (left_ <= kShortWord) go_to(at_);
  }
  void go_to(std::uint32_t at) {
    at_ = at;
    bits_ = map_.from(at);
    left_ = 64;
  }

 private:
  const AsciiMap& map_;
  std::uint32_t at_;
  std::uint64_t bits_;
  std::uint32_t left_ = 64;  // bits that are known
};

}  // namespace tocsin
