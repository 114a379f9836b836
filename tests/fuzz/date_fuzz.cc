// Any bytes as a date: none, or one within the years that are believed, which is the same when it is written and read
// again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/wire/date.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)tocsin::is_rfc3339(text);
  const auto date = tocsin::parse_date(text);
  if (!date) return 0;
  std::string written;
  tocsin::append_rfc3339(*date, written);
  if (!tocsin::is_rfc3339(written) || tocsin::parse_date(written) != date) std::abort();
  return 0;
}
