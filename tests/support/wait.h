// Waiting for something to become true, by asking and not by sleeping long enough.
#pragma once

#include <chrono>
#include <thread>

namespace tocsin::test {

// Asks `done` every 20 ms until it says true; false when `timeout` passed first.
template <typename Predicate>
bool eventually(std::chrono::milliseconds timeout, Predicate done) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!done()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace tocsin::test
