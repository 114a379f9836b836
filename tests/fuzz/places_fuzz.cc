// The finder, recogniser and resolver on any text: mentions are in order, apart from one another, cut at the borders of
// characters, and equal for equal input.
//
// The first byte picks the language, what stands before the first line feed is the headline, the rest is the body.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/places/geotagger.h"
#include "common/wire/encoding.h"
#include "tests/places/small_gazetteer.h"

namespace {

using namespace tocsin;

bool inside_character(const std::string& text, std::uint32_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
}

void check(const Geotags& tags, const Document& headline, const Document& body) {
  Zone zone = Zone::kHeadline;
  std::uint32_t end = 0;
  for (const Mention& m : tags.mentions) {
    if (m.zone != zone) end = 0;
    zone = m.zone;
    const std::string& text = zone == Zone::kHeadline ? headline.text() : body.text();
    if (m.start < end || m.start >= m.end || m.end > text.size() || m.place >= tags.places.size()) std::abort();
    if (inside_character(text, m.start) || inside_character(text, m.end)) std::abort();
    end = m.end;
  }
  for (const Place& p : tags.places)
    if (!(p.confidence >= 0 && p.confidence <= 1)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const char* const kLanguages[] = {"", "en", "fr", "de-AT", "es", "pt-BR", "ar", "zh"};
  static const Gazetteer gazetteer = small_gazetteer();
  static Geotagger tagger(gazetteer);
  if (size == 0) return 0;
  const std::string text = repair_utf8({reinterpret_cast<const char*>(data) + 1, size - 1});
  const std::size_t line = std::min(text.find('\n'), text.size());
  static Document headline, body;
  headline.assign(text.substr(0, line));
  body.assign(text.substr(line));
  const GeoContext context{.source_name = "The Paris News", .language = kLanguages[data[0] % std::size(kLanguages)]};
  const Geotags first = tagger.tag(headline, body, context);
  check(first, headline, body);
  const Geotags again = tagger.tag(headline, body, context);
  if (again.mentions.size() != first.mentions.size() || again.places.size() != first.places.size()) std::abort();
  for (std::size_t i = 0; i < first.places.size(); ++i)
    if (again.places[i].confidence != first.places[i].confidence) std::abort();
  return 0;
}
