// What a page states of its article in schema.org's JSON-LD: evidence, never trusted blindly (sites put teasers and
// whole other articles there).
#pragma once

#include <string>
#include <vector>

namespace tocsin {

struct StatedArticle {
  std::string headline;
  std::string body;       // articleBody; plain text or HTML, as it is
  std::string author;     // names, joined by ", "
  std::string published;  // datePublished
  std::string language;   // inLanguage
  std::string publisher;
  std::string url;
};

// From the contents of the page's <script type="application/ld+json">. Broken JSON is skipped; of several articles the
// one with the longest body counts. Nesting is followed to a depth of 12.
StatedArticle read_json_ld(const std::vector<std::string>& scripts);

}  // namespace tocsin
