#include "tests/support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>
#include <stdexcept>

namespace tocsin::test {
namespace {

HttpGot parse_head(const std::string& head) {
  HttpGot got;
  std::istringstream lines(head);
  lines >> got.method >> got.target;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line != "\r") {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    std::string name = line.substr(0, colon);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    got.headers[name] = line.substr(colon + 2, line.size() - colon - 3);
  }
  return got;
}

}  // namespace

HttpServer::HttpServer(int port) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int yes = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("cannot listen on 127.0.0.1");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

HttpServer::~HttpServer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
  ::close(listener_);
}

void HttpServer::script(std::vector<HttpReply> replies) {
  const std::lock_guard lock(mutex_);
  replies_.assign(replies.begin(), replies.end());
}

void HttpServer::always(HttpReply last) {
  const std::lock_guard lock(mutex_);
  last_ = std::move(last);
}

std::vector<HttpGot> HttpServer::got() const {
  const std::lock_guard lock(mutex_);
  return got_;
}

bool HttpServer::wait_for(std::size_t requests, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return got_.size() >= requests; });
}

void HttpServer::serve() {
  for (;;) {
    pollfd ready{listener_, POLLIN, 0};
    const int n = ::poll(&ready, 1, 20);
    {
      const std::lock_guard lock(mutex_);
      if (ending_) return;
    }
    if (n <= 0) continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    answer(connection);
    ::close(connection);
  }
}

void HttpServer::answer(int connection) {
  const timeval patience{5, 0};
  ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string bytes;
  std::array<char, 65536> buffer{};
  const auto more = [&] {
    const ssize_t n = ::recv(connection, buffer.data(), buffer.size(), 0);
    if (n > 0) bytes.append(buffer.data(), static_cast<std::size_t>(n));
    return n > 0;
  };
  std::size_t end = std::string::npos;
  while ((end = bytes.find("\r\n\r\n")) == std::string::npos)
    if (!more() || bytes[0] == '\x16') return;  // a handshake of TLS, which is not spoken here
  HttpGot got = parse_head(bytes.substr(0, end + 2));
  const std::size_t length = got.headers.contains("content-length") ? std::stoul(got.headers["content-length"]) : 0;
  while (bytes.size() < end + 4 + length)
    if (!more()) return;
  got.body = bytes.substr(end + 4, length);
  HttpReply reply;
  {
    std::unique_lock lock(mutex_);
    got_.push_back(std::move(got));
    reply = last_;
    if (!replies_.empty()) {
      reply = std::move(replies_.front());
      replies_.pop_front();
    }
    changed_.notify_all();
    changed_.wait_for(lock, reply.delay, [&] { return ending_; });
  }
  std::string out = reply.raw;
  if (out.empty()) {
    out = "HTTP/1.1 " + std::to_string(reply.status) + " Said\r\nContent-Length: " + std::to_string(reply.body.size()) +
          "\r\n";
    for (const auto& [name, value] : reply.headers) out.append(name).append(": ").append(value).append("\r\n");
    out.append("\r\n").append(reply.body);
  }
  for (std::size_t sent = 0; sent < out.size();) {
    const ssize_t n = ::send(connection, out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return;
    sent += static_cast<std::size_t>(n);
  }
}

}  // namespace tocsin::test
