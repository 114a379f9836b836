// Counting bytes of a text. Sums in one byte are added up 16 at a time by the compiler; in 32 or 64 bits they cost
// three to five times as much.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tocsin {

template <typename IsSuch>
std::size_t count_bytes(std::string_view text, IsSuch is_such) {
  constexpr std::size_t kBlock = 240;  // the sum of a block fits into a byte
  std::size_t n = 0;
  while (!text.empty()) {
    const std::string_view block = text.substr(0, kBlock);
    std::uint8_t sum = 0;
    for (const char c : block) sum = static_cast<std::uint8_t>(sum + (is_such(c) ? 1 : 0));
    n += sum;
    text.remove_prefix(block.size());
  }
  return n;
}

}  // namespace tocsin
