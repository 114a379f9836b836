// JSON and times as text, for logs and /status. (The record has its own writer, common/wire.)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tocsin {

// Appends `text` quoted and escaped. Bytes that are no UTF-8 become U+FFFD, so the result is always valid JSON.
void append_json_string(std::string& out, std::string_view text);

// Appends the shortest digits that read back as the same number; null for infinities and NaN.
void append_json_number(std::string& out, double value);

// "2026-11-24T13:40:00.123Z"; Unix milliseconds. Empty for 0, which stands for "never".
std::string iso_time(std::int64_t unix_ms);

}  // namespace tocsin
