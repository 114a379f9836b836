#include "daemon/config_units.h"

#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace tocsin {
namespace {

constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kDurations{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<std::pair<std::string_view, std::size_t>, 8> kSizes{{{"", 1},
                                                                          {"B", 1},
                                                                          {"KiB", 1u << 10},
                                                                          {"MiB", 1u << 20},
                                                                          {"GiB", 1u << 30},
                                                                          {"kB", 1'000},
                                                                          {"MB", 1'000'000},
                                                                          {"GB", 1'000'000'000}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes digits off the front; nullopt when there are none or they do not fit.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t n = 0;
  std::size_t i = 0;
  for (; i < text.size() && is_digit(text[i]); ++i) {
    const std::uint64_t digit = static_cast<std::uint64_t>(text[i] - '0');
    if (n > (std::numeric_limits<std::int64_t>::max() - digit) / 10) return std::nullopt;
    n = n * 10 + digit;
  }
  if (i == 0) return std::nullopt;
  text.remove_prefix(i);
  return n;
}

std::string_view take_unit(std::string_view& text) {
  std::size_t i = 0;
  while (i < text.size() && !is_digit(text[i])) ++i;
  const std::string_view unit = text.substr(0, i);
  text.remove_prefix(i);
  return unit;
}

}  // namespace

Result<std::int64_t> parse_duration_ms(std::string_view text) {
  if (text == "0") return 0;
  const std::string quoted = "\"" + std::string(text) + "\"";
  if (text.empty()) return fail("a duration is missing; write for example 20ms or 72h");
  std::int64_t total = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return fail(quoted + " is no duration; write for example 20ms, 90s or 72h");
    const std::string_view unit = take_unit(text);
    if (unit.empty()) return fail(quoted + " has no unit; write ms, s, m, h or d behind the number");
    std::int64_t factor = 0;
    for (const auto& [name, ms] : kDurations) {
      if (name == unit) factor = ms;
    }
    if (factor == 0) return fail(quoted + " has an unknown unit; use ms, s, m, h or d");
    const auto n = static_cast<std::int64_t>(*number);
    if (n > (std::numeric_limits<std::int64_t>::max() / 2 - total) / factor) return fail(quoted + " is too long");
    total += n * factor;
  }
  return total;
}

std::string format_duration(std::int64_t ms) {
  if (ms <= 0) return "0s";
  std::string out;
  for (const auto& [name, factor] : kDurations) {
    // Hours are what operators think in: 72h rather than 3d, but 30d rather than 720h.
    if (name == "d" && (ms % factor != 0 || ms / factor < 7)) continue;
    if (ms >= factor) {
      out += std::to_string(ms / factor);
      out += name;
      ms %= factor;
    }
  }
  return out;
}

Result<std::size_t> parse_size(std::string_view text) {
  const std::string quoted = "\"" + std::string(text) + "\"";
  const auto number = take_number(text);
  if (!number) return fail(quoted + " is no size; write for example 8MiB or 64KiB");
  if (text.starts_with(' ')) text.remove_prefix(1);
  for (const auto& [name, factor] : kSizes) {
    if (name != text) continue;
    if (*number > std::numeric_limits<std::int64_t>::max() / factor) return fail(quoted + " is too large");
    return static_cast<std::size_t>(*number) * factor;
  }
  return fail(quoted + " has an unknown unit; use B, KiB, MiB, GiB, kB, MB or GB");
}

std::string format_size(std::size_t bytes) {
  if (bytes == 0) return "0";
  for (const auto& [name, factor] : {kSizes[4], kSizes[3], kSizes[2]}) {
    if (bytes % factor == 0) return std::to_string(bytes / factor) + std::string(name);
  }
  return std::to_string(bytes) + "B";
}

Result<std::uint64_t> parse_count(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool between = i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
    if (text[i] == '_' && between) continue;
    digits += text[i];
  }
  std::string_view rest = digits;
  const auto number = take_number(rest);
  if (!number || !rest.empty()) return fail("\"" + std::string(text) + "\" is no whole number");
  return *number;
}

}  // namespace tocsin
