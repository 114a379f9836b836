// Junk rules: the lines of scraped text that are no part of the article, as data (common/knowledge/junk.yaml).
//
// A pattern is a sequence of words, compared folded and without punctuation:
//   "continue reading"        the whole line is these words
//   "read more *"             begins with them           "* contributed to this report"   ends with them
//   "* our newsletter *"      has them anywhere
//   "# #"                     # is a word that begins with a digit, @ an address, ? any one word
//   "related: *"              a colon stands behind the word; without one in the pattern it does not matter
// Docs: docs/text.md.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/result.h"
#include "common/text/trees.h"

namespace tocsin {

// What a matching line is.
enum class JunkAction : std::uint8_t {
  kRemove,      // junk
  kByline,      // to CleanText::byline
  kProvenance,  // to CleanText::provenance
  kRelated,     // junk, and so are the headlines that follow it ("Read more:", "Related stories")
  kEnd,         // junk, and all behind it, when it stands in the last part of the article ("About the author")
};

// Where a line must stand for a rule to count.
enum class JunkWhere : std::uint8_t { kAny, kHead, kTail };
inline constexpr std::size_t kHeadLines = 8;  // lines of a text that are its head, and its tail
inline constexpr std::size_t kTailLines = 8;

struct JunkRule {
  std::string name;
  JunkAction action = JunkAction::kRemove;
  JunkWhere where = JunkWhere::kAny;
  bool open = false;             // only lines that do not end like a sentence
  std::uint32_t max_words = 40;  // longer lines are never matched
};

// A line as the rules look at it.
struct RuleLine {
  bool head = false;
  bool tail = false;
  bool ends_in_stop = false;
  bool operator==(const RuleLine&) const = default;
};

// Immutable after loading; shared by threads.
class JunkRules {
 public:
  // Reads junk.yaml and, beside it, what was learnt: junk_blocks.yaml, junk_lines.yaml and junk_pages.yaml (trees.h). A
  // wrong file fails with its line and what to change.
  static Result<JunkRules> load(const std::string& path);
  // The rules alone: blocks(), lines() and pages() are null, and the stages that use them do with simple tests.
  static Result<JunkRules> parse(const std::string& yaml, const std::string& name_for_errors);
  ~JunkRules();
  JunkRules(JunkRules&&) noexcept;
  JunkRules& operator=(JunkRules&&) noexcept;

  // The first rule that matches a line, given as its words (line_words.h), or null.
  const JunkRule* match(std::span<const std::uint64_t> words, const RuleLine& line) const;

  const Trees* blocks() const { return blocks_.get(); }  // judges blocks of HTML pages
  const Trees* lines() const { return lines_.get(); }    // judges lines of articles in English
  const Trees* pages() const { return pages_.get(); }    // judges lines of whole pages as text

 private:
  struct Table;
  JunkRules();
  std::unique_ptr<Table> table_;
  std::unique_ptr<const Trees> blocks_;
  std::unique_ptr<const Trees> lines_;
  std::unique_ptr<const Trees> pages_;
};

}  // namespace tocsin
