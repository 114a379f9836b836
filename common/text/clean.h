// Clean: from an article as it was sent to the text that is published and read by all later stages.
//
//   raw body (text or HTML) -> main text -> lines -> junk lines out, byline and headline split off -> CleanText
//
// The published text differs from the source's by removed lines and by white space only (bytes that are no UTF-8 are
// repaired). Nothing is lost silently: what was removed is listed with the rule that did it. Cleaning what was cleaned
// changes nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/article.h"
#include "common/text/junk_rules.h"
#include "common/text/line_judge.h"

namespace tocsin {

// One removed line or block, and the name of the rule (junk.yaml) or of the step ("outside", "learnt", "tail",
// "repeated"). It stood before byte `at` of the published body.
struct Removed {
  std::string text;
  std::string rule;
  std::size_t at = 0;
};

struct CleanText {
  std::string headline;
  std::string body;
  std::string byline;      // a line of its own in the source, as written, or the article's stated one
  std::string dateline;    // "TOKYO, March 16"; a copy: the dateline itself stays where it stands in the body
  std::string provenance;  // "The Associated Press contributed to this report": removed from the body, kept here
  // What an HTML page states of itself, as written; empty for plain text. Believed only where the article says nothing.
  std::string language;
  std::string published;
  std::string url;
  std::string site;
  std::vector<Removed> removed;
  std::vector<SourceLine> lines;  // LineJudge::seen
  bool repaired = false;          // the source's bytes were no UTF-8
};

// One per thread: it holds scratch buffers. Borrows the rules.
class Cleaner {
 public:
  explicit Cleaner(const JunkRules& rules);
  ~Cleaner();
  Cleaner(Cleaner&&) noexcept;

  // keep_text: the body is published byte for byte (after UTF-8 repair only; HTML is still turned into text), no line
  // is removed and none taken as headline or byline.
  // `promoted`: lines that sources repeat, which are removed (rule "repeated").
  CleanText clean(const Article& article, bool keep_text, const PromotedLines& promoted = {});

 private:
  struct Scratch;
  void judge_until_settled(std::string_view body, const Article& article, const PromotedLines& promoted,
                           CleanText& out);
  const JunkRules* rules_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace tocsin
