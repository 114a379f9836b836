// Any bytes as a page: blocks lie in the text in order, the article is UTF-8, and cleaning ends.
#include <cstdint>
#include <cstdlib>

#include "common/text/clean.h"
#include "common/text/html_page.h"
#include "common/text/normalise.h"
#include "common/wire/encoding.h"

namespace {

void require(bool law) {
  if (!law) std::abort();
}

const tocsin::JunkRules& rules() {
  static const tocsin::JunkRules parsed = [] {
    auto r = tocsin::JunkRules::parse(
        "rules:\n- {name: related, action: related, lines: ['read more *', '* # @ *']}\n"
        "- {name: end, action: end, lines: ['comments']}\n",
        "html_fuzz");
    require(r.has_value());
    return std::move(*r);
  }();
  return parsed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string html = tocsin::html_to_utf8(bytes);
  tocsin::HtmlPage page;
  tocsin::read_html(html, page);
  std::uint32_t end = 0;
  for (const tocsin::Block& b : page.blocks) {
    require(end <= b.start && b.start < b.end && b.end <= page.text.size());
    require(b.element < page.elements.size() && b.link_bytes <= b.end - b.start);
    end = b.end;
  }
  for (std::size_t i = 1; i < page.elements.size(); ++i) require(page.elements[i].parent < i);
  require(tocsin::is_utf8(page.text));
  tocsin::Cleaner cleaner(rules());
  tocsin::Article article;
  article.body = bytes;
  for (const bool is_html : {true, false}) {
    article.body_is_html = is_html;
    const tocsin::CleanText text = cleaner.clean(article, false);
    for (const std::string* field : {&text.body, &text.headline, &text.byline, &text.dateline, &text.provenance,
                                     &text.language, &text.published, &text.url, &text.site})
      require(tocsin::is_utf8(*field));
    for (const tocsin::Removed& removed : text.removed) require(tocsin::is_utf8(removed.text));
  }
  return 0;
}
