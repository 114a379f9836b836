#include "common/text/eight_bytes.h"

namespace tocsin {

std::uint64_t load_last_bytes(const char* at, const char* end) {
  std::uint64_t v = 0;
  for (int shift = 0; at < end; ++at, shift += 8) v |= std::uint64_t{static_cast<unsigned char>(*at)} << shift;
  return v;
}

}  // namespace tocsin
