// Which lines of a plain text are junk: by the rules that people wrote, by what stands around, and, where much of the
// text is no prose (a whole page as text), by what was learnt.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/article/prepared.h"
#include "common/text/junk_rules.h"
#include "common/text/line_features.h"
#include "common/text/lines.h"

namespace tocsin {

// Of one line. An empty rule: it stays.
struct Verdict {
  std::string_view rule;  // name of the rule or step; lives as long as the rules
  JunkAction action = JunkAction::kRemove;
};

// What the lines of one article are held against. Borrowed for the call.
struct SourceLines {
  std::string_view source;  // who prints them; empty: unknown, and no line is looked at
  const PromotedLines& promoted;
};

// The rule of lines that were removed because their source repeats them.
inline constexpr std::string_view kRepeatedLine = "repeated";

// 48 bits of a line as one source prints it: letters (ASCII ones without case) and digits count, what stands between
// them does not. 0: there are none.
std::uint64_t line_key(std::string_view source, std::string_view line);

// One per thread: it holds scratch buffers. Borrows the rules.
class LineJudge {
 public:
  explicit LineJudge(const JunkRules& rules) : rules_(&rules) {}

  // Overwrites `out`, one verdict a line. `headline` may be empty. `judged` says that the text comes from a page whose
  // blocks were judged already: then only the rules count. `repeated`, when given, removes lines that the source
  // repeats; seen() lists those that it might.
  void judge(std::string_view text, const std::vector<Line>& lines, std::string_view headline, bool judged,
             const SourceLines* repeated, std::vector<Verdict>& out);
  // Of the last text for which `repeated` was given: lines that no rule knows, of kShortLine bytes or less, or among
  // the first two or the last four; at most kMostSeen. Not those that stand twice in the text (who speaks in an
  // interview), nor sentences that quote (a digest tells the same words again and again).
  const std::vector<SourceLine>& seen() const { return seen_; }
  static constexpr std::size_t kShortLine = 120;
  static constexpr std::size_t kMostSeen = 256;
  // What the last text's lines look like.
  const LineFacts& facts() const { return facts_; }

 private:
  void look(std::string_view text, const std::vector<Line>& lines, std::string_view headline);
  void apply_rules(std::string_view text, const std::vector<Line>& lines, bool page, std::vector<Verdict>& out);
  void apply_repeated(std::string_view text, const std::vector<Line>& lines, const SourceLines& repeated,
                      std::vector<Verdict>& out);
  float shared_with_title(const TextShape& line) const;
  void apply_context(std::vector<Verdict>& out) const;
  bool is_page() const;
  void apply_trees(std::vector<Verdict>& out);

  const JunkRules* rules_;
  LineFacts facts_;
  LineFeatures features_;
  std::vector<SourceLine> seen_;
  std::vector<std::size_t> seen_at_;  // number of its line
  std::vector<float> numbers_;
  std::vector<std::uint64_t> words_;
  std::vector<std::uint64_t> title_words_;
  std::unordered_map<std::string_view, std::uint16_t> times_;
};

}  // namespace tocsin
