#include "common/text/clean.h"

#include <algorithm>
#include <numeric>

#include "common/text/html_article.h"
#include "common/text/html_page.h"
#include "common/text/line_words.h"
#include "common/text/lines.h"
#include "common/text/normalise.h"
#include "common/wire/encoding.h"

namespace tocsin {
namespace {

constexpr std::size_t kMaxRemoved = 2000;  // lines listed; further ones go unlisted
constexpr int kMaxPasses = 8;              // of looking at a text again, of which junk is gone

std::string_view view(std::string_view text, const Line& line) {
  return text.substr(line.start, line.end - line.start);
}

// "TOKYO, March 16 (Reuters) - ": what stands before the first dash, when it begins with capitals. Empty: none.
std::string find_dateline(std::string_view body) {
  const std::string_view head = body.substr(0, std::min(body.find('\n'), std::size_t{120}));
  std::size_t end = std::string_view::npos;
  for (const std::string_view dash : {" - ", " – ", " — ", " -- ", "- ", "— ", "– "})
    end = std::min(end, head.find(dash));
  if (end == std::string_view::npos || end < 3) return {};
  const std::string_view line = head.substr(0, end);
  std::size_t capitals = 0;
  while (capitals < line.size() && line[capitals] >= 'A' && line[capitals] <= 'Z') ++capitals;
  if (capitals < 3 && line.front() != '(') return {};
  return std::string(line);
}

}  // namespace

struct Cleaner::Scratch {
  explicit Scratch(const JunkRules& rules) : judge(rules) {}
  LineJudge judge;
  std::vector<Line> lines;
  std::vector<Verdict> verdicts;       // of each line
  std::vector<Line> left;              // lines that stand so far ...
  std::vector<std::size_t> numbers;    // ... their places in `lines` ...
  std::vector<Verdict> left_verdicts;  // ... and what is said of them
};

Cleaner::Cleaner(const JunkRules& rules) : rules_(&rules), scratch_(std::make_unique<Scratch>(rules)) {}
Cleaner::~Cleaner() = default;
Cleaner::Cleaner(Cleaner&&) noexcept = default;

namespace {

std::string plain_line(const std::string& text, bool is_html) {
  std::string out =
      is_html || text.find('<') != std::string::npos ? html_fragment_text(repair_utf8(text)) : repair_utf8(text);
  std::string line;
  for (const char c : out) {
    const bool blank = static_cast<unsigned char>(c) <= ' ';
    if (!blank)
      line.push_back(c);
    else if (!line.empty() && line.back() != ' ')
      line.push_back(' ');
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

// Source text to UTF-8 text: pages of HTML are cut down to their article; what is outside goes to out.removed, which
// says for now where it stood in that text.
std::string read_body(const Article& article, const JunkRules& rules, CleanText& out) {
  out.repaired = !is_utf8(article.body);
  if (!article.body_is_html) return repair_utf8(article.body);
  HtmlArticle page = html_article(html_to_utf8(article.body), rules);
  if (out.headline.empty()) out.headline = std::move(page.headline);
  if (out.byline.empty()) out.byline = std::move(page.byline);
  out.language = std::move(page.language);
  out.published = std::move(page.published);
  out.url = std::move(page.url);
  out.site = std::move(page.site);
  for (HtmlArticle::Outside& block : page.outside) {
    if (out.removed.size() < kMaxRemoved) out.removed.push_back({std::move(block.text), "outside", block.at});
  }
  return std::move(page.text);
}

// Whose lines they are: who sends the article, else the site that it names.
std::string_view source_of(const Article& article, const CleanText& page) {
  for (const std::string* name : {&article.provider, &article.source_name, &page.site})
    if (!name->empty()) return *name;
  return {};
}

// The first line of a plain file that can be a headline, before its first sentence.
void take_headline(std::string_view body, const std::vector<Line>& lines, const LineFacts& facts,
                   std::vector<Verdict>& verdicts, CleanText& out) {
  for (std::size_t i = 0; i < lines.size() && i < kHeadLines; ++i) {
    const TextShape& s = facts.shapes[i];
    if (!verdicts[i].rule.empty()) continue;
    const bool question = s.ends_in_stop && !view(body, lines[i]).ends_with('.');
    if ((s.ends_in_stop && !question) || s.words > 30 || s.bytes > 250) return;
    if (s.words < 4) continue;
    out.headline = view(body, lines[i]);
    verdicts[i] = {"headline", JunkAction::kRemove};
    // A label that repeats words of the headline, as sites print them over the picture.
    if (i + 1 < lines.size() && facts.shapes[i + 1].words < 4 &&
        out.headline.find(view(body, lines[i + 1])) != std::string::npos)
      verdicts[i + 1] = {"label", JunkAction::kRemove};
    return;
  }
}

}  // namespace

// Rules look at the first and last lines, at neighbours and at the whole, all of which change when junk goes: what is
// left is judged again until nothing more goes.
void Cleaner::judge_until_settled(std::string_view body, const Article& article, const PromotedLines& promoted,
                                  CleanText& out) {
  Scratch& s = *scratch_;
  s.lines.clear();
  split_lines(body, s.lines);
  s.verdicts.assign(s.lines.size(), Verdict{});
  s.left = s.lines;
  s.numbers.resize(s.lines.size());
  std::iota(s.numbers.begin(), s.numbers.end(), std::size_t{0});
  const SourceLines repeated{source_of(article, out), promoted};
  for (int pass = 0; pass < kMaxPasses; ++pass) {
    if (pass == 0)
      s.judge.judge(body, s.left, out.headline, article.body_is_html, &repeated, s.left_verdicts);
    else
      s.judge.judge_left(s.left, out.headline, s.left_verdicts);
    if (article.plain_file && out.headline.empty()) take_headline(body, s.left, s.judge.facts(), s.left_verdicts, out);
    std::size_t stay = 0;
    for (std::size_t i = 0; i < s.left.size(); ++i) {
      Verdict& verdict = s.left_verdicts[i];
      if (verdict.rule.empty() && !out.headline.empty() && view(body, s.left[i]) == out.headline)
        verdict = {"headline", JunkAction::kRemove};
      s.verdicts[s.numbers[i]] = verdict;
      if (!verdict.rule.empty()) continue;
      s.numbers[stay] = s.numbers[i];
      s.left[stay++] = s.left[i];
    }
    if (stay == s.left.size()) return;
    s.numbers.resize(stay);
    s.left.resize(stay);
  }
}

CleanText Cleaner::clean(const Article& article, bool keep_text, const PromotedLines& promoted) {
  CleanText out;
  out.headline = plain_line(article.headline, article.headline_is_html);
  out.byline = plain_line(article.byline, false);
  std::string body = read_body(article, *rules_, out);
  if (keep_text) {
    out.body = std::move(body);
    out.dateline = find_dateline(out.body);
    return out;
  }
  judge_until_settled(body, article, promoted, out);
  const Scratch& s = *scratch_;
  out.lines = s.judge.seen();
  std::size_t outside = 0;  // blocks that stand first in out.removed
  const std::size_t blocks = out.removed.size();
  for (std::size_t i = 0; i < s.lines.size(); ++i) {
    const std::string_view line = view(body, s.lines[i]);
    for (; outside < blocks && out.removed[outside].at <= s.lines[i].start; ++outside)
      out.removed[outside].at = out.body.size();
    if (const Verdict& verdict = s.verdicts[i]; !verdict.rule.empty()) {
      if (verdict.action == JunkAction::kByline && out.byline.empty()) out.byline = line;
      if (verdict.action == JunkAction::kProvenance) out.provenance = line;
      if (out.removed.size() < kMaxRemoved)
        out.removed.push_back({std::string(line), std::string(verdict.rule), out.body.size()});
      continue;
    }
    if (!out.body.empty()) out.body += s.lines[i].blank_before ? "\n\n" : "\n";
    out.body += line;
  }
  for (; outside < blocks; ++outside) out.removed[outside].at = out.body.size();
  out.dateline = find_dateline(out.body);
  return out;
}

}  // namespace tocsin
