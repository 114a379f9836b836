#include "common/text/document.h"

#include <utf8proc.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>

#include "common/text/abbreviations.h"
#include "common/text/eight_bytes.h"
#include "common/text/mojibake.h"
#include "common/text/sentences.h"
#include "common/text/unicode.h"

namespace tocsin {
namespace {

// What a byte is that is no ASCII letter or digit.
enum ByteClass : std::uint8_t {
  kOther,  // not ASCII, or its meaning hangs on what is beside it: . ! ? - and quotation marks
  kSign,   // stands for itself
  kBlank,
  kBreak,
};

struct ByteTable {
  ByteClass of[256];
  constexpr ByteTable() : of() {
    for (unsigned c = 0; c < 128; ++c) of[c] = c <= ' ' || c == 0x7f ? kBlank : kSign;
    for (const char c : {'\n', '\r', '\v', '\f'}) of[static_cast<unsigned char>(c)] = kBreak;
    for (const char c : {'.', '!', '?', '-', '"', '\''}) of[static_cast<unsigned char>(c)] = kOther;
  }
};
constexpr ByteTable kBytes;

// Brings a folded word that holds marks into NFC.
void compose(std::string& word) {
  utf8proc_uint8_t* composed = nullptr;
  const auto n =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(word.data()), static_cast<utf8proc_ssize_t>(word.size()),
                   &composed, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  if (n >= 0) word.assign(reinterpret_cast<const char*>(composed), static_cast<std::size_t>(n));
  std::free(composed);
}

bool is_double_quote(char32_t c) {
  return c == '"' || c == 0x201c || c == 0x201d || c == 0x201e || c == 0xab || c == 0xbb || c == 0xff02;
}

// An article that Romance languages elide, and that a name follows: "l'Iran", "dell'Ucraina".
bool is_elided(std::string_view folded) {
  static constexpr std::string_view kElided[] = {"l", "d", "qu", "dell", "nell", "all", "dall", "sull"};
  return std::find(std::begin(kElided), std::end(kElided), folded) != std::end(kElided);
}

}  // namespace

std::string fold(std::string_view text) {
  std::string out;
  bool unstable = false, blank = false;
  for (std::size_t i = 0; i < text.size();) {
    const Decoded d = decode_utf8(text.data() + i);
    i += d.size;
    const CharInfo info = char_info(d.code_point);
    if (info.cls == CharClass::kIgnorable) continue;
    if (info.cls == CharClass::kSpace || info.cls == CharClass::kNewline) {
      blank = !out.empty();
      continue;
    }
    if (blank) out.push_back(' ');
    blank = false;
    unstable |= info.unstable;
    append_code_point(info.folded, out);
  }
  if (unstable) compose(out);
  return out;
}

// One pass over the text. All positions are bytes; end_ is its size. `folded` holds the text lower-cased (ASCII only)
// at the same offsets, and zeros behind it; words whose folded form is another are appended.
class Tokeniser {
 public:
  Tokeniser(const std::string& text, const AsciiMap& map, std::string& folded, std::vector<Token>& tokens,
            std::vector<std::uint32_t>& breaks)
      : text_(text.data()),
        end_(static_cast<std::uint32_t>(text.size())),
        map_(map),
        folded_(folded),
        tokens_(tokens),
        breaks_(breaks) {}

  void run() {
    std::uint32_t i = 0;
    for (WordLengths lengths(map_, 0); i < end_;) {
      const std::uint32_t size = lengths.next();
      const std::uint32_t step = size == 0 ? plain_sign(i) : plain_word(i, size);
      if (step > 0) {
        i += step;
        lengths.skip(step);
      } else {
        i = size == 0 ? other(i) : word(i);
        lengths.go_to(i);
      }
    }
  }

 private:
  // What stands at a position, for looking ahead; kSpace at the end.
  struct Ahead {
    CharClass cls = CharClass::kSpace;
    std::uint32_t size = 0;
    char32_t code_point = 0;
  };
  Ahead at(std::uint32_t i) const {
    if (i >= end_) return {};
    const Decoded d = decode_utf8(text_ + i);
    return {char_info(d.code_point).cls, d.size, d.code_point};
  }
  bool word_at(std::uint32_t i) const { return is_word_class(at(i).cls); }
  char byte_at(std::uint32_t i) const { return i < end_ ? text_[i] : '\0'; }

