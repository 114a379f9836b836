#include "daemon/admin_server.h"

#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fstream>
#include <memory>

#include "daemon/clock.h"

namespace tocsin {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::size_t kTokenBytes = 4u << 10;

// No foreign host, no form, no frame; nothing is kept.
constexpr std::string_view kHeaders =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cache-Control: no-store\r\n"
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
    "Connection: close\r\n";

std::string_view reason_phrase(int code) {
  switch (code) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Service Unavailable";
  }
}

std::string render(const AdminAnswer& answer, bool with_body, std::string_view more = {}) {
  std::string out = "HTTP/1.1 " + std::to_string(answer.code) + " ";
  out.append(reason_phrase(answer.code)).append("\r\nContent-Type: ").append(answer.type);
  out.append("\r\nContent-Length: " + std::to_string(answer.body.size()) + "\r\n");
  out.append(kHeaders).append(more).append("\r\n");
  return with_body ? out + answer.body : out;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// The value of the first header of this name; empty when there is none.
std::string_view header(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
    std::string_view line = head.substr(at + 1);
    line = line.substr(0, line.find_first_of("\r\n"));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !same_word(line.substr(0, colon), name)) continue;
    line.remove_prefix(std::min(line.find_first_not_of(" \t", colon + 1), line.size()));
    return line.substr(0, line.find_last_not_of(" \t") + 1);
  }
  return {};
}

// Takes the same time wherever the two differ.
bool same_secret(std::string_view given, std::string_view secret) {
  unsigned differ = given.size() == secret.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i)
    differ |= static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(secret[i % secret.size()]);
  return differ == 0;
}

bool bears_token(std::string_view head, std::string_view token) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view value = header(head, "Authorization");
  return value.size() > kScheme.size() && same_word(value.substr(0, kScheme.size()), kScheme) &&
         same_secret(value.substr(kScheme.size()), token);
}

int bind_to(const AdminConfig& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found) != 0) return -1;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, ::freeaddrinfo);
  for (const addrinfo* a = found; a; a = a->ai_next) {
    const int fd = ::socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) continue;
    const int yes = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);  // a port that was just left may be taken
    if (::bind(fd, a->ai_addr, a->ai_addrlen) == 0 && ::listen(fd, SOMAXCONN) == 0) return fd;
    ::close(fd);
  }
  return -1;
}

std::uint16_t port_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  std::array<char, 8> port{};
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      ::getnameinfo(reinterpret_cast<sockaddr*>(&address), size, nullptr, 0, port.data(), port.size(),
                    NI_NUMERICSERV) != 0)
    return 0;
  std::uint16_t number = 0;
  std::from_chars(port.data(), port.data() + std::strlen(port.data()), number);
  return number;
}

}  // namespace

Result<std::string> read_admin_token(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(kTokenBytes + 2, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.ends_with('\n')) text.pop_back();
  const bool plain = std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (text.empty() || text.size() > kTokenBytes || !plain)
    return fail(path + " must be a readable file of one line, the token: at most 4 KiB of visible ASCII");
  return text;
}

std::string admin_response(const std::vector<AdminPage>& pages, std::string_view token, std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  const bool is_http = first != last && line.substr(last + 1).starts_with("HTTP/1.");
  if (!is_http) return render({400, "this is no request of HTTP/1.1\n"}, true);
  const std::string_view method = line.substr(0, first);
  std::string_view path = line.substr(first + 1, last - first - 1);
  path = path.substr(0, path.find('?'));
  const bool with_body = method != "HEAD";
  if (with_body && method != "GET") return render({405, "read only: GET or HEAD\n"}, true, "Allow: GET, HEAD\r\n");
  const auto page = std::ranges::find(pages, path, &AdminPage::path);
  if (page == pages.end()) {
    std::string all;
    for (const AdminPage& p : pages) all.append(all.empty() ? "" : ", ").append(p.path);
    return render({404, "there are " + all + "\n"}, with_body);
  }
  if (!token.empty() && !page->open && !bears_token(head, token))
    return render({401, "the token is asked for: Authorization: Bearer TOKEN\n"}, with_body,
                  "WWW-Authenticate: Bearer\r\n");
  return render(page->answer(), with_body);
}

struct AdminServer::Connection {
  int fd = -1;
  std::int64_t until_ms = 0;  // closed then, whatever it does
  std::string head;           // as far as it came
  std::string answer;         // what is left to be sent
  enum class State : std::uint8_t { kReading, kAnswering, kLeaving } state = State::kReading;
};

class AdminServer::Loop {
 public:
  explicit Loop(const AdminServer& server) : server_(server) {}
  ~Loop() {
    for (const Connection& c : connections_) ::close(c.fd);
  }

