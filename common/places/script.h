// Scripts that know no capitals. Internal to places/.
#pragma once

#include <string_view>

namespace tocsin::places {

// Letters of a script without capitals: Hebrew and Arabic (U+0590..U+08FF), Devanagari and the other scripts of Asia to
// U+10FF, Hangul. By the first bytes of UTF-8. Greek, Cyrillic, Armenian know capitals.
inline bool is_caseless(std::string_view word) {
  if (word.size() < 2) return false;
  const auto a = static_cast<unsigned char>(word[0]), b = static_cast<unsigned char>(word[1]);
  if (a < 0xd6) return false;
  if (a == 0xd6) return b >= 0x90;                             // U+0590..
  if (a <= 0xdf) return true;                                  // U+05C0..U+07FF
  if (a == 0xe0) return true;                                  // U+0800..U+0FFF
  if (a == 0xe1) return b <= 0x83 || (b >= 0x9e && b < 0xb8);  // Myanmar, Georgian; not Latin and Greek additions
  return a >= 0xea && a <= 0xed;                               // Hangul and neighbours
}

}  // namespace tocsin::places
