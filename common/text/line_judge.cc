#include "common/text/line_judge.h"

#include <algorithm>
#include <initializer_list>
#include <span>

#include "common/text/line_words.h"
#include "common/text/word_hash.h"

namespace tocsin {
namespace {

constexpr std::size_t kRuleBytes =
    250;                              // longer lines that end like a sentence, inside the text, are prose to the rules
constexpr std::size_t kLongTail = 4;  // but for the last lines: notes on authors and rights are long
constexpr std::size_t kLineWords = 100;  // words of a line that are looked at
constexpr std::size_t kHeadWords = 8;    // and of long prose
// Lines that a source may repeat: of 411 such lines in 12,000 web articles 317 have 120 bytes or less, and most of the
// longer ones (pleas for subscribers, notes on authors) stand first or last.
constexpr std::size_t kFirstSeen = 2;
constexpr std::size_t kLastSeen = 4;
constexpr std::size_t kLongSeen = 1000;
// A text with less prose is a whole page as text, in which any line may be junk. Measured on the hand-judged lines:
// extracted articles have .9 and more, whole pages .2 to .7.
constexpr float kProseShare = 0.85F;
constexpr std::size_t kPageLines = 12;  // a page has more
constexpr std::size_t kFewLines = 3;    // a text with fewer is left alone by the trees
// Inside an article the trees are asked about a sentence only when more of its words are words of junk: of 1,870 that
// rules do not know 249 have so many, and 20 of the 27 that are junk. Of the first line and the last two one word does.
constexpr float kJunkShare = 0.1F;
constexpr float kJunkHead = 0.2F;  // of the first words of long prose
constexpr std::size_t kLastAsked = 2;
// The trees have learnt English articles: of words cut, the share that any English sentence may have. Measured: English
// texts have .3 and more, others .1 and less.
constexpr double kEnglishShare = 0.2;

std::string_view view(std::string_view text, const Line& line) {
  return text.substr(line.start, line.end - line.start);
}

constexpr std::size_t kSentenceWords = 10;
bool is_sentence(const TextShape& s) { return s.words >= kSentenceWords && s.ends_in_stop; }
bool has_quote(std::string_view line) {
  return std::ranges::any_of(std::initializer_list<std::string_view>{"\"", "“", "”", "„", "«", "»"},
                             [line](std::string_view mark) { return line.find(mark) != std::string_view::npos; });
}
// Of a tail of titles the rules must know one in so many, or it may be a list or signatures.
constexpr std::size_t kTailJunk = 3;
// Whether lines are cut at a width, as old wires are: of most of them the sentence goes on in the next one.
bool is_wrapped(std::string_view text, const std::vector<Line>& lines) {
  constexpr std::size_t kOneIn = 4;  // measured: half of the wires .45 and more, 99 of 100 web articles .03 and less
  std::size_t going_on = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const char first = text[lines[i].start], last = text[lines[i - 1].end - 1];
    going_on += first >= 'a' && first <= 'z' && last != '.' && last != ':' && last != '"';
  }
  return going_on * kOneIn > lines.size();
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

void LineJudge::look(const std::vector<Line>& lines) {
  looks_.clear();
  facts_.shapes.clear();
  facts_.cut.clear();
  facts_.heads.assign(lines.size(), LineHead{});
  facts_.classes.assign(lines.size(), 0);
  facts_.words_of.assign(lines.size(), CutWords{});
  for (const Line& line : lines) {
    looks_.emplace_back().start = line.start;
    facts_.shapes.push_back(rough_shape_of(view(text_, line)));
  }
}

void LineJudge::keep(const std::vector<Line>& left) {
  kept_.clear();
  for (std::size_t from = 0; kept_.size() < left.size(); ++from)
    if (looks_[from].start == left[kept_.size()].start) kept_.push_back(from);
  const auto keep_of = [this](auto& lines) {
    for (std::size_t to = 0; to < kept_.size(); ++to) lines[to] = lines[kept_[to]];
    lines.resize(kept_.size());
  };
  keep_of(looks_);
  keep_of(facts_.shapes);
  keep_of(facts_.heads);
  keep_of(facts_.classes);
  keep_of(facts_.words_of);
}

void LineJudge::cut(std::size_t i, const Line& line) {
  constexpr WordClassSet kEnglish = set_of(WordClass::kFunction) | set_of(WordClass::kVerb);
  const WordClasses& classes = WordClasses::instance();
  Look& look = looks_[i];
  const std::size_t before = facts_.cut.size();
  line_words_.append(line.start, line.end, look.prose ? kHeadWords : kLineWords, facts_.cut);
  const std::span words(facts_.cut.data() + before, facts_.cut.size() - before);
  WordClassSet all = look.prose ? WordClassSet{0} : kCutIntoWords;
  look.english = look.junk = 0;
  for (const std::uint64_t word : words) {
    const WordClassSet set = classes.of(word);
    look.english += (set & kEnglish) != 0;
    look.junk += (set & kJunkClasses) != 0;
    all |= set;
  }
  facts_.classes[i] = all;
  facts_.words_of[i] = {static_cast<std::uint32_t>(before), static_cast<std::uint32_t>(words.size())};
}

void LineJudge::apply_rules(const std::vector<Line>& lines, std::vector<Verdict>& out) {
  facts_.words.clear();
  english_words_ = cut_words_ = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const TextShape& s = facts_.shapes[i];
    const RuleLine place{i < kHeadLines, lines.size() - i <= kTailLines, s.ends_in_stop};
    const bool prose =
        s.words > kLineWords || (s.bytes > kRuleBytes && s.ends_in_stop && i > 0 && lines.size() - i > kLongTail);
    Look& look = looks_[i];
    const bool same_words = look.cut && look.prose == prose;
    if (!same_words) {
      look.prose = prose;
      cut(i, lines[i]);
    }
    const std::span words(facts_.cut.data() + facts_.words_of[i].first, facts_.words_of[i].count);
    if (!same_words || look.place != place) {
      look.verdict = {};
      const JunkRule* rule = prose ? nullptr : rules_->match(words, place);
      if (rule != nullptr) look.verdict = {rule->name, rule->action};
      if (rule == nullptr && ends_in_credit(view(text_, lines[i]))) look.verdict = {"caption", JunkAction::kRemove};
    }
    look.cut = true;
    look.place = place;
    out[i] = look.verdict;
    english_words_ += look.english;
    cut_words_ += facts_.words_of[i].count;
    if (prose) continue;
    for (const std::uint64_t word : words) facts_.words.add(word);
  }
}

void LineJudge::apply_repeated(const std::vector<Line>& lines, const SourceLines& repeated, std::vector<Verdict>& out) {
  seen_.clear();
  seen_at_.clear();
  if (repeated.source.empty()) return;
  const std::size_t n = lines.size();
  for (std::size_t i = 0; i < n && seen_.size() < kMostSeen; ++i) {
    const TextShape& s = facts_.shapes[i];
    const bool near_an_end = i < kFirstSeen || n - i <= kLastSeen;
    if (!out[i].rule.empty() || s.bytes > (near_an_end ? kLongSeen : kShortLine)) continue;
    const std::string_view line = view(text_, lines[i]);
    const bool sentence = is_sentence(s);
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

void LineJudge::apply_context(std::vector<Verdict>& out) const {
  const std::size_t n = out.size();
  const auto& shapes = facts_.shapes;
  const auto hit = [&out](std::size_t i) { return !out[i].rule.empty(); };
  std::size_t last_prose = n;  // n: there is none
  for (std::size_t i = n; i-- > 0 && last_prose == n;) {
    if (is_sentence(shapes[i]) && !hit(i)) last_prose = i;
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
  // A tail of headlines and labels with much junk among them is junk as a whole.
  std::size_t hits = 0, titles = 0;
  for (std::size_t i = last_prose + 1; i < n; ++i) {
    titles += is_title(shapes[i]);
    hits += hit(i) && is_title(shapes[i]);
  }
  if (hits * kTailJunk < titles || hits == 0) return;
  for (std::size_t i = last_prose + 1; i < n; ++i) {
    if (!hit(i) && is_title(shapes[i])) out[i] = {"tail", JunkAction::kRemove};
  }
}

bool LineJudge::is_page() const {
  if (facts_.shapes.size() <= kPageLines) return false;
  std::size_t prose = 0, all = 0;
  for (const TextShape& s : facts_.shapes) {
    all += s.bytes;
    if (is_prose(s)) prose += s.bytes;
  }
  return static_cast<float>(prose) < kProseShare * static_cast<float>(all);
}

bool LineJudge::is_english() const {
  return static_cast<double>(english_words_) > kEnglishShare * static_cast<double>(cut_words_);
}

void LineJudge::find_doubtful(const std::vector<Line>& lines, const std::vector<Verdict>& out) {
  const std::size_t n = out.size();
  for (std::size_t i = 0; i < n; ++i) {
    if (!out[i].rule.empty()) continue;
    const bool at_end = i == 0 || n - i <= kLastAsked;
    const Look& look = looks_[i];
    const auto words = static_cast<float>(facts_.words_of[i].count);
    const float junk = look.junk == 0 ? 0 : static_cast<float>(look.junk) / words;
    if (!page_ && facts_.shapes[i].ends_in_stop && !(at_end && junk > 0) &&
        junk <= (look.prose ? kJunkHead : kJunkShare))
      continue;
    doubtful_.push_back(i);
    if (!facts_.heads[i].known) facts_.heads[i] = look_at_head(view(text_, lines[i]));
  }
}

void LineJudge::apply_trees(const Trees& trees, std::vector<Verdict>& out) {
  numbers_.resize(kLineFeatures);
  for (const std::size_t i : doubtful_) {
    features_.write(i, numbers_.data());
    if (trees.score(numbers_.data()) > trees.threshold()) out[i] = {"learnt", JunkAction::kRemove};
  }
}

void LineJudge::judge(std::string_view text, const std::vector<Line>& lines, std::string_view headline, bool judged,
                      const SourceLines* repeated, std::vector<Verdict>& out) {
  text_ = text;
  judged_ = judged;
  line_words_.assign(text);
  look(lines);
  decide(lines, headline, repeated, out);
}

void LineJudge::judge_left(const std::vector<Line>& left, std::string_view headline, std::vector<Verdict>& out) {
  keep(left);
  decide(left, headline, nullptr, out);
}

void LineJudge::decide(const std::vector<Line>& lines, std::string_view headline, const SourceLines* repeated,
                       std::vector<Verdict>& out) {
  out.assign(lines.size(), Verdict{});
  doubtful_.clear();
  apply_rules(lines, out);
  if (repeated != nullptr) apply_repeated(lines, *repeated, out);
  apply_context(out);
  if (judged_) return;
  page_ = is_page();
  // Where no rule finds junk in a page the trees have no say.
  const bool any = std::ranges::any_of(out, [](const Verdict& v) { return !v.rule.empty(); });
  if (page_ ? !any : lines.size() < kFewLines || !is_english()) return;
  if (is_wrapped(text_, lines)) return;
  find_doubtful(lines, out);
  if (doubtful_.empty()) return;
  facts_.rules.resize(lines.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    facts_.rules[i] = out[i].rule.empty() ? 0 : static_cast<std::uint8_t>(1 + static_cast<int>(out[i].action));
  features_.assign(text_, line_words_, lines, facts_, headline);
  if (const Trees* trees = page_ ? rules_->pages() : rules_->lines()) apply_trees(*trees, out);
}

}  // namespace tocsin
