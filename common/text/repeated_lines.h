// RepeatedLines: what a source prints under story after story (its copyright line, a column's name, a plea for
// subscribers), learnt from the stream.
//
// Lines of new stories that no rule knows and that may be junk (SourceLine) are counted. One that stands in kArticles
// of them, or, when it is a sentence, in kArticlesOfSentence, is promoted: from then on it is removed wherever the
// source prints it (Cleaner). Three is what others count for a site's lines, and was measured to find .14 more of the
// junk lines than rules alone; sentences need more, since a digest tells the same one twice. A promoted line that was
// not seen for kForgetMs is forgotten.
//
// What is counted is bounded: the newest kCounted lines, none older than the window. At 9.4 lines an article (measured
// on 12,000 web articles) that is two hundred thousand articles.
//
// A function of its calls alone; whoever applied the blocks and memory of another, interleaved in any way, goes on as
// that one does. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/article/bytes.h"
#include "common/article/prepared.h"
#include "common/article/result.h"
#include "common/article/state.h"
#include "common/text/line_judge.h"

namespace tocsin {

class RepeatedLines {
 public:
  static constexpr unsigned kArticles = 3;
  static constexpr unsigned kArticlesOfSentence = 6;
  static constexpr std::size_t kCounted = std::size_t{1} << 21;
  static constexpr std::size_t kMostPromoted = 100'000;  // the one told longest ago leaves first
  static constexpr std::int64_t kForgetMs = 30LL * 24 * 3600 * 1000;
  static constexpr std::int64_t kRenewMs = 7LL * 24 * 3600 * 1000;  // promoted ones that are seen are told again

  // What stories added: of each the log's age and its lines, with how often they were seen by then.
  struct Sight {
    std::uint64_t key = 0;
    std::uint8_t count = 0;
  };
  using Block = std::vector<std::pair<std::int64_t, std::vector<Sight>>>;

  explicit RepeatedLines(std::int64_t window_ms) : window_ms_(window_ms) {}

  // The lines of one new story, each once. `age_ms` is the log's (StoryBook::age_ms) and never goes back.
  void observe(const std::vector<SourceLine>& lines, std::int64_t age_ms);
  const PromotedLines& promoted() const { return promoted_; }

  // Appends what was counted since the last call; nothing when nothing was.
  void take_block(std::string& out);
  // Reads what take_block wrote, all of it. A cut or wrong one is refused.
  static Result<Block> read_block(std::string_view bytes);
  void apply_block(const Block& block);
  // Lines that were promoted, told again or forgotten, under "line/<12 hexadecimal digits>".
  void take_memory(std::vector<MemoryRecord>& out);
  Result<void> apply_memory(std::string_view key, std::optional<std::string_view> value);

 private:
  // A line and in how many stories it stood; the newest first in its bucket.
  struct Counted {
    std::uint64_t key_and_count;  // key << 16 | count
    std::int64_t age_ms;
  };
  struct Bucket {
    static constexpr std::size_t kWays = 8;  // two cache lines
    Counted lines[kWays];
  };
  struct Free {
    void operator()(Bucket* buckets) const;
  };

  Bucket& bucket_of(std::uint64_t key);
  unsigned count_of(std::uint64_t key, std::int64_t age_ms);
  void put(Sight sight, std::int64_t age_ms);
  void tell(std::uint64_t key, std::int64_t age_ms);
  void forget(std::uint64_t key);

  std::int64_t window_ms_;
  std::unique_ptr<Bucket[], Free> buckets_;  // made when the first line is counted: 32 MB, as far as they are touched
  PromotedLines promoted_;
  std::set<std::pair<std::int64_t, std::uint64_t>> by_age_;  // of promoted_: when told, key
  std::string block_;
  std::size_t block_stories_ = 0;
  std::vector<MemoryRecord> changes_;
};

}  // namespace tocsin