  std::uint32_t wide(std::uint32_t i) {
    const Ahead a = at(i);
    switch (a.cls) {
      case CharClass::kSpace:
        gap_ |= kSpaceBefore;
        return i + a.size;
      case CharClass::kIgnorable:
        return i + a.size;
      case CharClass::kNewline:
        return line_break(i, a.size);
      case CharClass::kIdeograph:
        return ideograph(i, a.size);
      case CharClass::kPunct:
        return punct(i, a.size, a.code_point);
      default:
        return word(i);
    }
  }

  std::uint32_t line_break(std::uint32_t i, std::uint32_t size) {
    if (!(text_[i] == '\n' && i > 0 && text_[i - 1] == '\r')) ++newlines_;
    gap_ |= kSpaceBefore;
    return i + size;
  }

  // A token whose folded bytes are those of the lower-cased copy.
  void add_token(std::uint32_t start, std::uint32_t end, int flags, std::uint64_t hash) {
    if (newlines_ > 0) begin_line(start);
    const int quoted = quote_ != 0 ? kInQuote : 0;
    tokens_.push_back({.start = start,
                       .end = end,
                       .hash = hash,
                       .folded = start,
                       .folded_size = static_cast<std::uint16_t>(end - start),
                       .flags = static_cast<std::uint16_t>(flags | gap_ | quoted)});
    gap_ = 0;
  }

  void begin_line(std::uint32_t start) {
    const bool paragraph = newlines_ > 1 || start - line_start_ > kParagraphLine;
    if (paragraph) quote_ = 0;
    gap_ |= kLineStart;
    if (!tokens_.empty()) breaks_.push_back(static_cast<std::uint32_t>(tokens_.size()));
    line_start_ = start;
    single_quote_ = false;
    newlines_ = 0;
  }

  // Any token; `wide` says that its folded bytes are others than those of the lower-cased copy.
  void emit(std::uint32_t start, std::uint32_t end, int flags, bool wide) {
    const std::uint32_t size = end - start;
    if (!wide && size <= kShortWord) {
      add_token(start, end, flags, hash_short_word(folded_.data() + start, size));
      return;
    }
    add_token(start, end, flags, 0);
    Token& t = tokens_.back();
    if (wide) fold_wide(t);
    t.hash = hash_word(folded(t));
  }
  std::string_view folded(const Token& t) const { return std::string_view(folded_).substr(t.folded, t.folded_size); }

  void fold_wide(Token& t) {
    word_.clear();
    bool unstable = false;
    for (std::uint32_t i = t.start; i < t.end;) {
      const Decoded d = decode_utf8(text_ + i);
      i += d.size;
      const CharInfo info = char_info(d.code_point);
      if (info.cls == CharClass::kIgnorable) continue;
      unstable |= info.unstable;
      append_code_point(info.folded, word_);
    }
    if (unstable) compose(word_);
    t.folded = static_cast<std::uint32_t>(folded_.size());
    t.folded_size = static_cast<std::uint16_t>(std::min<std::size_t>(word_.size(), UINT16_MAX));
    folded_.append(word_);
  }

  std::uint32_t ideograph(std::uint32_t i, std::uint32_t size) {
    std::uint32_t end = i + size;
    for (Ahead a = at(end); a.cls == CharClass::kMark && end - i < kMaxTokenBytes; a = at(end)) end += a.size;
    emit(i, end, kWord | kIdeograph, true);
    return end;
  }

  std::uint32_t punct(std::uint32_t i, std::uint32_t size, char32_t c) {
    std::uint32_t end = i + size;
    if (c == '-' || c == '.') {
      while (end < end_ && text_[end] == text_[i] && end - i < kMaxTokenBytes) ++end;
    }
    if (is_double_quote(c)) {
      const bool opens = quote_ == 0;
      quote_ = 0;  // the marks are not inside
      emit(i, end, kPunct, size > 1);
      if (opens) quote_ = c;
      return end;
    }
    const bool opens_single = c == 0x2018 || (c == '\'' && (i == 0 || gap_ != 0) && word_at(end));
    const bool closes_single = !opens_single && (c == '\'' || c == 0x2019);
    const bool terminal = is_terminal(c);
    if (terminal) breaks_.push_back(static_cast<std::uint32_t>(tokens_.size()));
    emit(i, end, kPunct, size > 1);
    if (opens_single || closes_single) single_quote_ = opens_single;  // a new line had closed it
    if (terminal) settle_terminal();
    // A hyphen or an en dash that joins two words is no token.
    if ((c == '-' || c == 0x2010 || c == 0x2011 || c == 0x2013) && end - i == size) join_at_hyphen(end);
    return end;
  }

