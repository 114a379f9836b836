// Byte offsets to code points, in any order: the record counts in code points, the stages in bytes.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tocsin {

// Borrows the text (valid UTF-8). ASCII costs one scan; other text a count for every 64 bytes.
class CodePointIndex {
 public:
  explicit CodePointIndex(std::string_view text);
  std::uint32_t before(std::uint32_t byte) const;  // byte <= size
  std::uint32_t size() const { return before(static_cast<std::uint32_t>(text_.size())); }

 private:
  static constexpr std::size_t kBlock = 64;
  std::string_view text_;
  std::vector<std::uint32_t> blocks_;  // code points before each block; empty when all is ASCII
};

}  // namespace tocsin
