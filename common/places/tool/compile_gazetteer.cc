// tocsin_compile_gazetteer KNOWLEDGE_FOLDER PLACES_FILE IMAGE: what the build runs to lay the gazetteer beside the
// binary.
#include <cstdio>
#include <string>

#include "common/places/compile.h"
#include "common/places/gazetteer.h"

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s KNOWLEDGE_FOLDER PLACES_FILE IMAGE\n", argv[0]);
    return 2;
  }
  const auto stop = [](const tocsin::Error& error) {
    std::fprintf(stderr, "%s\n", error.message.c_str());
    return 2;
  };
  const auto sources = tocsin::read_gazetteer_sources(argv[1], argv[2]);
  if (!sources) return stop(sources.error());
  const auto image = tocsin::compile_gazetteer(*sources);
  if (!image) return stop(image.error());
  const std::string part = std::string(argv[3]) + ".part";
  std::FILE* file = std::fopen(part.c_str(), "wb");
  const bool written = file && std::fwrite(image->data(), 1, image->size(), file) == image->size();
  if (!file || std::fclose(file) != 0 || !written || std::rename(part.c_str(), argv[3]) != 0) {
    std::fprintf(stderr, "%s: cannot be written\n", argv[3]);
    return 2;
  }
  const auto gazetteer = tocsin::Gazetteer::open(argv[3]);
  if (!gazetteer) return stop(gazetteer.error());
  std::printf("%s: %zu names, %zu places, %zu bytes, %s\n", argv[3], gazetteer->names(), gazetteer->places().size(),
              gazetteer->bytes(), gazetteer->hash().c_str());
  return 0;
}
