#include "common/text/clean.h"

#include <algorithm>

#include "common/text/document.h"
#include "common/text/html_article.h"
#include "common/text/html_page.h"
#include "common/text/line_words.h"
#include "common/text/lines.h"
#include "common/text/normalise.h"

namespace tocsin {
namespace {

constexpr std::size_t kMaxRuleBytes = 400;  // longer lines are looked at by no rule
constexpr std::size_t kMaxLineWords = 100;
constexpr std::size_t kMaxRemoved = 2000;  // lines listed; further ones go unlisted
constexpr std::size_t kHeadLines = 8;      // of a plain file, in which headline and byline are looked for

std::string_view view(std::string_view text, const Line& line) {
  return text.substr(line.start, line.end - line.start);
}

bool ends_sentence(std::string_view line) {
  if (line.empty()) return false;
  for (const std::string_view end : {".", "!", "?", ":", "\"", "”", "…", "。", "’", "'", ")"}) {
    if (line.ends_with(end)) return true;
  }
  return false;
}

std::size_t count_words(std::string_view line) {
  return static_cast<std::size_t>(std::count(line.begin(), line.end(), ' ')) + 1;
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

std::uint64_t line_hash(std::string_view line) { return hash_word(fold(line)); }

struct Cleaner::Scratch {
  std::vector<Line> lines;
  std::vector<std::uint64_t> words;
  std::vector<const char*> verdicts;  // name of the rule that removes a line, or null
};

Cleaner::Cleaner(const JunkRules& rules) : rules_(&rules), scratch_(std::make_unique<Scratch>()) {}
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

}  // namespace

CleanText Cleaner::clean(const Article& article, bool keep_text, const PromotedLines* promoted) {
  CleanText out;
  out.headline = plain_line(article.headline, article.headline_is_html);
  out.byline = plain_line(article.byline, false);
  std::string body;
  if (article.body_is_html) {
    HtmlArticle page = html_article(html_to_utf8(article.body), *rules_);
    body = std::move(page.text);
    if (out.headline.empty()) out.headline = std::move(page.headline);
    if (out.byline.empty()) out.byline = std::move(page.byline);
    out.language = std::move(page.language);
    out.published = std::move(page.published);
    out.url = std::move(page.url);
    out.site = std::move(page.site);
    for (std::string& text : page.outside) {
      if (out.removed.size() < kMaxRemoved) out.removed.push_back({std::move(text), "outside"});
    }
  } else {
    out.repaired = !is_utf8(article.body);
    body = repair_utf8(article.body);
  }
  if (keep_text) {
    out.body = std::move(body);
    out.dateline = find_dateline(out.body);
    return out;
  }
  Scratch& s = *scratch_;
  s.lines.clear();
  split_lines(body, s.lines);
  s.verdicts.assign(s.lines.size(), nullptr);
  bool related = false;
  bool headline_open = article.plain_file && out.headline.empty();
  for (std::size_t i = 0; i < s.lines.size(); ++i) {
    const std::string_view line = view(body, s.lines[i]);
    if (promoted != nullptr && promoted->contains(line_hash(line))) {
      s.verdicts[i] = "repeated";
      continue;
    }
    const JunkRule* rule = nullptr;
    if (line.size() <= kMaxRuleBytes) {
      s.words.clear();
      append_line_words(line, kMaxLineWords, s.words);
      rule = rules_->match(s.words);
    }
    if (rule != nullptr) {
      related = rule->action == JunkAction::kRelated;
      s.verdicts[i] = rule->name.c_str();
      if (rule->action == JunkAction::kByline) {
        if (i >= kHeadLines || !out.byline.empty())
          s.verdicts[i] = i >= kHeadLines ? nullptr : s.verdicts[i];
        else
          out.byline = line;
      }
      if (rule->action == JunkAction::kProvenance) out.provenance = line;
      continue;
    }
    if (related && !ends_sentence(line) && count_words(line) <= 20) {
      s.verdicts[i] = "related";
      continue;
    }
    related = false;
    const std::size_t words = count_words(line);
    if (headline_open && !ends_sentence(line) && words >= 4 && words <= 30 && line.size() <= 250) {
      out.headline = line;
      s.verdicts[i] = "headline";
      headline_open = false;
      continue;
    }
    if (ends_sentence(line)) headline_open = false;
    if (!out.headline.empty() && line == out.headline) s.verdicts[i] = "headline";
  }
  for (std::size_t i = 0; i < s.lines.size(); ++i) {
    const std::string_view line = view(body, s.lines[i]);
    if (s.verdicts[i] != nullptr) {
      if (out.removed.size() < kMaxRemoved) out.removed.push_back({std::string(line), s.verdicts[i]});
      continue;
    }
    if (!out.body.empty()) out.body += s.lines[i].blank_before ? "\n\n" : "\n";
    out.body += line;
  }
  out.dateline = find_dateline(out.body);
  return out;
}

}  // namespace tocsin
