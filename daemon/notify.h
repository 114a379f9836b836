// Notify: systemd's notification protocol (sd_notify(3)), without its library. Without $NOTIFY_SOCKET every call does
// nothing. Not thread-safe: one thread owns it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tocsin {

class Notify {
 public:
  Notify();  // reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID, and removes them from the environment
  ~Notify();
  Notify(const Notify&) = delete;
  Notify& operator=(const Notify&) = delete;

  void ready(std::string_view status);
  void reloading();  // ready() ends it
  void stopping(std::string_view status);
  void status(std::string_view text);
  // Call often; sends at most every third of the watchdog's time, and only while the loop makes progress.
  void watchdog(std::int64_t since_progress_ms, std::int64_t progress_timeout_ms);
  bool enabled() const { return fd_ >= 0; }
  std::int64_t watchdog_ms() const { return watchdog_ms_; }  // 0: none asked for

 private:
  void send(std::string_view message);
  int fd_ = -1;
  std::string address_;
  std::int64_t watchdog_ms_ = 0;
  std::int64_t last_watchdog_ms_ = 0;
  std::string last_status_;
};

}  // namespace tocsin
