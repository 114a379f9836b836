#include "common/text/normalise.h"

#include <iconv.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cstdint>

#include "common/text/unicode.h"

namespace tocsin {
namespace {

constexpr char32_t kReplacement = 0xfffd;

// windows-1252 for 0x80 to 0x9f; 0 where it assigns nothing.
constexpr std::array<char16_t, 32> kWindows1252 = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                                   0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                                   0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                   0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

char32_t from_windows1252(unsigned char b) {
  if (b < 0x80 || b >= 0xa0) return b;
  const char16_t c = kWindows1252[b - 0x80];
  return c == 0 ? kReplacement : c;
}

// Length of the well-formed sequence at the front of `s`, by table 3-7 of the Unicode standard; 0: none. -1: one that
// is well-formed as far as it goes, two bytes at least, and cut by the end.
int sequence(std::string_view s) {
  const auto b = [s](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char first = b(0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const int size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  for (int i = 1; i < size; ++i) {
    if (static_cast<std::size_t>(i) == s.size()) return i == 1 ? 0 : -1;
    const unsigned char c = b(static_cast<std::size_t>(i));
    if (c < (i == 1 ? low : 0x80) || c > (i == 1 ? high : 0xbf)) return 0;
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
      append_code_point(kReplacement, out);
      break;
    } else if (const char32_t c = surrogate_pair(rest); c != 0) {
      append_code_point(c, out);
      i += 6;
    } else {
      append_code_point(from_windows1252(static_cast<unsigned char>(rest[0])), out);
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
      append_code_point(kReplacement, out);
      ++in;
      --left;
    }
  }
  iconv_close(converter);
  return is_utf8(out) ? out : repair_utf8(out);
}

std::string html_charset(std::string_view html) {
  if (html.substr(0, 3) == "\xef\xbb\xbf") return "utf-8";
  if (html.substr(0, 2) == "\xff\xfe") return "utf-16le";
  if (html.substr(0, 2) == "\xfe\xff") return "utf-16be";
  const std::string head = lower(html.substr(0, 4096));
  for (std::size_t at = head.find("charset"); at != std::string::npos; at = head.find("charset", at + 7)) {
    std::size_t i = at + 7;
    while (i < head.size() && (head[i] == ' ' || head[i] == '=' || head[i] == '"' || head[i] == '\'')) ++i;
    std::size_t end = i;
    while (end < head.size() && (std::isalnum(static_cast<unsigned char>(head[end])) || head[end] == '-' ||
                                 head[end] == '_' || head[end] == ':'))
      ++end;
    const std::size_t tag = head.rfind('<', at);
    if (end > i && tag != std::string::npos &&
        (head.compare(tag, 5, "<meta") == 0 || head.compare(tag, 5, "<?xml") == 0))
      return head.substr(i, end - i);
  }
  return {};
}

std::string html_to_utf8(std::string_view html) {
  const std::string charset = html_charset(html);
  const bool wide = charset == "utf-16le" || charset == "utf-16be";
  if (!wide && is_utf8(html)) return std::string(html);
  return decode_charset(html, charset);
}

}  // namespace tocsin
