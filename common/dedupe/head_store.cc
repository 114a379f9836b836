#include "common/dedupe/head_store.h"

#include <cassert>
#include <cstring>

namespace tocsin {

std::string_view HeadStore::bytes(const Head& head) const {
  const std::uint64_t from = head.at - page_base_;
  return {pages_[from / kPage].data() + from % kPage, head.size};
}

std::uint64_t HeadStore::push(Head head, std::string_view bytes) {
  assert(bytes.size() <= kMaxBytes && size_ < SketchIndex::kMaxHeads);
  const std::uint64_t number = first_ + size_;
  if (number - base_ == chunks_.size() * kChunk) chunks_.emplace_back(kChunk);
  // A fingerprint does not straddle pages.
  if (end_ % kPage + bytes.size() > kPage) end_ += kPage - end_ % kPage;
  if (end_ + bytes.size() > page_base_ + pages_.size() * kPage) pages_.emplace_back(kPage);
  const std::uint64_t from = end_ - page_base_;
  std::memcpy(pages_[from / kPage].data() + from % kPage, bytes.data(), bytes.size());
  head.at = end_ & ((1ULL << 48) - 1);
  head.size = static_cast<std::uint16_t>(bytes.size());
  chunks_[(number - base_) / kChunk][(number - base_) % kChunk] = head;
  end_ += bytes.size();
  ++size_;
  return number;
}

void HeadStore::pop_oldest() {
  assert(size_ > 0);
  ++first_;
  --size_;
  if (first_ - base_ >= kChunk) {
    chunks_.pop_front();
    base_ += kChunk;
  }
  // `at` of the oldest that is left says which pages are done with.
  const std::uint64_t needed = size_ > 0 ? std::uint64_t{head(first_).at} : end_;
  while (pages_.size() > 1 && page_base_ + kPage <= needed) {
    pages_.pop_front();
    page_base_ += kPage;
  }
}

}  // namespace tocsin
