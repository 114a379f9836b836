#include "common/text/ascii_map.h"

#include <cstring>

#include "common/text/sixteen_bytes.h"
#include "common/text/word_hash.h"

namespace tocsin {

std::uint64_t AsciiMap::map(const char* text, char* lower) {
  std::uint64_t bits = 0;
  for (unsigned at = 0; at < 64; at += sizeof(SixteenBytes)) {
    const SixteenBytes v = load_sixteen(text + at);
    const SixteenBytes small = v | 0x20;
    const SixteenBytes letter = (small >= 'a') & (small <= 'z');
    const SixteenBytes digit = (v >= '0') & (v <= '9');
    const SixteenBytes lowered = v | (letter & 0x20);
    std::memcpy(lower + at, &lowered, sizeof lowered);
    bits |= std::uint64_t{bits_of(letter | digit)} << at;
  }
  return bits;
}

void AsciiMap::assign(std::string_view text, std::string& lower) {
  const std::size_t whole = text.size() / 64, rest = text.size() % 64;
  lower.resize(text.size() + kReadBehind);
  bits_.resize(whole + 2);
  for (std::size_t b = 0; b < whole; ++b) bits_[b] = map(text.data() + b * 64, lower.data() + b * 64);
  char last[64] = {}, lowered[64];
  text.copy(last, rest, whole * 64);
  bits_[whole] = map(last, lowered);
  bits_[whole + 1] = 0;
  std::memcpy(lower.data() + whole * 64, lowered, rest);
  std::memset(lower.data() + text.size(), 0, kReadBehind);
}

}  // namespace tocsin
