#include "tests/support/delay_proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <list>
#include <stdexcept>
#include <string>
#include <vector>

namespace tocsin::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMostWaiting = 8U << 20;  // bytes of one direction; who sends more waits
constexpr std::size_t kPiece = 64U << 10;
constexpr int kTick_ms = 1;

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int tcp_socket() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return fd;
}

void make_nonblocking(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK); }

// What one side sent and the other has not got yet.
class Way {
 public:
  Way(int from, int to) : from_(from), to_(to) {}
  bool wants_more() const { return waiting_ < kMostWaiting; }

  // False: the sender has closed, or the connection is broken.
  bool take(milliseconds delay) {
    char bytes[kPiece];
    const ssize_t n = ::recv(from_, bytes, sizeof bytes, 0);
    if (n <= 0) return n < 0 && (errno == EAGAIN || errno == EINTR);
    pieces_.push_back({steady_clock::now() + delay, std::string(bytes, static_cast<std::size_t>(n))});
    waiting_ += static_cast<std::size_t>(n);
    return true;
  }
  bool give() {
    while (!pieces_.empty() && pieces_.front().due <= steady_clock::now()) {
      std::string& bytes = pieces_.front().bytes;
      const ssize_t n = ::send(to_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n < 0) return errno == EAGAIN || errno == EINTR;
      waiting_ -= static_cast<std::size_t>(n);
      bytes.erase(0, static_cast<std::size_t>(n));
      if (!bytes.empty()) return true;
      pieces_.pop_front();
    }
    return true;
  }

 private:
  struct Piece {
    steady_clock::time_point due;
    std::string bytes;
  };
  int from_, to_;
  std::deque<Piece> pieces_;
  std::size_t waiting_ = 0;
};

struct Connection {
  int near, far;
  Way out{near, far}, back{far, near};
  bool broken = false;
};

}  // namespace

DelayProxy::DelayProxy(int target_port) : target_port_(target_port), listener_(tcp_socket()) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 64) != 0 || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no free port on 127.0.0.1");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { loop(); });
}

DelayProxy::~DelayProxy() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
}

void DelayProxy::loop() {
  std::list<Connection> connections;
  std::vector<pollfd> asked;
  while (!stopping_) {
    asked.assign(1, {listener_, POLLIN, 0});
    for (const Connection& c : connections) {
      asked.push_back({c.near, static_cast<short>(c.out.wants_more() ? POLLIN : 0), 0});
      asked.push_back({c.far, static_cast<short>(c.back.wants_more() ? POLLIN : 0), 0});
    }
    ::poll(asked.data(), asked.size(), kTick_ms);
    const milliseconds delay{delay_ms_.load()};
    std::size_t at = 1;
    for (Connection& c : connections) {
      for (Way* way : {&c.out, &c.back})
        if (asked[at++].revents != 0 && way->wants_more()) c.broken |= !way->take(delay);
      c.broken |= !c.out.give() || !c.back.give();
    }
    std::erase_if(connections, [](const Connection& c) {
      if (!c.broken) return false;
      ::close(c.near);
      ::close(c.far);
      return true;
    });
    if ((asked[0].revents & POLLIN) == 0) continue;
    const int near = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const int far = tcp_socket();
    const sockaddr_in target = loopback(target_port_);
    if (near < 0 || ::connect(far, reinterpret_cast<const sockaddr*>(&target), sizeof target) != 0) {
      ::close(near);
      ::close(far);
      continue;
    }
    for (const int fd : {near, far}) make_nonblocking(fd);
    connections.push_back({.near = near, .far = far});
  }
  for (const Connection& c : connections) {
    ::close(c.near);
    ::close(c.far);
  }
}

}  // namespace tocsin::test
