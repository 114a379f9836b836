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
};

using OnSphere = std::array<float, 3>;  // a point on the unit sphere

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
  struct Point {  // where a choice lies
    OnSphere at{};
    std::uint32_t group = 0;
    float weight = 0;
  };
  // Which of the points may lie near a place, by the cell of the globe that it lies in: a bit each.
  class Nearby {
   public:
    void clear() { cells_.fill(0); }
    void add(std::size_t point, const PlaceRow& p);
    std::uint32_t of(const PlaceRow& p) const {
      return cells_[band(p.lat) * kSectors + (sector(p.lon) & (kSectors - 1))];
    }

   private:
    static constexpr std::size_t kBands = 16, kSectors = 32;
    static constexpr float kDegrees = 11.25f;  // of a cell
    static std::size_t band(float lat);
    static std::size_t sector(float lon) { return static_cast<std::size_t>((lon + 360) / kDegrees); }
    std::array<std::uint16_t, kBands * kSectors> cells_{};
  };
  // What the choices say about one unit (a country, a region): whether the unit itself is named, not only a place in
  // it, and log2(1 + the sum of their weights).
  struct Said {
    float named = 0;
    float same = 0;
  };
  // What they say about the units of one kind. Asked for a candidate at a time, so that it is looked up, not added up.
  class Units {
   public:
    explicit Units(std::size_t units) : row_(units) {}
    void clear();
    // `group` says so with `weight`. What comes after the first kMost is not kept.
    void add(std::uint16_t unit, std::size_t group, float weight, bool named);
    void add_up();  // after the last add
    bool holds(std::uint16_t unit) const { return row_[unit] != 0; }
    const Said& of(std::uint16_t unit) const { return said_[row_[unit]]; }
    // Without what `group` says: a name does not support itself.
    Said without(std::uint16_t unit, std::size_t group) const;

   private:
    static constexpr std::size_t kMost = 64;
    struct Saying {
      std::uint16_t unit = 0;
      std::uint32_t group = 0;
      float weight = 0;
      bool named = false;
    };
    std::vector<Saying> sayings_;
    std::vector<std::uint8_t> row_;  // of each unit in said_; 0: nothing is said of it
    std::vector<Said> said_;
  };
  void collect(const std::vector<NameGroup>& groups);
  float fixed_score(const NameGroup& group, std::uint32_t candidate);
  bool speaks_of_weapons();
  void weigh(std::size_t g, const NameGroup& group);
  float nearness(std::size_t g, const PlaceRow& p, OnSphere& at) const;
  void choose(std::vector<NameGroup>& groups);
  void survey(const std::vector<NameGroup>& groups);
  bool lies_inside(std::uint32_t place, std::uint32_t outer) const;

  const Gazetteer& gazetteer_;
  std::array<float, 32> weight_{};  // the "resolve:" features, in their order
  std::array<float, 256> known_{};  // what a number of alternate names weighs
  std::vector<Slot> slots_;
  std::vector<ScoredCandidate> pool_;
  std::vector<OnSphere> at_;  // of each in pool_, once it is asked for; noughts before
  std::vector<Point> points_;
  Nearby nearby_;
  Units countries_, admin1_, admin2_;
  std::uint32_t home_ = kNoPlace;
  OnSphere home_at_{};
  const std::array<ZoneView, 2>* views_ = nullptr;
  std::optional<bool> strategic_;  // the article speaks of missiles, launches or tests; not known until asked
};

}  // namespace tocsin::places
