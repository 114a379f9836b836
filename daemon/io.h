// What comes from the log and what goes to it, as values: the seam between the loops and daemon/kafka.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

struct Header {
  std::string name;
  std::string value;
  bool null = false;  // a header may have no value at all, which is not an empty one
};

// One record as it was read. Views stay valid as long as `owner` lives; moving keeps them valid.
struct RawRecord {
  std::string_view topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;  // the log's; -1 when the broker gives none
  bool has_key = false;
  bool tombstone = false;  // null payload
  std::string_view key;
  std::string_view payload;
  std::vector<Header> headers;
  std::unique_ptr<void, void (*)(void*)> owner{nullptr, nullptr};
};

// The next offset to be read of one partition.
struct Position {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::string metadata = {};  // kept by the group beside a committed offset
  bool operator==(const Position&) const = default;
};

struct PartitionLag {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t position = 0;
  std::int64_t lag = -1;  // high watermark minus position; -1 while unknown
};

// Where a reader went on elsewhere than it stood: the broker had deleted the records between (retention), or `to` lies
// before `from` and the topic was made anew. Transaction markers among them count as records.
struct Gap {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t from = 0;  // the offset that was to be read next
  std::int64_t to = 0;    // the one from which it is read
};

// The same record with bytes of its own: it outlives the reader, and keeps none of the fetch that it came in.
RawRecord owning_copy(const RawRecord& record);

// Something to be produced. Partition -1: by key (murmur2, as Java's clients do).
struct OutRecord {
  std::string topic;
  std::int32_t partition = -1;
  bool has_key = true;
  bool tombstone = false;
  std::string key;
  std::string value;
  std::vector<Header> headers;
};

// The record as it came, key and bytes untouched, to be produced to `topic` by its key. Of the `tocsin.*` headers only
// `keep` stays: who sends it on writes a set of his own.
OutRecord sent_on(const RawRecord& record, std::string topic, std::string_view keep);

// Key, value and headers.
std::size_t size_of(const OutRecord& record);

// Header of a dead letter that its topic did not take whole: the bytes of key and payload as they had been.
inline constexpr const char* kTruncated = "tocsin.truncated";
// Cuts what has more than `most` bytes (over 16 KiB) in all, and says so in kTruncated: the payload; and where they are
// a quarter of `most` or more, the key and the headers of others.
void shorten(RawRecord& record, std::size_t most);
void shorten(OutRecord& record, std::size_t most);

}  // namespace tocsin
