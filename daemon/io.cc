#include "daemon/io.h"

#include <algorithm>

namespace tocsin {
namespace {

constexpr std::size_t kHeaderFrame = 8;  // lengths

std::size_t size_of(const std::vector<Header>& headers) {
  std::size_t bytes = 0;
  for (const Header& h : headers) bytes += h.name.size() + h.value.size() + kHeaderFrame;
  return bytes;
}

template <typename Text>
void shorten(std::vector<Header>& headers, Text& key, Text& value, std::size_t most) {
  const std::size_t whole = key.size() + value.size();
  if (whole + size_of(headers) <= most) return;
  if (size_of(headers) >= most / 4)
    std::erase_if(headers, [](const Header& h) { return !h.name.starts_with("tocsin."); });
  key = key.substr(0, most / 4);
  if (std::ranges::find(headers, kTruncated, &Header::name) == headers.end())
    headers.push_back({kTruncated, std::to_string(whole)});
  const std::size_t rest = key.size() + size_of(headers);
  value = value.substr(0, rest < most ? most - rest : 0);
}

}  // namespace

std::size_t size_of(const OutRecord& record) {
  return record.key.size() + record.value.size() + size_of(record.headers);
}

RawRecord owning_copy(const RawRecord& record) {
  auto bytes = std::make_unique<std::string>();
  bytes->append(record.topic).append(record.key).append(record.payload);
  const std::string_view all = *bytes;
  RawRecord out;
  out.topic = all.substr(0, record.topic.size());
  out.key = all.substr(record.topic.size(), record.key.size());
  out.payload = all.substr(record.topic.size() + record.key.size());
  out.partition = record.partition;
  out.offset = record.offset;
  out.timestamp_ms = record.timestamp_ms;
  out.has_key = record.has_key;
  out.tombstone = record.tombstone;
  out.headers = record.headers;
  out.owner = {bytes.release(), [](void* p) { delete static_cast<std::string*>(p); }};
  return out;
}

void shorten(RawRecord& record, std::size_t most) { shorten(record.headers, record.key, record.payload, most); }
void shorten(OutRecord& record, std::size_t most) { shorten(record.headers, record.key, record.value, most); }

OutRecord sent_on(const RawRecord& record, std::string topic, std::string_view keep) {
  OutRecord out{.topic = std::move(topic),
                .has_key = record.has_key,
                .tombstone = record.tombstone,
                .key = std::string(record.key),
                .value = std::string(record.payload),
                .headers = {}};
  for (const Header& h : record.headers)
    if (!h.name.starts_with("tocsin.") || h.name == keep) out.headers.push_back(h);
  return out;
}

}  // namespace tocsin
