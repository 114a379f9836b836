#include "common/wire/encoding.h"

#include <iconv.h>
#include <simdjson.h>
#include <uchardet/uchardet.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace tocsin {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// The 32 code points of windows-1252 that differ from Latin-1; WHATWG Encoding Standard, index windows-1252. 0: none.
constexpr std::array<char16_t, 32> kWindows1252 = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                                   0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

std::uint8_t byte(std::string_view s, std::size_t i) { return static_cast<std::uint8_t>(s[i]); }

char32_t from_windows1252(std::uint8_t b) {
  if (b < 0x80 || b >= 0xa0) return b;
  const char16_t c = kWindows1252.at(b - 0x80U);
  return c == 0 ? kReplacement : c;
}

// Length of the well-formed sequence at the front of `s`, by table 3-7 of the Unicode standard; 0: none. -1: one that
// is well-formed as far as it goes, two bytes at least, and cut by the end.
int sequence(std::string_view s) {
  const unsigned first = byte(s, 0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const int size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  for (int i = 1; i < size; ++i) {
    if (static_cast<std::size_t>(i) == s.size()) return i == 1 ? 0 : -1;
    const unsigned c = byte(s, static_cast<std::size_t>(i));
    if (c < (i == 1 ? low : 0x80U) || c > (i == 1 ? high : 0xbfU)) return 0;
  }
  return size;
}

// The code point of two surrogates in three bytes each at the front of `s`; 0: there are none.
char32_t surrogate_pair(std::string_view s) {
  if (s.size() < 6) return 0;
  const auto b = [s](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(s[i])); };
  if (b(0) != 0xed || b(1) < 0xa0 || b(1) > 0xaf || b(3) != 0xed || b(4) < 0xb0 || b(4) > 0xbf) return 0;
  if ((b(2) & 0xc0) != 0x80 || (b(5) & 0xc0) != 0x80) return 0;
  const char32_t high = (b(1) & 0x0f) << 6 | (b(2) & 0x3f);
  const char32_t low = (b(4) & 0x0f) << 6 | (b(5) & 0x3f);
  return 0x10000 + (high << 10 | low);
}

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

void append_utf8(char32_t c, std::string& out) {
  const auto push = [&out](char32_t b) { out.push_back(static_cast<char>(b)); };
  if (c < 0x80) {
    push(c);
  } else if (c < 0x800) {
    push(0xC0 | (c >> 6));
    push(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    push(0xE0 | (c >> 12));
    push(0x80 | ((c >> 6) & 0x3F));
    push(0x80 | (c & 0x3F));
  } else {
    push(0xF0 | (c >> 18));
    push(0x80 | ((c >> 12) & 0x3F));
    push(0x80 | ((c >> 6) & 0x3F));
    push(0x80 | (c & 0x3F));
  }
}

std::string_view utf8_start(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (byte(text, limit) & 0xc0) == 0x80) --limit;
  return text.substr(0, limit);
}

