// HttpClient: one POST at a time, by libcurl. It follows no redirect, uses no proxy (not even one of the environment),
// sends no request twice by itself, checks certificates, and connects only to permitted addresses (network.h). Every
// attempt has a connection of its own: alerts are rare, and one that was kept could be closed by the other side at the
// moment a request goes out, which would leave open whether it was taken.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/article/result.h"
#include "daemon/webhook/network.h"

namespace tocsin {

// An address as it is posted to and compared by.
struct WebhookUrl {
  std::string text;    // normalised; secret, as a Slack address is a password
  std::string origin;  // "https://hooks.slack.com:443": what errors and logs may show
};
// http and https alone, with a host, without user, password or fragment.
Result<WebhookUrl> parse_webhook_url(const std::string& text);
// "https://hooks.slack.com" or "http://127.0.0.1:8080" to the form of WebhookUrl::origin. A path is an Error.
Result<std::string> parse_origin(const std::string& text);

struct HttpRequest {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

enum class HttpFailure : std::uint8_t {
  kNone,         // there is an answer
  kNotAllowed,   // the address is not permitted; nothing was sent
  kUnreachable,  // no name, no route, refused; nothing was sent
  kTls,          // no good certificate, or no handshake; nothing was sent
  kTimeout,      // may have been taken
  kBroken,       // the connection ended too early, or what came is no HTTP; may have been taken
  kStopped,      // by `stop`; may have been taken
};

struct HttpAnswer {
  HttpFailure failure = HttpFailure::kNone;
  int status = 0;
  std::optional<std::int64_t> retry_after_s;  // of Retry-After, as seconds or as a date
  std::string body;                           // its first 512 bytes
  std::string detail;                         // of a failure: one line, without the address
};

struct HttpSettings {
  std::chrono::milliseconds timeout{10'000};  // of a whole attempt
  std::string ca_file;                        // PEM; empty: the system's certificates
  std::vector<Network> allowed;               // beside public addresses
};

// One thread at a time.
class HttpClient {
 public:
  static constexpr std::size_t kMaxAnswerBytes = 64u << 10;  // of a body; an answer is over when it comes to this

  explicit HttpClient(HttpSettings settings);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // `stop` is asked about once a second, and at each piece that comes; when it says true the attempt ends.
  HttpAnswer post(const HttpRequest& request, const std::function<bool()>& stop);

 private:
  struct Handle;
  HttpSettings settings_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace tocsin
