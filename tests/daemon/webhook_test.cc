// What is posted to webhooks and where to; the client against a real server that fails, stalls and redirects.
#include "daemon/webhook/webhook.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>
#include <string>
#include <vector>

#include "daemon/webhook/retry.h"
#include "tests/support/http_server.h"
#include "tests/support/temp_dir.h"

namespace tocsin {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kAlert =
    R"({"schema":"tocsin/alert/1","incident":"missile_launch-2026-03-16-ab12","sequence":2,"change":"corroborated",)"
    R"("backfill":false,"rules":["missiles"],"event":{"type":"missile_launch","subtype":"test","factuality":"claimed",)"
    R"("salience":"main","severity":4,"confidence":0.9,"actors":["PRK"],"weapon":{"class":"icbm","designation":null},)"
    R"("evidence":[]},"place":{"name":"Sunan","country":"KP","geonameId":1,"lat":39.2,"lon":125.6},)"
    R"("day":"2026-03-16","uri":"urn:a:7","headline":"A <launch> & \"more\"","provider":"Harbour News",)"
    R"("cluster":"c","reports":2,"sources":2})";

AlertMessage alert() { return *read_alert(kAlert, 1773648000000); }

sockaddr_in v4(const char* text) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  inet_pton(AF_INET, text, &out.sin_addr);
  return out;
}

NetworkAddress address(const std::string& text) { return parse_network(text)->address; }

TEST(Network, KnowsWhatIsPublicAndWhatIsNot) {
  for (const char* text : {"8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "2606:4700::1", "64:ff9b::808:808"})
    EXPECT_TRUE(is_public(address(text))) << text;
  for (const char* text : {"0.0.0.0",
                           "10.0.0.1",
                           "127.0.0.1",
                           "127.255.0.1",
                           "100.64.0.1",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.9.9",
                           "192.168.1.1",
                           "198.18.0.1",
                           "224.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "fe80::1",
                           "fd00::1",
                           "ff02::1",
                           "::ffff:127.0.0.1",
                           "64:ff9b::7f00:1",
                           "2002:7f00:1::",
                           "2001:db8::1",
                           "2001::1",
                           "::7f00:1"})
    EXPECT_FALSE(is_public(address(text))) << text;
}

TEST(Network, PermitsAPrivateAddressOnlyWhenItsNetworkIsNamed) {
  const std::vector<Network> allowed{*parse_network("10.1.0.0/16")};
  const auto asked = [&](const char* text) {
    const sockaddr_in to = v4(text);
    sockaddr plain{};
    std::memcpy(&plain, &to, sizeof plain);
    return permitted(plain, allowed);
  };
  EXPECT_TRUE(asked("8.8.8.8"));
  EXPECT_TRUE(asked("10.1.255.1"));
  EXPECT_FALSE(asked("10.2.0.1"));
  EXPECT_FALSE(asked("127.0.0.1"));
  sockaddr unix_socket{};
  unix_socket.sa_family = AF_UNIX;
  EXPECT_FALSE(permitted(unix_socket, allowed));
}

TEST(Network, RefusesWhatIsNone) {
  for (const char* text : {"", "10.0.0.0/33", "10.0.0.1/8", "fd00::/129", "localhost", "10.0.0.0/", "10.0.0.0/8x"})
    EXPECT_FALSE(parse_network(text)) << text;
  EXPECT_TRUE(parse_network("0.0.0.0/0"));
  EXPECT_TRUE(parse_network("::/0"));
}

TEST(WebhookUrl, HasAnOriginWithItsPortAndRefusesWhatCouldMislead) {
  EXPECT_EQ(parse_webhook_url("https://Hooks.Example.COM/services/x?y=1")->origin, "https://hooks.example.com:443");
  EXPECT_EQ(parse_webhook_url("http://127.0.0.1:8080/")->origin, "http://127.0.0.1:8080");
  for (const char* text :
       {"", "ftp://a/b", "file:///etc/passwd", "https://user:pw@a/b", "https://a/b#c", "//a/b", "a b"})
    EXPECT_FALSE(parse_webhook_url(text)) << text;
  EXPECT_EQ(*parse_origin("https://a.example"), "https://a.example:443");
  EXPECT_FALSE(parse_origin("https://a.example/path"));
}

TEST(TextTemplate, LeavesOutBracketsWithNothingInThem) {
  AlertMessage a = alert();
  const auto good = TextTemplate::parse("{what}[ in {place} ({country})]: {severity} {{[[x]]");
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_EQ(good->fill(a, 500), "missile launch in Sunan (KP): 4 {[x]");
  a.country.clear();
  EXPECT_EQ(good->fill(a, 500), "missile launch: 4 {[x]");
  a.also = {"maritime_air_incident"};
  EXPECT_EQ(good->fill(a, 500), "missile launch, maritime air incident: 4 {[x]");
}

TEST(TextTemplate, RefusesANameThatItDoesNotKnowAndSaysWhichItMeans) {
  const auto wrong = TextTemplate::parse("{plase}");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, HasSubstr("did you mean \"place\""));
  for (const char* text : {"[a", "a]", "[[a] ]", "[a[b]]", "{place"}) EXPECT_FALSE(TextTemplate::parse(text)) << text;
}

TEST(TextTemplate, IsOneLineCutAtACharacter) {
  AlertMessage a = alert();
  a.headline = "a\nb\xC3\xA9\xC3\xA9\xC3\xA9";
  const auto text = TextTemplate::parse("{headline}");
  EXPECT_EQ(text->fill(a, 100), "a b\xC3\xA9\xC3\xA9\xC3\xA9");
  EXPECT_EQ(text->fill(a, 9), "a b\xC3\xA9\xC3\xA9\xC3\xA9");
  EXPECT_EQ(text->fill(a, 8), "a b\xC3\xA9...");
  EXPECT_EQ(text->fill(a, 7), "a b...");
}

TEST(TextTemplate, TheDefaultReadsWell) {
  const auto text = TextTemplate::parse(TextTemplate::kDefault);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->fill(alert(), 3000),
            "Confirmed by another source: missile launch (claimed, severity 4, confidence 0.90) in Sunan, KP: A "
            "<launch> & \"more\" - "
            "Harbour News - urn:a:7");
}

