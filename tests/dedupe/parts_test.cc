// The small parts under the story book: index, heads, packed fingerprints, signals, held articles.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "common/dedupe/held.h"
#include "common/dedupe/likeness.h"
#include "common/dedupe/signals.h"
#include "common/dedupe/sketch_index.h"
#include "tests/dedupe/made_up.h"

namespace tocsin {
namespace {

using made_up::article;
using made_up::text;

std::uint64_t spread(std::uint64_t n) { return (n + 1) * 0x9e3779b97f4a7c15; }

TEST(SketchIndex, KnowsTheNewestLiveHeadsOfEveryValueAsAnObviousIndexDoes) {
  std::mt19937_64 random(7);
  SketchIndex index;
  std::map<std::uint64_t, std::set<std::uint64_t>> obvious;
  LiveHeads live;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t head = live.next++;
    if (live.size() > 700) live.first += 1 + random() % 3;
    for (int j = 0; j < 8; ++j) {
      const std::uint64_t key = SketchIndex::key_of(random() % 2 ? spread(random() % 500) : random());
      index.insert(key, head, live);
      obvious[key].insert(head);
    }
    if (i % 400 > 1) continue;  // thousands wait for the question, or a few
    for (std::uint64_t n = 0; n < 500; ++n) {
      const std::uint64_t key = SketchIndex::key_of(spread(n));
      std::uint64_t found[SketchIndex::kHeadsPerValue];
      std::vector<std::uint64_t> mine(found, found + index.find(key, live, found));
      std::sort(mine.rbegin(), mine.rend());
      std::vector<std::uint64_t> right(obvious[key].rbegin(), obvious[key].rend());
      if (right.size() > SketchIndex::kHeadsPerValue) right.resize(SketchIndex::kHeadsPerValue);
      std::erase_if(right, [&](std::uint64_t h) { return h < live.first; });
      ASSERT_EQ(mine, right) << key;
    }
  }
}

// Values that many heads hold make long runs.
TEST(SketchIndex, LosesNoKeyByChance) {
  std::mt19937_64 random(1);
  SketchIndex index;
  std::vector<std::uint64_t> keys;
  LiveHeads live{0, 0};
  std::uint64_t found[SketchIndex::kHeadsPerValue];
  while (live.next < 1'000'000) {
    keys.push_back(SketchIndex::key_of(random()));
    for (std::size_t i = 0; i < SketchIndex::kHeadsPerValue; ++i, ++live.next)
      index.insert(keys.back(), live.next, {0, live.next + 1});
    ASSERT_EQ(index.find(keys.back(), live, found), SketchIndex::kHeadsPerValue);
  }
  EXPECT_EQ(index.crowded(), 0U);
  for (const std::uint64_t key : keys) ASSERT_EQ(index.find(key, live, found), SketchIndex::kHeadsPerValue);
}

TEST(SketchIndex, NeighboursFindPlacesElsewhere) {
  SketchIndex index;
  LiveHeads live;
  std::uint64_t found[SketchIndex::kHeadsPerValue];
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    ++live.next;
    index.insert(i, i, live);  // all of them want the same slot
    ASSERT_EQ(index.find(i, live, found), 1U) << i;
  }
}

TEST(Likeness, OfPackedHeadsIsNearTheTruth) {
  const std::string whole = text(3, 500);
  for (const std::size_t tenths : {3U, 5U, 8U, 10U}) {
    const Prepared head = article(0, "p", "a", 1, whole);
    const Prepared part = article(1, "p", "b", 1, whole.substr(0, whole.size() * tenths / 10));
    std::string packed;
    pack_head(head.fingerprint, false, head.uri, packed);
    HeadView view;
    ASSERT_TRUE(view.read(packed));
    EXPECT_EQ(view.uri, head.uri);
    const Likeness l = compare(part.fingerprint, view);
    EXPECT_GT(l.of_article, .93) << tenths;
    EXPECT_NEAR(l.of_head, static_cast<double>(tenths) / 10, .15);
  }
}

