// Eight bytes of text at a time: where runs of ASCII letters and digits end. Such runs are nine tenths of an English
// text, and looking at each of their bytes was a tenth of the whole pipeline (docs/performance.md, "The core").
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tocsin {

static_assert(std::endian::native == std::endian::little, "byte 0 is the lowest");
inline constexpr std::uint64_t kEachByte = 0x0101010101010101;
inline constexpr std::uint64_t kHighBits = 0x80 * kEachByte;

// The bytes at `at`; zeros stand for those at `end` and behind it.
std::uint64_t load_last_bytes(const char* at, const char* end);  // less than eight
inline std::uint64_t load_eight(const char* at, const char* end) {
  if (end - at < 8) return load_last_bytes(at, end);
  std::uint64_t v = 0;
  std::memcpy(&v, at, 8);
  return v;
}

inline bool is_ascii_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }
inline bool is_ascii_upper(char c) { return static_cast<unsigned char>(c - 'A') < 26; }
inline bool is_ascii_letter_or_digit(unsigned char c) {
  return static_cast<unsigned char>((c | 0x20) - 'a') < 26 || is_ascii_digit(static_cast<char>(c));
}

// Marks are the high bits of the bytes that are meant. The tests are those of S. E. Anderson, "Bit Twiddling Hacks"
// (hasbetween).
struct AsciiEight {
  std::uint64_t letter = 0;
  std::uint64_t digit = 0;
  std::uint64_t upper = 0;
  std::uint64_t end = 0;  // what is neither letter nor digit

  explicit constexpr AsciiEight(std::uint64_t v) {
    const std::uint64_t low = v & ~kHighBits;
    const std::uint64_t small = low | 0x20 * kEachByte;
    letter = (small + (0x80 - 'a') * kEachByte) & ~(small + (0x7f - 'z') * kEachByte) & ~v & kHighBits;
    digit = (low + (0x80 - '0') * kEachByte) & ~(low + (0x7f - '9') * kEachByte) & ~v & kHighBits;
    upper = letter & ~(v << 2);
    end = ~(letter | digit) & kHighBits;
  }
  // Letters and digits at the front, 0 to 8.
  std::uint32_t run() const { return static_cast<std::uint32_t>(std::countr_zero(end)) / 8; }
  // Of marks, how many lie in that run.
  std::uint32_t in_run(std::uint64_t marks) const {
    return static_cast<std::uint32_t>(std::popcount(marks & (end ^ (end - 1))));
  }
};

}  // namespace tocsin
