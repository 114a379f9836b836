// Finder: the longest names of the gazetteer in a tokenised text.
//
// Names are looked for at capitalised words and at words of scripts that know no capitals; a name of several tokens is
// walked by extending the key token by token, so that the cost is one look-up for most capitalised words. Slots are
// prefetched in groups, because the table is larger than the caches. Matches never overlap: the leftmost wins, then the
// longest. Then names are put together from what stands around the matches (toponym.h, Shape).
//
// In French, German, Spanish, Portuguese and Arabic adjectives of countries are looked for too, in small letters
// ("l'armée russe"), and in Arabic names behind the words that are joined to them (arabic.h).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "common/places/gazetteer.h"
#include "common/places/toponym.h"
#include "common/text/word_table.h"

namespace tocsin::places {

// At most this many names of one article are kept; what follows is not tagged.
inline constexpr std::size_t kMaxToponyms = 4000;

class Finder {
 public:
  explicit Finder(const Gazetteer& gazetteer);

  // Appends the names of one zone, in order, and fills view.owner. `language` is BCP 47, or empty.
  void find(ZoneView& view, std::string_view language, std::vector<Toponym>& out);

 private:
  struct Match {
    const NameNode* node = nullptr;
    std::uint64_t key = 0;
    std::uint32_t last = 0;
    std::uint32_t joined = 0;
  };
  enum class Inflection : std::uint8_t { kNone, kLatin, kArabic };
  static Inflection inflection(std::string_view language);
  void find_starts(const Document& document, Inflection inflection);
  void fetch(const Document& document, const Toponym& t) const;
  Match longest(const Document& document, std::size_t first, std::uint64_t key, const NameNode* node) const;
  Match inflected(const Document& document, std::size_t first, Inflection inflection) const;
  std::uint32_t shape_start(const ZoneView& view, std::uint32_t tail) const;
  // Both say whether they changed anything, so that view.owner is to be filled again.
  bool extend(const ZoneView& view, std::size_t first_toponym, std::vector<Toponym>& out) const;
  bool shapes(const ZoneView& view, std::size_t first_toponym, std::vector<Toponym>& out) const;
  void own(ZoneView& view, std::size_t first_toponym, std::vector<Toponym>& out) const;
  bool acceptable(const Document& document, std::size_t first, std::size_t last, const NameNode& node) const;

  const Gazetteer& gazetteer_;
  WordTable<Shape> tails_, directions_;
  std::span<const std::uint32_t> starts() const { return {starts_.data(), start_count_}; }
  std::vector<std::uint32_t> starts_;  // tokens that a name may begin with, the first start_count_
  std::size_t start_count_ = 0;
  std::vector<std::uint64_t> keys_;     // of each of them alone
  std::vector<const NameNode*> nodes_;  // of these keys; nullptr: no name begins with it
};

}  // namespace tocsin::places
