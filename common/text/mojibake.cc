#include "common/text/mojibake.h"

#include <array>

#include "common/text/unicode.h"

namespace tocsin {
namespace {

// The byte that windows-1252 writes for the character at `i`, 0x80 to 0xbf, and the bytes that the character takes
// here; 0: it is none of these. The five bytes to which windows-1252 assigns nothing come as the control characters of
// their number.
struct Byte {
  unsigned value = 0;
  std::size_t size = 0;
};

Byte trail_at(std::string_view s, std::size_t i) {
  constexpr std::array<char16_t, 32> kWindows1252 = {0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                                     0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,   0x017d, 0x8f,
                                                     0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                     0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};
  if (i >= s.size()) return {};
  const Decoded d = decode_utf8(s.data() + i);
  if (d.code_point >= 0x80 && d.code_point < 0xc0) return {static_cast<unsigned>(d.code_point), d.size};
  for (unsigned k = 0; k < kWindows1252.size(); ++k)
    if (kWindows1252.at(k) == d.code_point) return {0x80 + k, d.size};
  return {};
}

// The character that the mojibake at `i` stands for, and its bytes here; 0: there is none.
struct Found {
  char32_t character = 0;
  std::size_t size = 0;
};

Found mojibake_at(std::string_view s, std::size_t i) {
  const auto second = static_cast<unsigned char>(i + 1 < s.size() ? s[i + 1] : '\0');
  if (second != 0x82 && second != 0x83 && second != 0xa2) return {};
  const Byte first = trail_at(s, i + 2);
  if (first.size == 0) return {};
  if (second != 0xa2) {  // "Â" and "Ã" are the first bytes of U+0080 to U+00FF
    const char32_t character = (second == 0x82 ? 0x80U : 0xc0U) + (first.value & 0x3f);
    return character < 0xa0 ? Found{} : Found{character, 2 + first.size};
  }
  const Byte last = trail_at(s, i + 2 + first.size);  // "â€" begins U+2000 to U+203F
  if (first.value != 0x80 || last.size == 0) return {};
  return {0x2000U + (last.value & 0x3f), 2 + first.size + last.size};
}

}  // namespace

std::uint32_t Mended::Source::of(std::uint32_t byte) {
  while (next_ < steps_.size() && steps_[next_].at <= byte) moved_ = steps_[next_++].moved;
  return byte + moved_;
}

Mended mend_mojibake(std::string_view text) {
  Mended mended;
  std::size_t copied = 0;
  for (std::size_t i = text.find('\xc3'); i != std::string_view::npos; i = text.find('\xc3', i)) {
    const Found found = mojibake_at(text, i);
    if (found.size == 0) {
      ++i;
      continue;
    }
    mended.text.append(text.substr(copied, i - copied));
    append_code_point(found.character, mended.text);
    copied = i += found.size;
    mended.steps.push_back(
        {static_cast<std::uint32_t>(mended.text.size()), static_cast<std::uint32_t>(copied - mended.text.size())});
  }
  if (!mended.steps.empty()) mended.text.append(text.substr(copied));
  return mended;
}

}  // namespace tocsin
