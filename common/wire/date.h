// Dates as sources write them: RFC 3339 and its looser kin ("2023-03-16 08:00:00"), RFC 822, "26-FEB-1987 15:01:01.79",
// "March 16, 2023 8:00 PM EST", NewsML's "20230316T080000Z", seconds or milliseconds since 1970.
//
// What cannot be read is absent, never an error: "None", "", 0, "0000-00-00", the year 2099. A date without a zone is
// UTC. Ambiguous ones ("03/04/2023") are absent too: a guess would be wrong for half of the world.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin {

// Unix milliseconds. Only years 1800 to 2089 are believed, and not the first second of 1970, which is a zero in
// disguise.
std::optional<std::int64_t> parse_date(std::string_view text);
// Seconds, milliseconds or microseconds since 1970, told apart by their size; the same limits.
std::optional<std::int64_t> date_from_number(double number);
// Whether the text is RFC 3339 to the letter, as ninjs wants its date-time.
bool is_rfc3339(std::string_view text);
// Appends "2023-03-16T08:00:00Z"; milliseconds only where there are some.
void append_rfc3339(std::int64_t unix_ms, std::string& out);

}  // namespace tocsin
