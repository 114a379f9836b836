// Text whose UTF-8 was once read as windows-1252 and written again: "Koreaâ€™s" for "Korea’s", "SÃ£o" for "São".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

// A text without mojibake, and where its bytes stood before.
struct Mended {
  std::string text;
  struct Step {
    std::uint32_t at = 0;     // from this byte of `text` on ...
    std::uint32_t moved = 0;  // ... bytes stood so much later in the source
  };
  std::vector<Step> steps;  // ascending; empty: nothing was mended, and `text` is empty
  // The source's byte for a byte of `text` that begins a character; ask with ascending bytes.
  class Source {
   public:
    explicit Source(const Mended& mended) : steps_(mended.steps) {}
    std::uint32_t of(std::uint32_t byte);

   private:
    const std::vector<Step>& steps_;
    std::size_t next_ = 0;
    std::uint32_t moved_ = 0;
  };
};

// Mends quotes, dashes and the like (general punctuation, U+2000 to U+203F) and Latin letters and signs (U+00A0 to
// U+00FF): the others are too rare to be told from what somebody meant. Valid UTF-8 in and out. Where there is none it
// costs a search for one byte.
Mended mend_mojibake(std::string_view text);

}  // namespace tocsin
