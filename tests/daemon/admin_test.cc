#include "daemon/admin.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/temp_dir.h"

namespace tocsin {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

Config any_port() {
  Config config;
  config.admin.port = 0;
  config.progress_timeout_ms = 5'000;
  return config;
}

// Sends bytes as they are and reads until the server closes.
std::string talk(std::uint16_t port, const std::string& request) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  std::string out;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    (void)!::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
    // A server may take a half-closed client for one that has gone, so only what is no whole request is ended so.
    if (request.find("\r\n\r\n") == std::string::npos) ::shutdown(fd, SHUT_WR);
    std::array<char, 65536> buffer{};
    for (ssize_t n; (n = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0;)
      out.append(buffer.data(), static_cast<std::size_t>(n));
  }
  ::close(fd);
  return out;
}

std::string get(std::uint16_t port, const std::string& path) {
  return talk(port, "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

class AdminTest : public testing::Test {
 protected:
  Config config_ = any_port();
  Metrics metrics_;
  StatusBoard board_{config_};
  std::unique_ptr<AdminServer> admin_ = std::move(*start_admin(config_, metrics_, board_));
  std::string get(const std::string& path) { return tocsin::get(admin_->port(), path); }
};

TEST_F(AdminTest, ServesMetricsAsPrometheusText) {
  const std::string answer = get("/metrics");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(answer, HasSubstr("# TYPE tocsin_articles_total counter"));
}

TEST_F(AdminTest, IsReadyWhenActiveOrStandingByAndSaysWhyElse) {
  board_.enter(RunState::kWaitingForBroker, "broker a:1 does not answer");
  EXPECT_THAT(get("/ready"), testing::AllOf(StartsWith("HTTP/1.1 503"),
                                            HasSubstr("not ready: waiting_for_broker: broker a:1 does not answer")));
  for (const RunState state : {RunState::kStarting, RunState::kTakingOver, RunState::kStopping, RunState::kFailed}) {
    board_.enter(state);
    EXPECT_THAT(get("/ready"), StartsWith("HTTP/1.1 503")) << to_string(state);
  }
  board_.enter(RunState::kStandby);
  EXPECT_THAT(get("/ready"), testing::AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("ready: standby")));
  board_.enter(RunState::kActive);
  EXPECT_THAT(get("/ready"), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminTest, IsLiveWhileTheLoopTurns) {
  board_.progress();
  EXPECT_THAT(get("/live"), StartsWith("HTTP/1.1 200"));
}

TEST(Admin, IsNotLiveWhenTheLoopStandsStill) {
  Config config = any_port();
  config.progress_timeout_ms = 0;
  const Metrics metrics;
  const StatusBoard board(config);
  const auto admin = start_admin(config, metrics, board);
  ASSERT_TRUE(admin);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_THAT(get((*admin)->port(), "/live"),
              testing::AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("the loop has made no progress for 0 s")));
}

TEST_F(AdminTest, TellsItsStatusAsJson) {
  board_.update([](Status& s) {
    s.partitions.push_back({"wire.raw", 2, 17, 5, 1'700'000'000'123});
    s.partitions.push_back({"wire.raw", 3, -1, -1, 0});
    s.articles = 9;
  });
  board_.error("a \"quoted\" fault");
  RecentAlert alert;
  alert.headline = "A <b>launch</b>";
  alert.lat = 38.5;
  alert.placed = true;
  board_.alert(alert);
  board_.dead_letter({1'700'000'000'123, "empty", "no \n text", "wire.raw", 2, 16});
  const std::string answer = get("/status");
  EXPECT_THAT(answer, HasSubstr("application/json"));
  EXPECT_THAT(
      answer,
      HasSubstr(R"({"topic":"wire.raw","partition":2,"position":17,"lag":5,"moved":"2023-11-14T22:13:20.123Z"})"));
  EXPECT_THAT(answer, HasSubstr(R"({"topic":"wire.raw","partition":3,"position":null,"lag":null,"moved":null})"));
  EXPECT_THAT(answer, HasSubstr(R"("articles":9)"));
  EXPECT_THAT(answer, HasSubstr(R"("last_error":"a \"quoted\" fault")"));
  EXPECT_THAT(answer, HasSubstr(R"("headline":"A <b>launch</b>")"));
  EXPECT_THAT(answer, HasSubstr(R"("lat":38.5)"));
  EXPECT_THAT(answer,
              HasSubstr(R"("reason":"empty","detail":"no \u000a text","topic":"wire.raw","partition":2,"offset":16)"));
}

TEST_F(AdminTest, ListsItsPagesAndForbidsForeignContent) {
  const std::string answer = get("/");
  EXPECT_THAT(answer, HasSubstr("/ready"));
  EXPECT_THAT(answer, HasSubstr("Content-Security-Policy: default-src 'none'"));
  // The one address in it is a name space of SVG.
  std::string text = answer.substr(answer.find("\r\n\r\n"));
  for (std::size_t at = 0; (at = text.find("http://www.w3.org/2000/svg", at)) != std::string::npos;) text.erase(at, 4);
  EXPECT_THAT(text, testing::Not(HasSubstr("http")));
}

TEST_F(AdminTest, SaysWhatThereIsWhenAskedForSomethingElse) {
  EXPECT_THAT(get("/nope"), testing::AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("/metrics")));
  EXPECT_THAT(get("/../etc/passwd"), StartsWith("HTTP/1.1 404"));
}

TEST_F(AdminTest, IsReadOnlyAndRefusesBodies) {
  const std::uint16_t port = admin_->port();
  for (const std::string method : {"POST", "PUT", "DELETE", "PATCH"}) {
    const std::string answer =
        talk(port, method + " /status HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 4")) << method;
  }
}

