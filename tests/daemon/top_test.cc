#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/article/event.h"
#include "common/article/outcome.h"
#include "daemon/admin.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/top_frame.h"
#include "tests/support/temp_dir.h"

namespace tocsin {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Top, ReadsPrometheusText) {
  const auto samples = parse_samples(
      "# HELP a A thing.\n# TYPE a counter\na{x=\"y } z\"} 3\na{x=\"w\"} 4.5\nab 7\nbroken\n\nc 1 1773648000000");
  EXPECT_EQ(samples.size(), 4U);
  EXPECT_EQ(sum_of(samples, "a"), 7.5);
  EXPECT_EQ(sum_of(samples, "ab"), 7);
  EXPECT_EQ(sum_of(samples, "c"), 1);
  EXPECT_EQ(sum_of(samples, "nothing"), 0);
}

TopSample sample(std::int64_t at_ms, const std::string& metrics) {
  return {"a:1",
          at_ms,
          {},
          R"({"state":"active","role":"all","group":"g","since":"s","last_error":"e\u001b"})",
          parse_samples(metrics)};
}

TEST(Top, ShowsRatesOfWhatCameBetweenTwoSamples) {
  const TopSample before = sample(1000,
                                  "tocsin_articles_total{outcome=\"new\"} 100\ntocsin_lag{p=\"0\"} 9\n"
                                  "tocsin_raw_to_output_seconds_bucket{le=\"0.05\"} 10\n"
                                  "tocsin_raw_to_output_seconds_bucket{le=\"+Inf\"} 10\n");
  const TopSample now = sample(3000,
                               "tocsin_articles_total{outcome=\"new\"} 150\ntocsin_lag{p=\"0\"} 12345\n"
                               "tocsin_alerts_total{type=\"bombing\"} 2\ntocsin_alerts_total{type=\"coup\"} 0\n"
                               "tocsin_raw_to_output_seconds_bucket{le=\"0.05\"} 60\n"
                               "tocsin_raw_to_output_seconds_bucket{le=\"+Inf\"} 110\n");
  const std::string frame = top_frame({before}, {now});
  EXPECT_THAT(frame, HasSubstr("active          25.0"));
  EXPECT_THAT(frame, HasSubstr("12.3k"));
  EXPECT_THAT(frame, HasSubstr("50 ms       more"));
  EXPECT_THAT(frame, HasSubstr("alerts        bombing 2\n"));
  EXPECT_THAT(frame, HasSubstr("last error    e\n"));
  EXPECT_THAT(frame, Not(HasSubstr("coup")));
  // After a restart totals are smaller, and no rate is made of that.
  EXPECT_THAT(top_frame({now}, {sample(5000, "tocsin_articles_total{outcome=\"new\"} 1\n")}),
              HasSubstr("active             -"));
  EXPECT_THAT(top_frame({}, {now}), HasSubstr("active             -"));
}

TEST(Top, SaysWhichAddressDoesNotAnswer) {
  const TopSample away{"b:2", 1, "Connection refused", {}, {}};
  EXPECT_THAT(top_frame({away}, {away}), HasSubstr("b:2                      does not answer: Connection refused"));
  const TopSample foreign{"b:2", 1, {}, "<html>", {}};
  EXPECT_THAT(top_frame({}, {foreign}), HasSubstr("no status"));
}

TEST(Top, OnceAsksARunningAdminServerAndEnds) {
  Config config;
  config.admin.port = 0;
  Metrics metrics;
  metrics.add(Counter::kArticles, index(Outcome::kNew), 5);
  StatusBoard board(config);
  board.enter(RunState::kActive);
  const auto admin = std::move(*start_admin(config, metrics, board));
  const std::string address = "127.0.0.1:" + std::to_string(admin->port());
  testing::internal::CaptureStdout();
  EXPECT_EQ(top_command({.addresses = {address, "127.0.0.1:1"}, .once = true}), 0);
  const std::string frame = testing::internal::GetCapturedStdout();
  EXPECT_THAT(frame, HasSubstr("active"));
  EXPECT_THAT(frame, HasSubstr("outcomes      new 5"));
  EXPECT_THAT(frame, HasSubstr("does not answer"));
  EXPECT_THAT(frame, Not(HasSubstr("\x1b")));
  testing::internal::CaptureStdout();
  EXPECT_EQ(top_command({.addresses = {"127.0.0.1:1"}, .once = true}), 1);
  testing::internal::GetCapturedStdout();
}

TEST(Top, ShowsTheTokenToWhoAsksForIt) {
  const test::TempDir dir;
  Config config;
  config.admin.port = 0;
  config.admin.token_file = dir.write("token", "s3cret\n").string();
  const Metrics metrics;
  const StatusBoard board(config);
  const auto admin = std::move(*start_admin(config, metrics, board));
  const std::string address = "127.0.0.1:" + std::to_string(admin->port());
  testing::internal::CaptureStdout();
  EXPECT_EQ(top_command({.addresses = {address}, .once = true}), 1);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("it asks for its token, see --token-file"));
  testing::internal::CaptureStdout();
  EXPECT_EQ(top_command({.addresses = {address}, .token_file = config.admin.token_file, .once = true}), 0);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("starting"));
}

}  // namespace
}  // namespace tocsin
