#include "common/text/html_article.h"

namespace tocsin {

HtmlArticle html_article(std::string_view html) {
  HtmlPage page;
  read_html(html, page);
  HtmlArticle out;
  out.language = page.language;
  out.published = page.published;
  out.url = page.url;
  out.site = page.site;
  out.byline = page.author;
  out.headline = page.og_title.empty() ? page.title : page.og_title;
  for (const Block& b : page.blocks) {
    const std::string_view text = std::string_view(page.text).substr(b.start, b.end - b.start);
    const bool prose = !page.whole || (text.size() > 80 && b.link_bytes * 3 < text.size());
    if (!prose) {
      out.outside.emplace_back(text);
      continue;
    }
    if (!out.text.empty()) out.text += "\n\n";
    out.text += text;
  }
  return out;
}

}  // namespace tocsin
