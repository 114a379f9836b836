// tocsin_place_features IMAGE < articles > names: what train.py learns from.
//
// A line in: id, source, url, headline, body, separated by tabs, line feeds inside as \x01. A line out for each name
// that was found: id, zone, start and end in code points, 1 when taken, the chosen place's GeoNames id, features by
// blanks, then candidates as id:score by blanks.
#include <cstdio>
#include <string>

#include "common/places/geotagger.h"

namespace {

bool read_line(std::string& line) {
  line.clear();
  for (int c; (c = std::getchar()) != EOF;) {
    if (c == '\n') return true;
    line.push_back(static_cast<char>(c));
  }
  return !line.empty();
}

std::string field(const std::string& line, std::size_t& at) {
  const std::size_t end = std::min(line.find('\t', at), line.size());
  std::string text = line.substr(at, end - at);
  at = std::min(end + 1, line.size());
  for (char& c : text)
    if (c == '\x01') c = '\n';
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s IMAGE < articles > names\n", argv[0]);
    return 2;
  }
  const auto gazetteer = tocsin::Gazetteer::open(argv[1]);
  if (!gazetteer) {
    std::fprintf(stderr, "%s\n", gazetteer.error().message.c_str());
    return 2;
  }
  tocsin::Geotagger tagger(*gazetteer);
  tocsin::Document headline, body;
  for (std::string line; read_line(line);) {
    std::size_t at = 0;
    const std::string id = field(line, at), source = field(line, at), url = field(line, at);
    headline.assign(field(line, at));
    body.assign(field(line, at));
    tocsin::GeoContext context;
    context.source_name = source;
    context.url = url;
    for (const auto& e : tagger.explain(headline, body, context)) {
      const bool in_body = e.zone == tocsin::Zone::kBody;
      tocsin::CodePoints points(in_body ? body.text() : headline.text());
      const unsigned start = points.before(e.start), end = points.before(e.end);
      std::printf("%s\t%s\t%u\t%u\t%d\t%s\t", id.c_str(), in_body ? "body" : "headline", start, end, e.taken ? 1 : 0,
                  e.demonym ? "demonym" : "name");
      for (const auto& feature : e.evidence) std::printf("%s ", feature.name.c_str());
      std::printf("\t");
      for (const auto& c : e.candidates)
        std::printf("%lld:%.2f:%.3f:%.3f ", static_cast<long long>(c.place.geoname_id), c.score, c.place.lat,
                    c.place.lon);
      std::printf("\n");
    }
  }
  return 0;
}
