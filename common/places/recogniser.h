// Recogniser: is a name that was found the name of a place here, or of a person, a firm, a common word?
//
// Each name gets the log of odds, a sum of weights of what stands in and around it (features.h, weights.tsv). The
// weights are learnt by common/places/train on labelled articles; every one has a name that people can read, and
// `explain` shows those that decided.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/places/features.h"
#include "common/places/gazetteer.h"
#include "common/places/toponym.h"

namespace tocsin::places {

enum class LexicalKind : std::uint8_t { kPrev, kNext, kPrev2, kNext2 };
std::string_view to_string(LexicalKind kind);

// The features of one name.
struct FeatureList {
  struct Lexical {
    LexicalKind kind = LexicalKind::kPrev;
    const WordRow* word = nullptr;  // nullptr: not in the image
    std::uint32_t token = 0;
  };
  std::array<std::uint16_t, 96> dense{};
  std::array<Lexical, 6> lexical{};
  std::uint32_t dense_count = 0;
  std::uint32_t lexical_count = 0;
  void add(std::size_t f) {
    if (dense_count < dense.size()) dense[dense_count++] = static_cast<std::uint16_t>(f);
  }
};

class Recogniser {
 public:
  explicit Recogniser(const Gazetteer& gazetteer) : gazetteer_(gazetteer) {}

  // Fills logit and taken of each toponym, and the groups. `views` are headline and body. `home` is the source's, or
  // kNoPlace.
  void judge(std::array<ZoneView, 2>& views, std::vector<Toponym>& toponyms, std::vector<NameGroup>& groups,
             std::uint32_t home);
  // After judge: the features of one of its toponyms.
  void features(const std::array<ZoneView, 2>& views, const std::vector<Toponym>& toponyms,
                const std::vector<NameGroup>& groups, const Toponym& toponym, FeatureList& out) const;
  float weight(const FeatureList::Lexical& lexical) const;
  // Whether the sentence tells what the name does, or what is done to it ("Moscow denies", "sanctions against Iran"),
  // not what happens there. A rule of words, kActing behind and kBlaming before; docs/places.md says how much it finds.
  bool acts(const ZoneView& view, const Toponym& toponym) const;

 private:
  void survey(const ZoneView& view);
  void group(const std::array<ZoneView, 2>& views, std::vector<Toponym>& toponyms, std::vector<NameGroup>& groups);
  void locate(NameGroup& group) const;
  void chain(const ZoneView& view, Toponym& t) const;
  bool contains(std::uint32_t outer, std::uint32_t inner) const;
  std::uint32_t find_inside(const Toponym& inner, const Toponym& outer) const;
  void name_features(const ZoneView& view, const Toponym& t, FeatureList& out) const;
  void known_features(const Toponym& t, FeatureList& out) const;
  void neighbour_features(const ZoneView& view, const Toponym& t, FeatureList& out) const;
  void pair_features(const ZoneView& view, const std::vector<Toponym>& all, const Toponym& t, FeatureList& out) const;
  void chain_features(const ZoneView& view, const Toponym& t, FeatureList& out) const;
  void article_features(const ZoneView& view, const NameGroup& g, const Toponym& t, FeatureList& out) const;
  void hard_features(const ZoneView& view, const Toponym& t, FeatureList& out) const;
  static LineCase line_case(const Document& document, const Sentence& sentence);
  static void read_lines(const std::array<ZoneView, 2>& views, std::vector<Toponym>& toponyms);
  std::uint32_t classes(const ZoneView& view, std::size_t token) const;
  bool lower_seen(std::uint64_t hash) const { return lower_[hash >> 6 & 255] >> (hash & 63) & 1; }

  const Gazetteer& gazetteer_;
  std::array<std::uint64_t, 256> lower_{};  // Bloom filter (one hash, 16,384 bits) of the article's lower-case words
  std::vector<std::uint16_t> countries_;    // named in the article
  std::vector<std::uint16_t> admin1_;
  std::uint32_t home_ = kNoPlace;
};

}  // namespace tocsin::places
