// What a restart must not forget, as bytes on their way to and from the state topics.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/result.h"

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

// The frame around every block and every memory value: a magic number, the format's version, the XXH64 of what follows.
// So a record of another program, of a newer format, or one that is cut or damaged is refused whole.
inline constexpr std::uint8_t kStateFormat = 1;
std::string frame_state(std::string_view content);
// The content, borrowed from `framed`; an Error says which of the above it was.
Result<std::string_view> unframe_state(std::string_view framed);

}  // namespace tocsin
