// What the text stages know of a code point, from the Unicode tables of utf8proc, and how UTF-8 is read.
//
// The tables are built once, at first use (2 ms), and never change: safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tocsin {

enum class CharClass : std::uint8_t {
  kSpace,      // white space but line breaks, and control characters
  kNewline,    // LF, CR, VT, FF, NEL, line and paragraph separator
  kLower,      // letters that are not upper-case (uncased ones too) and numbers that are no decimal digits
  kUpper,      // upper-case and title-case letters
  kDigit,      // decimal digits
  kMark,       // combining marks: they belong to the character before
  kIdeograph,  // letters of scripts that are written without spaces
  kIgnorable,  // soft hyphen, zero-width and bidi controls
  kPunct,      // punctuation and symbols
};

// Of one code point, in one load: its class and its simple case folding. Code points over U+FFFF are looked up slowly.
struct CharInfo {
  CharClass cls = CharClass::kPunct;
  bool unstable = false;  // alone or beside its neighbours not in NFC
  char32_t folded = 0;    // simple case folding; typographic apostrophes are ' and hyphens and dashes -
};
CharInfo wide_char_info(char32_t code_point);

struct AsciiInfo {
  CharInfo of[128];
  constexpr AsciiInfo() : of() {
    for (char32_t c = 0; c < 128; ++c) {
      const bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
      const bool newline = c >= '\n' && c <= '\r', space = c <= ' ' || c == 0x7f;
      of[c] = {newline ? CharClass::kNewline
               : space ? CharClass::kSpace
               : upper ? CharClass::kUpper
               : lower ? CharClass::kLower
               : digit ? CharClass::kDigit
                       : CharClass::kPunct,
               false, upper ? c + 32 : c};
    }
  }
};
inline constexpr AsciiInfo kAsciiInfo;

inline CharInfo char_info(char32_t code_point) {
  return code_point < 128 ? kAsciiInfo.of[code_point] : wide_char_info(code_point);
}

inline bool is_word_class(CharClass c) {
  return c == CharClass::kLower || c == CharClass::kUpper || c == CharClass::kDigit || c == CharClass::kMark;
}

// The code point that begins at `at` of valid UTF-8, and its length in bytes.
struct Decoded {
  char32_t code_point = 0;
  std::uint32_t size = 0;
};
inline Decoded decode_utf8(const char* at) {
  const auto b = [at](int i) { return static_cast<char32_t>(static_cast<unsigned char>(at[i])); };
  const char32_t first = b(0);
  if (first < 0x80) return {first, 1};
  if (first < 0xe0) return {(first & 0x1f) << 6 | (b(1) & 0x3f), 2};
  if (first < 0xf0) return {(first & 0x0f) << 12 | (b(1) & 0x3f) << 6 | (b(2) & 0x3f), 3};
  return {(first & 0x07) << 18 | (b(1) & 0x3f) << 12 | (b(2) & 0x3f) << 6 | (b(3) & 0x3f), 4};
}
void append_code_point(char32_t code_point, std::string& out);

}  // namespace tocsin
