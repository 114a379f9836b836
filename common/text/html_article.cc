#include "common/text/html_article.h"

#include <algorithm>

#include "common/text/block_features.h"
#include "common/text/html_entities.h"
#include "common/text/json_ld.h"
#include "common/text/line_words.h"

namespace tocsin {
namespace {

std::string_view text_of(const HtmlPage& page, const Block& b) {
  return std::string_view(page.text).substr(b.start, b.end - b.start);
}

// Whether each block is the article's.
std::vector<bool> judge(const HtmlPage& page, const StatedArticle& stated, const JunkRules& rules) {
  std::vector<bool> inside(page.blocks.size(), true);
  if (!page.whole) return inside;
  if (rules.blocks() == nullptr) {  // no model: long blocks with few links
    for (std::size_t i = 0; i < inside.size(); ++i) {
      const Block& b = page.blocks[i];
      inside[i] = b.end - b.start > 80 && b.link_bytes * 3 < b.end - b.start;
    }
    return inside;
  }
  std::vector<float> numbers;
  block_features(page, stated.body, rules, numbers);
  for (std::size_t i = 0; i < inside.size(); ++i) {
    inside[i] = rules.blocks()->score(&numbers[i * kBlockFeatures]) > rules.blocks()->threshold();
  }
  return inside;
}

// Words that two headlines share, of the words of the longer one.
double likeness(std::string_view a, std::string_view b) {
  std::vector<std::uint64_t> x, y;
  append_line_words(a, 60, x);
  append_line_words(b, 60, y);
  if (x.empty() || y.empty()) return 0;
  std::size_t common = 0;
  for (const std::uint64_t w : x) common += std::find(y.begin(), y.end(), w) != y.end();
  return static_cast<double>(common) / static_cast<double>(std::max(x.size(), y.size()));
}

// "Ships collide | Example News" without the site's name: what stands behind the last separator, when it is short.
std::string without_site(const std::string& title) {
  std::size_t cut = std::string::npos;
  for (const std::string_view mark : {" | ", " - ", " – ", " — ", " :: ", " » "}) {
    const std::size_t at = title.rfind(mark);
    if (at != std::string::npos && (cut == std::string::npos || at > cut)) cut = at;
  }
  if (cut == std::string::npos) return title;
  const auto blanks = std::count(title.begin() + static_cast<std::ptrdiff_t>(cut), title.end(), ' ');
  return blanks <= 6 && cut > title.size() / 3 ? title.substr(0, cut) : title;
}

// The first that says something.
const std::string& first_of(const std::string& a, const std::string& b, const std::string& c) {
  return !a.empty() ? a : !b.empty() ? b : c;
}

// The page's visible headline (an h1, or h2, that says what the page says of itself), else what it says.
std::string pick_headline(const HtmlPage& page, const StatedArticle& stated) {
  std::string known;
  append_unescaped(!stated.headline.empty() ? stated.headline : page.og_title, known);
  if (known.empty()) known = page.item_headline;
  if (known.empty()) known = without_site(page.title);
  std::string_view best;
  double most = 0.5;
  for (const Block& b : page.blocks) {
    const Tag tag = page.elements[b.element].tag;
    if ((tag != Tag::kH1 && tag != Tag::kH2) || b.end - b.start > 300) continue;
    const double like = likeness(text_of(page, b), known) + (tag == Tag::kH1 ? 0.05 : 0);
    if (like <= most) continue;
    most = like;
    best = text_of(page, b);
  }
  std::string headline(best.empty() ? std::string_view(known) : best);
  std::replace(headline.begin(), headline.end(), '\n', ' ');
  return headline;
}

constexpr std::size_t kStatedBytes = 400;  // a shorter articleBody is a teaser

// A page that a script fills in the browser: the article stands in what it states, and hardly a word of it in its
// blocks. Sites state other articles, too, so it must bear the page's own headline.
bool only_stated(const HtmlPage& page, const StatedArticle& stated, const std::vector<bool>& inside) {
  if (!page.whole || stated.body.size() < kStatedBytes) return false;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < inside.size(); ++i)
    if (inside[i]) shown += page.blocks[i].end - page.blocks[i].start;
  const std::string title = page.og_title.empty() ? without_site(page.title) : page.og_title;
  return shown * 4 < stated.body.size() && likeness(stated.headline, title) >= 0.5;
}

std::string stated_text(const std::string& body) {
  for (const std::string_view mark : {"</", "<p", "<br"})
    if (body.find(mark) != std::string::npos) return html_fragment_text(body);
  std::string text;
  append_unescaped(body, text);
  return text;
}

}  // namespace

HtmlArticle html_article(std::string_view html, const JunkRules& rules) {
  HtmlPage page;
  read_html(html, page);
  const StatedArticle stated = read_json_ld(page.json_ld);
  HtmlArticle out;
  out.language = page.language.empty() ? stated.language : page.language;
  out.published = stated.published.empty() ? page.published : stated.published;
  out.url = page.url.empty() ? stated.url : page.url;
  out.site = first_of(page.site, stated.publisher, page.item_publisher);
  out.byline = first_of(stated.author, page.author, page.item_author);
  if (page.whole) out.headline = pick_headline(page, stated);
  std::vector<bool> inside = judge(page, stated, rules);
  if (only_stated(page, stated, inside)) {
    out.text = stated_text(stated.body);
    inside.assign(inside.size(), false);
  }
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    const std::string_view text = text_of(page, page.blocks[i]);
    if (!inside[i]) {
      out.outside.push_back({std::string(text), out.text.size()});
      continue;
    }
    if (!out.text.empty()) out.text += "\n\n";
    out.text += text;
  }
  return out;
}

}  // namespace tocsin
