// What the line model judges a line of plain text by: numbers from its shape, its classes of words, its neighbours and
// the whole text.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/text/line_words.h"
#include "common/text/lines.h"
#include "common/text/text_shape.h"
#include "common/text/word_classes.h"

namespace tocsin {

// Numbers a line. The model file names the same count; order and meaning are in line_features.cc.
extern const std::size_t kLineFeatures;

// How often words stand in the lines that were cut into words, by the low bits of their hashes.
class WordCounts {
 public:
  void clear() { counts_.fill(0); }
  void add(std::uint64_t word) {
    std::uint8_t& count = counts_[slot(word)];
    if (count < UINT8_MAX) ++count;
  }
  std::uint8_t of(std::uint64_t word) const { return counts_[slot(word)]; }

 private:
  static std::size_t slot(std::uint64_t word) { return word >> 1 & 4095; }
  std::array<std::uint8_t, 4096> counts_{};
};

// The start of a line, where it shows what it is.
struct LineHead {
  TextShape shape;
  std::uint8_t signs = 0;  // characters that prose has seldom
  bool known = false;      // it was looked at
};
LineHead look_at_head(std::string_view line);

// Words of a line in LineFacts::cut.
struct CutWords {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

// What is known of the lines of one text; parallel to them.
struct LineFacts {
  std::vector<TextShape> shapes;      // rough ones
  std::vector<LineHead> heads;        // of lines whose numbers are written
  std::vector<std::uint64_t> cut;     // words of lines, one line's behind another's
  std::vector<CutWords> words_of;     // where each line's lie; of long sentences the first few
  std::vector<std::uint8_t> rules;    // 0: it stays so far, else 1 + the action of what takes it
  std::vector<WordClassSet> classes;  // of these words
  WordCounts words;
};

class LineFeatures {
 public:
  // Looks at the whole text once. All but `headline` must outlive the object's use; `words` are those of `text`.
  void assign(std::string_view text, const LineWords& words, const std::vector<Line>& lines, const LineFacts& facts,
              std::string_view headline);
  // Writes kLineFeatures numbers for line i.
  void write(std::size_t i, float* out);

 private:
  void cut(std::size_t i);
  void put_shape(std::size_t i, float*& out) const;
  void put_words(std::size_t i, float*& out) const;
  void put_name(std::string_view line, bool counted, float*& out) const;
  void put_end(std::string_view line, float*& out) const;
  void put_sides(std::size_t i, float*& out) const;
  void put_place(std::size_t i, float*& out) const;

  std::string_view text_;
  const LineWords* line_words_ = nullptr;
  const std::vector<Line>* lines_ = nullptr;
  const LineFacts* facts_ = nullptr;
  std::vector<std::uint64_t> headline_;
  std::uint64_t headline_bits_ = 0;   // a bit for each, so that most other words are known for none
  std::vector<std::uint64_t> words_;  // of the line that is written
  std::vector<float> prose_;          // running sum of bytes of prose before line i
  std::vector<float> bytes_;          // running sum of bytes before line i
  std::vector<std::uint32_t> last_;   // the nearest prose line at or before i; n: none
  std::vector<std::uint32_t> next_;   // the nearest prose line at or behind i; n: none
  std::size_t core_first_ = 0;        // the stretch with most prose and least else
  std::size_t core_last_ = 0;
  float prose_share_ = 0;
  std::uint32_t prose_lines_ = 0;
  std::uint32_t taken_ = 0;  // lines
};

// Ten words and more that end like a sentence, or 25 words: what stories are made of.
inline bool is_prose(const TextShape& rough) { return (rough.words >= 10 && rough.ends_in_stop) || rough.words >= 25; }

}  // namespace tocsin