TEST(ReadAlert, IsAsSureAsItsIncidentAndWithoutThatAsItsEvent) {
  EXPECT_DOUBLE_EQ(alert().confidence, 0.9);
  std::string json = kAlert;
  json.insert(json.find(R"("day")"), R"("confidence":0.97,)");
  EXPECT_DOUBLE_EQ(read_alert(json, 0)->confidence, 0.97);
}

TEST(ReadAlert, TakesOursAndRefusesWhatCannotBeIdempotent) {
  const AlertMessage a = alert();
  EXPECT_EQ(a.id(), "missile_launch-2026-03-16-ab12:2");
  EXPECT_EQ(a.weapon, "icbm");
  EXPECT_THAT(a.actors, ElementsAre("PRK"));
  EXPECT_TRUE(a.placed);
  for (const std::string& json :
       {std::string("{"), std::string("[]"), std::string("null"), std::string("{}"), std::string(),
        std::string(R"({"schema":"tocsin/alert/1","incident":"","sequence":1})"),
        std::string(R"({"schema":"tocsin/alert/1","incident":"a\r\nX: y","sequence":1})"),
        std::string(R"({"schema":"tocsin/alert/1","incident":"a","sequence":0})"),
        std::string(kMaxAlertBytes + 1, ' ')})
    EXPECT_FALSE(read_alert(json, 0)) << json.substr(0, 80);
  EXPECT_TRUE(read_alert(R"({"schema":"tocsin/alert/1","incident":"a","sequence":1,"place":null})", 0));
}

