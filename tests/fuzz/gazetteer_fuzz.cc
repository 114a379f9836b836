// The image loader and the lookups behind it: a broken or cut image is refused, and one that is let through is safe to
// read.
//
// The input is laid over a good small image: pairs of an offset (3 bytes) and a byte; the checksum is made to fit, so
// that the checks of rows are reached. The same input is also tried as an image by itself.
#include <cstddef>
#include <cstdint>
#include <string>

#include "common/places/geotagger.h"
#include "tests/places/small_gazetteer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;
  static const std::string good = *compile_gazetteer(small_sources());
  (void)Gazetteer::from_bytes(std::string(reinterpret_cast<const char*>(data), size));

  std::string image = good;
  for (std::size_t i = 0; i + 4 <= size && i < 400; i += 4) {
    const auto far = static_cast<std::size_t>(data[i] | data[i + 1] << 8 | data[i + 2] << 16);
    const std::size_t at = far % image.size();
    image[at] = static_cast<char>(data[i + 3]);
  }
  const std::uint64_t sum = image_checksum(std::string_view(image).substr(sizeof(places::ImageHeader)));
  image.replace(offsetof(places::ImageHeader, checksum), sizeof sum, reinterpret_cast<const char*>(&sum), sizeof sum);
  const auto gazetteer = Gazetteer::from_bytes(std::move(image));
  if (!gazetteer) return 0;
  Geotagger tagger(*gazetteer);
  Document headline, body;
  headline.assign("Georgian premier in Tokyo");
  body.assign(
      "TOKYO, March 16 (Reuters) - He lives in Paris, Texas, near Orchard Street and the Black Sea. 東京 Tongchang-ri");
  (void)tagger.tag(headline, body, {.source_name = "The Paris News"});
  (void)tagger.explain(headline, body, {});
  return 0;
}
