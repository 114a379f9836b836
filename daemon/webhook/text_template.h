// TextTemplate: one line of text out of an alert, as the configuration words it.
//
//   {what}[ in {place}][ ({country})]: {headline}
//
// {name} is a member of the alert; a part in [brackets] is left out when a member in it is empty. "{{", "[[" and "]]"
// are the characters themselves. Brackets do not nest. A name that is not known is an Error at start.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/result.h"
#include "daemon/webhook/message.h"

namespace tocsin {

class TextTemplate {
 public:
  static constexpr std::size_t kMaxBytes = 4096;  // of a template
  // "First report: missile launch (claimed, severity 4, confidence 0.97) in Pyongyang, KP: headline - provider - uri"
  static constexpr std::string_view kDefault =
      "{change_words}: {what}[ ({factuality}, severity {severity}, confidence {confidence})][ in {place}][, "
      "{country}]: "
      "{headline}[ - {provider}] - {uri}";

  static Result<TextTemplate> parse(std::string_view text);
  // At most `limit` bytes, cut at a character and ended by "...". Line ends of members become spaces.
  std::string fill(const AlertMessage& alert, std::size_t limit) const;
  // The names that a template may use, in alphabetical order.
  static std::vector<std::string_view> names();

 private:
  struct Part {
    std::string text;  // literal, when field < 0
    int field = -1;    // index into names()
    int group = 0;     // 0: none
  };
  std::vector<Part> parts_;
};

// Cuts UTF-8 to at most `limit` bytes, at a character, with "..." for what is gone.
std::string cut_text(std::string text, std::size_t limit);

}  // namespace tocsin
