// `tocsin top`: asks the admin servers and redraws.

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "daemon/admin_server.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/top_frame.h"
#include "daemon/clock.h"

namespace tocsin {
namespace {

constexpr std::int64_t kOnce_ms = 1000;  // between the two samples of --once
constexpr const char* kRedraw = "\x1b[H\x1b[J";

std::atomic<bool> stopped{false};  // by a signal

TopSample ask(const std::string& address, const std::string& token) {
  TopSample out;
  out.address = address;
  httplib::Client client("http://" + address);
  client.set_connection_timeout(2);
  client.set_read_timeout(3);
  client.set_follow_location(false);
  if (!token.empty()) client.set_bearer_token_auth(token.c_str());
  const auto status = client.Get("/status");
  out.at_ms = steady_ms();
  if (!status) {
    out.error = status.error() == httplib::Error::Connection ? "no connection (is this its admin.listen?)"
                                                             : httplib::to_string(status.error());
    return out;
  }
  const auto metrics = client.Get("/metrics");
  out.at_ms = steady_ms();
  if (!metrics) {
    out.error = httplib::to_string(metrics.error());
    return out;
  }
  if (status->status == 401)
    out.error = "it asks for its token, see --token-file";
  else if (status->status != 200 || metrics->status != 200)
    out.error = "HTTP " + std::to_string(status->status);
  out.status = status->body;
  out.samples = parse_samples(metrics->body);
  return out;
}

std::vector<TopSample> ask_all(const std::vector<std::string>& addresses, const std::string& token) {
  std::vector<TopSample> out;
  out.reserve(addresses.size());
  for (const std::string& address : addresses) out.push_back(ask(address, token));
  return out;
}

void pause(std::int64_t ms) {
  const std::int64_t until = steady_ms() + ms;
  while (!stopped && steady_ms() < until) std::this_thread::sleep_for(std::chrono::milliseconds{50});
}

bool any_answers(const std::vector<TopSample>& samples) {
  for (const TopSample& sample : samples)
    if (sample.error.empty()) return true;
  return false;
}

}  // namespace

int top_command(const TopOptions& options) {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stopped = true; });
  std::string token;
  if (!options.token_file.empty()) {
    auto read = read_admin_token(options.token_file);
    if (!read) {
      std::fprintf(stderr, "tocsin top: %s\n", read.error().message.c_str());
      return 2;
    }
    token = std::move(*read);
  }
  std::vector<TopSample> before = ask_all(options.addresses, token);
  if (options.once) {
    if (any_answers(before)) pause(kOnce_ms);
    const std::vector<TopSample> now = ask_all(options.addresses, token);
    std::fputs(top_frame(before, now).c_str(), stdout);
    return any_answers(now) ? 0 : 1;
  }
  std::vector<TopSample> now = before;
  before.clear();
  while (!stopped) {
    std::fputs((kRedraw + top_frame(before, now)).c_str(), stdout);
    if (std::fflush(stdout) != 0) break;
    pause(static_cast<std::int64_t>(options.interval_s * 1000));
    before = std::move(now);
    now = ask_all(options.addresses, token);
  }
  return 0;
}

}  // namespace tocsin
