#include "common/dedupe/story_book.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <numeric>
#include <random>

#include "tests/dedupe/made_up.h"

namespace tocsin {
namespace {

using made_up::article;
using made_up::text;
constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kNow = 1'700'000'000'000;

StoryBook book() { return StoryBook(StoryBookOptions{}); }

TEST(StoryBook, TellsStrangersApart) {
  StoryBook b = book();
  const Story one = b.decide(article(0, "p", "a", 1, text(1, 300)));
  const Story two = b.decide(article(1, "p", "b", 1, text(2, 300)));
  EXPECT_EQ(one.outcome, Outcome::kNew);
  EXPECT_FALSE(one.relation);
  EXPECT_EQ(two.outcome, Outcome::kNew);
  EXPECT_NE(one.cluster, two.cluster);
  EXPECT_EQ(one.cluster.size(), 13U);
}

TEST(StoryBook, LinksTheSameTextByAnotherProviderAsExact) {
  StoryBook b = book();
  const Story head = b.decide(article(0, "p", "a", 1, text(1, 300)));
  const Story copy = b.decide(article(1, "q", "x", 1, text(1, 300)));
  EXPECT_EQ(copy.outcome, Outcome::kDuplicate);
  EXPECT_EQ(copy.relation, Relation::kExact);
  EXPECT_EQ(copy.cluster, head.cluster);
  EXPECT_EQ(copy.of, "urn:test:p:a");
  EXPECT_EQ(copy.similarity, 1);
}

// One of many stories whose smallest values are the same.
Prepared with_common_values(std::int64_t offset) {
  Prepared p = article(offset, "p", std::to_string(offset), 1, text(static_cast<std::uint64_t>(offset) + 1, 300));
  for (std::size_t i = 0; i < kIndexedValues; ++i) p.fingerprint.sketch[i] = i + 1;
  return p;
}

// All values by which the first one stands in the index are taken by newer heads.
TEST(StoryBook, LinksTheSameTextThoughNewerStoriesShareItsPhrases) {
  StoryBook b = book();
  const Story first = b.decide(with_common_values(0));
  for (std::int64_t i = 1; i <= 20; ++i) ASSERT_EQ(b.decide(with_common_values(i)).outcome, Outcome::kNew);
  Prepared again = with_common_values(0);
  again.at.offset = 100;
  again.provider = "q";
  EXPECT_EQ(b.decide(again).relation, Relation::kExact);
  EXPECT_EQ(b.decide(again).cluster, first.cluster);
}

// The newest of these hold all common values; what is their own still finds the others.
TEST(StoryBook, FindsAnOldStoryWhosePhrasesHaveBecomeCommon) {
  StoryBook b = book();
  std::vector<std::string> clusters;
  for (std::int64_t i = 0; i < 30; ++i) clusters.push_back(b.decide(with_common_values(i)).cluster);
  Prepared again = with_common_values(10);
  again.at.offset = 100;
  again.provider = "q";
  ++again.fingerprint.exact;
  EXPECT_EQ(b.decide(again).cluster, clusters[10]);
}

// `share` of the letters become others, or digits that look like some.
std::string misread(std::string text, double share, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (char& c : text) {
    if (c < 'a' || c > 'z' || static_cast<double>(random() % 1000) >= share * 1000) continue;
    c = random() % 4 == 0 ? "015"[random() % 3] : static_cast<char>('a' + random() % 26);
  }
  return text;
}

TEST(StoryBook, LinksATextWithATenthOfWrongCharacters) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    StoryBook b = book();
    const Story head = b.decide(article(0, "p", "a", 1, text(seed, 300)));
    EXPECT_EQ(b.decide(article(1, "q", "x", 1, misread(text(seed, 300), .1, seed))).cluster, head.cluster) << seed;
  }
}

// What a template leaves alike is spread over the text as wrong characters are, but nothing was misread.
TEST(StoryBook, DoesNotTakeATextWrittenAnewForAMisreadOne) {
  StoryBook b = book();
  std::string one, two;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const std::string phrase = text(100 + i, 3);
    one += phrase + text(1000 + i, 2);
    two += phrase + text(2000 + i, 2);
  }
  const Story head = b.decide(article(0, "p", "a", 1, one));
  EXPECT_NE(b.decide(article(1, "p", "b", 1, two)).cluster, head.cluster);
}

