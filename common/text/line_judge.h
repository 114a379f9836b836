// Which lines of a plain text are junk: by the rules that people wrote, by what stands around, and by what was learnt.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/article/prepared.h"
#include "common/text/junk_rules.h"
#include "common/text/line_features.h"
#include "common/text/line_words.h"
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
  // The same of what is left of that text when lines of it are gone: what was found of a line is not looked for again
  // where nothing around it counts. `left` are lines of that text, in order.
  void judge_left(const std::vector<Line>& left, std::string_view headline, std::vector<Verdict>& out);
  // Of the last text for which `repeated` was given: lines that no rule knows, of kShortLine bytes or less, or among
  // the first two or the last four; at most kMostSeen. Not those that stand twice in the text (who speaks in an
  // interview), nor sentences that quote (a digest tells the same words again and again).
  const std::vector<SourceLine>& seen() const { return seen_; }
  static constexpr std::size_t kShortLine = 120;
  static constexpr std::size_t kMostSeen = 256;
  // What the last text's lines look like.
  const LineFacts& facts() const { return facts_; }
  // Numbers of its lines about which the rules left doubt, in order: those that the trees are asked about.
  const std::vector<std::size_t>& doubtful() const { return doubtful_; }
  // Whether much of it is no prose: it is a whole page as text.
  bool page() const { return page_; }
  // Numbers of its lines, as long as the text and its lines live, when there are doubtful ones.
  LineFeatures& features() { return features_; }

 private:
  // What the rules found of one line.
  struct Look {
    std::uint32_t start = 0;  // of the line
    bool cut = false;         // into words; the rest is known then
    bool prose = false;       // it was taken for prose, that no rule is asked about
    RuleLine place;           // as it was asked about
    Verdict verdict;
    std::uint32_t english = 0;  // of its words, those that any English sentence may have
    std::uint32_t junk = 0;     // those of classes that junk has
  };

  void look(const std::vector<Line>& lines);
  void keep(const std::vector<Line>& left);
  void decide(const std::vector<Line>& lines, std::string_view headline, const SourceLines* repeated,
              std::vector<Verdict>& out);
  void cut(std::size_t i, const Line& line);
  void apply_rules(const std::vector<Line>& lines, std::vector<Verdict>& out);
  void apply_repeated(const std::vector<Line>& lines, const SourceLines& repeated, std::vector<Verdict>& out);
  void apply_context(std::vector<Verdict>& out) const;
  bool is_page() const;
  bool is_english() const;
  void find_doubtful(const std::vector<Line>& lines, const std::vector<Verdict>& out);
  void apply_trees(const Trees& trees, std::vector<Verdict>& out);

  const JunkRules* rules_;
  std::string_view text_;
  bool judged_ = false;
  LineWords line_words_;           // of the text
  std::vector<Look> looks_;        // parallel to the lines
  std::vector<std::size_t> kept_;  // where the lines that are left stood
  LineFacts facts_;
  LineFeatures features_;
  std::vector<SourceLine> seen_;
  std::vector<std::size_t> seen_at_;  // number of its line
  std::vector<std::size_t> doubtful_;
  bool page_ = false;
  std::vector<float> numbers_;
  std::size_t english_words_ = 0;  // of cut_words_, those that any English sentence may have
  std::size_t cut_words_ = 0;      // in lines that were cut into words
};

}  // namespace tocsin
