// Fingerprinter: from a tokenised article to what deciding needs (article/fingerprint.h).
//
// The normalised text is the folded word tokens of headline and body, one space between them: case, punctuation,
// quotes, dashes and white space do not count. One code point becomes one byte (two over U+07FF, where a character says
// as much as a short word), and every 8 bytes are a gram. Measured on generated newsroom edits (22 kinds): containment
// of 8-character grams finds cuts, boilerplate and 5 % of wrong characters, where word shingles and SimHash do not.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/article/fingerprint.h"
#include "common/text/document.h"

namespace tocsin {

inline constexpr std::size_t kSketchSize = 96;   // values of Fingerprint::sketch at most
inline constexpr std::size_t kShingleSize = 24;  // of shingles
inline constexpr std::size_t kNumberSize = 24;   // of numbers
inline constexpr std::size_t kNameSize = 24;     // of names
inline constexpr std::uint32_t kGramBytes = 8;

// The hash under which a number stands in Fingerprint::numbers: "1,234" and "1234" are one.
std::uint32_t hash_number(std::string_view text);

// Holds scratch buffers: one per thread.
class Fingerprinter {
 public:
  Fingerprint fingerprint(const Document& headline, const Document& body);

 private:
  struct Line {
    enum Kind : std::uint8_t { kText, kFragment, kStanding };
    std::size_t end = 0;  // token behind its last
    Kind kind = kText;
  };
  void read_zone(const Document& zone, const std::vector<Line>& lines, std::size_t dateline_token, Fingerprint& out);
  char* read_words(const Document& zone, std::size_t first, std::size_t end, std::size_t dateline_token, char* to,
                   Fingerprint& out);
  bool is_skipped(Line::Kind kind) const;
  void find_lines(const Document& body);
  void forget_words(Fingerprint& out);
  void sketch_grams(Fingerprint& out);
  bool is_damaged(const Document& headline, const Document& body) const;
  void sample_numbers(Fingerprint& out);

  struct Number {
    std::uint32_t hash = 0;
    std::string_view text;  // of the document, alive for the call
  };
  std::vector<Line> lines_;          // of the body
  std::vector<Line> headline_line_;  // the headline is one
  bool skip_standing_ = false;
  bool skip_fragments_ = false;
  std::vector<char> folded_;               // the normalised text
  std::vector<std::uint64_t> hashes_;      // of grams under the threshold
  std::array<std::uint64_t, 4> recent_{};  // hashes of the last four words, the last first
  std::vector<std::uint32_t> shingles_;
  std::uint32_t shingle_bound_ = ~0U;  // over which they need not be kept
  std::vector<std::uint32_t> names_;
  std::vector<Number> numbers_;
};

}  // namespace tocsin
