#include "common/text/sentences.h"

#include <algorithm>

#include "common/text/abbreviations.h"
#include "common/text/unicode.h"
#include "common/text/word_hash.h"

namespace tocsin {
namespace {

// Sentence ends of scripts that know no capitals: they need no look at what follows.
bool is_strong(char32_t c) { return c == 0x3002 || c == 0xff01 || c == 0xff1f || c == 0xff61; }

bool is_closer(char32_t c) {
  return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0x201d || c == 0x2019 || c == 0xbb || c == 0x300d ||
         c == 0x300f || c == 0xff09 || c == 0x201c;
}

bool is_dash(char32_t c) { return c == '-' || (c >= 0x2010 && c <= 0x2015); }

class Cutter {
 public:
  Cutter(std::string_view text, std::string_view folded, const std::vector<Token>& tokens)
      : text_(text), folded_(folded), tokens_(tokens), n_(static_cast<std::uint32_t>(tokens.size())) {}

  // The token that begins a sentence because of what stands at `k`; 0: none.
  std::uint32_t boundary(std::uint32_t k) {
    const Token& t = tokens_[k];
    if (t.is(kLineStart) && k > 0) {
      const bool ends = line_ends(k);
      line_ = k;
      if (ends) return k;
    }
    if (t.is(kAbbreviation)) return after_abbreviation(k);
    if (t.is(kPunct) && is_terminal(code_point(t))) return after_terminal(k);
    return 0;
  }

 private:
  char32_t code_point(const Token& t) const { return decode_utf8(text_.data() + t.start).code_point; }
  bool is_lower_word(const Token& t) const {
    return t.is(kWord) && !(t.flags & (kCapital | kNumber | kIdeograph)) && is_cased(t);
  }
  // Letters of scripts without case (Arabic, Devanagari) begin sentences like capitals.
  bool is_cased(const Token& t) const {
    const char32_t c = code_point(t);
    return c < 0x0590 || (c >= 0x10a0 && c < 0x1100) || (c >= 0x1e00 && c < 0x2000);
  }

  std::uint32_t skip_closers(std::uint32_t j) const {
    while (j < n_ && !tokens_[j].is(kSpaceBefore) && tokens_[j].is(kPunct)) {
      const char32_t c = code_point(tokens_[j]);
      if (!is_closer(c) && !is_terminal(c)) break;
      ++j;
    }
    return j;
  }

  std::uint32_t after_terminal(std::uint32_t k) const {
    const std::uint32_t j = skip_closers(k + 1);
    if (j >= n_ || tokens_[j].is(kLineStart)) return 0;  // the end, or left to the line rule
    if (is_strong(code_point(tokens_[k]))) return j;
    if (!tokens_[j].is(kSpaceBefore)) {
      // "said.The next": a blank was lost. But not "Yahoo!Mail", "node.JS" or "3.Bundesliga".
      const Token& before = tokens_[k > 0 ? k - 1 : 0];
      const bool lost = k > 0 && j == k + 1 && tokens_[j].is(kCapital) && !tokens_[j].is(kAllCaps) &&
                        is_lower_word(before) && before.end - before.start > 1;
      return lost ? j : 0;
    }
    const Token* next = &tokens_[j];
    if (next->is(kPunct)) {
      const char32_t c = code_point(*next);
      if (is_dash(c) || c == ',' || c == ';' || c == ':') return 0;
      if (j + 1 < n_) next = &tokens_[j + 1];
    }
    return is_lower_word(*next) ? 0 : j;
  }

  std::uint32_t after_abbreviation(std::uint32_t k) const {
    const std::uint32_t j = skip_closers(k + 1);
    if (j >= n_ || tokens_[j].is(kLineStart) || !tokens_[j].is(kSpaceBefore)) return 0;
    const Token& t = tokens_[k];
    const std::string_view word = folded_.substr(t.folded, t.folded_size);
    const bool title = abbreviation(hash_word(word.substr(0, word.size() - 1))) == Abbreviation::kTitle;
    const Token& next = tokens_[j];
    if (title || !next.is(kCapital)) return 0;
    // A single initial is followed by a name, whatever it looks like.
    if (word.size() == 2) return 0;
    return starts_sentences(folded_.substr(next.folded, next.folded_size)) ? j : 0;
  }

