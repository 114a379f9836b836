#include "common/wire/json_check.h"

#include <algorithm>
#include <vector>

namespace tocsin {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

class Checker {
 public:
  Checker(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  JsonCheck run() {
    if (!value()) return fault_;
    while (!stack_.empty())
      if (!next()) return fault_;
    space();
    if (pos_ != text_.size()) wrong("the end: one record is one article");
    return fault_;
  }

 private:
  bool wrong(std::string_view expected) {
    fault_ = {pos_ >= text_.size() ? JsonFault::kCut : JsonFault::kNotJson, std::min(pos_, text_.size()), expected};
    return false;
  }
  void space() {
    while (pos_ < text_.size() && is_space(text_[pos_])) ++pos_;
  }
  bool accept(char c) {
    if (pos_ >= text_.size() || text_[pos_] != c) return false;
    ++pos_;
    return true;
  }

  bool string() {
    if (!accept('"')) return wrong("a string");
    for (; pos_ < text_.size(); ++pos_) {
      const char c = text_[pos_];
      if (c == '"') return ++pos_, true;
      if (static_cast<unsigned char>(c) < 0x20) return wrong("an escape instead of a control character");
      if (c != '\\') continue;
      ++pos_;
      if (pos_ >= text_.size()) break;
      if (text_[pos_] == 'u') {
        for (int i = 0; i < 4; ++i) {
          if (++pos_ >= text_.size()) return wrong("four hexadecimal digits");
          if (!is_hex(text_[pos_])) return wrong("four hexadecimal digits");
        }
      } else if (std::string_view("\"\\/bfnrt").find(text_[pos_]) == std::string_view::npos) {
        return wrong("an escape that JSON knows");
      }
    }
    return wrong("the end of a string");
  }

  bool digits() {
    if (pos_ >= text_.size() || !is_digit(text_[pos_])) return wrong("a digit");
    while (pos_ < text_.size() && is_digit(text_[pos_])) ++pos_;
    return true;
  }
  bool number() {
    accept('-');
    if (!accept('0') && !digits()) return false;
    if (accept('.') && !digits()) return false;
    if (pos_ < text_.size() && (text_[pos_] == 'e' || text_[pos_] == 'E')) {
      ++pos_;
      if (!accept('+')) accept('-');
      return digits();
    }
    return true;
  }
  bool literal(std::string_view word) {
    for (const char c : word)
      if (!accept(c)) return wrong("true, false or null");
    return true;
  }

  bool open(char kind) {
    if (stack_.size() == max_depth_) {
      fault_ = {JsonFault::kTooDeep, pos_, "less nesting"};
      return false;
    }
    ++pos_;
    stack_.push_back(kind);
    fresh_ = true;
    return true;
  }
  bool value() {
    space();
    if (pos_ >= text_.size()) return wrong("a value");
    switch (const char c = text_[pos_]) {
      case '{':
      case '[':
        return open(c);
      case '"':
        return string();
      case 't':
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        return c == '-' || is_digit(c) ? number() : wrong("a value");
    }
  }
  // One step inside the innermost object or list: its end, or its next member.
  bool next() {
    const bool object = stack_.back() == '{';
    space();
    if (accept(object ? '}' : ']')) {
      stack_.pop_back();
      fresh_ = false;
      return true;
    }
    if (!fresh_) {
      if (!accept(',')) return wrong(object ? "',' or '}'" : "',' or ']'");
      space();
    }
    fresh_ = false;
    if (object) {
      if (!string()) return false;
      space();
      if (!accept(':')) return wrong("':' after a name");
    }
    return value();
  }

  std::string_view text_;
  std::size_t max_depth_;
  std::size_t pos_ = 0;
  std::vector<char> stack_;
  bool fresh_ = false;  // just after an opening bracket
  JsonCheck fault_;
};

// Value of the four digits at `at`, or -1 when there is no \uXXXX there.
int unicode_escape(const std::string& text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int value = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    if (!is_hex(text[i])) return -1;
    const char c = text[i];
    value = value * 16 + (is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

}  // namespace

JsonCheck check_json(std::string_view text, std::size_t max_depth) { return Checker(text, max_depth).run(); }

bool deeper_than(std::string_view text, std::size_t max_depth) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > max_depth) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

void mend_surrogates(std::string& text) {
  const auto is_high = [](int v) { return v >= 0xD800 && v < 0xDC00; };
  const auto is_low = [](int v) { return v >= 0xDC00 && v < 0xE000; };
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '\\') continue;
    const int value = unicode_escape(text, i);
    if (is_high(value) && is_low(unicode_escape(text, i + 6)))
      i += 11;
    else if (is_high(value) || is_low(value))
      text.replace(i + 2, 4, "fffd"), i += 5;
    else
      ++i;  // past the escaped character: "\\ud800" is a backslash and letters
  }
}

}  // namespace tocsin
