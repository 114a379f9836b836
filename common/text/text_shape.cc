#include "common/text/text_shape.h"

#include "common/text/eight_bytes.h"
#include "common/text/unicode.h"
#include "common/wire/count_bytes.h"

namespace tocsin {
namespace {

bool is_stop(char32_t c) {
  return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x3002 || c == 0xff01 || c == 0xff1f || c == 0x0964 ||
         c == 0x061f || c == 0x06d4 || c == 0x1362;
}
bool is_closer(char32_t c) {
  return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0x201d || c == 0x2019 || c == 0xbb || c == 0x300d;
}
bool is_comma(char32_t c) { return c == ',' || c == 0x3001 || c == 0x060c || c == 0xff0c || c == ';'; }

bool is_function_word(std::string_view w) {
  switch (w.size()) {
    case 1:
      return w == "a";
    case 2:
      return w == "of" || w == "to" || w == "in" || w == "is" || w == "on" || w == "at" || w == "by" || w == "as" ||
             w == "he" || w == "it" || w == "be" || w == "an";
    case 3:
      return w == "the" || w == "and" || w == "for" || w == "was" || w == "has" || w == "had" || w == "his" ||
             w == "are" || w == "who" || w == "but" || w == "not" || w == "her" || w == "she";
    case 4:
      return w == "that" || w == "with" || w == "from" || w == "said" || w == "have" || w == "were" || w == "they";
    default:
      return false;
  }
}

// One pass over a text: a run of ASCII letters and digits at a time, all else a character at a time.
class Shaper {
 public:
  explicit Shaper(std::string_view text) : text_(text) { s_.bytes = static_cast<std::uint32_t>(text.size()); }

  TextShape run() {
    for (std::size_t i = 0; i < text_.size();) {
      const auto b = static_cast<unsigned char>(text_[i]);
      if (is_ascii_letter_or_digit(b)) {
        i = plain_run(i, b);
      } else {
        i += character(i, b < 0x80 ? Decoded{b, 1} : decode_utf8(text_.data() + i));
      }
    }
    end_word(text_.size());
    s_.ends_in_stop = is_stop(before_closers_) && (is_stop(last_) || is_closer(last_));
    s_.ends_in_colon = last_ == ':';
    return s_;
  }

 private:
  void begin_word(std::size_t at) {
    in_word_ = true;
    lettered_ = false;
    word_ = at;
    ++s_.words;
  }
  void end_word(std::size_t end) {
    if (!in_word_) return;
    in_word_ = false;
    s_.stops += is_stop(before_closers_);
    s_.function_words += end - word_ <= 4 && is_function_word(text_.substr(word_, end - word_));
  }
  // The first letter or digit of a word.
  void first_letter(CharClass cls) {
    lettered_ = true;
    s_.lower += cls == CharClass::kLower || cls == CharClass::kIdeograph;
    s_.capital += cls == CharClass::kUpper;
    s_.number += cls == CharClass::kDigit;
    if (s_.letters == 0) s_.starts_upper = cls == CharClass::kUpper;
  }

  // ASCII letters and digits from i on. Gives what follows them.
  std::size_t plain_run(std::size_t i, unsigned char first) {
    if (!in_word_) begin_word(i);
    if (!lettered_) first_letter(char_info(first).cls);
    for (std::uint32_t n = 8; n == 8; i += n) {
      const AsciiEight eight(load_eight(text_.data() + i, text_.data() + text_.size()));
      n = eight.run();
      s_.letters += eight.in_run(eight.letter);
      s_.uppers += eight.in_run(eight.upper);
    }
    last_ = before_closers_ = static_cast<unsigned char>(text_[i - 1]);
    return i;
  }

  // Gives its bytes.
  std::size_t character(std::size_t i, const Decoded& d) {
    const CharClass cls = char_info(d.code_point).cls;
    if (cls == CharClass::kSpace || cls == CharClass::kNewline) {
      end_word(i);
      return d.size;
    }
    const bool letter = cls == CharClass::kLower || cls == CharClass::kUpper || cls == CharClass::kIdeograph;
    if (!in_word_) {
      begin_word(i);
      if (s_.words == 1) s_.starts_quote = d.code_point == '"' || d.code_point == 0x201c || d.code_point == 0xab;
    }
    if (!lettered_ && (letter || cls == CharClass::kDigit)) first_letter(cls);
    s_.letters += letter;
    s_.uppers += cls == CharClass::kUpper;
    s_.commas += is_comma(d.code_point);
    last_ = d.code_point;
    if (!is_closer(last_)) before_closers_ = last_;
    return d.size;
  }

  std::string_view text_;
  TextShape s_;
  bool in_word_ = false;
  bool lettered_ = false;  // the word has a letter or a digit
  std::size_t word_ = 0;   // where it begins
  char32_t last_ = 0;
  char32_t before_closers_ = 0;
};

}  // namespace

TextShape shape_of(std::string_view text) { return Shaper(text).run(); }

TextShape rough_shape_of(std::string_view text) {
  TextShape s;
  s.bytes = static_cast<std::uint32_t>(text.size());
  if (text.empty()) return s;
  s.words = static_cast<std::uint32_t>(count_bytes(text, [](char c) { return c == ' '; })) + 1;
  s.ends_in_colon = text.back() == ':';
  for (std::size_t end = text.size(); end > 0;) {
    std::size_t at = end - 1;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) --at;
    const char32_t c = decode_utf8(text.data() + at).code_point;
    if (!is_closer(c)) {
      s.ends_in_stop = is_stop(c);
      break;
    }
    end = at;
  }
  return s;
}

bool ends_in_credit(std::string_view line) {
  constexpr std::size_t kLongest = 60;
  if (line.empty() || (line.back() != ')' && line.back() != ']')) return false;
  const std::size_t open = line.find_last_of("([");
  if (open == std::string_view::npos || line.size() - open > kLongest) return false;
  const std::string_view inside = line.substr(open + 1, line.size() - open - 2);
  const auto capital = [inside](std::size_t at) {
    return at < inside.size() && inside[at] >= 'A' && inside[at] <= 'Z';
  };
  const std::size_t slash = inside.find('/');
  // A name of two words at least before the slash, so that "(R/D)" and "(Mon/Tue)" are none.
  return slash != std::string_view::npos && capital(0) && capital(slash + 1) &&
         inside.substr(0, slash).find(' ') != std::string_view::npos && inside.find("//") == std::string_view::npos;
}

}  // namespace tocsin
