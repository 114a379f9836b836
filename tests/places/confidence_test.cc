#include "common/places/confidence.h"

#include <gtest/gtest.h>

namespace tocsin::places {
namespace {

TEST(Confidence, GrowsWithWhatIsBelieved) {
  double last = calibrated(0);
  EXPECT_EQ(last, 0);
  for (int thousandth = 1; thousandth <= 1000; ++thousandth) {
    const double now = calibrated(thousandth / 1000.0);
    EXPECT_GT(now, last) << thousandth;
    last = now;
  }
  EXPECT_EQ(last, 1);
}

// Measured: the steps believe a little too little where they doubt and too much where they are sure.
TEST(Confidence, DoubtsLessAndIsLessSureThanTheSteps) {
  EXPECT_GT(calibrated(0.5), 0.5);
  EXPECT_LT(calibrated(0.95), 0.95);
}

}  // namespace
}  // namespace tocsin::places
