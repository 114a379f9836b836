// Sixteen bytes of text at a time, and what a test says of each as one bit. SSE2 where there is (every x86-64 has it),
// else what the compiler makes of its vectors.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace tocsin {

static_assert(std::endian::native == std::endian::little, "byte 0 is the lowest");

// Comparisons give all bits of a byte or none. Bytes are signed: those over 0x7f are below zero.
using SixteenBytes __attribute__((vector_size(16))) = signed char;

inline SixteenBytes load_sixteen(const char* at) {
  SixteenBytes v;
  std::memcpy(&v, at, sizeof v);
  return v;
}

// The highest bits of eight bytes side by side: the product brings each to a place of its own.
inline std::uint32_t gather_high_bits(std::uint64_t bytes) {
  return static_cast<std::uint32_t>((bytes & 0x8080808080808080) * 0x0002040810204081 >> 56);
}

// Bit i is the highest bit of byte i.
inline std::uint32_t bits_of(SixteenBytes test) {
#if defined(__SSE2__)
  return static_cast<std::uint32_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(test)));
#else
  std::uint64_t half[2];
  std::memcpy(half, &test, sizeof half);
  return gather_high_bits(half[0]) | gather_high_bits(half[1]) << 8;
#endif
}

}  // namespace tocsin
