// Which lines of a plain text are junk: by the rules that people wrote, by what stands around, and, where much of the
// text is no prose (a whole page as text), by what was learnt.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "common/text/junk_rules.h"
#include "common/text/line_features.h"
#include "common/text/lines.h"

namespace tocsin {

// Of one line. An empty rule: it stays.
struct Verdict {
  std::string_view rule;  // name of the rule or step; lives as long as the rules
  JunkAction action = JunkAction::kRemove;
};

// Lines that one source repeats in three or more distinct articles, as hashes of the folded line (line_hash). Read-only
// for a batch; who learns them owns the set.
using PromotedLines = std::unordered_set<std::uint64_t>;
std::uint64_t line_hash(std::string_view line);

// One per thread: it holds scratch buffers. Borrows the rules.
class LineJudge {
 public:
  explicit LineJudge(const JunkRules& rules) : rules_(&rules) {}

  // Overwrites `out`, one verdict a line. `headline` may be empty. `judged` says that the text comes from a page whose
  // blocks were judged already: then only the rules count.
  void judge(std::string_view text, const std::vector<Line>& lines, std::string_view headline, bool judged,
             const PromotedLines* promoted, std::vector<Verdict>& out);
  // What the last text's lines look like.
  const LineFacts& facts() const { return facts_; }

 private:
  void look(std::string_view text, const std::vector<Line>& lines, std::string_view headline);
  void apply_rules(std::string_view text, const std::vector<Line>& lines, bool page, std::vector<Verdict>& out);
  float shared_with_title(const TextShape& line) const;
  void apply_context(std::vector<Verdict>& out) const;
  bool is_page() const;
  void apply_trees(std::vector<Verdict>& out);

  const JunkRules* rules_;
  LineFacts facts_;
  LineFeatures features_;
  std::vector<float> numbers_;
  std::vector<std::uint64_t> words_;
  std::vector<std::uint64_t> title_words_;
  std::unordered_map<std::string_view, std::uint16_t> times_;
};

}  // namespace tocsin
