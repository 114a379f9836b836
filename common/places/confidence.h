// How sure a place is, as a probability that one can go by. Internal to places/.
#pragma once

#include <cmath>

namespace tocsin::places {

// From what the steps believe (the probability that a name is a place, times the share of the chosen among its
// candidates) to how often that was right: a straight line between the logarithms of the odds. Grows with its argument;
// 0 stays 0 and 1 stays 1. Its two numbers are fitted by tests/bench/places_crossfit.py on 3,077 places of LGL and
// GeoWebNews, each judged by weights that had not learnt from its article; docs/places.md has the table.
inline double calibrated(double believed) {
  constexpr double kShift = 0.30;
  constexpr double kSlope = 0.76;
  return 1 / (1 + std::exp(-(kShift + kSlope * std::log(believed / (1 - believed)))));
}

}  // namespace tocsin::places
