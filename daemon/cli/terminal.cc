#include "daemon/cli/terminal.h"

#include "daemon/webhook/text_template.h"

namespace tocsin {

std::string for_terminal(std::string_view text, std::size_t limit) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool c1 = c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (c1) ++i;
    out += c < 0x20 || c == 0x7f || c1 ? ' ' : text[i];
  }
  return cut_text(std::move(out), limit);
}

}  // namespace tocsin
