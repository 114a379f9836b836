// Where the ASCII letters and digits of a text lie: a bit a byte, so that the end of a word is one count of
// zeros and not a look at each of its bytes, and no branch hangs on how long it is (docs/performance.md).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

class AsciiMap {
 public:
  // Writes the text with its ASCII letters lower-cased to `lower`, kReadBehind zeros behind it.
  void assign(std::string_view text, std::string& lower);

  // The 64 bytes from `at` on: bit 0 is the byte at `at`; zeros behind the end. `at` is below the size.
  std::uint64_t from(std::uint32_t at) const {
    const std::uint32_t shift = at % 64;
    const std::uint64_t* bits = bits_.data() + at / 64;
    return bits[0] >> shift | bits[1] << 1 << (63 - shift);
  }

 private:
  static std::uint64_t map(const char* text, char* lower);  // of 64 bytes

  std::vector<std::uint64_t> bits_;  // and 64 zeros
};

}  // namespace tocsin
