#include "common/text/line_judge.h"

#include <algorithm>
#include <initializer_list>

#include "common/text/document.h"
#include "common/text/line_words.h"

namespace tocsin {
namespace {

constexpr std::size_t kRuleBytes =
    250;                              // longer lines that end like a sentence, inside the text, are prose to the rules
constexpr std::size_t kLongTail = 4;  // but for the last lines: notes on authors and rights are long
constexpr std::size_t kLineWords = 100;  // words of a line that are looked at
// Lines that a source may repeat: of 411 such lines in 12,000 web articles 317 have 120 bytes or less, and most of the
// longer ones (pleas for subscribers, notes on authors) stand first or last.
constexpr std::size_t kFirstSeen = 2;
constexpr std::size_t kLastSeen = 4;
constexpr std::size_t kLongSeen = 1000;
// Text with a greater share of prose has few junk lines, and the trees would take headings for them. Measured on the
// hand-judged lines: extracted articles have .9 and more, whole pages .2 to .7.
constexpr float kProseShare = 0.85F;
constexpr std::size_t kFewLines = 12;  // of so short a text the trees know too little

std::string_view view(std::string_view text, const Line& line) {
  return text.substr(line.start, line.end - line.start);
}

constexpr std::size_t kSentenceWords = 10;
bool is_prose(const TextShape& s) { return s.words >= kSentenceWords && s.ends_in_stop; }
bool has_quote(std::string_view line) {
  return std::ranges::any_of(std::initializer_list<std::string_view>{"\"", "“", "”", "„", "«", "»"},
                             [line](std::string_view mark) { return line.find(mark) != std::string_view::npos; });
}
// A headline or the like: no sentence.
bool is_title(const TextShape& s) { return !s.ends_in_stop && s.words <= 25; }

}  // namespace

std::uint64_t line_key(std::string_view source, std::string_view line) {
  std::uint64_t h = hash_word(source);
  bool any = false;
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    const unsigned char lower = byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
    if (!(lower >= 'a' && lower <= 'z') && !(lower >= '0' && lower <= '9') && lower < 0x80) continue;
    h = (h ^ lower) * 0x9E3779B97F4A7C15ULL;
    h ^= h >> 32;
    any = true;
  }
  return any ? h >> 16 : 0;
}

void LineJudge::look(std::string_view text, const std::vector<Line>& lines, std::string_view headline) {
  facts_.shapes.clear();
  facts_.rules.assign(lines.size(), 0);
  facts_.title.assign(lines.size(), 0);
  facts_.times.assign(lines.size(), 1);
  title_words_.clear();
  append_line_words(headline, 60, title_words_);
  for (const Line& line : lines) facts_.shapes.push_back(rough_shape_of(view(text, line)));
}

void LineJudge::apply_rules(std::string_view text, const std::vector<Line>& lines, bool page,
                            std::vector<Verdict>& out) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const TextShape& s = facts_.shapes[i];
    const RuleLine line{i < kHeadLines, lines.size() - i <= kTailLines, s.ends_in_stop};
    if (s.bytes > kRuleBytes && s.ends_in_stop && lines.size() - i > kLongTail) continue;
    if (s.words > kLineWords) continue;
    words_.clear();
    append_line_words(view(text, lines[i]), kLineWords, words_);
    if (const JunkRule* rule = rules_->match(words_, line)) {
      out[i] = {rule->name, rule->action};
      facts_.rules[i] = static_cast<std::uint8_t>(1 + static_cast<int>(rule->action));
    }
    if (page) facts_.title[i] = shared_with_title(s);
  }
}

void LineJudge::apply_repeated(std::string_view text, const std::vector<Line>& lines, const SourceLines& repeated,
                               std::vector<Verdict>& out) {
  seen_.clear();
  seen_at_.clear();
  if (repeated.source.empty()) return;
  const std::size_t n = lines.size();
  for (std::size_t i = 0; i < n && seen_.size() < kMostSeen; ++i) {
    const TextShape& s = facts_.shapes[i];
    const bool near_an_end = i < kFirstSeen || n - i <= kLastSeen;
    if (!out[i].rule.empty() || s.bytes > (near_an_end ? kLongSeen : kShortLine)) continue;
    const std::string_view line = view(text, lines[i]);
    const bool sentence = is_prose(s);
    if (s.words >= kSentenceWords && has_quote(line)) continue;
    const std::uint64_t key = line_key(repeated.source, line);
    if (key == 0) continue;
    const auto before = std::ranges::find(seen_, key, &SourceLine::key);
    if (before == seen_.end()) {
      seen_.push_back({key, sentence, repeated.promoted.contains(key)});
      seen_at_.push_back(i);
    } else {
      seen_at_[static_cast<std::size_t>(before - seen_.begin())] = n;
    }
  }
  std::size_t stay = 0;
  for (std::size_t k = 0; k < seen_.size(); ++k) {
    if (seen_at_[k] == n) continue;
    if (seen_[k].removed) out[seen_at_[k]] = {kRepeatedLine, JunkAction::kRemove};
    seen_[stay++] = seen_[k];
  }
  seen_.resize(stay);
}

