// The tokeniser beside one as it would be written first: code point by code point, from the rules at the head of
// document.h, without a fast way for anything. What stands behind letters with a full stop (abbreviations, initials,
// acronyms) is left to the tests that name them: here a full stop stands behind digits, blanks, punctuation and words
// that are none of these.
#include <gtest/gtest.h>

#include <random>

#include "common/text/abbreviations.h"
#include "common/text/document.h"
#include "common/text/eight_bytes.h"
#include "common/text/unicode.h"

namespace tocsin {

namespace {

constexpr std::uint16_t kCompared = kWord | kCapital | kAllCaps | kNumber | kPunct | kPossessive | kIdeograph |
                                    kHyphenBefore | kSpaceBefore | kLineStart;

class Obvious {
 public:
  explicit Obvious(const std::string& text) {
    for (std::size_t i = 0; i < text.size();) {
      const Decoded d = decode_utf8(text.data() + i);
      chars_.push_back({d.code_point, static_cast<std::uint32_t>(i), char_info(d.code_point).cls});
      i += d.size;
    }
    size_ = static_cast<std::uint32_t>(text.size());
  }

  std::vector<Token> tokens() {
    while (i_ < chars_.size()) {
      switch (chars_[i_].cls) {
        case CharClass::kSpace:
          gap_ |= kSpaceBefore;
          ++i_;
          break;
        case CharClass::kNewline:
          newline_ = true;
          gap_ |= kSpaceBefore;
          ++i_;
          break;
        case CharClass::kIgnorable:
          ++i_;
          break;
        case CharClass::kIdeograph: {
          const std::size_t first = i_++;
          while (cls(i_) == CharClass::kMark) ++i_;
          emit(first, i_, kWord | kIdeograph);
          break;
        }
        case CharClass::kPunct:
          punct();
          break;
        default:
          word();
      }
    }
    return tokens_;
  }

 private:
  struct Char {
    char32_t c;
    std::uint32_t at;
    CharClass cls;
  };
  CharClass cls(std::size_t i) const { return i < chars_.size() ? chars_[i].cls : CharClass::kSpace; }
  char32_t code(std::size_t i) const { return i < chars_.size() ? chars_[i].c : 0; }
  bool letter_or_digit(std::size_t i) const { return is_word_class(cls(i)); }
  std::uint32_t offset(std::size_t i) const { return i < chars_.size() ? chars_[i].at : size_; }

  void emit(std::size_t first, std::size_t end, int flags) {
    if (newline_ || tokens_.empty()) {
      gap_ |= kLineStart;
      quoted_ = false;
    }
    newline_ = false;
    Token t;
    t.start = offset(first);
    t.end = offset(end);
    t.flags = static_cast<std::uint16_t>(flags | gap_);
    gap_ = 0;
    tokens_.push_back(t);
  }

  void punct() {
    const std::size_t first = i_;
    const char32_t c = code(i_++);
    if (c == '-' || c == '.')
      while (code(i_) == c) ++i_;
    const bool opens = c == 0x2018 || (c == '\'' && (first == 0 || gap_ != 0) && letter_or_digit(i_));
    emit(first, i_, kPunct);
    if (opens || c == '\'' || c == 0x2019) quoted_ = opens;
    const bool joins = (c == '-' || c == 0x2010 || c == 0x2011 || c == 0x2013) && i_ == first + 1;
    if (!joins || tokens_.size() < 2 || !(letter_or_digit(i_) || cls(i_) == CharClass::kIdeograph)) return;
    const Token& left = tokens_[tokens_.size() - 2];
    if (tokens_.back().is(kSpaceBefore) || left.end != offset(first) || !left.is(kWord | kPossessive)) return;
    tokens_.pop_back();
    gap_ |= kHyphenBefore;
  }

  int word_flags(std::size_t first, std::size_t end) const {
    int flags = kWord;
    int letters = 0;
    int uppers = 0;
    bool begun = false;
    for (std::size_t i = first; i < end; ++i) {
      const CharClass k = cls(i);
      if (!is_word_class(k) || k == CharClass::kMark) continue;
      if (!begun && k == CharClass::kDigit) flags |= kNumber;
      if (!begun && k == CharClass::kUpper) flags |= kCapital;
      begun = true;
      letters += k != CharClass::kDigit;
      uppers += k == CharClass::kUpper;
    }
    return letters >= 2 && letters == uppers ? flags | kAllCaps : flags;
  }

  // The last character before `end` that is no mark is a digit.
  bool digit_before(std::size_t end) const {
    while (end > 0 && cls(end - 1) == CharClass::kMark) --end;
    return end > 0 && cls(end - 1) == CharClass::kDigit;
  }

  static bool elided(const std::string& w) {
    for (const char* e : {"l", "d", "qu", "dell", "nell", "all", "dall", "sull"})
      if (w == e) return true;
    return false;
  }

