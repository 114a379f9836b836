// Bytes from the state topics: no crash, and a refused block or record leaves what it is for as it was.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/dedupe/held.h"
#include "common/dedupe/story_book.h"
#include "common/text/repeated_lines.h"

using namespace tocsin;

namespace {

bool empty(const StoryBook& book) {
  const StoryBook::Size size = book.size();
  return size.heads == 0 && size.ids == 0 && size.kills == 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  StoryBook book(StoryBookOptions{.max_heads = 64});
  Held held;
  RepeatedLines lines(72LL * 3600 * 1000);
  switch (data[0] % 6) {
    case 0: {
      ByteReader in(bytes);
      if (!book.apply_block(in) && !empty(book)) std::abort();
      break;
    }
    case 1:
      if (!book.apply_memory("ids/0", bytes) && !empty(book)) std::abort();
      break;
    case 2:
      if (!book.apply_memory("kill/0000000000000/0", bytes) && !empty(book)) std::abort();
      break;
    case 3:
      if (!held.apply_memory("hold//0/0", bytes) && held.size() != 0) std::abort();
      break;
    case 4:
      if (const auto block = RepeatedLines::read_block(bytes)) lines.apply_block(*block);
      break;
    default:
      if (!lines.apply_memory("line/000000000001", bytes) && !lines.promoted().empty()) std::abort();
  }
  lines.observe({{1, false, false}, {2, true, false}}, 1);
  Prepared next;
  next.provider = "p";
  next.id = "a";
  next.fingerprint.sketch = {1, 2, 3};
  book.decide(next);
  return 0;
}