// A company's results, as a wire sets them out.
std::string results(const std::string& head, const std::string& net, const std::string& revenue) {
  return head + " Shr 81 cts vs 57 cts. Net " + net + " vs 2,437,914. Revs " + revenue +
         " vs 1,325,755. Avg shrs 7,382,802 vs 6,747,442.";
}

TEST(StoryBook, LinksATableOfResultsThatIsSetOutAnewAndNoSibling) {
  StoryBook b = book();
  const Story head = b.decide(article(
      0, "p", "a", 1, results("NORFOLK TIMBER INC <NFT> 2ND QTR NET NEW YORK, March 2 -", "3,660,273", "4,483,559")));
  EXPECT_EQ(b.decide(article(1, "p", "b", 1,
                             results("NORFOLK TIMBER <NFT> QTR EARNINGS NEW YORK, March 2 - Jan 31 end", "3,660,273",
                                     "4,483,559")))
                .cluster,
            head.cluster);
  std::string sibling = results("HARBOUR GLASS INC <HBG> 2ND QTR NET NEW YORK, March 2 -", "5,112,904", "9,004,112");
  for (char& c : sibling) c = c == '4' ? '8' : c;
  EXPECT_EQ(b.decide(article(2, "p", "c", 1, sibling)).outcome, Outcome::kNew);
}

TEST(StoryBook, LinksACutCopyToItsOriginal) {
  StoryBook b = book();
  const std::string whole = text(1, 400);
  const Story head = b.decide(article(0, "p", "a", 1, whole));
  const Story cut = b.decide(article(1, "q", "x", 1, whole.substr(0, whole.size() * 4 / 10)));
  EXPECT_EQ(cut.cluster, head.cluster);
  EXPECT_EQ(cut.relation, Relation::kPart);
  EXPECT_GT(cut.similarity, .9);
}

TEST(StoryBook, KnowsTheSecondHalfAfterTheWholeFollowedTheFirst) {
  StoryBook b = book();
  const std::string whole = text(1, 600);
  const Story first = b.decide(article(0, "p", "a", 1, whole.substr(0, whole.size() / 2)));
  EXPECT_EQ(b.decide(article(1, "q", "x", 1, whole)).cluster, first.cluster);
  EXPECT_EQ(b.decide(article(2, "r", "y", 1, whole.substr(whole.size() / 2))).cluster, first.cluster);
}

TEST(StoryBook, CallsTheSameIdAndVersionARedelivery) {
  StoryBook b = book();
  b.decide(article(0, "p", "a", 3, text(1, 100)));
  const Story again = b.decide(article(1, "p", "a", 3, text(1, 100)));
  EXPECT_EQ(again.outcome, Outcome::kDuplicate);
  EXPECT_EQ(again.relation, Relation::kRedelivery);
  EXPECT_EQ(b.decide(article(2, "other", "a", 3, text(9, 100))).outcome, Outcome::kNew)
      << "identity is provider and id";
}

TEST(StoryBook, ARaisedVersionSupersedesAndALowerOneIsStale) {
  StoryBook b = book();
  const Story head = b.decide(article(0, "p", "a", 2, text(1, 200)));
  const Story revision = b.decide(article(1, "p", "a", 3, text(7, 200)));
  EXPECT_EQ(revision.outcome, Outcome::kRevision);
  EXPECT_EQ(revision.cluster, head.cluster);
  const Story stale = b.decide(article(2, "p", "a", 1, text(1, 200)));
  EXPECT_EQ(stale.outcome, Outcome::kStale);
  EXPECT_EQ(stale.relation, Relation::kStale);
  EXPECT_EQ(b.decide(article(3, "q", "x", 1, text(7, 200))).cluster, head.cluster)
      << "copies of the revision are known";
}

TEST(StoryBook, NamesTheNumbersThatARevisionChanged) {
  StoryBook b = book();
  const std::string body = text(1, 150);
  b.decide(article(0, "p", "a", 1, body + "The count rose to 1,234 in 7 towns."));
  const Story revision = b.decide(article(1, "p", "b", 1, body + "The count rose to 1,301 in 7 towns."));
  EXPECT_EQ(revision.outcome, Outcome::kRevision);
  EXPECT_EQ(revision.changed_numbers, std::vector<std::string>{"1,301"});
}

