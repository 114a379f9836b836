// Durations, sizes and counts as people write them in the configuration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/article/result.h"

namespace tocsin {

// "72h", "20ms", "1h30m", "7d"; units ms, s, m, h, d. A bare 0 is a duration, any other bare number is an Error.
Result<std::int64_t> parse_duration_ms(std::string_view text);
std::string format_duration(std::int64_t ms);  // "72h", "1h30m", "0s"

// "8MiB", "64KiB", "1GiB", "8MB" (powers of ten), "1024" or "1024B".
Result<std::size_t> parse_size(std::string_view text);
std::string format_size(std::size_t bytes);

// Decimal digits; "2_000_000" may be grouped by underscores.
Result<std::uint64_t> parse_count(std::string_view text);

}  // namespace tocsin
