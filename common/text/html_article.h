// From a page of HTML to its article: which blocks are the article's text, and what its headline, byline and date are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/text/html_page.h"
#include "common/text/junk_rules.h"

namespace tocsin {

struct HtmlArticle {
  std::string text;  // the article's blocks in order, one a line, with an empty line between them
  std::string headline;
  std::string byline;
  std::string language;
  std::string published;
  std::string url;
  std::string site;
  // Text of the page that is no part of the article, block by block, in order; each stood before byte `at` of `text`.
  struct Outside {
    std::string text;
    std::size_t at = 0;
  };
  std::vector<Outside> outside;
};

// `html` must be UTF-8. A fragment (no html, head or body element) is article as a whole. A page without an article
// comes back with an empty text. Where the article stands in JSON-LD alone (a script shows it in the browser), it is
// taken from there, if it bears the page's headline.
HtmlArticle html_article(std::string_view html, const JunkRules& rules);

}  // namespace tocsin
