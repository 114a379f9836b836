// Any bytes: repaired they are UTF-8, repairing again changes nothing, and the tokens of the result keep their laws.
#include <cstdint>
#include <cstdlib>

#include "common/text/document.h"
#include "common/text/normalise.h"
#include "common/wire/encoding.h"

namespace {

void require(bool law) {
  if (!law) std::abort();
}

bool inside_code_point(const std::string& text, std::uint32_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
}

void check(const tocsin::Document& d) {
  std::uint32_t end = 0;
  for (const tocsin::Token& t : d.tokens()) {
    require(end <= t.start && t.start < t.end && t.end <= d.text().size());
    require(!inside_code_point(d.text(), t.start) && !inside_code_point(d.text(), t.end));
    require(t.hash == tocsin::hash_word(d.folded(t)));
    end = t.end;
  }
  std::uint32_t next = 0;
  for (const tocsin::Sentence& s : d.sentences()) {
    require(s.first == next && s.first < s.last);
    next = s.last;
  }
  require(next == d.tokens().size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string text = tocsin::repair_utf8(bytes);
  require(tocsin::is_utf8(text));
  require(tocsin::repair_utf8(text) == text);
  if (tocsin::is_utf8(bytes)) require(text == bytes);
  require(tocsin::is_utf8(tocsin::html_to_utf8(bytes)));
  require(tocsin::is_utf8(tocsin::fold(text)));
  tocsin::Document d;
  d.assign(text);
  check(d);
  return 0;
}