  void word() {
    const std::size_t first = i_;
    std::string plain;  // so far, lower-cased; what is no ASCII letter as '?'
    std::size_t end = i_;
    while (true) {
      if (letter_or_digit(end)) {
        const char32_t c = code(end) | 0x20;
        plain.push_back(code(end) < 128 && c >= 'a' && c <= 'z' ? static_cast<char>(c) : '?');
        ++end;
        continue;
      }
      if (cls(end) == CharClass::kIgnorable) {
        std::size_t next = end;
        while (cls(next) == CharClass::kIgnorable) ++next;
        if (!letter_or_digit(next)) break;
        end = next;
        continue;
      }
      const bool number = (word_flags(first, end) & kNumber) != 0;
      if ((code(end) == '.' || code(end) == ',') && number && digit_before(end) && cls(end + 1) == CharClass::kDigit) {
        ++end;
        continue;
      }
      if (char_info(code(end)).folded != '\'') break;
      const char32_t after = code(end + 1);
      if ((after == 's' || after == 'S') && !letter_or_digit(end + 2)) return possessive(first, end, end + 2);
      if (letter_or_digit(end + 1)) {
        ++end;
        if (cls(end) == CharClass::kUpper && elided(plain)) break;
        plain.push_back('?');
        continue;
      }
      const char32_t last = code(end - 1) | 0x20;
      const bool sibilant = code(end - 1) < 128 && (last == 's' || last == 'z' || last == 'x');
      if (!quoted_ && sibilant && cls(end + 1) != CharClass::kPunct) return possessive(first, end, end + 1);
      break;
    }
    i_ = end;
    emit(first, end, word_flags(first, end));
  }

  void possessive(std::size_t first, std::size_t apostrophe, std::size_t end) {
    i_ = end;
    emit(first, apostrophe, word_flags(first, apostrophe));
    emit(apostrophe, end, kPossessive);
  }

  std::vector<Char> chars_;
  std::uint32_t size_ = 0;
  std::size_t i_ = 0;
  int gap_ = 0;
  bool newline_ = false;
  bool quoted_ = false;
  std::vector<Token> tokens_;
};

// Whether two or more ASCII letters and digits that begin a word, and are no abbreviation, end at `end`.
bool ends_plain_word(const std::string& s, std::size_t end) {
  std::size_t start = end;
  while (start > 0 && is_ascii_letter_or_digit(static_cast<unsigned char>(s[start - 1]))) --start;
  const bool begins = start == 0 || s[start - 1] == ' ' || s[start - 1] == '\n' || s[start - 1] == '(';
  const std::string word = fold(std::string_view(s).substr(start, end - start));
  return begins && end - start > 1 && !is_ascii_digit(s[start]) && abbreviation(hash_word(word)) == Abbreviation::kNone;
}

std::string random_text(std::mt19937& random) {
  static const char* const kPieces[] = {"a",
                                        "B",
                                        "s",
                                        "S",
                                        "x",
                                        "7",
                                        "12",
                                        "1,234.5",
                                        "9. ",
                                        " .",
                                        "...",
                                        ",",
                                        "'",
                                        "’",
                                        "‘",
                                        "\"",
                                        "“",
                                        "”",
                                        "-",
                                        "--",
                                        "–",
                                        " ",
                                        " ",
                                        " ",
                                        "\n",
                                        "\r\n",
                                        "\n\n",
                                        "é",
                                        "É",
                                        "я",
                                        "Я",
                                        "\u0301",
                                        "\u00ad",
                                        "\u200b",
                                        "東",
                                        "ท",
                                        "ี",
                                        "ß",
                                        "!",
                                        "?",
                                        "。",
                                        "\u00a0",
                                        "😀",
                                        "가",
                                        "क",
                                        "्",
                                        "the ",
                                        "The ",
                                        "l'",
                                        "d’",
                                        "dell'",
                                        "(",
                                        ")",
                                        "%",
                                        "$",
                                        "İ",
                                        "\t",
                                        "missile",
                                        "Kharkiv",
                                        "NORTHERN",
                                        "twelvewords",
                                        "ship. ",
                                        "Boats.",
                                        "anABCDefghijklmno. ",
                                        "anabcdefghijklmnop. "};
  std::string s;
  for (auto n = random() % 40; n > 0; --n) s += kPieces[random() % std::size(kPieces)];
  // No full stop behind a letter but where it ends a plain word: see above.
  for (std::size_t i = 1; i < s.size(); ++i) {
    const auto before = static_cast<unsigned char>(s[i - 1]);
    const bool letter = before >= 0x80 || ((before | 0x20) >= 'a' && (before | 0x20) <= 'z');
    if (s[i] == '.' && letter && !ends_plain_word(s, i)) s[i] = ' ';
  }
  return s;
}

TEST(Document, CutsAsTheObviousTokeniserDoes) {
  std::mt19937 random(3);
  Document d;
  std::size_t tokens = 0;
  for (int i = 0; i < 50'000; ++i) {
    const std::string text = random_text(random);
    d.assign(text);
    const std::vector<Token> obvious = Obvious(text).tokens();
    ASSERT_EQ(d.tokens().size(), obvious.size()) << text;
    for (std::size_t t = 0; t < obvious.size(); ++t) {
      const Token& fast = d.tokens()[t];
      ASSERT_EQ(fast.start, obvious[t].start) << text << "\ntoken " << t;
      ASSERT_EQ(fast.end, obvious[t].end) << text << "\ntoken " << t;
      ASSERT_EQ(fast.flags & kCompared, obvious[t].flags & kCompared) << text << "\ntoken " << t << ": " << d.raw(fast);
    }
    tokens += obvious.size();
  }
  EXPECT_GT(tokens, 500'000U);
}

}  // namespace
}  // namespace tocsin
