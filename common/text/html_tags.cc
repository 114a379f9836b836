#include "common/text/html_tags.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace tocsin {
namespace {

// Sorted; the order of Tag behind kOther.
constexpr std::string_view kNames[] = {
    "a",        "abbr",       "address", "article", "aside",   "b",       "blockquote", "body",     "br",
    "button",   "caption",    "center",  "dd",      "details", "div",     "dl",         "dt",       "em",
    "fieldset", "figcaption", "figure",  "font",    "footer",  "form",    "h1",         "h2",       "h3",
    "h4",       "h5",         "h6",      "head",    "header",  "hr",      "html",       "i",        "iframe",
    "img",      "input",      "label",   "li",      "link",    "main",    "meta",       "nav",      "noscript",
    "ol",       "option",     "p",       "pre",     "script",  "section", "select",     "span",     "strong",
    "style",    "summary",    "svg",     "table",   "tbody",   "td",      "template",   "textarea", "tfoot",
    "th",       "thead",      "time",    "title",   "tr",      "u",       "ul",         "video"};
static_assert(std::size(kNames) + 1 == kTags);
static_assert(std::is_sorted(std::begin(kNames), std::end(kNames)));

struct HintWord {
  std::string_view word;
  std::uint32_t hint;
};
// Sorted.
constexpr HintWord kHintWords[] = {{"ad", kHintAd},
                                   {"ads", kHintAd},
                                   {"advert", kHintAd},
                                   {"advertisement", kHintAd},
                                   {"advertising", kHintAd},
                                   {"also", kHintRelated},
                                   {"article", kHintArticle},
                                   {"articlebody", kHintArticleBody | kHintArticle | kHintBody},
                                   {"aside", kHintSide},
                                   {"author", kHintAuthor},
                                   {"authors", kHintAuthor},
                                   {"banner", kHintHead | kHintAd},
                                   {"bio", kHintAuthor},
                                   {"body", kHintBody},
                                   {"bottom", kHintFoot},
                                   {"box", kHintSide},
                                   {"breadcrumb", kHintNav},
                                   {"breadcrumbs", kHintNav},
                                   {"byline", kHintAuthor},
                                   {"caption", kHintCaption},
                                   {"card", kHintRelated},
                                   {"cards", kHintRelated},
                                   {"carousel", kHintList},
                                   {"category", kHintMeta},
                                   {"column", kHintSide},
                                   {"comment", kHintComment},
                                   {"comments", kHintComment},
                                   {"consent", kHintSignup},
                                   {"content", kHintBody},
                                   {"contributor", kHintAuthor},
                                   {"cookie", kHintSignup},
                                   {"cookies", kHintSignup},
                                   {"copy", kHintBody},
                                   {"copyright", kHintFoot},
                                   {"credit", kHintCaption},
                                   {"cta", kHintSignup},
                                   {"date", kHintMeta},
                                   {"dateline", kHintMeta},
                                   {"dek", kHintTitle},
                                   {"description", kHintTitle},
                                   {"dfp", kHintAd},
                                   {"disclaimer", kHintFoot},
                                   {"disqus", kHintComment},
                                   {"donate", kHintSignup},
                                   {"dropdown", kHintNav},
                                   {"entry", kHintArticle},
                                   {"facebook", kHintShare},
                                   {"feed", kHintList},
                                   {"figure", kHintCaption},
                                   {"follow", kHintShare},
                                   {"foot", kHintFoot},
                                   {"footer", kHintFoot},
                                   {"footnote", kHintFoot},
                                   {"form", kHintSignup},
                                   {"gallery", kHintCaption},
                                   {"gdpr", kHintSignup},
                                   {"grid", kHintList},
                                   {"header", kHintHead},
                                   {"heading", kHintTitle},
                                   {"headline", kHintTitle},
                                   {"headlines", kHintRelated},
                                   {"hidden", kHintHidden},
                                   {"image", kHintCaption},
                                   {"img", kHintCaption},
                                   {"info", kHintMeta},
                                   {"intro", kHintTitle},
                                   {"item", kHintList},
                                   {"items", kHintList},
                                   {"kicker", kHintTitle},
                                   {"latest", kHintRelated},
                                   {"lead", kHintTitle},
                                   {"legal", kHintFoot},
                                   {"links", kHintRelated},
                                   {"list", kHintList},
                                   {"login", kHintSignup},
                                   {"main", kHintMain},
                                   {"masthead", kHintHead},
                                   {"media", kHintCaption},
                                   {"menu", kHintNav},
                                   {"meta", kHintMeta},
                                   {"modal", kHintSignup},
                                   {"module", kHintSide},
                                   {"more", kHintRelated},
                                   {"most", kHintRelated},
                                   {"nav", kHintNav},
                                   {"navbar", kHintNav},
                                   {"navigation", kHintNav},
                                   {"news", kHintArticle},
                                   {"newsletter", kHintSignup},
                                   {"next", kHintRelated},
                                   {"outbrain", kHintAd},
                                   {"page", kHintMain},
                                   {"pager", kHintNav},
                                   {"pagination", kHintNav},
                                   {"paywall", kHintSignup},
                                   {"photo", kHintCaption},
                                   {"popular", kHintRelated},
                                   {"popup", kHintSignup},
                                   {"post", kHintArticle},
                                   {"primary", kHintMain},
                                   {"promo", kHintRelated | kHintAd},
                                   {"promotion", kHintAd},
                                   {"pubdate", kHintMeta},
                                   {"published", kHintMeta},
                                   {"pullquote", kHintCaption},
                                   {"rail", kHintSide},
                                   {"read", kHintRelated},
                                   {"reader", kHintHidden},
                                   {"recirc", kHintRelated},
                                   {"recommendations", kHintRelated},
                                   {"recommended", kHintRelated},
                                   {"related", kHintRelated},
                                   {"reply", kHintComment},
                                   {"respond", kHintComment},
                                   {"rich", kHintBody},
                                   {"screen", kHintHidden},
                                   {"secondary", kHintSide},
                                   {"share", kHintShare},
                                   {"sharing", kHintShare},
                                   {"side", kHintSide},
                                   {"sidebar", kHintSide},
                                   {"signup", kHintSignup},
                                   {"single", kHintMain},
                                   {"slideshow", kHintCaption},
                                   {"social", kHintShare},
                                   {"sponsor", kHintAd},
                                   {"sponsored", kHintAd},
                                   {"sr", kHintHidden},
                                   {"standfirst", kHintTitle},
                                   {"stories", kHintRelated},
                                   {"story", kHintArticle},
                                   {"storybody", kHintArticleBody | kHintArticle | kHintBody},
                                   {"sub", kHintTitle},
                                   {"subheadline", kHintTitle},
                                   {"subscribe", kHintSignup},
                                   {"subscription", kHintSignup},
                                   {"summary", kHintTitle},
                                   {"taboola", kHintAd},
                                   {"tabs", kHintNav},
                                   {"tag", kHintMeta},
                                   {"tags", kHintMeta},
                                   {"teaser", kHintRelated},
                                   {"terms", kHintFoot},
                                   {"text", kHintBody},
                                   {"time", kHintMeta},
                                   {"timestamp", kHintMeta},
                                   {"title", kHintTitle},
                                   {"toolbar", kHintNav},
                                   {"tools", kHintShare},
                                   {"top", kHintHead},
                                   {"topbar", kHintNav},
                                   {"topics", kHintMeta},
                                   {"trending", kHintRelated},
                                   {"twitter", kHintShare},
                                   {"video", kHintCaption},
                                   {"visually", kHintHidden},
                                   {"widget", kHintSide},
                                   {"writer", kHintAuthor},
                                   {"wysiwyg", kHintBody}};
constexpr bool by_word(const HintWord& a, const HintWord& b) { return a.word < b.word; }
static_assert(std::is_sorted(std::begin(kHintWords), std::end(kHintWords), by_word));

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

template <std::size_t N>
constexpr std::array<bool, kTags> set_of(const Tag (&tags)[N]) {
  std::array<bool, kTags> set{};
  for (const Tag t : tags) set[static_cast<std::size_t>(t)] = true;
  return set;
}

constexpr auto kVoid = set_of({Tag::kBr, Tag::kHr, Tag::kImg, Tag::kInput, Tag::kLink, Tag::kMeta});
constexpr auto kRaw = set_of({Tag::kScript, Tag::kStyle, Tag::kTextarea, Tag::kTitle, Tag::kIframe, Tag::kNoscript});
constexpr auto kSkipped =
    set_of({Tag::kButton, Tag::kHead, Tag::kIframe, Tag::kNoscript, Tag::kOption, Tag::kScript, Tag::kSelect,
            Tag::kStyle, Tag::kSvg, Tag::kTemplate, Tag::kTextarea, Tag::kTitle, Tag::kVideo});
constexpr auto kBlock = set_of(
    {Tag::kAddress, Tag::kArticle, Tag::kAside,  Tag::kBlockquote, Tag::kBody,    Tag::kCaption,  Tag::kCenter,
     Tag::kDd,      Tag::kDetails, Tag::kDiv,    Tag::kDl,         Tag::kDt,      Tag::kFieldset, Tag::kFigcaption,
     Tag::kFigure,  Tag::kFooter,  Tag::kForm,   Tag::kH1,         Tag::kH2,      Tag::kH3,       Tag::kH4,
     Tag::kH5,      Tag::kH6,      Tag::kHeader, Tag::kHr,         Tag::kHtml,    Tag::kLi,       Tag::kMain,
     Tag::kNav,     Tag::kOl,      Tag::kP,      Tag::kPre,        Tag::kSection, Tag::kSummary,  Tag::kTable,
     Tag::kTbody,   Tag::kTfoot,   Tag::kThead,  Tag::kTr,         Tag::kUl});

}  // namespace

