// Log: one line an event on stderr, logfmt or JSON. Nothing that an article says is logged above debug.
//
//   log_info("takeover.done", {{"seconds", 1.7}, {"heads", heads}});
//   ts=2026-11-24T13:40:00.123Z level=info event=takeover.done seconds=1.7 heads=81234
//
// Event names are lower-case words joined by dots, keys are snake_case. Any thread may log at any time; before
// log_setup() lines are logfmt at level info. A line is written whole (one write) and cut at 8 KiB.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "daemon/config.h"

namespace tocsin {

// One key and value; borrows both for the call.
struct LogField {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value;

  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  LogField(std::string_view k, std::floating_point auto v) : key(k), value(static_cast<double>(v)) {}
  LogField(std::string_view k, std::signed_integral auto v) : key(k), value(static_cast<std::int64_t>(v)) {}
  LogField(std::string_view k, std::unsigned_integral auto v) : key(k), value(static_cast<std::uint64_t>(v)) {}
};
using LogFields = std::initializer_list<LogField>;

void log_setup(const LogConfig& config);
bool log_enabled(LogLevel level);
void log_event(LogLevel level, std::string_view event, LogFields fields);

inline void log_debug(std::string_view event, LogFields fields = {}) { log_event(LogLevel::kDebug, event, fields); }
inline void log_info(std::string_view event, LogFields fields = {}) { log_event(LogLevel::kInfo, event, fields); }
inline void log_warn(std::string_view event, LogFields fields = {}) { log_event(LogLevel::kWarn, event, fields); }
inline void log_error(std::string_view event, LogFields fields = {}) { log_event(LogLevel::kError, event, fields); }

// The line without its end, as log_event writes it (ts given in Unix milliseconds).
std::string format_log_line(LogFormat format, std::int64_t now_ms, LogLevel level, std::string_view event,
                            LogFields fields);

// For what would be said again and again while it lasts (a broker that is away): says when it is time for the next
// line, at once and then after 1 s, 2 s, 4 s ... up to 5 min. Not thread-safe; times are of any steady clock.
//
//   if (away_.due(now_ms)) log_warn("broker.away", {{"for_seconds", away_.lasting_ms(now_ms) / 1000}, {"repeats",
//   away_.swallowed()}});
//   ...
//   if (away_.over()) log_info("broker.back");
class Repeated {
 public:
  bool due(std::int64_t now_ms);
  std::uint64_t swallowed() const { return swallowed_; }  // calls that were not due before the last that was
  std::int64_t lasting_ms(std::int64_t now_ms) const { return lasting_ ? now_ms - first_ms_ : 0; }
  bool over();  // true once after it lasted; the next due() is at once again

 private:
  bool lasting_ = false;
  std::int64_t first_ms_ = 0;
  std::int64_t next_ms_ = 0;
  std::int64_t interval_ms_ = 0;
  std::uint64_t counted_ = 0;
  std::uint64_t swallowed_ = 0;
};

// Sends lines elsewhere than stderr while it lives (tests). One at a time.
class LogCapture {
 public:
  explicit LogCapture(std::function<void(std::string_view line)> sink);
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;
};

}  // namespace tocsin