TEST(StoryBook, DoesTheSameRecordAgainAsTheFirstTime) {
  StoryBook b = book();
  const Prepared first = article(0, "p", "a", 1, text(1, 200));
  const Prepared copy = article(1, "q", "x", 1, text(1, 200));
  const Story head = b.decide(first);
  const Story link = b.decide(copy);
  b.decide(article(2, "p", "a", 2, text(5, 200)));
  std::string block;
  b.take_block(block);
  const Story head_again = b.decide(first);
  const Story link_again = b.decide(copy);
  EXPECT_EQ(head_again.outcome, Outcome::kNew);
  EXPECT_EQ(head_again.cluster, head.cluster);
  EXPECT_EQ(link_again.outcome, link.outcome);
  EXPECT_EQ(link_again.relation, link.relation);
  EXPECT_EQ(link_again.cluster, link.cluster);
  std::string nothing;
  b.take_block(nothing);
  EXPECT_TRUE(nothing.empty());
}

TEST(StoryBook, AKillWithdrawsAndStopsLateCopiesOfItsProviderOnly) {
  StoryBook b = book();
  const Story head = b.decide(article(0, "p", "a", 1, text(1, 200)));
  Prepared kill = article(1, "p", "a", 2, "");
  kill.status = PubStatus::kCanceled;
  const Story killed = b.decide(kill);
  EXPECT_EQ(killed.outcome, Outcome::kKill);
  EXPECT_EQ(killed.cluster, head.cluster);
  EXPECT_EQ(killed.of, "urn:test:p:a");
  EXPECT_EQ(b.decide(article(2, "p", "a", 1, text(1, 200))).outcome, Outcome::kStale);
  EXPECT_EQ(b.decide(article(3, "p", "late", 1, text(1, 200))).outcome, Outcome::kStale);
  const Story other = b.decide(article(4, "q", "x", 1, text(1, 200)));
  EXPECT_EQ(other.outcome, Outcome::kNew) << "never across providers";
  EXPECT_NE(other.cluster, head.cluster);
  EXPECT_EQ(b.decide(kill).outcome, Outcome::kKill);
}

// All values by which the killed one stood in the index are taken by newer siblings of its template.
TEST(StoryBook, AKillStopsTheSameTextThoughNewerStoriesShareItsPhrases) {
  StoryBook b = book();
  const auto sibling = [](std::int64_t offset) {
    Prepared p = article(offset, "p", std::to_string(offset), 1, text(static_cast<std::uint64_t>(offset) + 1, 50));
    std::iota(p.fingerprint.sketch.begin(), p.fingerprint.sketch.end(), 1);
    p.fingerprint.dateline_day = static_cast<std::int16_t>(32 + offset);
    return p;
  };
  for (std::int64_t i = 0; i <= 40; ++i) ASSERT_EQ(b.decide(sibling(i)).outcome, Outcome::kNew);
  Prepared kill = article(50, "p", "0", 2, "");
  kill.status = PubStatus::kCanceled;
  ASSERT_EQ(b.decide(kill).outcome, Outcome::kKill);
  Prepared late = sibling(0);
  late.at.offset = 100;
  late.id = "late";
  EXPECT_EQ(b.decide(late).outcome, Outcome::kStale);
  std::vector<MemoryRecord> memory;
  b.take_memory(memory);
  StoryBook restored = book();
  for (const MemoryRecord& r : memory) ASSERT_TRUE(restored.apply_memory(r.key, *r.value));
  EXPECT_EQ(restored.decide(late).outcome, Outcome::kStale);
}

TEST(StoryBook, TheTombstoneOutlivesTheWindow) {
  StoryBook b = book();
  b.decide(article(0, "p", "a", 1, text(1, 200)));
  Prepared kill = article(1, "p", "a", 2, "");
  kill.status = PubStatus::kCanceled;
  b.decide(kill);
  for (int i = 2; i < 20; ++i)
    b.decide(article(i, "p", "f" + std::to_string(i), 1, text(100 + i, 100), kNow + i * 24 * kHour));
  EXPECT_EQ(b.decide(article(30, "p", "late", 1, text(1, 200), kNow + 20 * 24 * kHour)).outcome, Outcome::kStale);
  for (int i = 20; i <= 31; ++i) {
    EXPECT_EQ(b.size().kills, 1U) << i;
    b.decide(article(20 + i, "p", "g" + std::to_string(i), 1, text(200 + i, 100), kNow + i * 24 * kHour));
  }
  EXPECT_EQ(b.size().kills, 0U) << "and leaves with the ids of its time";
}