TEST_F(AdminTest, OutlivesRequestsThatAreNone) {
  const std::uint16_t port = admin_->port();
  (void)talk(port, "\r\n\r\n");
  (void)talk(port, std::string(100'000, 'A') + "\r\n\r\n");
  (void)talk(port, "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n");
  (void)talk(port, "GET / HTTP/9.9\r\n\r\n");
  EXPECT_THAT(get("/live"), StartsWith("HTTP/1.1 200"));
}

// A connection that is left open; closed at the end.
class Loose {
 public:
  explicit Loose(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  Loose(const Loose&) = delete;
  Loose& operator=(const Loose&) = delete;
  ~Loose() { ::close(fd_); }
  void send(std::string_view bytes) const {
    (void)!::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }

 private:
  int fd_;
};

TEST_F(AdminTest, AnswersWhateverOthersLeaveUnfinished) {
  // More of them than there are places, each a byte further again and again; and some that never read their answer.
  std::vector<std::unique_ptr<Loose>> loose;
  for (std::size_t i = 0; i < 3 * AdminServer::kConnections; ++i) {
    loose.push_back(std::make_unique<Loose>(admin_->port()));
    loose.back()->send(i % 4 == 0 ? "GET /metrics HTTP/1.1\r\n\r\n" : "GET /live HTTP/1.1\r\nX: ");
  }
  const std::jthread drip([&](const std::stop_token& stop) {
    for (std::size_t i = 0; !stop.stop_requested(); i = (i + 1) % loose.size()) {
      loose[i]->send("x");
      if (i == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(get("/live"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(get("/metrics"), HasSubstr("tocsin_articles_total"));
    loose.push_back(std::make_unique<Loose>(admin_->port()));
  }
}

TEST_F(AdminTest, EndsWhileOthersAreConnected) {
  const Loose one(admin_->port());
  one.send("GET ");
  admin_.reset();
}

TEST_F(AdminTest, ARequestHasAHeadOfEightKiB) {
  const std::string line = "GET /live HTTP/1.1\r\nX: ";
  const std::string fits = line + std::string(AdminServer::kHeadBytes - line.size() - 4, 'x') + "\r\n\r\n";
  ASSERT_EQ(fits.size(), AdminServer::kHeadBytes);
  EXPECT_THAT(talk(admin_->port(), fits), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(talk(admin_->port(), line + "x" + fits.substr(line.size())), StartsWith("HTTP/1.1 431"));
}

TEST_F(AdminTest, HeadIsGetWithoutTheBody) {
  const std::string answer = talk(admin_->port(), "HEAD /live HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, testing::AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Length: 5"), EndsWith("\r\n\r\n")));
}

TEST(Admin, WithATokenOnlyProbesAndThePageAreOpen) {
  const test::TempDir dir;
  Config config = any_port();
  config.admin.token_file = dir.write("token", "s3cret-canary\n").string();
  const Metrics metrics;
  const StatusBoard board(config);
  const auto admin = start_admin(config, metrics, board);
  ASSERT_TRUE(admin) << admin.error().message;
  const auto ask = [&](const std::string& path, const std::string& header) {
    return talk((*admin)->port(), "GET " + path + " HTTP/1.1\r\n" + header + "\r\n");
  };
  for (const char* path : {"/", "/live"}) EXPECT_THAT(ask(path, ""), StartsWith("HTTP/1.1 200")) << path;
  for (const char* path : {"/metrics", "/status", "/status?x"}) {
    for (const char* wrong : {"", "Authorization: Bearer\r\n", "Authorization: Bearer s3cret-canar\r\n",
                              "Authorization: Bearer s3cret-canary2\r\n", "Authorization: Basic s3cret-canary\r\n",
                              "X-Authorization: Bearer s3cret-canary\r\n"}) {
      const std::string answer = ask(path, wrong);
      EXPECT_THAT(answer, testing::AllOf(StartsWith("HTTP/1.1 401"), HasSubstr("WWW-Authenticate: Bearer"))) << wrong;
      EXPECT_THAT(answer, testing::Not(HasSubstr("canary")));
    }
    EXPECT_THAT(ask(path, "Host: x\r\nauthorization:  bearer s3cret-canary \r\n"), StartsWith("HTTP/1.1 200"));
  }
}

TEST(Admin, ATokenThatCannotBeReadIsAnErrorOfOneLine) {
  const test::TempDir dir;
  Config config = any_port();
  const Metrics metrics;
  const StatusBoard board(config);
  for (const std::string& path : {dir.write("two", "a\nb\n").string(), dir.write("none", "\n").string(),
                                  dir.write("long", std::string(4097, 'x')).string(), std::string("/no/such/file")}) {
    config.admin.token_file = path;
    const auto refused = start_admin(config, metrics, board);
    ASSERT_FALSE(refused) << path;
    EXPECT_EQ(refused.error().message, "admin.token_file: " + path +
                                           " must be a readable file of one line, the token: at most 4 KiB of visible "
                                           "ASCII");
  }
  config.admin.token_file = dir.write("most", std::string(4096, 'x')).string();
  EXPECT_TRUE(start_admin(config, metrics, board));
}

TEST_F(AdminTest, ABusyPortIsAnErrorOfOneLine) {
  Config second = config_;
  second.admin.port = admin_->port();
  const auto refused = start_admin(second, metrics_, board_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "admin.listen: cannot listen on 127.0.0.1:" + std::to_string(admin_->port()) +
                                         "; it is in use or not an address of this machine, set another one");
}

TEST_F(AdminTest, FreesItsPortWhenItEnds) {
  Config again = config_;
  again.admin.port = admin_->port();
  admin_.reset();
  EXPECT_TRUE(start_admin(again, metrics_, board_));
}

TEST(StatusBoard, KeepsTheTimeOfAStateUntilItChanges) {
  StatusBoard board{Config{}};
  const std::int64_t started = board.snapshot().since_ms;
  std::this_thread::sleep_for(std::chrono::milliseconds(3));
  board.enter(RunState::kStarting, "still");
  EXPECT_EQ(board.snapshot().since_ms, started);
  board.enter(RunState::kStandby);
  EXPECT_GT(board.snapshot().since_ms, started);
}

TEST(StatusBoard, KeepsAFewOfTheLastNewestFirst) {
  StatusBoard board{Config{}};
  for (int i = 0; i < 80; ++i) board.dead_letter({i, "empty", "", "t", 0, i});
  const auto letters = board.recent_dead_letters();
  ASSERT_EQ(letters.size(), StatusBoard::kRecent);
  EXPECT_EQ(letters.front().offset, 79);
  EXPECT_EQ(letters.back().offset, 30);
}

}  // namespace
}  // namespace tocsin
