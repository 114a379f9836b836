#include "daemon/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "common/wire/encoding.h"
#include "daemon/clock.h"
#include "daemon/config_units.h"

namespace tocsin {
namespace {

std::string take_environment(const char* name) {
  const char* value = std::getenv(name);
  std::string out = value ? value : "";
  unsetenv(name);
  return out;
}

// One message is several lines, so a text must be one line.
std::string one_line(std::string_view text) {
  std::string out(utf8_start(text, 400));
  for (char& c : out) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return out;
}

}  // namespace

Notify::Notify() : address_(take_environment("NOTIFY_SOCKET")) {
  const auto usec = parse_count(take_environment("WATCHDOG_USEC"));
  const std::string pid = take_environment("WATCHDOG_PID");
  if (usec && (pid.empty() || pid == std::to_string(getpid()))) watchdog_ms_ = static_cast<std::int64_t>(*usec / 1000);
  sockaddr_un address{};
  if (address_.empty() || address_.size() >= sizeof address.sun_path) return;
  if (address_[0] != '/' && address_[0] != '@') return;
  fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

Notify::~Notify() {
  if (fd_ >= 0) ::close(fd_);
}

// A full socket loses the message; systemd would have stopped reading then, and waiting for it would stop the loop.
void Notify::send(std::string_view message) {
  if (fd_ < 0) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, address_.data(), address_.size());
  if (address_[0] == '@') address.sun_path[0] = '\0';  // abstract socket
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  (void)::sendto(fd_, message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
}

void Notify::ready(std::string_view text) { send("READY=1\nSTATUS=" + one_line(text)); }

void Notify::reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t usec = static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(usec));
}

void Notify::stopping(std::string_view text) { send("STOPPING=1\nSTATUS=" + one_line(text)); }

void Notify::status(std::string_view text) {
  if (text == last_status_) return;
  last_status_ = text;
  send("STATUS=" + one_line(text));
}

void Notify::watchdog(std::int64_t since_progress_ms, std::int64_t progress_timeout_ms) {
  if (watchdog_ms_ == 0 || since_progress_ms > progress_timeout_ms) return;
  const std::int64_t now = steady_ms();
  if (last_watchdog_ms_ != 0 && now - last_watchdog_ms_ < watchdog_ms_ / 3) return;
  last_watchdog_ms_ = now;
  send("WATCHDOG=1");
}

}  // namespace tocsin
