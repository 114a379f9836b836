// LineBatches: NDJSON from a descriptor, in batches of whole lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/result.h"

namespace tocsin {

// Lines end at a line feed alone. A batch owns its bytes; `lines` are offsets into them.
struct LineBatch {
  struct Line {
    std::size_t start = 0;
    std::size_t size = 0;
  };
  std::int64_t first_line = 0;  // number of the first line, from 0
  std::string bytes;
  std::vector<Line> lines;
  std::string_view line(std::size_t i) const { return std::string_view(bytes).substr(lines[i].start, lines[i].size); }
};

// Reads ahead no further than one batch. Of a line over max_line bytes one byte more than that is kept: enough to say
// that it is too large.
class LineBatches {
 public:
  static constexpr std::size_t kMaxLines = 128;
  static constexpr std::size_t kMaxBytes = 1U << 20;  // one line alone may be larger
  LineBatches(int descriptor, std::size_t max_line) : descriptor_(descriptor), max_line_(max_line) {}
  // False: the end. The batch is filled as far as the input goes without waiting once it holds a line.
  Result<bool> next(LineBatch& batch);

 private:
  Result<bool> read_more();
  void keep(LineBatch& batch, std::string_view piece);

  int descriptor_;
  std::size_t max_line_;
  std::int64_t line_ = 0;
  std::string ahead_;  // read and not yet given, from at_
  std::size_t at_ = 0;
  bool end_ = false;
};

}  // namespace tocsin
