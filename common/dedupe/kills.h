// Kills: stories that their provider withdrew. They are remembered longer than heads are, with the fingerprint of what
// was killed, so that a late copy by the same provider does not come back.
//
// A set, as Seen is: answers do not depend on the order in which kills were added. Kills are rare; at most kMaxKills
// are kept, the newest by sequence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/article/bytes.h"
#include "common/article/result.h"

namespace tocsin {

struct Kill {
  std::uint64_t cluster = 0;
  std::uint32_t provider = 0;  // hash; only its own articles are withdrawn
  std::uint64_t identity = 0;  // of the killed article; 0: it had none
  std::int64_t version = 0;    // of the kill
  std::uint64_t sequence = 0;  // of the decision
  std::int64_t age_ms = 0;
  std::string head;                 // packed fingerprint of the killed text; empty when it was not known
  std::vector<std::uint64_t> keys;  // SketchIndex keys of its smallest values
};

class Kills {
 public:
  static constexpr std::size_t kMaxKills = 65'536;

  void add(Kill kill);
  void remove(std::uint64_t cluster, std::uint32_t provider);
  // Forgets those before since_ms: ages ascend with the sequence.
  void forget_before(std::int64_t since_ms);
  // Did this provider withdraw the story (its part of it) at or after since_ms? nullptr if not.
  const Kill* find(std::uint64_t cluster, std::uint32_t provider, std::int64_t since_ms) const;
  const Kill* find(std::string_view memory_key) const;
  // Killed texts of the provider that are this text word for word (Fingerprint::exact) or share at least two of the
  // keys (or all of fewer), most shared first, at most 4. The keys of a kill are those that no newer stories had taken
  // over by then, and may be none.
  std::vector<const Kill*> alike(std::uint32_t provider, std::uint64_t exact, const std::vector<std::uint64_t>& keys,
                                 std::int64_t since_ms) const;
  bool empty() const { return kills_.empty(); }
  std::size_t size() const { return kills_.size(); }

  static std::string memory_key(std::uint64_t cluster, std::uint32_t provider);

 private:
  using Id = std::pair<std::uint64_t, std::uint32_t>;  // cluster, provider
  static constexpr std::size_t kKillsPerKey = 6;       // the newest by sequence
  static std::vector<std::uint64_t> keys_of(const Kill& kill);
  void unlink(const Kill& kill);

  std::map<Id, Kill> kills_;
  std::map<std::uint64_t, Id> by_sequence_;
  std::unordered_map<std::uint64_t, std::vector<std::pair<std::uint64_t, Id>>>
      by_key_;  // and by the text's `exact` -> (sequence, id), newest first
};

void append_kill(ByteWriter& out, const Kill& kill);
// Check in.ok() afterwards.
Kill read_kill(ByteReader& in);

}  // namespace tocsin