  void run() {
    while (true) {
      std::vector<pollfd> fds{{server_.wake_, POLLIN, 0}, {server_.listener_, POLLIN, 0}};
      for (const Connection& c : connections_)
        fds.push_back({c.fd, static_cast<short>(c.state == State::kAnswering ? POLLOUT : POLLIN), 0});
      ::poll(fds.data(), fds.size(), wait_ms());
      if (fds[0].revents) return;
      for (std::size_t i = 0; i < connections_.size(); ++i)
        if (fds[i + 2].revents && !serve(connections_[i])) connections_[i].until_ms = 0;
      drop_over();
      if (fds[1].revents) accept_all();
    }
  }

 private:
  using State = Connection::State;

  int wait_ms() const {
    std::int64_t until = INT64_MAX;
    for (const Connection& c : connections_) until = std::min(until, c.until_ms);
    return until == INT64_MAX ? -1 : static_cast<int>(std::max<std::int64_t>(0, until - steady_ms() + 1));
  }

  void drop_over() {
    const std::int64_t now = steady_ms();
    for (const Connection& c : connections_)
      if (c.until_ms < now) ::close(c.fd);
    std::erase_if(connections_, [&](const Connection& c) { return c.until_ms < now; });
  }

  void accept_all() {
    while (true) {
      const int fd = ::accept4(server_.listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (fd < 0) {
        // Without a free descriptor poll() would call again at once.
        if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
          std::this_thread::sleep_for(std::chrono::milliseconds{10});
        return;
      }
      if (connections_.size() == kConnections) {  // in the order of their coming
        ::close(connections_.front().fd);
        connections_.erase(connections_.begin());
      }
      Connection& c = connections_.emplace_back();
      c.fd = fd;
      c.until_ms = steady_ms() + kRequest_ms;
      if (!serve(c)) c.until_ms = 0;
    }
  }

  // Goes on with what can be done without waiting; false: it is over.
  bool serve(Connection& c) const {
    if (c.state == State::kReading && !read_head(c)) return false;
    if (c.state == State::kAnswering && !send_answer(c)) return false;
    return c.state != State::kLeaving || drain(c);
  }

  bool read_head(Connection& c) const {
    std::array<char, 4096> part;
    while (c.state == State::kReading) {
      const ssize_t n = ::recv(c.fd, part.data(), part.size(), 0);
      if (n <= 0) return n < 0 && (errno == EAGAIN || errno == EINTR);
      c.head.append(part.data(), static_cast<std::size_t>(n));
      const std::size_t end = c.head.find(kEndOfHead);
      if (end == std::string::npos ? c.head.size() >= kHeadBytes : end + kEndOfHead.size() > kHeadBytes)
        c.answer = render({431, "a request has at most 8 KiB\n"}, true);
      else if (end != std::string::npos)
        c.answer = admin_response(server_.pages_, server_.token_, std::string_view(c.head).substr(0, end));
      if (c.answer.empty()) continue;
      c.state = State::kAnswering;
      c.until_ms = steady_ms() + kAnswer_ms;
    }
    return true;
  }

  // Then closes its half only: with unread bytes a close would be a reset, and the client might lose the answer.
  static bool send_answer(Connection& c) {
    const ssize_t n = ::send(c.fd, c.answer.data(), c.answer.size(), MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    c.answer.erase(0, static_cast<std::size_t>(n));
    if (!c.answer.empty()) return true;
    c.state = State::kLeaving;
    c.until_ms = std::min(c.until_ms, steady_ms() + kRequest_ms);
    return ::shutdown(c.fd, SHUT_WR) == 0;
  }

  static bool drain(const Connection& c) {
    std::array<char, 4096> part;
    const ssize_t n = ::recv(c.fd, part.data(), part.size(), 0);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
  }

  const AdminServer& server_;
  std::vector<Connection> connections_;
};

AdminServer::~AdminServer() {
  if (wake_ >= 0) ::eventfd_write(wake_, 1);
  if (thread_.joinable()) thread_.join();
  for (const int fd : {listener_, wake_})
    if (fd >= 0) ::close(fd);
}

Result<void> AdminServer::listen(const std::string& key, const AdminConfig& address) {
  if (!address.token_file.empty()) {
    auto token = read_admin_token(address.token_file);
    if (!token) return fail(key + ".token_file: " + token.error().message);
    token_ = std::move(*token);
  }
  wake_ = ::eventfd(0, EFD_CLOEXEC);
  listener_ = bind_to(address);
  if (wake_ < 0 || listener_ < 0)
    return fail(key + ".listen: cannot listen on " + address.host + ":" + std::to_string(address.port) +
                "; it is in use or not an address of this machine, set another one");
  port_ = port_of(listener_);
  thread_ = std::thread([this] { Loop(*this).run(); });
  return {};
}

}  // namespace tocsin
