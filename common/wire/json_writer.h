// JSON by appending: no tree, no locale, no allocation but the buffer's.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tocsin {

// The text between quotation marks, escaped. Invalid UTF-8 is a caller's bug; control characters are escaped.
void append_json_string(std::string_view text, std::string& out);
void append_json_number(std::int64_t value, std::string& out);
// At most six decimals, no exponent, no trailing zeros: confidences, degrees, similarities. Not finite: null.
void append_json_number(double value, std::string& out);

// Appends members and elements with their commas. The caller opens and closes what it opened, in order.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}
  JsonWriter& open(char bracket) {
    comma();
    out_.push_back(bracket);
    fresh_ = true;
    return *this;
  }
  JsonWriter& close(char bracket) {
    out_.push_back(bracket);
    fresh_ = false;
    return *this;
  }
  // `name` is ours and needs no escape. What is written for it is put together by the compiler.
  template <std::size_t kSize>
  JsonWriter& key(const char (&name)[kSize]) {
    std::array<char, kSize + 3> text{',', '"'};
    std::copy_n(name, kSize - 1, text.begin() + 2);
    text[kSize + 1] = '"';
    text[kSize + 2] = ':';
    out_.append(std::string_view(text.data(), text.size()).substr(fresh_ ? 1 : 0));
    fresh_ = true;
    return *this;
  }
  JsonWriter& string(std::string_view text) {
    comma();
    append_json_string(text, out_);
    return *this;
  }
  JsonWriter& string_or_null(std::string_view text) { return text.empty() ? raw("null") : string(text); }
  JsonWriter& number(std::int64_t value) {
    comma();
    append_json_number(value, out_);
    return *this;
  }
  JsonWriter& number(double value) {
    comma();
    append_json_number(value, out_);
    return *this;
  }
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  // Valid JSON, or elements of the list that is open.
  JsonWriter& raw(std::string_view json) {
    comma();
    out_.append(json);
    return *this;
  }
  template <std::size_t kSize>
  JsonWriter& member(const char (&name)[kSize], std::string_view text) {
    return key(name).string(text);
  }
  template <std::size_t kSize>
  JsonWriter& member_if(const char (&name)[kSize], std::string_view text) {
    return text.empty() ? *this : member(name, text);
  }

 private:
  void comma() {
    if (!fresh_) out_.push_back(',');
    fresh_ = false;
  }
  std::string& out_;
  bool fresh_ = true;
};

}  // namespace tocsin