  // emit() may have put a line start behind the terminal in breaks_; they must ascend.
  void settle_terminal() {
    const std::size_t n = breaks_.size();
    if (n > 1 && breaks_[n - 1] == breaks_[n - 2]) breaks_.pop_back();
  }

  void join_at_hyphen(std::uint32_t end) {
    const std::size_t n = tokens_.size();
    if (n < 2) return;
    const Token& hyphen = tokens_[n - 1];
    const Token& left = tokens_[n - 2];
    if (hyphen.is(kSpaceBefore) || !left.is(kWord | kPossessive) || left.end != hyphen.start) return;
    const CharClass next = at(end).cls;
    if (!is_word_class(next) && next != CharClass::kIdeograph) return;
    tokens_.pop_back();
    gap_ |= kHyphenBefore;
  }

  // A word in the making.
  struct Word {
    std::uint32_t start = 0;
    std::uint32_t letters = 0;
    std::uint32_t uppers = 0;
    std::uint32_t characters = 0;
    bool wide = false;     // holds bytes over 0x7f
    bool number = false;   // starts with a digit
    bool capital = false;  // starts with an upper-case letter
    bool last_digit = false;
  };

  void add(Word& w, CharClass cls) const {
    if (cls == CharClass::kMark) return;
    if (w.characters++ == 0) {
      w.number = cls == CharClass::kDigit;
      w.capital = cls == CharClass::kUpper;
    }
    w.last_digit = cls == CharClass::kDigit;
    w.letters += cls != CharClass::kDigit;
    w.uppers += cls == CharClass::kUpper;
  }

  // Letters and digits below 0x80 from i on, added to the word.
  std::uint32_t ascii_run(Word& w, std::uint32_t i) const {
    const std::uint32_t first = i;
    const std::uint32_t stop = std::min<std::uint32_t>(end_, w.start + static_cast<std::uint32_t>(kMaxTokenBytes));
    std::uint32_t uppers = 0, digits = 0;
    for (; i < stop && is_ascii_letter_or_digit(static_cast<unsigned char>(text_[i])); ++i) {
      uppers += is_ascii_upper(text_[i]);
      digits += is_ascii_digit(text_[i]);
    }
    if (i == first) return i;
    if (w.characters == 0) {
      w.number = is_ascii_digit(text_[first]);
      w.capital = is_ascii_upper(text_[first]);
    }
    w.characters += i - first;
    w.letters += i - first - digits;
    w.uppers += uppers;
    w.last_digit = is_ascii_digit(text_[i - 1]);
    return i;
  }

  void emit_word(const Word& w, std::uint32_t end, int more = 0) {
    int flags = kWord | more;
    if (w.number) flags |= kNumber;
    if (w.capital) flags |= kCapital;
    if (w.letters >= 2 && w.letters == w.uppers) flags |= kAllCaps;
    if (more & kAbbreviation) breaks_.push_back(static_cast<std::uint32_t>(tokens_.size()));
    emit(w.start, end, flags, w.wide);
    if (more & kAbbreviation) settle_terminal();
  }

  // A short word of ASCII letters and digits, and behind it nothing that may belong to it: most words are. Gives its
  // bytes and those of a blank behind it; 0 for all others, which word() reads.
  std::uint32_t plain_word(std::uint32_t i, std::uint32_t size) {
    if (size > kShortWord) return 0;
    const std::uint32_t end = i + size;
    const char first = text_[i], behind = text_[end];  // NUL at the end of the text
    const bool number = is_ascii_digit(first);
    const std::uint64_t hash = hash_short_word(folded_.data() + i, size);
    if (behind != ' ' && (number ? !ends_number(behind) : !ends_plain_word(behind, size, hash))) return 0;
    int flags = kWord | (number ? kNumber : 0) | (is_ascii_upper(first) ? kCapital : 0);
    if (size > 1 && text_[i + 1] < 'a' && is_all_caps(i, size)) flags |= kAllCaps;
    add_token(i, end, flags, hash);
    if (behind != ' ') return size;
    gap_ = kSpaceBefore;
    return size + 1;
  }

