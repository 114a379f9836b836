// The clocks of daemon/. Steady ones measure how long, and mean nothing to another process; unix_ms() is the machine's
// own, and may jump.
#pragma once

#include <chrono>
#include <cstdint>

namespace tocsin {

inline std::int64_t steady_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}
inline std::int64_t steady_ms() { return steady_us() / 1000; }

inline std::int64_t unix_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace tocsin