  // Whether the line before token k, which begins a line, ended a sentence.
  bool line_ends(std::uint32_t k) const {
    const Token& last = tokens_[k - 1];
    if (breaks_between(last.end, tokens_[k].start) > 1) return true;
    if (last.end - tokens_[line_].start > kParagraphLine) return true;
    std::uint32_t p = k - 1;
    while (p > line_ && tokens_[p].is(kPunct) && is_closer(code_point(tokens_[p]))) --p;
    if (tokens_[p].is(kPunct) && is_terminal(code_point(tokens_[p]))) return true;
    if (is_lower_word(tokens_[k])) return false;
    return is_title(line_, k);
  }

  std::uint32_t breaks_between(std::uint32_t from, std::uint32_t to) const {
    std::uint32_t n = 0;
    for (std::uint32_t i = from; i < to;) {
      const Decoded d = decode_utf8(text_.data() + i);
      const bool crlf = d.code_point == '\n' && i > from && text_[i - 1] == '\r';
      n += !crlf && char_info(d.code_point).cls == CharClass::kNewline;
      i += d.size;
    }
    return n;
  }

  // A line that stands for itself: short, or most of its longer words capitalised. A hard-wrapped line is rarely under
  // 45 bytes, but for the last one of a paragraph, which ends in punctuation.
  bool is_title(std::uint32_t first, std::uint32_t last) const {
    if (tokens_[last - 1].end - tokens_[first].start < 45) return true;
    std::uint32_t words = 0, capitals = 0;
    for (std::uint32_t i = first; i < last; ++i) {
      if (!tokens_[i].is(kWord) || tokens_[i].end - tokens_[i].start < 4) continue;
      ++words;
      capitals += tokens_[i].is(kCapital) || tokens_[i].is(kNumber);
    }
    return words > 0 && capitals * 10 >= words * 7;
  }

  std::string_view text_;
  std::string_view folded_;
  const std::vector<Token>& tokens_;
  std::uint32_t n_;
  std::uint32_t line_ = 0;  // first token of the line at hand
};

void add_sentence(std::uint32_t first, std::uint32_t last, std::vector<Token>& tokens, std::vector<Sentence>& out) {
  out.push_back({first, last});
  for (std::uint32_t i = first; i < last; ++i) {
    if (!tokens[i].is(kWord)) continue;
    tokens[i].flags |= kSentenceStart;
    return;
  }
}

}  // namespace

bool is_terminal(char32_t c) {
  switch (c) {
    case '.':
    case '!':
    case '?':
    case 0x2026:  // …
    case 0x203d:
    case 0x3002:  // 。
    case 0xff01:
    case 0xff0e:
    case 0xff1f:
    case 0xff61:
    case 0x0964:  // Devanagari danda
    case 0x0589:  // Armenian
    case 0x061f:  // Arabic question mark
    case 0x06d4:  // Urdu full stop
    case 0x1362:  // Ethiopic
    case 0x104b:  // Myanmar
    case 0x17d4:  // Khmer
      return true;
    default:
      return false;
  }
}

void cut_sentences(std::string_view text, std::string_view folded, const std::vector<std::uint32_t>& breaks,
                   std::vector<Token>& tokens, std::vector<Sentence>& sentences) {
  sentences.clear();
  if (tokens.empty()) return;
  Cutter cutter(text, folded, tokens);
  std::uint32_t first = 0;
  for (const std::uint32_t k : breaks) {
    const std::uint32_t next = cutter.boundary(k);
    if (next <= first) continue;
    add_sentence(first, next, tokens, sentences);
    first = next;
  }
  add_sentence(first, static_cast<std::uint32_t>(tokens.size()), tokens, sentences);
}

}  // namespace tocsin
