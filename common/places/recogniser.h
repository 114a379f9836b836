// Recogniser: is a name that was found the name of a place here, or of a person, a firm, a common word?
//
// Each name gets the log of odds, a sum of weights of what stands in and around it (features.h, weights.tsv). The
// weights are learnt by common/places/train on labelled articles; every one has a name that people can read, and
// `explain` shows those that decided.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "common/places/features.h"
#include "common/places/gazetteer.h"
#include "common/places/toponym.h"

namespace tocsin::places {

enum class LexicalKind : std::uint8_t { kPrev, kNext, kPrev2, kNext2 };
std::string_view to_string(LexicalKind kind);

// A word beside a name, which is a feature itself.
struct Lexical {
  LexicalKind kind = LexicalKind::kPrev;
  const WordRow* word = nullptr;
  std::uint32_t token = 0;
};

// The features of one name, for those who want to see them: training and `explain`.
struct FeatureList {
  std::vector<std::size_t> dense;  // indices of kFeatureNames
  std::vector<Lexical> lexical;
  void add(std::size_t f) { dense.push_back(f); }
  void add_if(bool is_so, std::size_t f) {
    if (is_so) dense.push_back(f);
  }
  void add(const Lexical& l) { lexical.push_back(l); }
};

class Recogniser {
 public:
  explicit Recogniser(const Gazetteer& gazetteer);

  // Fills logit and taken of each toponym, and the groups. `views` are headline and body. `home` is the source's, or
  // kNoPlace.
  void judge(std::array<ZoneView, 2>& views, std::vector<Toponym>& toponyms, std::vector<NameGroup>& groups,
             std::uint32_t home);
  // After judge: the features of the n-th of its toponyms.
  FeatureList features(const std::array<ZoneView, 2>& views, const std::vector<Toponym>& toponyms,
                       const std::vector<NameGroup>& groups, std::size_t n) const;
  static float weight(const Lexical& lexical);
  // Whether the sentence tells what the name does, or what is done to it ("Moscow denies", "sanctions against Iran"),
  // not what happens there. A rule of words, kActing behind and kBlaming before; docs/places.md says how much it finds.
  bool acts(const ZoneView& view, const Toponym& toponym) const;

 private:
  // The words at and beside a name: each is looked up once. Never nullptr: a row of noughts where there is none.
  struct Beside {
    const WordRow* prev2 = nullptr;  // before the name in its sentence
    const WordRow* prev = nullptr;
    const WordRow* first = nullptr;  // the name, when it is one word
    const WordRow* next = nullptr;   // behind the name, in whatever sentence
    const WordRow* next2 = nullptr;
  };
  // Units of one kind, by their index; what comes after the first kMost is not kept.
  class UnitSet {
   public:
    explicit UnitSet(std::size_t units) : bits_(units / 64 + 1) {}
    void clear();
    void add(std::uint16_t unit);
    bool has(std::uint16_t unit) const { return (bits_[unit / 64] >> unit % 64 & 1) != 0; }

   private:
    static constexpr std::size_t kMost = 64;
    std::vector<std::uint64_t> bits_;
    std::size_t size_ = 0;
  };
  struct Logit;
  void survey(const ZoneView& view);
  void group(const std::array<ZoneView, 2>& views, std::vector<Toponym>& toponyms, std::vector<NameGroup>& groups);
  const WordRow& row(const ZoneView& view, std::size_t token) const;
  Beside beside(const ZoneView& view, const Toponym& t) const;
  void locate(NameGroup& group) const;
  void chain(const ZoneView& view, Toponym& t) const;
  bool contains(std::uint32_t outer, std::uint32_t inner) const;
  std::uint32_t find_inside(const Toponym& inner, const Toponym& outer) const;
  // What is seen of a name goes into Out: FeatureList, or Logit, which only adds up what the features weigh.
  template <typename Out>
  void all_features(const std::array<ZoneView, 2>& views, const std::vector<Toponym>& toponyms,
                    const std::vector<NameGroup>& groups, std::size_t n, Out& out) const;
  template <typename Out>
  void name_features(const ZoneView& view, const Beside& b, const Toponym& t, Out& out) const;
  template <typename Out>
  void known_features(const Toponym& t, Out& out) const;
  template <typename Out>
  void neighbour_features(const ZoneView& view, const Beside& b, const Toponym& t, Out& out) const;
  template <typename Out>
  void pair_features(const ZoneView& view, const std::vector<Toponym>& all, const Toponym& t, Out& out) const;
  template <typename Out>
  void chain_features(const ZoneView& view, const Beside& b, const Toponym& t, Out& out) const;
  template <typename Out>
  void article_features(const ZoneView& view, const Beside& b, const NameGroup& g, const Toponym& t, Out& out) const;
  template <typename Out>
  void hard_features(const ZoneView& view, const Beside& b, const Toponym& t, Out& out) const;
  static LineCase line_case(const Document& document, const Sentence& sentence);
  static void read_lines(const std::array<ZoneView, 2>& views, std::vector<Toponym>& toponyms);
  bool lower_seen(std::uint64_t hash) const { return lower_[hash >> 6 & 255] >> (hash & 63) & 1; }

  const Gazetteer& gazetteer_;
  std::array<std::uint64_t, 256> lower_{};  // Bloom filter (one hash, 16,384 bits) of the article's lower-case words
  UnitSet countries_, admin1_;              // named in the article
  std::array<float, kDenseFeatures> weights_{};
  std::vector<Beside> beside_;       // of each name
  std::vector<std::uint64_t> keys_;  // of each group
  std::uint32_t home_ = kNoPlace;
};

}  // namespace tocsin::places