TEST(Likeness, RefusesCutBytes) {
  std::string packed;
  pack_head(article(0, "p", "a", 1, text(3, 200)).fingerprint, true, "urn:x", packed);
  HeadView view;
  for (std::size_t n = 0; n < packed.size(); ++n) EXPECT_FALSE(view.read(std::string_view(packed).substr(0, n)));
  ASSERT_TRUE(view.read(packed));
  EXPECT_TRUE(view.roundup);
}

TEST(Fingerprinter, DoesNotSeeCasePunctuationOrWhiteSpace) {
  const auto one = article(0, "p", "a", 1, "The minister said: \"We go on\" - and left. He was 41.").fingerprint;
  const auto two = article(0, "p", "a", 1, "THE MINISTER  SAID \u201cWe go on\u201d and left\nHe was 41").fingerprint;
  EXPECT_EQ(one.sketch, two.sketch);
  EXPECT_EQ(one.exact, two.exact);
}

TEST(Fingerprinter, TakesADatelineOnlyWhereADashFollows) {
  EXPECT_EQ(article(0, "p", "", 0, "TOKYO, March 16 - The cabinet met.").fingerprint.dateline_day, 3 * 32 + 16);
  EXPECT_EQ(article(0, "p", "", 0, "TOKYO, 16 March (Wire) \u2014 The cabinet met.").fingerprint.dateline_day,
            3 * 32 + 16);
  EXPECT_EQ(article(0, "p", "", 0, "Published Oct 14, 2022\nThe cabinet met.").fingerprint.dateline_day, -1);
}

TEST(Fingerprinter, SeesDigitsThatStandForLetters) {
  EXPECT_TRUE(article(0, "p", "", 0, "The cabinet met with precisi0n on thi5 morning.").fingerprint.damaged);
  EXPECT_FALSE(article(0, "p", "", 0, "On MAY7 the F16 flew 1st for G7 and 4x4 teams in 1987.").fingerprint.damaged);
  const std::string once = "The cabinet met with precisi0n. " + text(5, 300);
  EXPECT_FALSE(article(0, "p", "", 0, once).fingerprint.damaged) << "one slip is no damage";
}

TEST(Fingerprinter, AnEmptyTextHasAnEmptySketch) {
  const Fingerprint f = article(0, "p", "", 0, "").fingerprint;
  EXPECT_TRUE(f.sketch.empty());
  EXPECT_EQ(f.words, 0U);
}

TEST(Signals, AreReadAtTheHeadOfAHeadline) {
  const auto mark = [](std::string_view headline, std::string_view body = "") {
    return read_signal(headline, body).mark;
  };
  EXPECT_EQ(mark("UPDATE 2-Oil rises on supply fears"), Mark::kUpdate);
  EXPECT_EQ(read_signal("UPDATE 2-Oil rises", "").number, 2);
  EXPECT_EQ(mark("CORRECTED-Bank lifts rate"), Mark::kCorrected);
  EXPECT_EQ(mark("REFILE-Bank lifts rate"), Mark::kCorrected);
  EXPECT_EQ(mark("RPT-UPDATE 1-Bank lifts rate"), Mark::kRepeat);
  EXPECT_EQ(mark("WRAPUP 3-Markets fall"), Mark::kRoundup);
  EXPECT_EQ(mark("STORY WITHDRAWN: Bank lifts rate"), Mark::kKill);
  EXPECT_EQ(mark("Bank lifts rate", "Eds: 3rd Ld-Writethru. Adds detail."), Mark::kUpdate);
  EXPECT_EQ(read_signal("Bank lifts rate", "Eds: 3rd Ld-Writethru. Adds detail.").number, 3);
  EXPECT_EQ(mark("", "CORRECTED-Bank lifts rate\n\nText."), Mark::kCorrected);
}

TEST(Signals, AreNotReadIntoOrdinaryHeadlines) {
  for (const char* headline : {"Repeat offenders face longer terms", "Killing of a witness shocks town",
                               "Kill Bill returns", "Updates to the tax code", "Withdrawn troops reach border",
                               "Correction in stocks goes on", "Corrected vision helps pilots"}) {
    EXPECT_EQ(read_signal(headline, "").mark, Mark::kNone) << headline;
  }
}

