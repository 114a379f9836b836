// The bare loop: what Kafka itself costs. Consumes, and produces the same bytes, in transactions with their offsets, by
// librdkafka's C API and nothing else: the measure that the daemon's throughput is a ratio of.
#pragma once

#include <cstddef>
#include <string>

namespace tocsin::test {

struct BareLoop {
  std::string bootstrap;
  std::string from, to;     // topics; `to` exists
  std::string group;        // also the transactional.id
  std::size_t records = 0;  // stops when so many are committed
  std::size_t transaction = 1000;
};

// Seconds from the first record read to the last transaction committed. Throws std::runtime_error.
double run_bare_loop(const BareLoop& loop);

}  // namespace tocsin::test
