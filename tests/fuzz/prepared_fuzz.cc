// Any bytes as a prepared article or as a state frame: refused, or something that comes back the same when written
// again.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/article/prepared.h"
#include "common/article/state.h"

using namespace tocsin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto prepared = read_prepared(bytes)) {
    std::string once;
    append_prepared(*prepared, once);
    const auto back = read_prepared(once);
    if (!back) std::abort();
    std::string twice;
    append_prepared(*back, twice);
    if (once != twice) std::abort();
  }
  static_cast<void>(unframe_state(bytes));
  return 0;
}
