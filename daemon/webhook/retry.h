// When to try again: a pause that grows from attempt to attempt of one alert, and a breaker over all alerts of one
// webhook. Pure; times are of any steady clock, in milliseconds.
#pragma once

#include <cstdint>
#include <random>

namespace tocsin {

// first, 2 first, 4 first, ... up to `most`; each between half of that and the whole by chance, so that several
// instances do not come back at one moment ("equal jitter" of AWS's Exponential Backoff And Jitter, 2015).
class Backoff {
 public:
  Backoff(std::int64_t first_ms, std::int64_t most_ms, std::uint32_t seed);
  std::int64_t next_ms();
  void reset() { pause_ms_ = first_ms_; }

 private:
  std::int64_t first_ms_, most_ms_, pause_ms_;
  std::minstd_rand random_;
};

// Closed: all may pass. After `failures` failures in a row it is open, and nothing passes for `pause`; then one may
// try: its success closes, its failure opens for another `pause`.
class Breaker {
 public:
  enum class State : std::uint8_t { kClosed, kOpen, kHalfOpen };

  Breaker(int failures, std::int64_t pause_ms) : most_(failures), pause_ms_(pause_ms) {}
  std::int64_t wait_ms(std::int64_t now_ms) const;  // 0: one may try
  State state(std::int64_t now_ms) const;
  void succeeded() { failed_ = 0; }
  void failed(std::int64_t now_ms);

 private:
  int most_;
  std::int64_t pause_ms_;
  int failed_ = 0;  // in a row
  std::int64_t open_until_ms_ = 0;
};

}  // namespace tocsin
