// What the line model judges a line of plain text by: numbers from its shape, its neighbours and the whole text.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/text/lines.h"
#include "common/text/text_shape.h"

namespace tocsin {

// Numbers a line. The model file names the same count; order and meaning are in line_features.cc.
extern const std::size_t kLineFeatures;

// What is known of the lines of one text; parallel to them.
struct LineFacts {
  std::vector<TextShape> shapes;
  std::vector<std::uint8_t> rules;   // 0: no junk rule matches, else 1 + its action
  std::vector<std::uint16_t> times;  // how often the line stands in the text
  std::vector<float> title;          // words shared with the headline, 0..1
};

class LineFeatures {
 public:
  // Looks at the whole text once. All three must outlive the object's use.
  void assign(std::string_view text, const std::vector<Line>& lines, const LineFacts& facts);
  // Writes kLineFeatures numbers for line i.
  void write(std::size_t i, float* out) const;
  // Bytes of prose lines, of all bytes in lines: 0..1.
  float prose_share() const { return prose_share_; }

 private:
  std::string_view text_;
  const std::vector<Line>* lines_ = nullptr;
  const LineFacts* facts_ = nullptr;
  std::vector<float> prose_;         // running sum of bytes of prose before line i
  std::vector<float> bytes_;         // running sum of bytes before line i
  std::vector<std::uint32_t> last_;  // the nearest prose line at or before i; n: none
  std::vector<std::uint32_t> next_;  // the nearest prose line at or behind i; n: none
  std::size_t core_first_ = 0;       // the stretch with most prose and least else
  std::size_t core_last_ = 0;
  float prose_share_ = 0;
  std::uint32_t prose_lines_ = 0;
};

}  // namespace tocsin
