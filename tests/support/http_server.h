// A receiver of webhooks on loopback that answers as a test tells it to: with any status, late, never, or with what is
// no HTTP at all.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tocsin::test {

struct HttpReply {
  int status = 200;
  std::map<std::string, std::string> headers = {};
  std::string body = "ok";
  std::chrono::milliseconds delay{0};  // before anything is said; cut short when the server ends
  std::string raw = {};                // in the place of all this: these bytes, then the connection is closed
};

struct HttpGot {
  std::string method, target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// Serves one connection at a time, one request each. Listens on 127.0.0.1 from construction to destruction.
class HttpServer {
 public:
  explicit HttpServer(int port = 0);  // 0: any free one
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const { return port_; }
  std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }

  // What the next requests get, one after another; those after them get `last` (200 unless set).
  void script(std::vector<HttpReply> replies);
  void always(HttpReply last);

  std::vector<HttpGot> got() const;
  // False when there were not as many within `timeout`.
  bool wait_for(std::size_t requests, std::chrono::milliseconds timeout) const;

 private:
  void serve();
  void answer(int connection);

  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<HttpReply> replies_;
  HttpReply last_;
  std::vector<HttpGot> got_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace tocsin::test
