#include "common/wire/encoding.h"

#include <array>
#include <cstdint>

namespace tocsin {
namespace {

// The 32 code points of windows-1252 that differ from Latin-1; WHATWG Encoding Standard, index windows-1252.
constexpr std::array<char16_t, 32> kWindows1252 = {0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
                                                   0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

std::uint8_t byte(std::string_view s, std::size_t i) { return static_cast<std::uint8_t>(s[i]); }

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

std::size_t utf8_sequence(std::string_view s) {
  if (s.empty()) return 0;
  const std::uint8_t lead = byte(s, 0);
  if (lead < 0x80) return 1;
  const std::size_t n = lead >= 0xC2 && lead < 0xE0   ? 2
                        : lead >= 0xE0 && lead < 0xF0 ? 3
                        : lead >= 0xF0 && lead < 0xF5 ? 4
                                                      : 0;
  if (n == 0 || s.size() < n) return 0;
  for (std::size_t i = 1; i < n; ++i)
    if ((byte(s, i) & 0xC0) != 0x80) return 0;
  const std::uint8_t second = byte(s, 1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second >= 0xA0;
  const bool beyond = lead == 0xF4 && second >= 0x90;
  return overlong || surrogate || beyond ? 0 : n;
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
    const std::uint8_t b = byte(bytes, i++);
    append_utf8(b < 0xA0 ? kWindows1252.at(b - 0x80U) : b, out);
  }
  return true;
}

}  // namespace tocsin
