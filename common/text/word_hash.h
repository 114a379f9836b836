// The hash of a word, the same in every stage, on every machine, for ever: it is in compiled images and in the state.
//
// A multiplication of 64 by 64 bits whose halves are added without carry mixes 16 bytes at a time, as in wyhash (Wang
// Yi, 2019). It stands in a header so that it is inlined where words are cut.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tocsin {

static_assert(std::endian::native == std::endian::little, "the hash reads words of memory");

namespace word_hash {

inline constexpr std::uint64_t k0 = 0x9e3779b97f4a7c15, k1 = 0xd1b54a32d192ed03, k2 = 0x8cb92ba72f3d8dd7;

template <typename T>
std::uint64_t load(const char* at) {
  T v = 0;
  std::memcpy(&v, at, sizeof v);
  return v;
}

inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t finish(std::uint64_t a, std::uint64_t b, std::uint64_t seed) {
  return mix(mix(a ^ k0, b ^ k1 ^ seed) ^ k2, k0 ^ seed);
}

}  // namespace word_hash

// Of a folded token.
inline std::uint64_t hash_word(std::string_view folded) {
  using namespace word_hash;
  const char* p = folded.data();
  std::size_t n = folded.size();
  std::uint64_t seed = k2 ^ n;
  for (; n > 16; n -= 16, p += 16) seed = mix(load<std::uint64_t>(p) ^ k0 ^ seed, load<std::uint64_t>(p + 8) ^ k1);
  std::uint64_t a = 0, b = 0;
  if (n >= 8) {
    a = load<std::uint64_t>(p);
    b = load<std::uint64_t>(p + n - 8);
  } else if (n >= 4) {
    a = load<std::uint32_t>(p);
    b = load<std::uint32_t>(p + n - 4);
  } else if (n > 0) {
    const auto byte = [p](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(p[i])); };
    a = byte(0) | byte(n / 2) << 8 | byte(n - 1) << 16;
  }
  return finish(a, b, seed);
}

inline constexpr std::uint32_t kShortWord = 16;
inline constexpr std::size_t kReadBehind = 8;  // bytes behind a short word that must be readable

// What hash_word takes of a short word: of its first eight bytes those of `first`, and again those of `again` times
// `times` (words of one or two bytes are made three); of the eight at `behind` those of `last`.
struct ShortWord {
  std::uint64_t first = 0, again = 0, times = 0, last = 0, behind = 0;
};
struct ShortWords {
  ShortWord of[kShortWord + 1];
  constexpr ShortWords() : of() {
    constexpr std::uint64_t kAll = ~std::uint64_t{0}, kHalf = 0xffffffff;
    of[1] = {0xff, 0xff, 0x10100, 0, 0};
    of[2] = {0xffff, 0xff00, 0x100, 0, 0};
    of[3] = {0xffffff, 0, 0, 0, 0};
    for (std::uint32_t n = 4; n < 8; ++n) of[n] = {kHalf, 0, 0, kHalf, n - 4};
    for (std::uint32_t n = 8; n <= kShortWord; ++n) of[n] = {kAll, 0, 0, kAll, n - 8};
  }
};
inline constexpr ShortWords kShortWords;

// The same of 1 to kShortWord bytes, without a branch on how many: how long words are cannot be foretold.
inline std::uint64_t hash_short_word(const char* word, std::uint32_t n) {
  using namespace word_hash;
  const ShortWord& take = kShortWords.of[n];
  const std::uint64_t first = load<std::uint64_t>(word);
  return finish((first & take.first) + (first & take.again) * take.times,
                load<std::uint64_t>(word + take.behind) & take.last, k2 ^ n);
}

}  // namespace tocsin