TEST(StoryBook, AHigherVersionThanTheKillBringsTheStoryBack) {
  StoryBook b = book();
  const Story head = b.decide(article(0, "p", "a", 1, text(1, 200)));
  Prepared kill = article(1, "p", "a", 2, "");
  kill.status = PubStatus::kCanceled;
  b.decide(kill);
  const Story back = b.decide(article(2, "p", "a", 3, text(1, 200)));
  EXPECT_EQ(back.outcome, Outcome::kRevision);
  EXPECT_EQ(back.cluster, head.cluster);
  EXPECT_EQ(b.decide(article(3, "q", "x", 1, text(1, 200))).cluster, head.cluster);
}

TEST(StoryBook, AMarkedRepeatIsADuplicate) {
  StoryBook b = book();
  b.decide(article(0, "p", "a", 1, text(1, 200)));
  Prepared repeat = article(1, "p", "b", 1, text(1, 200) + "One sentence more of some length here.");
  repeat.mark = Mark::kRepeat;
  EXPECT_EQ(b.decide(repeat).outcome, Outcome::kDuplicate);
  Prepared update = article(2, "p", "c", 1, text(1, 200) + "Another sentence of some length was added.");
  update.mark = Mark::kUpdate;
  EXPECT_EQ(b.decide(update).outcome, Outcome::kRevision);
}

TEST(StoryBook, ARoundUpKeepsItsOwnCluster) {
  StoryBook b = book();
  std::vector<std::string> clusters;
  std::string roundup;
  for (int i = 0; i < 5; ++i) {
    clusters.push_back(b.decide(article(i, "p", "s" + std::to_string(i), 1, text(i + 1, 120))).cluster);
    roundup += text(i + 1, 120) + "\n";
  }
  const Story story = b.decide(article(9, "p", "r", 1, roundup));
  EXPECT_EQ(story.relation, Relation::kRoundup);
  EXPECT_EQ(std::count(clusters.begin(), clusters.end(), story.cluster), 0);
}

TEST(StoryBook, MatchesWithinTheWindowInBothDirectionsOnly) {
  StoryBook b = book();
  const Story head = b.decide(article(0, "p", "a", 1, text(1, 200), kNow));
  EXPECT_EQ(b.decide(article(1, "q", "b", 1, text(1, 200), kNow - 71 * kHour)).cluster, head.cluster);
  EXPECT_EQ(b.decide(article(2, "q", "c", 1, text(1, 200), kNow + 71 * kHour)).cluster, head.cluster);
  EXPECT_NE(b.decide(article(3, "q", "d", 1, text(1, 200), kNow + 73 * kHour)).cluster, head.cluster);
}

TEST(StoryBook, ALoneDateInTheFutureEvictsNothing) {
  StoryBook b = book();
  const Story head = b.decide(article(0, "p", "a", 1, text(1, 200), kNow));
  b.decide(article(1, "p", "b", 1, text(2, 200), 4'070'908'800'000));
  EXPECT_EQ(b.decide(article(2, "q", "c", 1, text(1, 200), kNow + kHour)).cluster, head.cluster);
}

