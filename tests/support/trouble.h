// What a program that was started with LD_PRELOAD=<trouble.cc's library> and TOCSIN_TROUBLE=<a file of this> meets.
#pragma once

#include <cstdint>

namespace tocsin::test {

struct Trouble {
  std::int64_t clock_s = 0;   // by how much the machine's clock has jumped, forward; clocks that only count do not
  std::int64_t no_names = 0;  // not 0: no name resolves, an address as text does not either
};

}  // namespace tocsin::test
