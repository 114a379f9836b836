#include "common/article/state.h"

#include <xxhash.h>

#include "common/article/bytes.h"

namespace tocsin {
namespace {

constexpr std::uint32_t kMagic = 0x53435431;  // "1TCS"

}  // namespace

std::string frame_state(std::string_view content) {
  std::string framed;
  framed.reserve(content.size() + 13);
  ByteWriter out(framed);
  out.u32(kMagic);
  out.u8(kStateFormat);
  out.u64(XXH64(content.data(), content.size(), kStateFormat));
  out.raw(content.data(), content.size());
  return framed;
}

Result<std::string_view> unframe_state(std::string_view framed) {
  ByteReader in(framed);
  if (in.u32() != kMagic) return fail("not a state record of this program");
  const std::uint8_t format = in.u8();
  if (in.ok() && format != kStateFormat)
    return fail("state format " + std::to_string(format) + ", this program reads " + std::to_string(kStateFormat));
  const std::uint64_t checksum = in.u64();
  if (!in.ok()) return fail("a cut state record");
  const std::string_view content = framed.substr(in.position());
  if (XXH64(content.data(), content.size(), kStateFormat) != checksum) return fail("a damaged state record (checksum)");
  return content;
}

}  // namespace tocsin
