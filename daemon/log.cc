#include "daemon/log.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <type_traits>
#include <utility>

#include "daemon/clock.h"
#include "daemon/json_text.h"

namespace tocsin {
namespace {

constexpr std::size_t kMaxLine = 8u << 10;
constexpr std::size_t kMaxValue = 2u << 10;
constexpr std::string_view kLevels[] = {"debug", "info", "warn", "error"};

std::atomic<LogFormat> g_format{LogFormat::kLogfmt};
std::atomic<LogLevel> g_level{LogLevel::kInfo};
std::mutex g_sink_mutex;  // one line at a time, and no line into a capture that is going away
std::function<void(std::string_view)>* g_sink = nullptr;

bool plain(std::string_view text) {  // needs no quotes in logfmt
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte < 0x7f && c != '"' && c != '=' && c != '\\';
  });
}

void append_text(std::string& out, LogFormat format, std::string_view text) {
  text = text.substr(0, kMaxValue);
  if (format == LogFormat::kLogfmt && plain(text)) {
    out += text;
  } else {
    append_json_string(out, text);
  }
}

void append_value(std::string& out, LogFormat format, const LogField& field) {
  std::visit(
      [&](auto value) {
        using Value = decltype(value);
        if constexpr (std::is_same_v<Value, std::string_view>) {
          append_text(out, format, value);
        } else if constexpr (std::is_same_v<Value, bool>) {
          out += value ? "true" : "false";
        } else if constexpr (std::is_same_v<Value, double>) {
          append_json_number(out, value);
        } else {
          out += std::to_string(value);
        }
      },
      field.value);
}

void append_key(std::string& out, LogFormat format, std::string_view key) {
  if (format == LogFormat::kJson) {
    out += out.size() == 1 ? "" : ",";
    append_json_string(out, key);
    out += ':';
  } else {
    out += out.empty() ? "" : " ";
    out += key;
    out += '=';
  }
}

// Whole lines: a full pipe may take a part, the rest follows. An error is nobody's: there is nowhere to say it.
void write_line(std::string_view line) {
  while (!line.empty()) {
    const ssize_t n = ::write(STDERR_FILENO, line.data(), line.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    line.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

void log_setup(const LogConfig& config) {
  g_format = config.format;
  g_level = config.level;
}

bool log_enabled(LogLevel level) { return level >= g_level.load(std::memory_order_relaxed); }

std::string format_log_line(LogFormat format, std::int64_t now_ms, LogLevel level, std::string_view event,
                            LogFields fields) {
  const bool json = format == LogFormat::kJson;
  std::string out = json ? "{" : "";
  out.reserve(256);
  const auto text = [&](std::string_view key, std::string_view value) {
    append_key(out, format, key);
    append_text(out, format, value);
  };
  text("ts", iso_time(now_ms));
  text("level", kLevels[static_cast<std::size_t>(level)]);
  text("event", event);
  for (const LogField& field : fields) {
    if (out.size() + kMaxValue >
        kMaxLine) {  // a field more might not fit: say so and stop, so that the line stays whole
      text("cut", "true");
      break;
    }
    append_key(out, format, field.key);
    append_value(out, format, field);
  }
  if (json) out += '}';
  return out;
}

void log_event(LogLevel level, std::string_view event, LogFields fields) {
  if (!log_enabled(level)) return;
  std::string line = format_log_line(g_format, unix_ms(), level, event, fields);
  const std::lock_guard lock(g_sink_mutex);
  if (g_sink) {
    (*g_sink)(line);
    return;
  }
  line += '\n';
  write_line(line);
}

bool Repeated::due(std::int64_t now_ms) {
  constexpr std::int64_t kFirst = 1000;
  constexpr std::int64_t kLongest = 5 * 60 * 1000;
  if (!lasting_) {
    lasting_ = true;
    first_ms_ = now_ms;
    interval_ms_ = kFirst;
    next_ms_ = now_ms + interval_ms_;
    counted_ = 0;
    swallowed_ = 0;
    return true;
  }
  if (now_ms < next_ms_) {
    ++counted_;
    return false;
  }
  interval_ms_ = std::min(interval_ms_ * 2, kLongest);
  next_ms_ = now_ms + interval_ms_;
  swallowed_ = std::exchange(counted_, 0);
  return true;
}

bool Repeated::over() { return std::exchange(lasting_, false); }

LogCapture::LogCapture(std::function<void(std::string_view)> sink) {
  const std::lock_guard lock(g_sink_mutex);
  g_sink = new std::function<void(std::string_view)>(std::move(sink));
}

LogCapture::~LogCapture() {
  const std::lock_guard lock(g_sink_mutex);
  delete std::exchange(g_sink, nullptr);
}

}  // namespace tocsin