std::size_t utf8_sequence(std::string_view s) {
  const int size = s.empty() ? 0 : sequence(s);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

std::string sniff_charset(std::string_view bytes) {
  const std::unique_ptr<std::remove_pointer_t<uchardet_t>, decltype(&uchardet_delete)> detector(uchardet_new(),
                                                                                                &uchardet_delete);
  uchardet_handle_data(detector.get(), bytes.data(), std::min<std::size_t>(bytes.size(), 1U << 16));
  uchardet_data_end(detector.get());
  return uchardet_get_charset(detector.get());
}

bool append_from_utf16(std::string_view bytes, std::string& out) {
  if (bytes.size() < 4 || bytes.size() % 2 != 0) return false;
  const bool little = byte(bytes, 0) == 0xFF && byte(bytes, 1) == 0xFE;
  if (!little && !(byte(bytes, 0) == 0xFE && byte(bytes, 1) == 0xFF)) return false;
  const std::size_t before = out.size();
  const auto unit = [&](std::size_t i) {
    return static_cast<char32_t>(little ? byte(bytes, i) | byte(bytes, i + 1) << 8
                                        : byte(bytes, i) << 8 | byte(bytes, i + 1));
  };
  for (std::size_t i = 2; i < bytes.size(); i += 2) {
    char32_t c = unit(i);
    if (c >= 0xD800 && c < 0xE000) {
      const char32_t low = c < 0xDC00 && i + 3 < bytes.size() ? unit(i + 2) : 0;
      if (low < 0xDC00 || low >= 0xE000) {
        out.resize(before);
        return false;
      }
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
      i += 2;
    }
    append_utf8(c, out);
  }
  return true;
}

bool append_mended_utf8(std::string_view bytes, std::string& out) {
  const std::size_t before = out.size();
  std::size_t bad = 0;
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t n = utf8_sequence(bytes.substr(i));
    if (n > 0) {
      out.append(bytes.substr(i, n));
      i += n;
      continue;
    }
    if (++bad > bytes.size() / kMostBadBytes) {
      out.resize(before);
      return false;
    }
    append_utf8(from_windows1252(byte(bytes, i++)), out);
  }
  return true;
}

bool is_utf8(std::string_view bytes) { return simdjson::validate_utf8(bytes.data(), bytes.size()); }

std::string repair_utf8(std::string_view bytes) {
  if (is_utf8(bytes)) return std::string(bytes);
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (std::size_t i = 0; i < bytes.size();) {
    const std::string_view rest = bytes.substr(i);
    const int size = sequence(rest);
    if (size > 0) {
      out.append(rest.substr(0, static_cast<std::size_t>(size)));
      i += static_cast<std::size_t>(size);
    } else if (size < 0) {
      append_utf8(kReplacement, out);
      break;
    } else if (const char32_t c = surrogate_pair(rest); c != 0) {
      append_utf8(c, out);
      i += 6;
    } else {
      append_utf8(from_windows1252(byte(rest, 0)), out);
      ++i;
    }
  }
  return out;
}

std::string decode_charset(std::string_view bytes, std::string_view charset) {
  const std::string name = lower(charset.substr(0, 40));
  if (name.empty() || name == "utf-8" || name == "utf8") return repair_utf8(bytes);
  // What the WHATWG encoding standard reads under these labels.
  std::string known = name;
  if (name == "iso-8859-1" || name == "latin1" || name == "us-ascii" || name == "ascii") known = "windows-1252";
  if (name == "gb2312" || name == "gbk" || name == "x-gbk") known = "gb18030";
  if (name == "shift_jis" || name == "shift-jis" || name == "sjis" || name == "x-sjis") known = "cp932";
  if (name == "euc-kr" || name == "ks_c_5601-1987") known = "cp949";
  if (name == "big5") known = "big5-hkscs";
  const iconv_t converter = iconv_open("UTF-8", known.c_str());
  if (std::bit_cast<std::intptr_t>(converter) == -1) return repair_utf8(bytes);
  std::string out;
  out.reserve(bytes.size() * 2);
  std::string buffer(16384, '\0');
  char* in = const_cast<char*>(bytes.data());  // iconv's signature is not const; it does not write
  std::size_t left = bytes.size();
  while (left > 0) {
    char* to = buffer.data();
    std::size_t room = buffer.size();
    const std::size_t left_before = left;
    const std::size_t result = iconv(converter, &in, &left, &to, &room);
    out.append(buffer.data(), buffer.size() - room);
    if (result != static_cast<std::size_t>(-1)) break;
    if (room == buffer.size() && left == left_before) {  // nothing moved: a byte without meaning
      append_utf8(kReplacement, out);
      ++in;
      --left;
    }
  }
  iconv_close(converter);
  return is_utf8(out) ? out : repair_utf8(out);
}

}  // namespace tocsin
