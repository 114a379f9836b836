#include "daemon/notify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/support/temp_dir.h"

namespace tocsin {
namespace {

// Stands where systemd stands.
class Systemd {
 public:
  Systemd() : path_(dir_.path() / "notify") {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    setenv("NOTIFY_SOCKET", path_.c_str(), 1);
  }
  ~Systemd() {
    ::close(fd_);
    unsetenv("NOTIFY_SOCKET");
  }
  std::string receive() const {  // "" when nothing was sent
    std::array<char, 1024> buffer{};
    const ssize_t n = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return n > 0 ? std::string(buffer.data(), static_cast<std::size_t>(n)) : "";
  }

 private:
  test::TempDir dir_;
  std::string path_;
  int fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

TEST(Notify, TellsItsStates) {
  const Systemd systemd;
  Notify notify;
  EXPECT_TRUE(notify.enabled());
  notify.ready("active\nnow");
  EXPECT_EQ(systemd.receive(), "READY=1\nSTATUS=active now");
  notify.reloading();
  EXPECT_THAT(systemd.receive(), testing::MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
  notify.stopping("draining");
  EXPECT_EQ(systemd.receive(), "STOPPING=1\nSTATUS=draining");
}

TEST(Notify, RepeatsNoStatus) {
  const Systemd systemd;
  Notify notify;
  notify.status("standby");
  EXPECT_EQ(systemd.receive(), "STATUS=standby");
  notify.status("standby");
  EXPECT_EQ(systemd.receive(), "");
}

TEST(Notify, FeedsTheWatchdogOnlyWhileThereIsProgress) {
  const Systemd systemd;
  setenv("WATCHDOG_USEC", "30000000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  Notify notify;
  EXPECT_EQ(notify.watchdog_ms(), 30'000);
  notify.watchdog(60'000, 30'000);
  EXPECT_EQ(systemd.receive(), "");
  notify.watchdog(10, 30'000);
  EXPECT_EQ(systemd.receive(), "WATCHDOG=1");
  notify.watchdog(10, 30'000);
  EXPECT_EQ(systemd.receive(), "") << "a third of the time has not gone by";
}

TEST(Notify, AWatchdogMeantForAnotherProcessIsNotFed) {
  const Systemd systemd;
  setenv("WATCHDOG_USEC", "30000000", 1);
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(Notify().watchdog_ms(), 0);
}

TEST(Notify, ChildrenInheritNothing) {
  const Systemd systemd;
  const Notify notify;
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
}

TEST(Notify, WithoutSystemdNothingHappens) {
  Notify notify;
  EXPECT_FALSE(notify.enabled());
  notify.ready("x");
  notify.watchdog(0, 1);
}

}  // namespace
}  // namespace tocsin
