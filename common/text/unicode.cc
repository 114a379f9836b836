#include "common/text/unicode.h"

#include <utf8proc.h>

#include <cstdlib>
#include <vector>

namespace tocsin {
namespace {

bool in(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

// Scripts without spaces between words: Thai and Lao, Myanmar, Khmer, kana, Bopomofo, Han.
bool is_spaceless(char32_t c) {
  return in(c, 0x0e00, 0x0eff) || in(c, 0x1000, 0x109f) || in(c, 0x1780, 0x17ff) || in(c, 0x3005, 0x3007) ||
         in(c, 0x3021, 0x3029) || in(c, 0x3031, 0x3035) || in(c, 0x3040, 0x312f) || in(c, 0x31a0, 0x31bf) ||
         in(c, 0x31f0, 0x31ff) || in(c, 0x3400, 0x4dbf) || in(c, 0x4e00, 0x9fff) || in(c, 0xf900, 0xfaff) ||
         in(c, 0xff66, 0xff9f) || in(c, 0x1b000, 0x1b16f) || in(c, 0x20000, 0x3ffff);
}

CharClass classify(char32_t c) {
  if (c == '\n' || c == '\r' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029)
    return CharClass::kNewline;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_CC:
      return CharClass::kSpace;
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT:
      return CharClass::kUpper;
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return is_spaceless(c) ? CharClass::kIdeograph : CharClass::kLower;
    case UTF8PROC_CATEGORY_ND:
      return CharClass::kDigit;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return CharClass::kMark;
    case UTF8PROC_CATEGORY_CF:
      return CharClass::kIgnorable;
    default:
      return CharClass::kPunct;
  }
}

// Simple case folding: the full one where it is a single code point, else the lower-case letter.
char32_t simple_fold(char32_t c) {
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x201b:
    case 0x02bc:
    case 0xff07:
      return '\'';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
      return '-';
    default:
      break;
  }
  utf8proc_int32_t out[4];
  int last_class = 0;
  const auto n = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), out, 4, UTF8PROC_CASEFOLD, &last_class);
  if (n == 1) return static_cast<char32_t>(out[0]);
  return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
}

// Whether a word that holds this code point may change under NFC: marks, conjoining jamo and singletons.
bool is_unstable(char32_t c) {
  const utf8proc_property_t* p = utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
  if (p->category == UTF8PROC_CATEGORY_MN || p->category == UTF8PROC_CATEGORY_MC) return true;
  if (p->combining_class != 0 || in(c, 0x1160, 0x11ff)) return true;
  if (p->decomp_type != 0 || p->decomp_seqindex == UINT16_MAX) return false;
  std::string utf8;
  append_code_point(c, utf8);
  utf8proc_uint8_t* composed = utf8proc_NFC(reinterpret_cast<const utf8proc_uint8_t*>(utf8.c_str()));
  const bool same = composed != nullptr && utf8 == reinterpret_cast<const char*>(composed);
  std::free(composed);
  return !same;
}

CharInfo compute(char32_t c) {
  if (in(c, 0xd800, 0xdfff)) return {CharClass::kPunct, false, c};
  return {classify(c), is_unstable(c), simple_fold(c)};
}

}  // namespace

CharInfo wide_char_info(char32_t code_point) {
  static const std::vector<CharInfo> table = [] {
    std::vector<CharInfo> t(0x10000);
    for (char32_t c = 0; c < t.size(); ++c) t[c] = compute(c);
    return t;
  }();
  return code_point < table.size() ? table[code_point] : compute(code_point);
}

void append_code_point(char32_t c, std::string& out) {
  const auto put = [&out](char32_t b) { out.push_back(static_cast<char>(b)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6);
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3f));
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

}  // namespace tocsin