// Of the words of a line and of the headline, those that both have: 0..1.
float LineJudge::shared_with_title(const TextShape& line) const {
  if (title_words_.empty() || line.bytes > 300) return 0;
  std::size_t common = 0;
  for (const std::uint64_t w : words_) common += std::count(title_words_.begin(), title_words_.end(), w) > 0;
  return 2.0F * static_cast<float>(common) / static_cast<float>(words_.size() + title_words_.size());
}

void LineJudge::apply_context(std::vector<Verdict>& out) const {
  const std::size_t n = out.size();
  const auto& shapes = facts_.shapes;
  const auto hit = [&out](std::size_t i) { return !out[i].rule.empty(); };
  std::size_t last_prose = n;  // n: there is none
  for (std::size_t i = n; i-- > 0 && last_prose == n;) {
    if (is_prose(shapes[i]) && !hit(i)) last_prose = i;
  }
  // Headlines behind "Read more:", up to the next sentence; in the middle of a text only when a colon asks for them.
  for (std::size_t i = 0; i < n; ++i) {
    if (!hit(i) || out[i].action != JunkAction::kRelated) continue;
    const bool behind = last_prose == n || i > last_prose;
    if (!behind && !shapes[i].ends_in_colon) continue;
    for (std::size_t k = i + 1; k < n && k <= i + 20 && is_title(shapes[k]); ++k) {
      if (!hit(k)) out[k] = {"related", JunkAction::kRemove};
    }
  }
  if (last_prose == n) return;
  // Behind "Comments" or "About the company:" nothing is the article's.
  for (std::size_t i = n - n / 3; i < n; ++i) {
    if (!hit(i) || out[i].action != JunkAction::kEnd) continue;
    for (std::size_t k = i + 1; k < n; ++k) {
      if (!hit(k)) out[k] = {"end", JunkAction::kRemove};
    }
    return;
  }
  // A tail of headlines and labels with junk among them is junk as a whole.
  std::size_t hits = 0;
  for (std::size_t i = last_prose + 1; i < n; ++i) hits += hit(i) && is_title(shapes[i]);
  if (hits == 0) return;
  for (std::size_t i = last_prose + 1; i < n; ++i) {
    if (!hit(i) && is_title(shapes[i])) out[i] = {"tail", JunkAction::kRemove};
  }
}

bool LineJudge::is_page() const {
  std::size_t prose = 0, all = 0;
  for (const TextShape& s : facts_.shapes) {
    all += s.bytes;
    if ((s.words >= 10 && s.ends_in_stop) || s.words >= 25) prose += s.bytes;
  }
  return static_cast<float>(prose) < kProseShare * static_cast<float>(all);
}

void LineJudge::apply_trees(std::vector<Verdict>& out) {
  const Trees& trees = *rules_->lines();
  numbers_.resize(kLineFeatures);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!out[i].rule.empty()) continue;
    features_.write(i, numbers_.data());
    if (trees.score(numbers_.data()) > trees.threshold()) out[i] = {"learnt", JunkAction::kRemove};
  }
}

void LineJudge::judge(std::string_view text, const std::vector<Line>& lines, std::string_view headline, bool judged,
                      const SourceLines* repeated, std::vector<Verdict>& out) {
  out.assign(lines.size(), Verdict{});
  look(text, lines, headline);
  const bool page = !judged && lines.size() > kFewLines && rules_->lines() != nullptr && is_page();
  apply_rules(text, lines, page, out);
  if (repeated != nullptr) apply_repeated(text, lines, *repeated, out);
  apply_context(out);
  // Where no rule finds junk the trees have no say: so what was cleaned stays as it is.
  if (!page || std::none_of(out.begin(), out.end(), [](const Verdict& v) { return !v.rule.empty(); })) return;
  for (std::size_t i = 0; i < lines.size(); ++i) facts_.shapes[i] = shape_of(view(text, lines[i]));
  features_.assign(text, lines, facts_);
  times_.clear();
  for (const Line& line : lines) ++times_[view(text, line)];
  for (std::size_t i = 0; i < lines.size(); ++i) facts_.times[i] = times_[view(text, lines[i])];
  apply_trees(out);
}

}  // namespace tocsin
