#include "common/wire/json_writer.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace tocsin {
namespace {

// Which of eight bytes need an escape: below 0x20, '"' or '\\'; high bit set in the answer where so. The byte-parallel
// tests are those of S. E. Anderson, "Bit Twiddling Hacks" (hasless, haszero).
std::uint64_t special(std::uint64_t v) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kHighs = 0x8080808080808080ULL;
  const auto zero = [](std::uint64_t x) { return (x - kOnes) & ~x & kHighs; };
  return ((v - kOnes * 0x20) & ~v & kHighs) | zero(v ^ (kOnes * '"')) | zero(v ^ (kOnes * '\\'));
}

std::size_t plain_prefix(const char* text, std::size_t size) {
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::uint64_t v = 0;
    std::memcpy(&v, text + i, 8);
    // Borrows can mark a byte above a true one wrongly, never below it: the lowest mark is right.
    if (const std::uint64_t found = special(v)) return i + static_cast<std::size_t>(std::countr_zero(found)) / 8;
  }
  for (; i < size; ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\') return i;
  }
  return size;
}

void append_escape(char c, std::string& out) {
  switch (c) {
    case '"':
      out.append("\\\"");
      return;
    case '\\':
      out.append("\\\\");
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    case '\b':
      out.append("\\b");
      return;
    case '\f':
      out.append("\\f");
      return;
    default:
      break;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  out.append("\\u00");
  out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
  out.push_back(kHex[static_cast<unsigned char>(c) & 15]);
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  out.push_back('"');
  while (!text.empty()) {
    const std::size_t plain = plain_prefix(text.data(), text.size());
    out.append(text.substr(0, plain));
    if (plain == text.size()) break;
    append_escape(text[plain], out);
    text.remove_prefix(plain + 1);
  }
  out.push_back('"');
}

void append_json_number(std::int64_t value, std::string& out) {
  std::array<char, 24> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), end.ptr);
}

void append_json_number(double value, std::string& out) {
  if (!std::isfinite(value) || std::abs(value) >= 1e12) {
    out.append("null");
    return;
  }
  const auto scaled = static_cast<std::int64_t>(std::llround(std::abs(value) * 1e6));
  if (value < 0 && scaled != 0) out.push_back('-');
  append_json_number(scaled / 1'000'000, out);
  std::int64_t rest = scaled % 1'000'000;
  if (rest == 0) return;
  std::array<char, 7> digits{'.', '0', '0', '0', '0', '0', '0'};
  for (std::size_t i = 6; i > 0; --i, rest /= 10) digits[i] = static_cast<char>('0' + rest % 10);
  std::size_t n = digits.size();
  while (digits[n - 1] == '0') --n;
  out.append(digits.data(), n);
}

}  // namespace tocsin
