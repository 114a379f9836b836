// tocsin_event_signs KNOWLEDGE [keep-text] < articles > events: what event_confidence.py learns from.
//
// A line in: an article as `tocsin enrich --preset plain` reads it. A line out for each event, tabs between: number of
// the line from 0, type, factuality, severity, confidence, rule, its signs by blanks, its evidence by blanks as
// zone:start:end in code points.
#include <cstdio>
#include <iostream>
#include <string>

#include "common/events/confidence.h"
#include "common/explain.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s KNOWLEDGE [keep-text] < articles > events\n", argv[0]);
    return 2;
  }
  const auto knowledge = tocsin::Knowledge::load({.directory = argv[1], .gazetteer = {}, .rules = {}, .presets = {}});
  if (!knowledge) {
    std::fprintf(stderr, "%s\n", knowledge.error().message.c_str());
    return 2;
  }
  tocsin::PrepareOptions options;
  options.preset = "plain";
  options.keep_text = argc > 2;
  std::string line;
  for (long number = 0; std::getline(std::cin, line); ++number) {
    const auto told = tocsin::explain_article(**knowledge, options, line, {}, {});
    for (const tocsin::Event& e : told.events) {
      std::printf("%ld\t%s\t%s\t%d\t%.6f\t%s\t", number, std::string(to_string(e.type)).c_str(),
                  std::string(to_string(e.factuality)).c_str(), e.severity, e.confidence, e.rule.c_str());
      for (int s = 0; s < tocsin::kSigns; ++s)
        if (e.signs >> s & 1) std::printf("%s ", std::string(tocsin::kSignNames[s]).c_str());
      std::printf("\t");
      for (const tocsin::Evidence& v : e.evidence) {
        const bool in_body = v.zone == tocsin::Zone::kBody;
        tocsin::CodePoints points(in_body ? told.body : told.headline);
        const unsigned start = points.before(v.start), end = points.before(v.end);
        std::printf("%s:%u:%u ", in_body ? "body" : "headline", start, end);
      }
      std::printf("\n");
    }
  }
  return 0;
}
