// Finder: the longest names of the gazetteer in a tokenised text.
//
// Names are looked for at capitalised words and at words of scripts that know no capitals; a name of several tokens is walked
// by extending the key token by token, so that the cost is one look-up for most capitalised words. Slots are prefetched in
// groups, because the table is larger than the caches. Matches never overlap: the leftmost wins, then the longest.
#pragma once

#include <vector>

#include "common/places/gazetteer.h"
#include "common/places/toponym.h"

namespace tocsin::places {

// At most this many names of one article are kept; what follows is not tagged.
inline constexpr std::size_t kMaxToponyms = 4000;

class Finder {
 public:
  explicit Finder(const Gazetteer& gazetteer) : gazetteer_(gazetteer) {}

  // Appends the names of one zone, in order, and fills view.owner.
  void find(ZoneView& view, std::vector<Toponym>& out);

 private:
  struct Match {
    const NameNode* node = nullptr;
    std::uint32_t last = 0;
  };
  bool may_start(const Document& document, std::size_t token) const;
  Match longest(const Document& document, std::size_t first) const;
  bool acceptable(const Document& document, std::size_t first, std::size_t last, const NameNode& node) const;

  const Gazetteer& gazetteer_;
  std::vector<std::uint32_t> starts_;
};

}  // namespace tocsin::places
