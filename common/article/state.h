// What a restart must not forget, as bytes on their way to and from the state topics.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tocsin {

// wire.memory: the newest value of a key counts; no value: forget the key. The part of the key before the first '/'
// names its owner: "ids", "hold", "incident", "line", "meta".
struct MemoryRecord {
  std::string key;
  std::optional<std::string> value;
};

// What the mind learnt in one transaction.
struct StateDelta {
  std::string block;                 // entries for one record of wire.state; empty when nothing was learnt
  std::vector<MemoryRecord> memory;  // records for wire.memory, in order
};

}  // namespace tocsin
