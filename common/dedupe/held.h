// Held: embargoed articles that wait for their time, with their original bytes.
//
// A function of its calls alone: what fell due is asked with a time, and what was decided is said by release(). Every
// change becomes a record of wire.memory under "hold/<topic>/<partition>/<offset>". Each article that was held must get
// its outcome: one that a newer version replaced, or a kill ended, is due at once and marked superseded. What is held
// for long is written again every kRenewMs, since wire.memory forgets what is old.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/article/article.h"
#include "common/article/result.h"
#include "common/article/state.h"

namespace tocsin {

struct HeldArticle {
  Coordinates at;
  std::int64_t record_ms = 0;   // of the raw record
  std::int64_t embargo_ms = 0;  // due at this time, Unix milliseconds
  std::int64_t version = 0;     // as stated; 0: none
  std::uint64_t identity = 0;   // identity_of(); 0: none was stated
  bool superseded = false;      // due at once: to be decided as stale, never published
  std::string key;              // of the raw record
  std::string payload;          // its bytes
};

class Held {
 public:
  // Of (provider, id); 0 when the id is empty.
  static std::uint64_t identity_of(std::string_view provider, std::string_view id);

  // Holds an article until its embargo ends; the same coordinates again replace themselves. Of two articles of one
  // identity the older (lower version; with equal ones the earlier call) is superseded, be it the newcomer.
  void hold(HeldArticle article);
  // A kill, or a version that is usable at once: what that identity has held up to `version` (0: everything) is
  // superseded.
  void supersede(std::uint64_t identity, std::int64_t version);
  // Due at or before now_ms: superseded ones first, then by embargo, then by coordinates; at most `limit`. They stay
  // until released. Pointers are valid until the next call that changes anything.
  std::vector<const HeldArticle*> due(std::int64_t now_ms, std::size_t limit) const;
  // The article of these coordinates has been decided. False if it was not held.
  bool release(const Coordinates& at);
  const HeldArticle* find(const Coordinates& at) const;  // nullptr: not held

  std::size_t size() const { return articles_.size(); }
  std::size_t bytes() const { return bytes_; }  // of the payloads

  // The log's age (StoryBook::age_ms) went from one to the other: each article has a moment of its own in kRenewMs, at
  // which it becomes a change again. Whoever restarts from state goes on where the age stands.
  void renew(std::int64_t from_ms, std::int64_t to_ms);
  static constexpr std::int64_t kRenewMs = 7LL * 24 * 3600 * 1000;

  // Changes since the last call, in order.
  void take_memory(std::vector<MemoryRecord>& out);
  // A record whose key begins with "hold/".
  Result<void> apply_memory(std::string_view key, std::optional<std::string_view> value);
  static std::string key_of(const Coordinates& at);

 private:
  using Key = std::string;  // of the memory record
  static std::int64_t due_ms(const HeldArticle& article);
  static std::int64_t moment_of(const Key& key);
  void insert(Key key, HeldArticle article);
  bool erase(const Key& key);
  void mark_superseded(const Key& key);
  void note(const Key& key);

  std::unordered_map<Key, HeldArticle> articles_;
  std::set<std::pair<std::int64_t, Key>> by_time_;
  std::set<std::pair<std::int64_t, Key>> by_moment_;  // of renewal, within kRenewMs
  std::unordered_map<std::uint64_t, std::vector<Key>> by_identity_;
  std::vector<MemoryRecord> changes_;
  std::size_t bytes_ = 0;
};

}  // namespace tocsin
