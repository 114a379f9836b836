#include "common/text/text_shape.h"

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

}  // namespace

TextShape shape_of(std::string_view text) {
  TextShape s;
  s.bytes = static_cast<std::uint32_t>(text.size());
  bool in_word = false, first_letter = false;
  std::size_t word = 0;
  char32_t last = 0, before_closers = 0;
  const auto end_word = [&](std::size_t end) {
    if (!in_word) return;
    in_word = false;
    s.stops += is_stop(before_closers);
    s.function_words += end - word <= 4 && is_function_word(text.substr(word, end - word));
  };
  for (std::size_t i = 0; i < text.size();) {
    const auto b = static_cast<unsigned char>(text[i]);
    const Decoded d = b < 0x80 ? Decoded{b, 1} : decode_utf8(text.data() + i);
    const CharClass cls = char_info(d.code_point).cls;
    if (in_word && first_letter && (cls == CharClass::kLower || cls == CharClass::kUpper)) {  // within a word
      ++s.letters;
      s.uppers += cls == CharClass::kUpper;
      last = before_closers = d.code_point;
      i += d.size;
      continue;
    }
    if (cls == CharClass::kSpace || cls == CharClass::kNewline) {
      end_word(i);
      i += d.size;
      continue;
    }
    const bool letter = cls == CharClass::kLower || cls == CharClass::kUpper || cls == CharClass::kIdeograph;
    if (!in_word) {
      in_word = true;
      first_letter = false;
      word = i;
      ++s.words;
      if (s.words == 1) s.starts_quote = d.code_point == '"' || d.code_point == 0x201c || d.code_point == 0xab;
    }
    if (!first_letter && (letter || cls == CharClass::kDigit)) {
      first_letter = true;
      s.lower += cls == CharClass::kLower || cls == CharClass::kIdeograph;
      s.capital += cls == CharClass::kUpper;
      s.number += cls == CharClass::kDigit;
      if (s.letters == 0) s.starts_upper = cls == CharClass::kUpper;
    }
    s.letters += letter;
    s.uppers += cls == CharClass::kUpper;
    s.commas += is_comma(d.code_point);
    last = d.code_point;
    if (!is_closer(last)) before_closers = last;
    i += d.size;
  }
  end_word(text.size());
  s.ends_in_stop = is_stop(before_closers) && (is_stop(last) || is_closer(last));
  s.ends_in_colon = last == ':';
  return s;
}

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
