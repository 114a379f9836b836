#include "common/text/repeated_lines.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <new>

namespace tocsin {
namespace {

constexpr std::uint8_t kFormat = 1;  // of a memory record
constexpr int kKeyBits = 48;
constexpr std::uint64_t kKeyMask = (std::uint64_t{1} << kKeyBits) - 1;
constexpr std::size_t kKeyBytes = kKeyBits / 8;
constexpr std::string_view kOwner = "line/";

std::string memory_key(std::uint64_t key) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text(kOwner);
  for (int shift = kKeyBits - 4; shift >= 0; shift -= 4) text.push_back(kDigits[key >> shift & 15]);
  return text;
}

}  // namespace

void RepeatedLines::Free::operator()(Bucket* buckets) const { std::free(buckets); }

RepeatedLines::Bucket& RepeatedLines::bucket_of(std::uint64_t key) {
  constexpr std::size_t kBuckets = kCounted / Bucket::kWays;
  if (!buckets_) {
    // Zeroed by the system, page by page as they are touched. A count of zero is no line.
    buckets_.reset(static_cast<Bucket*>(std::calloc(kBuckets, sizeof(Bucket))));
    if (!buckets_) throw std::bad_alloc();
  }
  return buckets_[key % kBuckets];
}

// In how many stories within the window it stood, as far as they are counted.
unsigned RepeatedLines::count_of(std::uint64_t key, std::int64_t age_ms) {
  for (const Counted& c : bucket_of(key).lines)
    if (c.key_and_count >> 16 == key && (c.key_and_count & 0xffff) != 0)
      return age_ms - c.age_ms <= window_ms_ ? static_cast<unsigned>(c.key_and_count & 0xffff) : 0;
  return 0;
}

// Moves it to the front of its bucket; the last one leaves when it was not there. So a bucket holds the lines that were
// seen last, whatever came before them: a restart, which reads no more than the window, finds the same.
void RepeatedLines::put(Sight sight, std::int64_t age_ms) {
  Bucket& bucket = bucket_of(sight.key);
  auto* at = std::find_if(bucket.lines, bucket.lines + Bucket::kWays - 1,
                          [&](const Counted& c) { return c.key_and_count >> 16 == sight.key; });
  std::move_backward(bucket.lines, at, at + 1);
  bucket.lines[0] = {sight.key << 16 | sight.count, age_ms};
}

void RepeatedLines::tell(std::uint64_t key, std::int64_t age_ms) {
  if (const auto known = promoted_.find(key); known != promoted_.end()) by_age_.erase({known->second, key});
  promoted_[key] = age_ms;
  by_age_.emplace(age_ms, key);
  std::string value;
  ByteWriter out(value);
  out.u8(kFormat);
  out.svarint(age_ms);
  changes_.push_back({memory_key(key), std::move(value)});
}

void RepeatedLines::forget(std::uint64_t key) {
  by_age_.erase({promoted_.at(key), key});
  promoted_.erase(key);
}

void RepeatedLines::observe(const std::vector<SourceLine>& lines, std::int64_t age_ms) {
  while (!by_age_.empty() && age_ms - by_age_.begin()->first > kForgetMs) {
    const std::uint64_t key = by_age_.begin()->second;
    forget(key);
    changes_.push_back({memory_key(key), std::nullopt});
  }
  std::vector<Sight> sights;
  for (const SourceLine& line : lines) {
    if (const auto known = promoted_.find(line.key); known != promoted_.end()) {
      if (age_ms - known->second > kRenewMs) tell(line.key, age_ms);
      continue;
    }
    const unsigned count = count_of(line.key, age_ms) + 1;
    if (count < (line.sentence ? kArticlesOfSentence : kArticles)) {
      sights.push_back({line.key, static_cast<std::uint8_t>(count)});
      continue;
    }
    if (promoted_.size() >= kMostPromoted) {
      const std::uint64_t oldest = by_age_.begin()->second;
      forget(oldest);
      changes_.push_back({memory_key(oldest), std::nullopt});
    }
    tell(line.key, age_ms);
  }
  if (sights.empty()) return;
  ByteWriter out(block_);
  out.svarint(age_ms);
  out.varint(sights.size());
  for (const Sight& s : sights) {
    out.raw(&s.key, kKeyBytes);
    out.u8(s.count);
    put(s, age_ms);
  }
  ++block_stories_;
}

void RepeatedLines::take_block(std::string& out) {
  if (block_stories_ == 0) return;
  ByteWriter writer(out);
  writer.varint(block_stories_);
  writer.raw(block_.data(), block_.size());
  block_.clear();
  block_stories_ = 0;
}

Result<RepeatedLines::Block> RepeatedLines::read_block(std::string_view bytes) {
  ByteReader in(bytes);
  Block block(in.count(2 + kKeyBytes + 1));
  for (auto& [age_ms, sights] : block) {
    age_ms = in.svarint();
    sights.resize(in.count(kKeyBytes + 1));
    for (Sight& s : sights) {
      const std::string_view key = in.take(kKeyBytes);
      if (!key.empty()) std::memcpy(&s.key, key.data(), key.size());
      s.count = in.u8();
      if (s.key == 0 || s.count == 0) in.fail();
    }
  }
  if (!in.ok() || !in.at_end()) return fail("lines: a cut or wrong block");
  return block;
}

void RepeatedLines::apply_block(const Block& block) {
  for (const auto& [age_ms, sights] : block)
    for (const Sight s : sights) put(s, age_ms);
}

void RepeatedLines::take_memory(std::vector<MemoryRecord>& out) {
  std::move(changes_.begin(), changes_.end(), std::back_inserter(out));
  changes_.clear();
}

Result<void> RepeatedLines::apply_memory(std::string_view key, std::optional<std::string_view> value) {
  std::uint64_t line = 0;
  const char* const digits = key.data() + std::min(key.size(), kOwner.size());
  const auto [end, error] = std::from_chars(digits, key.data() + key.size(), line, 16);
  if (error != std::errc() || (line & ~kKeyMask) != 0 || memory_key(line) != key)
    return fail(std::string(key) + ": no key of a line");
  std::int64_t age_ms = 0;
  if (value) {
    ByteReader in(*value);
    if (in.u8() != kFormat) return fail(std::string(key) + ": a line of another format");
    age_ms = in.svarint();
    if (!in.ok() || !in.at_end()) return fail(std::string(key) + ": a cut or wrong line");
  }
  if (promoted_.contains(line)) forget(line);
  if (!value) return {};
  promoted_[line] = age_ms;
  by_age_.emplace(age_ms, line);
  return {};
}

}  // namespace tocsin
