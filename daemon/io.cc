#include "daemon/io.h"

namespace tocsin {

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
