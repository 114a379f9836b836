// Geotagger: which words of an article name places, and which places they are.
//
// Three steps, each a file: names are found by longest match in the gazetteer (here), each is judged to be a place or
// not by the words around it (recogniser.h), and the ones that are get the best of their candidates (resolver.h).
//
//   Geotagger tagger(gazetteer);                     // one a thread: it holds scratch buffers
//   const Geotags tags = tagger.tag(headline, body, {.source_name = "Reuters"});
//
// Pure: equal input, equal output. The gazetteer must outlive the tagger. A mention's role is dateline or mentioned;
// which place an event happened in is for events/ to say.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/geotags.h"
#include "common/places/gazetteer.h"
#include "common/text/document.h"

namespace tocsin {

// What is known of an article beside its text; each may be empty. Borrowed for the call.
struct GeoContext {
  std::string_view source_name = {};  // "Reuters", or a domain
  std::string_view url = {};
  std::string_view language = {};  // BCP 47
  std::string_view dateline = {};  // a dateline that was taken out of the body ("TOKYO, March 16")
};

// Why a name was read as it was, for `explain`: its candidates, best first.
struct GeoFeature {
  std::string name;  // as in weights.tsv: "prev=in"
  double weight = 0;
};
struct GeoCandidate {
  Place place;
  double score = 0;  // log of odds against the others
};
struct GeoExplanation {
  Zone zone = Zone::kBody;
  std::uint32_t start = 0;  // bytes, as in Mention
  std::uint32_t end = 0;
  double probability = 0;  // that the name is a place at all
  bool taken = false;
  bool demonym = false;
  std::vector<GeoFeature> evidence;  // the strongest first
  std::vector<GeoCandidate> candidates;
};

class Geotagger {
 public:
  explicit Geotagger(const Gazetteer& gazetteer);
  ~Geotagger();
  Geotagger(Geotagger&&) noexcept;

  Geotags tag(const Document& headline, const Document& body, const GeoContext& context);
  // The same, told in full; slower, for people.
  std::vector<GeoExplanation> explain(const Document& headline, const Document& body, const GeoContext& context);

 private:
  struct Scratch;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace tocsin