// More of them in a row than a lone stray: the log goes back and forth.
TEST(StoryBook, ABackfillBesideLiveNewsIsNoTimeThatPasses) {
  StoryBook b = book();
  std::int64_t offset = 0;
  const auto strangers = [&](std::int64_t record_ms) {
    for (int i = 0; i < 40; ++i, ++offset)
      b.decide(article(offset, "p", "s" + std::to_string(offset), 1, text(1000 + offset, 100), record_ms));
  };
  const Story head = b.decide(article(offset++, "p", "a", 1, text(1, 200), kNow));
  for (int i = 1; i <= 20; ++i) {
    strangers(kNow - 7 * 24 * kHour);
    strangers(kNow + i * 60'000);
  }
  EXPECT_EQ(b.decide(article(offset++, "q", "b", 1, text(1, 200), kNow + kHour)).cluster, head.cluster);
  // What passes behind it does.
  for (int i = 1; i <= 4; ++i) strangers(kNow + i * 24 * kHour);
  EXPECT_NE(b.decide(article(offset++, "q", "c", 1, text(1, 200), kNow + 4 * 24 * kHour)).cluster, head.cluster);
}

// A topic that was made anew gives its offsets once more.
TEST(StoryBook, AnotherRecordAtTheSameOffsetIsAnother) {
  StoryBook b = book();
  b.decide(article(0, "p", "", 0, text(1, 200)));
  const Prepared copy = article(1, "q", "", 0, text(1, 200));
  EXPECT_EQ(b.decide(copy).outcome, Outcome::kDuplicate);
  EXPECT_EQ(b.decide(copy).outcome, Outcome::kDuplicate) << "the work done again";
  EXPECT_EQ(b.decide(article(1, "q", "", 0, text(2, 200))).outcome, Outcome::kNew);
}

TEST(StoryBook, TheOldestHeadLeavesFirstAndIsCounted) {
  StoryBook b(StoryBookOptions{.max_heads = 10});
  const Story first = b.decide(article(0, "p", "a", 1, text(1, 200)));
  for (int i = 1; i <= 10; ++i) b.decide(article(i, "p", "f" + std::to_string(i), 1, text(100 + i, 200)));
  EXPECT_EQ(b.size().heads, 10U);
  EXPECT_EQ(b.size().evicted_by_memory, 1U);
  EXPECT_NE(b.decide(article(50, "q", "x", 1, text(1, 200))).cluster, first.cluster);
}

TEST(StoryBook, WithoutDedupeEveryArticleIsNew) {
  StoryBook b(StoryBookOptions{.enabled = false});
  b.decide(article(0, "p", "a", 1, text(1, 200)));
  EXPECT_EQ(b.decide(article(1, "p", "a", 1, text(1, 200))).outcome, Outcome::kNew);
}

TEST(StoryBook, WorksOnTextWithoutSpaces) {
  const auto ideographs = [](std::uint64_t seed, int n) {
    std::mt19937_64 random(seed);
    std::string out;
    for (int i = 0; i < n; ++i) {
      const auto c = static_cast<unsigned>(0x4e00 + random() % 2500);
      out += {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 63)),
              static_cast<char>(0x80 | (c & 63))};
    }
    return out;
  };
  StoryBook b = book();
  const std::string whole = ideographs(1, 600);
  const Story head = b.decide(article(0, "p", "a", 1, whole));
  EXPECT_NE(b.decide(article(1, "p", "b", 1, ideographs(2, 600))).cluster, head.cluster);
  EXPECT_EQ(b.decide(article(2, "q", "c", 1, whole.substr(0, 3 * 300))).cluster, head.cluster);
}

// ---- The law of restoring ----------------------------------------------------------------------------------------

