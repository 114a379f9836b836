// A TCP proxy on loopback that hands on every byte so much later: a broker that is far away, or slow.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>

namespace tocsin::test {

// Listens on 127.0.0.1 from construction to destruction; one thread carries all connections.
class DelayProxy {
 public:
  explicit DelayProxy(int target_port);
  ~DelayProxy();
  DelayProxy(const DelayProxy&) = delete;
  DelayProxy& operator=(const DelayProxy&) = delete;

  int port() const { return port_; }
  // Of bytes that come from now on, in each direction. 0 at first.
  void set_delay(std::chrono::milliseconds delay) { delay_ms_ = static_cast<int>(delay.count()); }

 private:
  void loop();

  int target_port_;
  int port_ = 0;
  int listener_ = -1;
  std::atomic<int> delay_ms_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace tocsin::test