  // A byte that is no letter and stands for itself. Gives 1; 0 for all others, which other() reads.
  std::uint32_t plain_sign(std::uint32_t i) {
    switch (kBytes.of[static_cast<unsigned char>(text_[i])]) {
      case kBlank:
        gap_ |= kSpaceBefore;
        return 1;
      case kBreak:
        line_break(i, 1);
        return 1;
      case kSign:
        add_token(i, i + 1, kPunct, hash_short_word(folded_.data() + i, 1));
        return 1;
      default:
        return 0;
    }
  }
  std::uint32_t other(std::uint32_t i) {
    const auto byte = static_cast<unsigned char>(text_[i]);
    return byte < 0x80 ? punct(i, 1, byte) : wide(i);
  }

  // Of letters and digits.
  bool is_all_caps(std::uint32_t i, std::uint32_t size) const {
    std::uint32_t uppers = 0, digits = 0;
    for (std::uint32_t k = i; k < i + size; ++k) {
      uppers += is_ascii_upper(text_[k]);
      digits += is_ascii_digit(text_[k]);
    }
    return uppers >= 2 && uppers + digits == size;
  }

  static bool ends_word(char c) { return static_cast<unsigned char>(c) < 0x80 && c != '\''; }
  static bool ends_number(char c) { return ends_word(c) && c != '.' && c != ','; }
  static bool ends_plain_word(char c, std::uint32_t size, std::uint64_t hash) {
    if (c == '.') return size > 1 && abbreviation(hash) == Abbreviation::kNone;
    return ends_word(c);
  }

  std::uint32_t word(std::uint32_t i) {
    Word w;
    w.start = i;
    while (i < end_ && i - w.start < kMaxTokenBytes) {
      if (const std::uint32_t run = ascii_run(w, i); run > i) {
        i = run;
        continue;
      }
      const Ahead a = at(i);
      if (is_word_class(a.cls)) {
        w.wide |= a.size > 1;
        add(w, a.cls);
        i += a.size;
      } else if (a.cls == CharClass::kIgnorable) {
        std::uint32_t next = i + a.size;
        while (at(next).cls == CharClass::kIgnorable && next - w.start < kMaxTokenBytes) next += at(next).size;
        if (!word_at(next)) break;
        w.wide = true;
        i = next;
      } else if (char_info(a.code_point).folded == '\'' && a.cls != CharClass::kIdeograph) {
        const std::uint32_t next = apostrophe(w, i, a.size);
        if (next == 0) break;
        if (closed_) return next;
        i = next;
      } else if ((a.code_point == '.' || a.code_point == ',') && w.number && w.last_digit &&
                 at(i + 1).cls == CharClass::kDigit) {
        ++i;
      } else if (a.code_point == '.') {
        return full_stop(w, i);
      } else {
        break;
      }
    }
    emit_word(w, i);
    return i;
  }

  // An apostrophe at i behind a word. Gives where to go on, 0 when it is no part of the word; closed_ says that the
  // word and what follows were written.
  std::uint32_t apostrophe(Word& w, std::uint32_t i, std::uint32_t size) {
    closed_ = false;
    const std::uint32_t next = i + size;
    const Ahead a = at(next);
    if ((a.code_point == 's' || a.code_point == 'S') && !word_at(next + 1)) return possessive(w, i, next + 1, size);
    if (is_word_class(a.cls)) {
      w.wide |= size > 1;
      if (a.cls == CharClass::kUpper && is_elided(fold(std::string_view(text_ + w.start, i - w.start)))) {
        emit_word(w, next);
        closed_ = true;
      }
      return next;
    }
    const char last = static_cast<char>(text_[i - 1] | 0x20);
    if (!single_quote_ && (last == 's' || last == 'z' || last == 'x') && a.cls != CharClass::kPunct)
      return possessive(w, i, next, size);
    return 0;
  }

  std::uint32_t possessive(const Word& w, std::uint32_t i, std::uint32_t end, std::uint32_t apostrophe_size) {
    emit_word(w, i);
    emit(i, end, kPossessive, apostrophe_size > 1);
    closed_ = true;
    return end;
  }

