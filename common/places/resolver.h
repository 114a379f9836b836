// Resolver: which of the places that bear a name is meant.
//
// All mentions of a name in an article mean one place. Each candidate gets a score, a sum of weights (features.h,
// "resolve:..."): how known it is, what class it is of, whether the article names the country or region it lies in,
// whether it lies near the other places of the article and near the source's home. Candidates are scored without the
// other places first, then twice with them. The share of the best against the others (softmax) goes into the
// confidence.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/places/gazetteer.h"
#include "common/places/toponym.h"

namespace tocsin::places {

// At most this many candidates of a name are weighed: the best known, and those in regions that the article names.
inline constexpr std::size_t kMaxWeighed = 40;

struct ScoredCandidate {
  std::uint32_t candidate = 0;  // packed
  float fixed = 0;              // what does not depend on the other places
  float score = 0;
  std::array<float, 3> at{};  // on the unit sphere; of a name with one candidate it is not needed
};

class Resolver {
 public:
  explicit Resolver(const Gazetteer& gazetteer);

  // Fills chosen and share of each group that is taken. `views` are headline and body, `home` is the source's, or
  // kNoPlace.
  void resolve(const std::array<ZoneView, 2>& views, std::vector<NameGroup>& groups, std::uint32_t home);
  // After resolve: the candidates of group g, best first.
  std::vector<ScoredCandidate> scored(const NameGroup& group) const;

 private:
  struct Slot {  // the candidates of one group, in pool_
    std::uint32_t first = 0, count = 0;
  };
  struct Point {
    std::array<float, 3> at{};  // on the unit sphere
    std::uint32_t group = 0;
    float weight = 0;
  };
  void collect(const std::vector<NameGroup>& groups);
  float fixed_score(const NameGroup& group, std::uint32_t candidate);
  bool speaks_of_weapons();
  float context_score(std::size_t group, const ScoredCandidate& candidate) const;
  void choose(std::vector<NameGroup>& groups);
  void survey(const std::vector<NameGroup>& groups);
  bool lies_inside(std::uint32_t place, std::uint32_t outer) const;

  const Gazetteer& gazetteer_;
  std::array<float, 32> weight_{};  // the "resolve:" features, in their order
  std::vector<Slot> slots_;
  std::vector<ScoredCandidate> pool_;
  std::vector<Point> points_;
  struct Weighted {
    std::uint16_t unit = 0;
    std::uint32_t group = 0;  // that says so, so that a name does not support itself
    float weight = 0;
    bool named = false;  // the unit itself is named, not only a place in it
  };
  struct Units {
    std::vector<Weighted> list;
    std::uint64_t seen =
        0;  // of the units in the list, the lowest six bits: most units that are asked for are not there
    void add(const Weighted& w);
    bool may_hold(std::uint16_t unit) const { return unit != 0 && (seen >> (unit & 63) & 1) != 0; }
    void clear();
  };
  Units countries_, admin1_, admin2_;
  std::uint32_t home_ = kNoPlace;
  std::array<float, 3> home_at_{};
  const std::array<ZoneView, 2>* views_ = nullptr;
  std::optional<bool> strategic_;  // the article speaks of missiles, launches or tests; not known until asked
};

}  // namespace tocsin::places