class WebhookTest : public testing::Test {
 protected:
  Webhook webhook(WebhookKind kind, const std::string& secret = "s3cret") {
    Webhook out{"desk",
                kind,
                *parse_webhook_url(server_.origin() + "/services/T0/canary"),
                secret,
                *TextTemplate::parse("{what} <{place}> & co"),
                {},
                1};
    return out;
  }
  HttpAnswer post(const HttpRequest& request, milliseconds timeout = milliseconds{5000}, bool allowed = true) {
    HttpSettings settings{timeout, {}, {}};
    if (allowed) settings.allowed = {*parse_network("127.0.0.0/8")};
    return HttpClient(settings).post(request, [] { return false; });
  }
  HttpAnswer post() { return post(webhook_request(webhook(WebhookKind::kJson), alert(), 1)); }
  test::HttpServer server_;
  test::TempDir dir_;
};

TEST_F(WebhookTest, SlackGetsATextWithItsMarkupEscaped) {
  const HttpRequest request = webhook_request(webhook(WebhookKind::kSlack, ""), alert(), 1);
  EXPECT_EQ(request.body, R"({"text":"missile launch &lt;Sunan&gt; &amp; co"})");
  EXPECT_EQ(judge(post(request)), PostResult::kDelivered);
  const test::HttpGot got = server_.got().at(0);
  EXPECT_EQ(got.method, "POST");
  EXPECT_EQ(got.target, "/services/T0/canary");
  EXPECT_EQ(got.body, request.body);
  EXPECT_EQ(got.headers.at("content-type"), "application/json");
  EXPECT_EQ(got.headers.at("idempotency-key"), alert().id());
}

TEST_F(WebhookTest, PagerDutyGetsAnEventOfTheIncidentAndItsEnd) {
  const std::string body = webhook_request(webhook(WebhookKind::kPagerDuty, "key"), alert(), 1).body;
  for (const char* part :
       {R"("routing_key":"key")", R"("event_action":"trigger")", R"("dedup_key":"missile_launch-2026-03-16-ab12")",
        R"("severity":"error")", R"("source":"Harbour News")", R"("timestamp":"2026-03-16T08:00:00.000Z")",
        R"("custom_details":{"schema":"tocsin/alert/1")"})
    EXPECT_THAT(body, HasSubstr(part));
  AlertMessage gone = alert();
  gone.change = "withdrawn";
  EXPECT_THAT(webhook_request(webhook(WebhookKind::kPagerDuty), gone, 1).body,
              HasSubstr(R"("event_action":"resolve")"));
}

TEST_F(WebhookTest, JsonIsTheAlertAndSignedAsStandardWebhooksDescribe) {
  const HttpRequest request = webhook_request(webhook(WebhookKind::kJson), alert(), 1773648001);
  EXPECT_EQ(request.body, R"({"text":"missile launch <Sunan> & co",)" + kAlert.substr(1));
  EXPECT_THAT(request.headers, testing::Contains(testing::Pair("webhook-id", alert().id())));
  EXPECT_THAT(request.headers, testing::Contains(testing::Pair("webhook-timestamp", "1773648001")));
  // printf 'id.1.{}' | openssl dgst -sha256 -hmac key -binary | base64
  EXPECT_EQ(webhook_signature("key", "id", 1, "{}"), "v1,5PVmP2AfJGwnp9flV+flrzfukNWA9zyUdqvI+IQalVs=");
  // A repeated post differs by its time alone.
  EXPECT_EQ(webhook_request(webhook(WebhookKind::kJson), alert(), 9).body, request.body);
}

TEST_F(WebhookTest, AnswersAreDeliveredRefusedBusyOrFailed) {
  const auto after = [&](int status) {
    server_.script({{.status = status}});
    return judge(post());
  };
  for (const int status : {200, 201, 202, 204}) EXPECT_EQ(after(status), PostResult::kDelivered) << status;
  for (const int status : {400, 413, 422}) EXPECT_EQ(after(status), PostResult::kRefused) << status;
  for (const int status : {401, 403, 404, 408, 410, 500, 502, 503})
    EXPECT_EQ(after(status), PostResult::kFailed) << status;
  EXPECT_EQ(after(429), PostResult::kBusy);
}

