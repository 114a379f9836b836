// A configuration is an Error of one line or a Config that prints and reads back as the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // No secret from this machine's files, and no environment but one variable: the same on every machine.
  if (text.find('/') != std::string_view::npos) return 0;
  const tocsin::Environment environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "SET") return "value: [";
    return std::nullopt;
  };
  const auto config = tocsin::parse_config(text, "fuzz.yaml", environment);
  if (!config) {
    if (config.error().message.find('\n') != std::string::npos) std::abort();
    return 0;
  }
  const std::string shown = tocsin::redacted(*config);
  const auto again = tocsin::parse_config(shown, "fuzz.yaml", environment);
  if (!again || tocsin::redacted(*again) != shown) std::abort();
  return 0;
}
