// Why a payload is no JSON: the slow, exact look that is taken only after the fast parser failed, and the check of
// members that are carried unread from input to output.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tocsin {

enum class JsonFault { kNone, kNotJson, kCut, kTooDeep };

struct JsonCheck {
  JsonFault fault = JsonFault::kNone;
  std::size_t at = 0;         // byte
  std::string_view expected;  // for a person: "a value", "':' after a name"; static text
};

// RFC 8259 to the letter, but for UTF-8, which is checked before. Cut: all is well until the text ends too early.
JsonCheck check_json(std::string_view text, std::size_t max_depth);
// Whether objects and lists are nested deeper than that; strings are skipped, nothing else is checked.
bool deeper_than(std::string_view text, std::size_t max_depth);
// Overwrites each \uD800..\uDFFF that is no half of a pair by \uFFFD, in place. Python writes such, simdjson refuses
// them.
void mend_surrogates(std::string& text);

}  // namespace tocsin
