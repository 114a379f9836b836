#include "daemon/webhook/quiet_times.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

namespace tocsin {
namespace {

constexpr int kDay = 24 * 60;  // minutes
constexpr unsigned kAllDays = 0x7f;
constexpr std::array<std::string_view, 7> kDays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::optional<unsigned> day(std::string_view text) {
  const auto it = std::ranges::find(kDays, text);
  if (it == kDays.end()) return std::nullopt;
  return static_cast<unsigned>(it - kDays.begin());
}

// "mon-fri,sun" as bits.
std::optional<unsigned> days(std::string_view text) {
  unsigned bits = 0;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    const std::string_view item = text.substr(at, comma - at);
    const std::size_t dash = std::min(item.find('-'), item.size());
    const auto first = day(item.substr(0, dash));
    const auto last = dash < item.size() ? day(item.substr(dash + 1)) : first;
    if (!first || !last) return std::nullopt;
    for (unsigned d = *first;; d = (d + 1) % 7) {
      bits |= 1u << d;
      if (d == *last) break;
    }
    at = comma + 1;
  }
  return bits;
}

// "06:30" as minutes; 24:00 is the end of the day.
std::optional<int> minutes(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : 1000; };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const int hour = 10 * digit(0) + digit(1);
  const int minute = 10 * digit(3) + digit(4);
  if (minute > 59 || 60 * hour + minute > kDay) return std::nullopt;
  return 60 * hour + minute;
}

}  // namespace

Result<QuietTimes::Span> QuietTimes::parse_span(std::string_view text) {
  const Error wrong{
      "\"" + std::string(text.substr(0, 60)) +
      "\" must be days, hours or both, for example \"22:00-06:30\", \"mon-fri 22:00-06:30\", \"sat,sun\""};
  Span out{kAllDays, 0, kDay};
  std::string_view hours = text;
  if (text.find(':') == std::string_view::npos || text.find(' ') != std::string_view::npos) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const auto named = days(text.substr(0, space));
    if (!named) return tl::unexpected(wrong);
    out.days = *named;
    hours = text.substr(std::min(space + 1, text.size()));
    if (hours.empty() && space == text.size()) return out;
  }
  const std::size_t dash = std::min(hours.find('-'), hours.size());
  const auto from = minutes(hours.substr(0, dash));
  const auto to = dash < hours.size() ? minutes(hours.substr(dash + 1)) : std::nullopt;
  if (!from || !to || *from == *to || *from == kDay) return tl::unexpected(wrong);
  out.from = *from;
  out.to = *to;
  return out;
}

Result<QuietTimes> QuietTimes::parse(const std::vector<std::string>& times, const std::string& zone) {
  QuietTimes out;
  out.zone_ = zone;
  for (const std::string& text : times) {
    const auto span = parse_span(text);
    if (!span) return tl::unexpected(span.error());
    out.spans_.push_back(*span);
  }
  cctz::time_zone known;
  if (!out.spans_.empty() && !cctz::load_time_zone(zone, &known))
    return fail("there is no zone \"" + zone + "\" in the system's tz database (package tzdata)");
  return out;
}

bool QuietTimes::quiet_at(std::int64_t unix_ms) const {
  if (spans_.empty()) return false;
  cctz::time_zone zone;
  cctz::load_time_zone(zone_, &zone);  // known since parse(): a look into a table
  const cctz::time_point<cctz::seconds> now{cctz::seconds(unix_ms / 1000)};
  const cctz::civil_second local = cctz::convert(now, zone);
  const auto today = static_cast<unsigned>(cctz::get_weekday(cctz::civil_day(local)));  // Monday is 0
  const unsigned yesterday = (today + 6) % 7;
  const int minute = 60 * local.hour() + local.minute();
  return std::ranges::any_of(spans_, [&](const Span& span) {
    const bool begins_today = (span.days >> today & 1) != 0;
    if (span.from < span.to) return begins_today && minute >= span.from && minute < span.to;
    return (begins_today && minute >= span.from) || ((span.days >> yesterday & 1) != 0 && minute < span.to);
  });
}

}  // namespace tocsin
