#include "common/places/compile.h"

#include <cstdio>
#include <fstream>

#include "daemon/cli/commands.h"

namespace tocsin {
namespace {

int say(int code, const std::string& message) {
  std::fprintf(stderr, "tocsin: %s\n", message.c_str());
  return code;
}

}  // namespace

int compile_command(const CompileOptions& options) {
  const auto sources = read_gazetteer_sources(options.directory, options.places);
  if (!sources) return say(2, sources.error().message);
  const auto image = compile_gazetteer(*sources);
  if (!image) return say(2, image.error().message);
  // Written beside and renamed: a daemon that has the old image mapped keeps it whole.
  const std::string fresh = options.output + ".new";
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out.write(image->data(), static_cast<std::streamsize>(image->size()));
  out.close();
  if (!out || std::rename(fresh.c_str(), options.output.c_str()) != 0) {
    std::remove(fresh.c_str());
    return say(1, options.output + ": cannot be written");
  }
  std::printf("%s: %zu bytes\n", options.output.c_str(), image->size());
  return 0;
}

}  // namespace tocsin