TEST_F(WebhookTest, ARedirectIsNotFollowed) {
  test::HttpServer other;
  server_.script({{.status = 302, .headers = {{"Location", other.origin() + "/"}}}});
  const HttpAnswer answer = post();
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(judge(answer), PostResult::kFailed);
  EXPECT_THAT(describe(webhook(WebhookKind::kJson), answer), HasSubstr("not followed"));
  EXPECT_TRUE(other.got().empty());
}

TEST_F(WebhookTest, RetryAfterIsReadAsSecondsAndAsADate) {
  server_.script({{.status = 429, .headers = {{"Retry-After", "7"}}},
                  {.status = 503, .headers = {{"Retry-After", "Fri, 31 Dec 2100 23:59:59 GMT"}}},
                  {.status = 503, .headers = {{"Retry-After", "soon"}}}});
  EXPECT_EQ(post().retry_after_s, 7);
  EXPECT_GT(post().retry_after_s.value_or(0), 1'000'000'000);
  EXPECT_EQ(post().retry_after_s, std::nullopt);
}

TEST_F(WebhookTest, AStalledServerTimesOutAndABrokenOneIsToldFromOne) {
  server_.script({{.delay = milliseconds{3000}}});
  const HttpRequest request = webhook_request(webhook(WebhookKind::kJson), alert(), 1);
  EXPECT_EQ(post(request, milliseconds{200}).failure, HttpFailure::kTimeout);
  test::HttpServer broken;
  broken.script({{.raw = "this is no HTTP"}, {.raw = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\ncut"}});
  HttpRequest other = request;
  other.url = broken.origin() + "/";
  EXPECT_EQ(post(other).failure, HttpFailure::kBroken);
  EXPECT_EQ(judge(post(other)), PostResult::kDelivered) << "the status line is the answer";
  EXPECT_EQ(broken.got().size(), 2U) << "nothing is sent twice by itself";
}

TEST_F(WebhookTest, AnEndlessAnswerIsCut) {
  server_.script({{.status = 200, .body = std::string(4u << 20, 'x')}});
  const HttpAnswer answer = post();
  EXPECT_EQ(answer.status, 200);
  EXPECT_LE(answer.body.size(), 512U);
}

TEST_F(WebhookTest, LoopbackIsRefusedUnlessItIsAllowedAndNothingIsSent) {
  const HttpRequest request = webhook_request(webhook(WebhookKind::kJson), alert(), 1);
  EXPECT_EQ(post(request, milliseconds{5000}, false).failure, HttpFailure::kNotAllowed);
  HttpRequest by_name = request;
  by_name.url = "http://localhost:" + std::to_string(server_.port()) + "/";
  EXPECT_EQ(post(by_name, milliseconds{5000}, false).failure, HttpFailure::kNotAllowed);
  EXPECT_TRUE(server_.got().empty());
  EXPECT_EQ(judge(post(by_name)), PostResult::kDelivered);
}

TEST_F(WebhookTest, AProxyOfTheEnvironmentIsNotUsed) {
  test::HttpServer proxy;
  ::setenv("http_proxy", proxy.origin().c_str(), 1);
  EXPECT_EQ(judge(post()), PostResult::kDelivered);
  ::unsetenv("http_proxy");
  EXPECT_TRUE(proxy.got().empty());
}

TEST_F(WebhookTest, HttpsToAServerThatSpeaksNoTlsSendsNothing) {
  HttpRequest request = webhook_request(webhook(WebhookKind::kJson), alert(), 1);
  request.url = "https://127.0.0.1:" + std::to_string(server_.port()) + "/";
  EXPECT_EQ(post(request).failure, HttpFailure::kTls);
}

TEST_F(WebhookTest, WhatAnAnswerSaysIsShownUnlessItTellsASecret) {
  const Webhook desk = webhook(WebhookKind::kSlack, "");
  const auto said = [](int status, const std::string& body) {
    HttpAnswer answer;
    answer.status = status;
    answer.body = body;
    return answer;
  };
  EXPECT_EQ(describe(desk, said(400, "invalid_payload\n")), "HTTP 400: invalid_payload ");
  EXPECT_EQ(describe(desk, said(500, "at " + desk.url.text)), "HTTP 500");
  EXPECT_EQ(describe(webhook(WebhookKind::kJson, "canary"), said(500, "canary")), "HTTP 500");
}

TEST_F(WebhookTest, IsMadeFromFilesAndOnlyForOriginsThatAreAllowed) {
  NotifyConfig config;
  config.allow = {server_.origin()};
  config.webhooks.push_back({.name = "desk",
                             .kind = WebhookKind::kJson,
                             .url = {},
                             .url_file = dir_.write("url", server_.origin() + "/canary\n").string(),
                             .secret_file = dir_.write("key", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").string(),
                             .text = {},
                             .rules = {"missiles"},
                             .min_severity = 3});
  const auto made = make_webhooks(config);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->at(0).secret.size(), 24U);
  EXPECT_TRUE(is_for(made->at(0), alert()));
  AlertMessage other = alert();
  other.rules = {"else"};
  EXPECT_FALSE(is_for(made->at(0), other));
  other = alert();
  other.severity = 2;
  EXPECT_FALSE(is_for(made->at(0), other));

  const auto refused = [&] { return make_webhooks(config).error().message; };
  config.allow = {"https://127.0.0.1:" + std::to_string(server_.port())};
  EXPECT_THAT(refused(), HasSubstr("is not in notify.allow"));
  EXPECT_THAT(refused(), Not(HasSubstr("canary")));
  config.allow = {server_.origin()};
  config.webhooks[0].secret_file = "no/such/file";
  EXPECT_THAT(refused(), HasSubstr("desk: secret_file: there is no file"));
  config.webhooks[0].secret_file = dir_.write("bad", "whsec_???").string();
  EXPECT_THAT(refused(), HasSubstr("base64"));
  config.webhooks[0].secret_file = dir_.write("lines", "a\nX-Evil: b").string();
  EXPECT_THAT(refused(), HasSubstr("one line"));
  config.webhooks[0].secret_file = dir_.write("key", "k").string();
  config.webhooks[0].text = "{plase}";
  EXPECT_THAT(refused(), StartsWith("notify.webhooks: desk: text: "));
}

TEST(Backoff, GrowsToItsMostAndNeverFallsBelowHalf) {
  Backoff backoff(100, 1000, 7);
  for (const int whole : {100, 200, 400, 800, 1000, 1000}) {
    const std::int64_t pause = backoff.next_ms();
    EXPECT_GE(pause, whole / 2);
    EXPECT_LE(pause, whole);
  }
  backoff.reset();
  EXPECT_LE(backoff.next_ms(), 100);
}

TEST(Breaker, OpensAfterFailuresInARowAndLetsOneTry) {
  Breaker breaker(3, 1000);
  breaker.failed(0);
  breaker.failed(1);
  breaker.succeeded();
  breaker.failed(2);
  breaker.failed(3);
  EXPECT_EQ(breaker.wait_ms(3), 0);
  breaker.failed(4);
  EXPECT_EQ(breaker.state(4), Breaker::State::kOpen);
  EXPECT_EQ(breaker.wait_ms(504), 500);
  EXPECT_EQ(breaker.state(1004), Breaker::State::kHalfOpen);
  EXPECT_EQ(breaker.wait_ms(1004), 0);
  breaker.failed(1004);  // the one that tried
  EXPECT_EQ(breaker.wait_ms(1004), 1000);
  breaker.succeeded();
  EXPECT_EQ(breaker.state(1005), Breaker::State::kClosed);
}

}  // namespace
}  // namespace tocsin
