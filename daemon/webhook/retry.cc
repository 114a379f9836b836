#include "daemon/webhook/retry.h"

#include <algorithm>

namespace tocsin {

Backoff::Backoff(std::int64_t first_ms, std::int64_t most_ms, std::uint32_t seed)
    : first_ms_(first_ms), most_ms_(most_ms), pause_ms_(first_ms), random_(seed) {}

std::int64_t Backoff::next_ms() {
  const std::int64_t whole = std::min(pause_ms_, most_ms_);
  pause_ms_ = std::min(whole * 2, most_ms_);
  return whole / 2 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(whole - whole / 2 + 1));
}

std::int64_t Breaker::wait_ms(std::int64_t now_ms) const {
  return failed_ < most_ ? 0 : std::max<std::int64_t>(0, open_until_ms_ - now_ms);
}

Breaker::State Breaker::state(std::int64_t now_ms) const {
  if (failed_ < most_) return State::kClosed;
  return now_ms < open_until_ms_ ? State::kOpen : State::kHalfOpen;
}

void Breaker::failed(std::int64_t now_ms) {
  failed_ = std::min(failed_ + 1, most_);
  if (failed_ == most_) open_until_ms_ = now_ms + pause_ms_;
}

}  // namespace tocsin
