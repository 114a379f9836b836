#include "common/events/sentence_view.h"

#include <algorithm>
#include <array>

#include "common/text/word_table.h"

namespace tocsin {
namespace {

struct NumberWord {
  std::string_view word;
  int value;
};
constexpr std::array kNumberWords = std::to_array<NumberWord>({
    {"one", 1},       {"two", 2},        {"three", 3},    {"four", 4},      {"five", 5},       {"six", 6},
    {"seven", 7},     {"eight", 8},      {"nine", 9},     {"ten", 10},      {"eleven", 11},    {"twelve", 12},
    {"thirteen", 13}, {"fourteen", 14},  {"fifteen", 15}, {"sixteen", 16},  {"seventeen", 17}, {"eighteen", 18},
    {"nineteen", 19}, {"twenty", 20},    {"thirty", 30},  {"forty", 40},    {"fifty", 50},     {"sixty", 60},
    {"seventy", 70},  {"eighty", 80},    {"ninety", 90},  {"hundred", 100}, {"dozen", 12},     {"dozens", -1},
    {"hundreds", -1}, {"thousands", -1}, {"several", -1}, {"scores", -1},   {"many", -1},      {"thousand", 1000},
});

const WordTable<int>& number_words() {
  static const WordTable<int> kTable = [] {
    WordTable<int> table;
    for (const NumberWord& n : kNumberWords) table.put(n.word, n.value);
    return table;
  }();
  return kTable;
}

// Punctuation that does not part the words of a phrase: quotes and what hyphens leave.
bool joins(char c) { return c == '"' || c == '\'' || c == '-' || c == '`' || c == '$' || c == '%' || c == '*'; }
// Punctuation that ends a clause.
bool ends_clause(std::string_view p) {
  return p == ";" || p == ":" || p == "(" || p == ")" || p == "." || p == "!" || p == "?" || p == "--" || p == "|" ||
         p == "\xe2\x80\x94" || p == "\xe2\x80\x93" || p == "||";
}

}  // namespace

int number_value(std::string_view folded) {
  if (folded.empty()) return -1;
  if (folded[0] < '0' || folded[0] > '9') {
    const int* const value = number_words().find(hash_word(folded));
    return value == nullptr ? -1 : *value;
  }
  long value = 0;
  for (const char c : folded) {
    if (c == ',') continue;
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
    if (value > 10'000'000) return -1;
  }
  return static_cast<int>(value);
}

bool SentenceView::is_number(std::size_t pos) const {
  return (words_[pos].flags & kNumber) != 0 || number_words().find(words_[pos].hash) != nullptr;
}

const Hit* SentenceView::longest(std::size_t pos, std::span<const ClassId> classes) const {
  const Hit* best = nullptr;
  for (const Hit& h : hits_at(pos)) {
    if (best && h.size <= best->size) continue;
    if (std::ranges::find(classes, h.cls) == classes.end()) continue;
    best = &h;
  }
  return best;
}

std::uint32_t SentenceView::assign(const Document& document, std::uint32_t first, std::uint32_t last) {
  document_ = &document;
  read_words(document, first, last);
  find_hits();
  cut_clauses();
  return first;
}

void SentenceView::read_words(const Document& document, std::uint32_t& first, std::uint32_t last) {
  size_ = 0;
  const auto& tokens = document.tokens();
  std::uint16_t clause = 0;
  bool cut = false;
  bool clause_cut = false;
  for (; first < last && size_ < kMaxWords; ++first) {
    const Token& t = tokens[first];
    if (t.is(kPossessive)) continue;
    if (t.is(kPunct)) {
      const std::string_view p = document.folded(t);
      // A dash between spaces parts clauses, a hyphen does not.
      const bool dash = p == "-" && t.is(kSpaceBefore) && first + 1 < last && tokens[first + 1].is(kSpaceBefore);
      if (dash || ends_clause(p)) clause_cut = true;
      const bool inside = p == "/" && !t.is(kSpaceBefore);  // "9/11"
      if (dash || p.empty() || !(joins(p[0]) || inside) || p == "--") cut = true;
      continue;
    }
    if (clause_cut && size_ > 0) ++clause;
    Word& w = words_[size_++];
    w.hash = t.hash;
    w.token = first;
    w.flags = t.flags;
    w.clause = clause;
    w.cut_before = cut;
    w.masked = false;
    tables_.lexicon.prefetch(Lexicon::first_key(w.hash));
    cut = clause_cut = false;
  }
}

void SentenceView::find_hits() {
  hit_count_ = 0;
  present_.resize(tables_.classes / 64 + 1);
  for (const ClassId c : present_list_) present_[c >> 6] = 0;
  present_list_.clear();
  some_ = 0;
  const Lexicon& lexicon = tables_.lexicon;
  const std::span<const Word> words{words_.data(), size_};
  for (std::size_t pos = 0; pos < words.size(); ++pos) {
    first_hit_[pos] = static_cast<std::uint32_t>(hit_count_);
    const Word& w = words[pos];
    std::uint64_t key = Lexicon::first_key(w.hash);
    for (std::size_t n = 1; n <= Lexicon::kMaxPhraseWords; ++n) {
      const Lexicon::Entry* e = lexicon.find(key);
      if (!e) break;
      if (hits_.size() < hit_count_ + e->count()) hits_.resize(2 * (hit_count_ + e->count()));
      for (const Sense& s : lexicon.senses(*e)) {
        if (s.capital && !(w.flags & kCapital)) continue;
        hits_[hit_count_++] = {static_cast<std::uint16_t>(pos), static_cast<std::uint16_t>(n), s.cls, s.form};
        if (!present(s.cls)) {
          present_[s.cls >> 6] |= std::uint64_t{1} << (s.cls & 63);
          some_ |= std::uint64_t{1} << (s.cls & 63);
          present_list_.push_back(s.cls);
        }
      }
      if (!e->prefix() || pos + n >= words.size() || words[pos + n].cut_before) break;
      key = Lexicon::next_key(key, words[pos + n].hash);
    }
  }
  first_hit_[size_] = static_cast<std::uint32_t>(hit_count_);
}

void SentenceView::cut_clauses() {
  const ClassId breaks = tables_.of(Builtin::kClauseBreak);
  const ClassId no_break = tables_.of(Builtin::kNoBreak);
  const ClassId comma_break = tables_.of(Builtin::kCommaBreak);
  if (!present(breaks) && !present(comma_break)) return;
  std::uint16_t extra = 0;
  std::size_t safe_until = 0;  // words before this stand in a phrase that does not break
  for (std::size_t pos = 0; pos < size_; ++pos) {
    bool cut = false;
    for (const Hit& h : hits_at(pos)) {
      if (h.cls == no_break) safe_until = std::max(safe_until, pos + h.size);
      cut |= h.cls == breaks || (h.cls == comma_break && words_[pos].cut_before);
    }
    if (cut && pos >= safe_until && pos > 0) ++extra;
    words_[pos].clause = static_cast<std::uint16_t>(words_[pos].clause + extra);
  }
}

}  // namespace tocsin