Tag tag_of(std::string_view name) {
  char lower[12];
  if (name.empty() || name.size() > sizeof lower) return Tag::kOther;
  for (std::size_t i = 0; i < name.size(); ++i)
    lower[i] = is_upper(name[i]) ? static_cast<char>(name[i] + 32) : name[i];
  const std::string_view key(lower, name.size());
  const auto found = std::lower_bound(std::begin(kNames), std::end(kNames), key);
  if (found == std::end(kNames) || *found != key) return Tag::kOther;
  return static_cast<Tag>(found - std::begin(kNames) + 1);
}

bool is_void(Tag t) { return kVoid[static_cast<std::size_t>(t)]; }
bool is_raw(Tag t) { return kRaw[static_cast<std::size_t>(t)]; }
bool is_skipped(Tag t) { return kSkipped[static_cast<std::size_t>(t)]; }
bool is_block(Tag t) { return kBlock[static_cast<std::size_t>(t)]; }
bool is_heading(Tag t) { return t >= Tag::kH1 && t <= Tag::kH6; }

std::uint32_t hints_of(std::string_view names) {
  names = names.substr(0, 400);
  std::uint32_t hints = 0;
  bool article_before = false;
  for (std::size_t i = 0; i < names.size();) {
    if (!is_letter(names[i])) {
      ++i;
      continue;
    }
    char word[16];
    std::size_t size = 0;
    const std::size_t first = i;
    while (i < names.size() && is_letter(names[i]) && (i == first || !is_upper(names[i]) || is_upper(names[i - 1]))) {
      if (size < sizeof word) word[size++] = is_upper(names[i]) ? static_cast<char>(names[i] + 32) : names[i];
      ++i;
    }
    const HintWord key{std::string_view(word, size), 0};
    const auto found = std::lower_bound(std::begin(kHintWords), std::end(kHintWords), key, by_word);
    const std::uint32_t hint = found != std::end(kHintWords) && found->word == key.word ? found->hint : 0;
    if (article_before && (hint & kHintBody)) hints |= kHintArticleBody;
    article_before = (hint & kHintArticle) != 0;
    hints |= hint;
  }
  return hints;
}

}  // namespace tocsin