// A stream with everything in it: copies, cuts, revisions, stale versions, redeliveries, kills, records done again, a
// clock that runs, jumps and steps back.
class Stream {
 public:
  explicit Stream(std::uint64_t seed) : random_(seed) {}
  Prepared next() {
    if (!past_.empty() && roll(20) == 0) return past_[pick(past_.size())];
    now_ += static_cast<std::int64_t>(roll(40) == 0 ? roll(90) * kHour : roll(600'000));
    const std::int64_t at = roll(30) == 0 ? now_ - 100 * kHour : roll(200) == 0 ? now_ + 90'000 * kHour : now_;
    const std::uint64_t story = roll(60);
    const std::string provider(1, static_cast<char>('p' + roll(3)));
    std::string body = text(story, 60 + 40 * (story % 9));
    if (roll(3) == 0) body.resize(body.size() * (3 + roll(7)) / 10);
    if (roll(3) == 0) body += text(1000 + roll(5), 40);
    if (roll(4) == 0) body += " In all " + std::to_string(roll(500)) + " of them.";
    const std::string id = roll(5) == 0 ? "" : "id" + std::to_string(roll(150));
    Prepared p = article(offset_++, provider, id, static_cast<std::int64_t>(roll(5)), body, at);
    if (roll(25) == 0) p.status = PubStatus::kCanceled;
    if (roll(10) == 0) p.mark = static_cast<Mark>(roll(6));
    past_.push_back(p);
    return p;
  }

 private:
  std::uint64_t roll(std::uint64_t n) { return random_() % n; }
  std::size_t pick(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  std::mt19937_64 random_;
  std::int64_t now_ = kNow;
  std::int64_t offset_ = 0;
  std::vector<Prepared> past_;
};

std::string show(const Story& s) {
  std::string out = std::string(to_string(s.outcome)) + " " + s.cluster + " " +
                    (s.relation ? std::string(to_string(*s.relation)) : "-") + " " + s.of + " " +
                    std::to_string(s.similarity);
  for (const std::string& n : s.changed_numbers) out += " " + n;
  return out;
}

struct Log {
  std::vector<std::string> blocks;
  std::vector<MemoryRecord> memory;
};

// Gives both topics to a new book, interleaved by chance.
void restore(StoryBook& b, const Log& log, std::mt19937_64& random) {
  std::size_t i = 0, j = 0;
  while (i < log.blocks.size() || j < log.memory.size()) {
    if (j == log.memory.size() || (i < log.blocks.size() && random() % 2 == 0)) {
      ByteReader in(log.blocks[i++]);
      const Result<void> done = b.apply_block(in);
      ASSERT_TRUE(done) << done.error().message;
    } else {
      const MemoryRecord& r = log.memory[j++];
      ASSERT_TRUE(b.apply_memory(r.key, r.value ? std::optional<std::string_view>(*r.value) : std::nullopt));
    }
  }
}

TEST(StoryBook, ARestoredBookDecidesAsTheOneItWasCopiedFrom) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    std::mt19937_64 random(seed);
    const StoryBookOptions options{.max_heads = seed % 3 == 0 ? 40U : 100'000U};
    Stream stream(seed);
    auto live = std::make_unique<StoryBook>(options);
    Log log;
    std::size_t outcomes[8] = {};
    for (int round = 0; round < 40; ++round) {
      auto copy = std::make_unique<StoryBook>(options);
      restore(*copy, log, random);
      const std::size_t n = 1 + random() % 40;
      for (std::size_t i = 0; i < n; ++i) {
        const Prepared p = stream.next();
        const Story story = live->decide(p);
        ++outcomes[static_cast<std::size_t>(story.outcome)];
        ASSERT_EQ(show(story), show(copy->decide(p))) << "seed " << seed << " round " << round << " article " << i;
      }
      std::string block, block_of_copy;
      live->take_block(block);
      copy->take_block(block_of_copy);
      ASSERT_EQ(block, block_of_copy);
      if (!block.empty()) log.blocks.push_back(block);
      live->take_memory(log.memory);
      if (random() % 2 == 0) {
        std::vector<MemoryRecord> same;
        copy->take_memory(same);
        live = std::move(copy);
      }
    }
    for (const Outcome o : {Outcome::kNew, Outcome::kRevision, Outcome::kDuplicate, Outcome::kStale, Outcome::kKill}) {
      EXPECT_GT(outcomes[static_cast<std::size_t>(o)], 3U) << to_string(o);
    }
  }
}

TEST(StoryBook, IdsMoveToMemoryAndAreKnownFromThereAlone) {
  StoryBook b = book();
  Log log;
  const auto decide = [](StoryBook& by, int first) {
    for (int i = first; i < first + 9000; ++i) {
      Prepared p;
      p.at = {"wire.raw", 0, i};
      p.record_ms = kNow;
      p.provider = "p";
      p.id = std::to_string(i);
      p.version = 2;
      p.fingerprint.exact = static_cast<std::uint64_t>(i);
      by.decide(p);
    }
  };
  decide(b, 0);
  b.take_memory(log.memory);
  ASSERT_EQ(log.memory.size(), 1U);
  EXPECT_EQ(log.memory[0].key, "ids/0");
  StoryBook c = book();
  ASSERT_TRUE(c.apply_memory(log.memory[0].key, *log.memory[0].value));
  Prepared stale = article(100'000, "p", "77", 1, text(1, 100), kNow + 29 * 24 * kHour);
  EXPECT_EQ(c.decide(stale).outcome, Outcome::kStale);
  // What comes then goes to memory, too.
  decide(c, 20'000);
  Log later;
  c.take_memory(later.memory);
  ASSERT_EQ(later.memory.size(), 1U);
  EXPECT_EQ(later.memory[0].key, "ids/8193");  // the stale one took a number
}

// As it was written when format 1 was the newest: a story of version 3, a day later another, then killed.
TEST(StoryBook, GoesOnFromTheStateThatFormat1Wrote) {
  const auto file = [](const char* name) {
    std::ifstream in(std::string(TOCSIN_SOURCE_DIR "/tests/dedupe/state_format_1/") + name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string block = file("block"), ids = file("ids"), kill = file("kill");
  StoryBook b = book();
  ByteReader in(block);
  ASSERT_TRUE(b.apply_block(in));
  const std::int64_t now = kNow + 28 * kHour;
  const Story copy = b.decide(article(10, "q", "x", 1, text(1, 60), now));
  EXPECT_EQ(copy.relation, Relation::kExact);
  EXPECT_EQ(copy.of, "urn:test:p:a");
  EXPECT_EQ(b.decide(article(11, "p", "a", 2, text(1, 60), now)).outcome, Outcome::kStale);
  EXPECT_EQ(b.decide(article(12, "p", "c", 1, text(2, 60), now)).outcome, Outcome::kStale) << "late copy of the killed";
  EXPECT_EQ(b.decide(article(0, "p", "a", 3, text(1, 60))).outcome, Outcome::kNew) << "the same record again";

  StoryBook old = book();  // the block has left, the memory is there
  ASSERT_TRUE(old.apply_memory("ids/0", ids));
  ASSERT_TRUE(old.apply_memory("kill/6a3k7h8033vo6/331767483", kill));
  EXPECT_EQ(old.decide(article(11, "p", "a", 2, text(1, 60), now)).outcome, Outcome::kStale);
  EXPECT_EQ(old.decide(article(12, "p", "c", 1, text(2, 60), now)).outcome, Outcome::kStale);
}

// An older program reads what it can hold: format 2 is written only when the log went back.
TEST(StoryBook, WritesTheOldestFormatThatHoldsTheState) {
  StoryBook b = book();
  std::string block;
  b.decide(article(0, "p", "a", 1, text(1, 100)));
  b.take_block(block);
  EXPECT_EQ(block[0], 1);
  for (int i = 1; i <= 40; ++i) b.decide(article(i, "p", std::to_string(i), 1, text(i, 100), kNow - 7 * 24 * kHour));
  block.clear();
  b.take_block(block);
  EXPECT_EQ(block[0], 1) << "a block bears the clock that it began with";
  b.decide(article(50, "p", "b", 1, text(50, 100), kNow - 7 * 24 * kHour));
  block.clear();
  b.take_block(block);
  EXPECT_EQ(block[0], 2);
}

TEST(StoryBook, RefusesADamagedBlockWholeAndSaysWhere) {
  StoryBook b = book();
  for (int i = 0; i < 5; ++i) b.decide(article(i, "p", std::to_string(i), 1, text(i, 100)));
  std::string block;
  b.take_block(block);
  for (std::size_t n = 0; n < block.size(); ++n) {
    StoryBook c = book();
    ByteReader in(std::string_view(block).substr(0, n));
    const Result<void> done = c.apply_block(in);
    ASSERT_FALSE(done) << n;
    EXPECT_NE(done.error().message.find("at byte"), std::string::npos);
    ASSERT_EQ(c.size().heads + c.size().ids, 0U) << n;
  }
  std::string other = block;
  other[0] = 99;
  StoryBook c = book();
  ByteReader in(other);
  EXPECT_FALSE(c.apply_block(in));
}

// ---- Bounded work ------------------------------------------------------------------------------------------------

TEST(StoryBook, OneTextSentTenThousandTimesStaysOneHead) {
  StoryBook b = book();
  Prepared p = article(0, "p", "", 0, text(1, 300));
  for (int i = 0; i < 10'000; ++i) {
    p.at.offset = i;
    ASSERT_EQ(b.decide(p).outcome, i == 0 ? Outcome::kNew : Outcome::kDuplicate);
  }
  EXPECT_EQ(b.size().heads, 1U);
}

TEST(StoryBook, ArticlesThatShareABlockOfBoilerplateAreNotMerged) {
  StoryBook b = book();
  const std::string block = text(1, 150);
  int merged = 0;
  for (int i = 0; i < 400; ++i) {
    merged += b.decide(article(i, "p", "", 0, block + text(10 + static_cast<std::uint64_t>(i), 250))).outcome !=
              Outcome::kNew;
  }
  EXPECT_LE(merged, 4);  // samples of 96 values: a chance is left
}

}  // namespace
}  // namespace tocsin
