#include "common/text/line_words.h"

#include <string>

#include "common/text/document.h"
#include "common/text/unicode.h"

namespace tocsin {

void append_line_words(std::string_view line, std::size_t limit, std::vector<std::uint64_t>& out) {
  constexpr std::size_t kLongest = 64;  // bytes of a word that count
  char word[kLongest + 4];
  std::size_t size = 0;
  bool number = false;
  const std::size_t stop = out.size() + limit;
  const auto flush = [&] {
    if (size == 0) return;
    out.push_back(number ? kNumberWord : hash_word({word, size}));
    size = 0;
  };
  for (std::size_t i = 0; i < line.size() && out.size() < stop;) {
    const auto b = static_cast<unsigned char>(line[i]);
    if (b < 0x80) {
      ++i;
      const bool digit = b >= '0' && b <= '9';
      const bool upper = b >= 'A' && b <= 'Z';
      if (digit || upper || (b >= 'a' && b <= 'z')) {
        if (size == 0) number = digit;
        if (size < kLongest) word[size++] = static_cast<char>(upper ? b + 32 : b);
      } else if (b != '\'' && !(number && size > 0 && (b == '.' || b == ','))) {
        flush();
      }
      continue;
    }
    const Decoded d = decode_utf8(line.data() + i);
    i += d.size;
    const CharInfo info = char_info(d.code_point);
    if (info.cls == CharClass::kIgnorable || info.folded == '\'') continue;
    if (!is_word_class(info.cls) && info.cls != CharClass::kIdeograph) {
      flush();
      continue;
    }
    if (size == 0) number = info.cls == CharClass::kDigit;
    if (size < kLongest) {
      std::string utf8;
      append_code_point(info.folded, utf8);
      utf8.copy(word + size, utf8.size());
      size += utf8.size();
    }
  }
  if (out.size() < stop) flush();
}

}  // namespace tocsin
