#include "daemon/webhook/http_client.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace tocsin {
namespace {

constexpr std::size_t kKeptBytes = 512;

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// libcurl wants this once, before threads use it; a magic static is that.
void init_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)code;
}

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string out(text);
  curl_free(text);
  return out;
}

struct Attempt {
  const std::vector<Network>* allowed = nullptr;
  const std::function<bool()>* stop = nullptr;
  std::string body;
  std::size_t bytes = 0;
  bool refused = false;  // an address that is not permitted was among those tried
  bool stopped = false;
};

curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& attempt = *static_cast<Attempt*>(user);
  if (!permitted(address->addr, *attempt.allowed)) {
    attempt.refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t take_body(char* data, std::size_t size, std::size_t n, void* user) {
  auto& attempt = *static_cast<Attempt*>(user);
  const std::size_t bytes = size * n;
  attempt.bytes += bytes;
  if (attempt.body.size() < kKeptBytes) attempt.body.append(data, std::min(bytes, kKeptBytes - attempt.body.size()));
  return attempt.bytes >= HttpClient::kMaxAnswerBytes ? 0 : bytes;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& attempt = *static_cast<Attempt*>(user);
  attempt.stopped = (*attempt.stop)();
  return attempt.stopped ? 1 : 0;
}

HttpFailure failure_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return HttpFailure::kTimeout;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return HttpFailure::kUnreachable;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
      return HttpFailure::kTls;
    default:
      return HttpFailure::kBroken;
  }
}

}  // namespace

Result<WebhookUrl> parse_webhook_url(const std::string& text) {
  const auto wrong = [](const char* why) { return fail(std::string("the address ") + why); };
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    return wrong("cannot be read; write https://host/path, without user and password");
  const std::string scheme = part(url.get(), CURLUPART_SCHEME);
  if (scheme != "https" && scheme != "http") return wrong("must begin with https:// (or http://)");
  if (!part(url.get(), CURLUPART_FRAGMENT).empty()) return wrong("must not have a fragment (#...)");
  std::string host = part(url.get(), CURLUPART_HOST);
  if (host.empty()) return wrong("names no host");
  std::ranges::transform(host, host.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return WebhookUrl{part(url.get(), CURLUPART_URL),
                    scheme + "://" + host + ":" + part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)};
}

Result<std::string> parse_origin(const std::string& text) {
  const auto url = parse_webhook_url(text);
  if (!url) return fail("\"" + text.substr(0, 80) + "\": " + url.error().message);
  const std::size_t path = text.find('/', text.find("://") + 3);
  if (path != std::string::npos && path + 1 != text.size())
    return fail("\"" + text.substr(0, 80) + "\": write scheme and host alone, such as https://hooks.slack.com");
  return url->origin;
}

struct HttpClient::Handle {
  CURL* easy = curl_easy_init();
  Handle() = default;
  ~Handle() { curl_easy_cleanup(easy); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  template <typename Value>
  void set(CURLoption option, Value value) {
    [[maybe_unused]] const CURLcode code = curl_easy_setopt(easy, option, value);
    assert(code == CURLE_OK);
  }
};

HttpClient::HttpClient(HttpSettings settings) : settings_(std::move(settings)) {
  init_once();
  handle_ = std::make_unique<Handle>();
  Handle& h = *handle_;
  h.set(CURLOPT_NOSIGNAL, 1L);  // threads
  h.set(CURLOPT_PROTOCOLS_STR, "http,https");
  h.set(CURLOPT_FOLLOWLOCATION, 0L);
  h.set(CURLOPT_PROXY, "");
  h.set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  h.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  h.set(CURLOPT_FRESH_CONNECT, 1L);
  h.set(CURLOPT_FORBID_REUSE, 1L);
  h.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!settings_.ca_file.empty()) h.set(CURLOPT_CAINFO, settings_.ca_file.c_str());
  h.set(CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout.count()));
  h.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.timeout.count()));
  h.set(CURLOPT_USERAGENT, "tocsin");
  h.set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  h.set(CURLOPT_WRITEFUNCTION, &take_body);
  h.set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  h.set(CURLOPT_NOPROGRESS, 0L);
}

HttpClient::~HttpClient() = default;

HttpAnswer HttpClient::post(const HttpRequest& request, const std::function<bool()>& stop) {
  Handle& h = *handle_;
  Attempt attempt;
  attempt.allowed = &settings_.allowed;
  attempt.stop = &stop;
  std::unique_ptr<curl_slist, ListDeleter> headers;
  const auto add = [&](const std::string& line) { headers.reset(curl_slist_append(headers.release(), line.c_str())); };
  add("Expect:");  // no round of "100 Continue" before a small body
  for (const auto& [name, value] : request.headers) add(std::string(name).append(": ").append(value));
  h.set(CURLOPT_URL, request.url.c_str());
  h.set(CURLOPT_HTTPHEADER, headers.get());
  h.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  h.set(CURLOPT_POSTFIELDS, request.body.c_str());
  h.set(CURLOPT_OPENSOCKETDATA, &attempt);
  h.set(CURLOPT_WRITEDATA, &attempt);
  h.set(CURLOPT_XFERINFODATA, &attempt);
  const CURLcode code = curl_easy_perform(h.easy);

  HttpAnswer answer;
  long status = 0;
  curl_easy_getinfo(h.easy, CURLINFO_RESPONSE_CODE, &status);
  h.set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
  // The status line is the answer; what becomes of the body behind it does not change it.
  if (code == CURLE_OK || status >= 200) {
    answer.status = static_cast<int>(status);
    curl_off_t seconds = 0;
    if (curl_easy_getinfo(h.easy, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
      answer.retry_after_s = seconds;
    answer.body = std::move(attempt.body);
    return answer;
  }
  answer.failure = attempt.stopped                                    ? HttpFailure::kStopped
                   : attempt.refused && code == CURLE_COULDNT_CONNECT ? HttpFailure::kNotAllowed
                                                                      : failure_of(code);
  answer.detail = answer.failure == HttpFailure::kNotAllowed
                      ? "the address is not public and not in notify.allow_networks"
                      : curl_easy_strerror(code);
  return answer;
}

}  // namespace tocsin
