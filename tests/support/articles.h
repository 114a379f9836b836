// Made-up news for tests: as many articles as are wanted, each with what must become of it. The same options give the
// same articles, byte for byte. Texts are sentences drawn from word lists of our own, so that two stories share no more
// than English does and a copy is a copy for certain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/records.h"

namespace tocsin::test {

// Random numbers that are the same everywhere (splitmix64).
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
  double share() { return static_cast<double>(next() >> 11U) * 0x1p-53; }  // [0, 1)
  bool chance(double of) { return share() < of; }

 private:
  std::uint64_t state_;
};

enum class Made : std::uint8_t {
  kStory,       // nothing else is like it
  kEvent,       // a missile launch; like a story otherwise
  kExact,       // another agency sends the same text
  kNear,        // the same text with another headline, a changed word and a line of credit
  kPart,        // all of it but the last sixth
  kRevision,    // the same agency and id, a higher version, a sentence more
  kStale,       // the same agency and id, a lower version than the one sent before
  kRedelivery,  // the same bytes once more
  kKill,        // withdraws a story
  kLateCopy,    // the agency of a killed story sends its text again under another id
  kEmbargoed,   // like a story, not to be published before `embargo_ms`; in words of its own, since when it is told
                // hangs on the clock and must change nothing for the others
  kWithheld,    // embargoed beyond the end of any test; a version, a copy or a kill may follow
  kUsable,      // follows a withheld one: its next version, free at once
  kOtherFirst,  // follows a withheld one: another agency sends the text, free at once
  kBad,         // cannot be read
};

// Where the one record that an article causes must stand; kNowhere: it is held and causes none.
enum class Fate : std::uint8_t { kEnriched, kLink, kDeadLetter, kNowhere };

struct MadeArticle {
  Made made = Made::kStory;
  std::size_t story = 0;  // the number of the story it belongs to; bad ones have numbers of their own
  bool likeness = false;  // whether it is linked is a matter of judging texts: it may be told as a link or as a story
  bool crosses = false;   // stands in another partition than its head: which of them is the head is not known
  Record record;          // topic is empty; partition, key, value, headers and timestamp are set
  std::string uri;        // empty: it cannot be read
  Fate fate = Fate::kEnriched;
  std::string outcome;             // as in the record; "" for a dead letter
  std::string reason;              // of a dead letter
  std::int64_t not_before_ms = 0;  // of an embargo; 0: none
};

struct ArticleOptions {
  std::uint64_t seed = 1;
  int partitions = 1;
  std::int64_t start_ms = 0;      // record time of the first article
  std::int64_t interval_ms = 50;  // between two
  std::size_t sentences = 13;     // of a text, about 100 bytes each; a third more or less
  std::size_t reach = 2000;       // a copy follows its head within so many articles
  double crossing = 0;            // share of exact copies and redeliveries that go to any partition
  std::int64_t embargo_ms = 0;    // 0: no article is embargoed
  // Shares of new texts that are followed by something, or are no story.
  double copied = 0.18, revised = 0.04, redelivered = 0.04, killed = 0.01, stale = 0.01, events = 0.04, bad = 0.01;
  double embargoed = 0.005, withheld = 0;  // only with an embargo_ms
};

class ArticleMaker {
 public:
  explicit ArticleMaker(const ArticleOptions& options) : options_(options), draw_(options.seed) {}

  MadeArticle next();
  const ArticleOptions& options() const { return options_; }
  // The next `count` ones.
  std::vector<MadeArticle> take(std::size_t count);

 private:
  struct FollowUp {
    Made made = Made::kExact;
    std::size_t story = 0;
    std::size_t number = 0;  // of the story's follow-ups
    int partition = 0;
    std::int64_t published_ms = 0;
    bool event = false;
    bool crosses = false;
    bool ended = false;      // a withheld one whose kill or usable version follows
    bool embargoed = false;  // follows a withheld one: no text of that agency is known
  };
  struct Text {
    std::string headline;
    std::vector<std::string> sentences;
  };

  Text text_of(std::size_t story, bool event) const;
  void plan(const MadeArticle& head, std::int64_t published_ms);
  void plan_withheld(FollowUp& head);
  void follow(FollowUp follow_up);
  MadeArticle make(const FollowUp& what, std::int64_t record_ms) const;
  MadeArticle bad(std::int64_t record_ms);

  ArticleOptions options_;
  Draw draw_;
  std::size_t position_ = 0;
  std::size_t stories_ = 0;
  std::multimap<std::size_t, FollowUp> due_;  // by position
};

// A text that nothing else is like; for tests that write their own articles.
std::string made_up_text(std::uint64_t seed, std::size_t sentences);
// An article as the preset `plain` reads it: the pairs are its members, all texts.
std::string plain_article(const std::vector<std::pair<std::string, std::string>>& members);

// Records that cannot be read, each with the reason that its dead letter must bear. `preset` says which raw topic they
// are for: "auto" or "plain". Written for limits.article_bytes 2MiB and the defaults otherwise.
struct BadInput {
  std::string name;
  std::string preset;
  Record record;
  std::string reason;
};
std::vector<BadInput> bad_inputs();

}  // namespace tocsin::test