HeldArticle held(std::int64_t offset, std::int64_t embargo_ms, std::int64_t version = 1, std::uint64_t identity = 0) {
  return {.at = {"wire.raw", 0, offset},
          .embargo_ms = embargo_ms,
          .version = version,
          .identity = identity,
          .key = {},
          .payload = "bytes"};
}

TEST(Held, GivesWhatIsDueOldestFirstUntilItIsReleased) {
  Held h;
  h.hold(held(1, 300));
  h.hold(held(2, 100));
  h.hold(held(3, 200));
  const auto due = h.due(200, 10);
  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due[0]->at.offset, 2);
  EXPECT_EQ(due[1]->at.offset, 3);
  EXPECT_EQ(h.due(300, 1).size(), 1U);
  EXPECT_TRUE(h.release({"wire.raw", 0, 2}));
  EXPECT_FALSE(h.release({"wire.raw", 0, 2}));
  EXPECT_EQ(h.due(200, 10).size(), 1U);
}

TEST(Held, ANewerVersionOrAKillSupersedesAndMakesDueAtOnce) {
  Held h;
  h.hold(held(1, 300, 1, 42));
  h.hold(held(2, 300, 2, 42));
  auto due = h.due(0, 10);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0]->at.offset, 1);
  EXPECT_TRUE(due[0]->superseded);
  h.supersede(42, 0);
  EXPECT_EQ(h.due(0, 10).size(), 2U);
  EXPECT_TRUE(h.find({"wire.raw", 0, 2})->superseded);
}

TEST(Held, IsWrittenAgainOnceAWeek) {
  Held h;
  std::vector<MemoryRecord> changes;
  for (std::int64_t offset = 0; offset < 100; ++offset) h.hold(held(offset, 1'000));
  h.take_memory(changes);
  constexpr std::int64_t kHour = 3'600'000;
  for (const std::int64_t step : {kHour, 5 * kHour, 100 * kHour, Held::kRenewMs}) {
    std::map<std::string, int> written;
    for (std::int64_t age = 3 * Held::kRenewMs; age < 4 * Held::kRenewMs; age += step) {
      changes.clear();
      h.renew(age, std::min(age + step, 4 * Held::kRenewMs));
      h.take_memory(changes);
      for (const MemoryRecord& record : changes) ++written[record.key];
    }
    EXPECT_EQ(written.size(), 100U);
    for (const auto& [key, times] : written) EXPECT_EQ(times, 1) << key << " in steps of " << step;
  }
  changes.clear();
  h.renew(0, 60 * Held::kRenewMs);
  h.take_memory(changes);
  EXPECT_EQ(changes.size(), 100U);
}

TEST(Held, IsRestoredFromItsRecords) {
  std::mt19937_64 random(5);
  Held h;
  std::vector<MemoryRecord> log;
  for (int i = 0; i < 500; ++i) {
    if (random() % 3 == 0) {
      h.release({"wire.raw", 0, static_cast<std::int64_t>(random() % 200)});
    } else {
      h.hold(held(static_cast<std::int64_t>(random() % 200), static_cast<std::int64_t>(random() % 1000),
                  static_cast<std::int64_t>(random() % 4), random() % 20));
    }
  }
  h.take_memory(log);
  Held copy;
  for (const MemoryRecord& r : log) {
    ASSERT_TRUE(copy.apply_memory(r.key, r.value ? std::optional<std::string_view>(*r.value) : std::nullopt));
  }
  EXPECT_EQ(copy.size(), h.size());
  EXPECT_EQ(copy.bytes(), h.bytes());
  const auto a = h.due(2000, 1000), b = copy.due(2000, 1000);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i]->at, b[i]->at);
  EXPECT_FALSE(copy.apply_memory("hold/wire.raw/0/1", "\x01zz"));
}

}  // namespace
}  // namespace tocsin
