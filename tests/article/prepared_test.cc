#include "common/article/prepared.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "common/article/state.h"

namespace tocsin {
namespace {

Prepared full() {
  Prepared p;
  p.at = {"wire.raw", 3, 1234567890123};
  p.record_ms = 1678953600000;
  p.uri = "urn:a:1";
  p.provider = "Example Wire";
  p.id = "urn:a:1";
  p.version = 2;
  p.status = PubStatus::kWithheld;
  p.mark = Mark::kUpdate;
  p.mark_number = 2;
  p.published_ms = -1;
  p.embargo_ms = 5;
  p.headline = "Head";
  p.language = "en";
  p.unsupported_language = true;
  p.preset = "ninjs-3";
  p.fingerprint.exact = ~0ULL;
  p.fingerprint.sketch = {1, 2, 0xffffffff};
  p.fingerprint.grams = 70000;
  p.fingerprint.words = 600;
  p.fingerprint.shingles = {7};
  p.fingerprint.numbers = {8, 9};
  p.fingerprint.names = {10};
  p.fingerprint.number_texts = {"1,234", "5"};
  p.fingerprint.dateline_day = 16;
  Claim c;
  c.type = EventType::kSpaceLaunch;
  c.factuality = Factuality::kHistorical;
  c.salience = Salience::kSecondary;
  c.severity = 5;
  c.confidence = 0.5F;
  c.actors = {"PRK", ""};
  c.target = "t";
  c.weapon_class = "icbm";
  c.weapon_designation = "Hwasong-17";
  c.weapon_count = -3;
  c.place_name = "Pyongyang";
  c.place_kind = "PPLC";
  c.country = "KP";
  c.geoname_id = 1871859;
  c.lat = 39.0F;
  c.lon = 125.7F;
  c.placed = true;
  c.day = "2023-03-16";
  c.another = true;
  c.json = "{";
  p.lines = {{0xfedcba987654, true, false}, {1, false, true}};
  p.claims = {c, Claim{}};
  p.head = "head";
  p.lean = "lean";
  p.associations = "assoc";
  p.geotags = "geo";
  p.knowledge = "know";
  return p;
}

std::string bytes_of(const Prepared& p) {
  std::string bytes;
  append_prepared(p, bytes);
  return bytes;
}

TEST(Prepared, ComesBackWhole) {
  const Prepared p = full();
  const auto back = read_prepared(bytes_of(p));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->at, p.at);
  EXPECT_EQ(back->lines, p.lines);
  EXPECT_EQ(back->claims, p.claims);
  EXPECT_EQ(back->fingerprint.number_texts, p.fingerprint.number_texts);
  EXPECT_EQ(back->fingerprint.sketch, p.fingerprint.sketch);
  EXPECT_EQ(back->published_ms, p.published_ms);
  EXPECT_EQ(back->mark, p.mark);
  EXPECT_EQ(back->preset, p.preset);
  EXPECT_TRUE(back->unsupported_language);
  EXPECT_EQ(bytes_of(*back), bytes_of(p)) << "written again it is the same";
}

TEST(Prepared, ARejectedOneComesBackWithReasonAndDetail) {
  Prepared p;
  p.at = {"t", 0, 1};
  p.reason = Reason::kCutJson;
  p.detail = "ends at byte 4";
  p.uri = "u";
  const auto back = read_prepared(bytes_of(p));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->reason, Reason::kCutJson);
  EXPECT_EQ(back->detail, "ends at byte 4");
  EXPECT_EQ(back->uri, "u");
}

TEST(Prepared, ManyClaimsThatStateNothingComeBack) {
  Prepared p = full();
  p.claims.assign(1000, Claim{});
  const auto back = read_prepared(bytes_of(p));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->claims, p.claims);
}

TEST(Prepared, EveryCutIsRefused) {
  const std::string bytes = bytes_of(full());
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(read_prepared(bytes.substr(0, n))) << n;
  EXPECT_FALSE(read_prepared(bytes + "x"));
}

TEST(Prepared, ATextThatAMachineMisreadComesBackAsSuch) {
  for (const std::int16_t day : {std::int16_t{-1}, std::int16_t{12 * 32 + 31}}) {
    for (const bool damaged : {false, true}) {
      Prepared p = full();
      p.fingerprint.damaged = damaged;
      p.fingerprint.dateline_day = day;
      const auto back = read_prepared(bytes_of(p));
      ASSERT_TRUE(back);
      EXPECT_EQ(back->fingerprint.damaged, damaged);
      EXPECT_EQ(back->fingerprint.dateline_day, day);
    }
  }
}

// As they were written when that format was the newest: so they lie in the topic while instances are upgraded one by
// one.
TEST(Prepared, OlderFormatsAreRead) {
  for (const std::string name : {"format_1", "format_1_damaged", "format_2", "format_3"}) {
    std::ifstream file(TOCSIN_SOURCE_DIR "/tests/fuzz/corpus/prepared_fuzz/" + name, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    ASSERT_FALSE(bytes.empty());
    ASSERT_EQ(bytes[0], name[7] - '0');
    const auto back = read_prepared(bytes);
    ASSERT_TRUE(back) << back.error().message;
    Prepared p = full();
    p.fingerprint.damaged = name.ends_with("damaged");
    p.unsupported_language = false;
    p.preset.clear();
    if (bytes[0] < 3) p.lines.clear();
    if (bytes[0] >= 3) p.claims[1].same_as = 0;
    EXPECT_EQ(bytes_of(*back), bytes_of(p));
    for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(read_prepared(bytes.substr(0, n))) << n;
  }
}

TEST(Prepared, AClaimIsTheSameAsAnEarlierOneOrNone) {
  Prepared p = full();
  p.claims[1].same_as = 0;
  const auto back = read_prepared(bytes_of(p));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->claims[1].same_as, 0U);
  EXPECT_FALSE(back->claims[0].same_as);
  p.claims[1].same_as = 1;
  EXPECT_FALSE(read_prepared(bytes_of(p)));
}

TEST(Prepared, AnotherFormatIsRefused) {
  std::string bytes = bytes_of(full());
  for (const char format : {char{0}, char{5}}) {
    bytes[0] = format;
    EXPECT_FALSE(read_prepared(bytes));
  }
  EXPECT_FALSE(read_prepared("{\"uri\":\"u\"}"));
}

TEST(Prepared, DamageIsRefusedOrReadsAsSomethingThatCanBeWritten) {
  const std::string bytes = bytes_of(full());
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = bytes;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    const auto back = read_prepared(damaged);
    EXPECT_TRUE(!back || read_prepared(bytes_of(*back)));
  }
}

TEST(StateFrame, OnlyAWholeFrameOfThisFormatIsOpened) {
  const std::string content("learnt\0things", 13);
  const std::string framed = frame_state(content);
  ASSERT_TRUE(unframe_state(framed));
  EXPECT_EQ(*unframe_state(framed), content);
  EXPECT_TRUE(unframe_state(frame_state("")));
  for (std::size_t n = 0; n < framed.size(); ++n) EXPECT_FALSE(unframe_state(framed.substr(0, n))) << n;
  for (std::size_t i = 0; i < framed.size(); ++i) {
    std::string damaged = framed;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_FALSE(unframe_state(damaged)) << i;
  }
  std::string newer = framed;
  newer[4] = 9;
  EXPECT_EQ(unframe_state(newer).error().message, "state format 9, this program reads 1");
}

}  // namespace
}  // namespace tocsin