  // A full stop at i behind a word: acronym, initial, abbreviation, or the end of a sentence.
  std::uint32_t full_stop(Word& w, std::uint32_t i) {
    if (w.characters == 1 && w.letters == 1) {
      std::uint32_t pairs = 1, after = i + 1;
      while (true) {
        const Ahead letter = at(after);
        if (letter.cls != CharClass::kUpper && letter.cls != CharClass::kLower) break;
        const std::uint32_t stop = after + letter.size;
        const bool pair = byte_at(stop) == '.' && after - w.start < kMaxTokenBytes;
        if (!pair && (word_at(stop) || pairs > 1)) break;
        w.wide |= letter.size > 1;
        add(w, letter.cls);
        if (!pair) {  // "U.S" without its last full stop
          emit_word(w, stop);
          return stop;
        }
        ++pairs;
        after = stop + 1;
      }
      if (pairs > 1 || is_initial(w, after)) {
        emit_word(w, after, kAbbreviation);
        return after;
      }
    } else if (is_abbreviated(w, i)) {
      emit_word(w, i + 1, kAbbreviation);
      return i + 1;
    }
    emit_word(w, i);
    return i;
  }

  // "J. Smith", "John F. Kennedy": a capital with a full stop behind a capitalised word or at the start of a line.
  bool is_initial(const Word& w, std::uint32_t after) const {
    if (!w.capital) return false;
    const std::uint32_t next = byte_at(after) == ' ' ? after + 1 : after;
    if (at(next).cls != CharClass::kUpper) return false;
    if (newlines_ > 0) return true;
    const Token& before = tokens_.back();
    return before.is(kPunct) || (before.is(kCapital) && before.is(kWord));
  }

  bool is_abbreviated(const Word& w, std::uint32_t stop) const {
    if (w.wide || w.number) return false;
    const Abbreviation kind = abbreviation(hash_word(std::string_view(folded_).substr(w.start, stop - w.start)));
    if (kind == Abbreviation::kNone) return false;
    const Ahead next = at(stop + 1);
    if (next.cls == CharClass::kNewline || stop + 1 >= end_) return kind == Abbreviation::kEnding && w.capital;
    if (kind == Abbreviation::kLowerCase) return next.cls == CharClass::kSpace || next.code_point == ',';
    if (!w.capital) return false;
    if (kind == Abbreviation::kState)
      return !tokens_.empty() && byte_at(tokens_.back().start) == ',' && !tokens_.back().is(kWord);
    const Ahead then = at(next.cls == CharClass::kSpace ? stop + 1 + next.size : stop + 1);
    if (kind == Abbreviation::kNumber) return then.cls == CharClass::kDigit;
    if (kind == Abbreviation::kTitle) return then.cls == CharClass::kUpper;
    if (kind == Abbreviation::kMonth)
      return then.cls == CharClass::kDigit || then.code_point == ',' || then.cls == CharClass::kLower;
    return true;
  }

  const char* text_;
  std::uint32_t end_;
  const AsciiMap& map_;
  std::string& folded_;
  std::vector<Token>& tokens_;
  std::vector<std::uint32_t>& breaks_;
  std::string word_;
  std::uint32_t newlines_ = 1;    // since the last token; the text begins a line
  std::uint32_t line_start_ = 0;  // of the line of the last token
  std::uint16_t gap_ = 0;         // flags that the next token gets
  char32_t quote_ = 0;            // the double quotation mark that is open
  bool single_quote_ = false;     // a single one is open
  bool closed_ = false;           // see apostrophe()
};

void Document::assign(std::string text) {
  assert(text.size() < UINT32_MAX);
  text_ = std::move(text);
  tokens_.clear();
  breaks_.clear();
  const Mended mended = mend_mojibake(text_);
  const std::string& read = mended.steps.empty() ? text_ : mended.text;
  map_.assign(read, folded_);
  Tokeniser(read, map_, folded_, tokens_, breaks_).run();
  cut_sentences(read, folded_, breaks_, tokens_, sentences_);
  if (mended.steps.empty()) return;
  Mended::Source source(mended);
  for (Token& t : tokens_) {
    t.start = source.of(t.start);
    t.end = source.of(t.end);
  }
}

std::uint32_t Document::sentence_of(std::size_t token) const {
  const auto after = std::upper_bound(sentences_.begin(), sentences_.end(), token,
                                      [](std::size_t t, const Sentence& s) { return t < s.first; });
  return after == sentences_.begin() ? 0 : static_cast<std::uint32_t>(after - sentences_.begin() - 1);
}

std::uint32_t CodePoints::before(std::uint32_t byte) {
  if (byte < byte_) byte_ = count_ = 0;
  const std::uint32_t end = std::min<std::uint32_t>(byte, static_cast<std::uint32_t>(text_.size()));
  for (; byte_ < end; ++byte_) count_ += (static_cast<unsigned char>(text_[byte_]) & 0xc0) != 0x80;
  return count_;
}

}  // namespace tocsin
