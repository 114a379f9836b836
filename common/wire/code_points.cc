#include "common/wire/code_points.h"

#include <algorithm>

#include "common/wire/count_bytes.h"

namespace tocsin {
namespace {

std::uint32_t count(std::string_view text) {
  return static_cast<std::uint32_t>(
      count_bytes(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all = static_cast<unsigned char>(all | static_cast<unsigned char>(c));
  return all < 0x80;
}

}  // namespace

CodePointIndex::CodePointIndex(std::string_view text) : text_(text) {
  if (is_ascii(text)) return;
  blocks_.reserve(text.size() / kBlock + 1);
  std::uint32_t n = 0;
  for (std::size_t at = 0; at <= text.size(); at += kBlock) {
    blocks_.push_back(n);
    n += count(text.substr(at, kBlock));
  }
}

std::uint32_t CodePointIndex::before(std::uint32_t byte) const {
  const std::size_t at = std::min<std::size_t>(byte, text_.size());
  if (blocks_.empty()) return static_cast<std::uint32_t>(at);
  return blocks_[at / kBlock] + count(text_.substr(at / kBlock * kBlock, at % kBlock));
}

}  // namespace tocsin
