// The elements of HTML as far as reading an article depends on them, and what their class and id names hint at.
#pragma once

#include <cstdint>
#include <string_view>

namespace tocsin {

enum class Tag : std::uint8_t {
  kOther,
  kA,
  kAbbr,
  kAddress,
  kArticle,
  kAside,
  kB,
  kBlockquote,
  kBody,
  kBr,
  kButton,
  kCaption,
  kCenter,
  kDd,
  kDetails,
  kDiv,
  kDl,
  kDt,
  kEm,
  kFieldset,
  kFigcaption,
  kFigure,
  kFont,
  kFooter,
  kForm,
  kH1,
  kH2,
  kH3,
  kH4,
  kH5,
  kH6,
  kHead,
  kHeader,
  kHr,
  kHtml,
  kI,
  kIframe,
  kImg,
  kInput,
  kLabel,
  kLi,
  kLink,
  kMain,
  kMeta,
  kNav,
  kNoscript,
  kOl,
  kOption,
  kP,
  kPre,
  kScript,
  kSection,
  kSelect,
  kSpan,
  kStrong,
  kStyle,
  kSummary,
  kSvg,
  kTable,
  kTbody,
  kTd,
  kTemplate,
  kTextarea,
  kTfoot,
  kTh,
  kThead,
  kTime,
  kTitle,
  kTr,
  kU,
  kUl,
  kVideo,
};
inline constexpr int kTags = static_cast<int>(Tag::kVideo) + 1;

Tag tag_of(std::string_view name);  // any case

bool is_void(Tag);     // never has an end tag
bool is_raw(Tag);      // its content is no HTML: script, style, title, textarea
bool is_skipped(Tag);  // its content is never text of an article
bool is_block(Tag);    // begins and ends a block of text
bool is_heading(Tag);

// What names in class, id, role and itemprop say, as bits. Words are those between separators and at changes of case:
// "articleBody", "story-body__inner".
enum Hint : std::uint32_t {
  kHintArticle = 1u << 0,   // article, story, post, entry, news
  kHintBody = 1u << 1,      // body, content, text, copy
  kHintMain = 1u << 2,      // main, primary, page, single
  kHintComment = 1u << 3,   // comment(s), disqus, respond, reply
  kHintSide = 1u << 4,      // sidebar, side, aside, rail, column, widget, module
  kHintNav = 1u << 5,       // nav, menu, breadcrumb(s), topbar, toolbar, pagination, tabs
  kHintFoot = 1u << 6,      // footer, foot, copyright, legal, bottom
  kHintHead = 1u << 7,      // header, masthead, banner, top
  kHintShare = 1u << 8,     // share, social, sharing, facebook, twitter, tools, follow
  kHintRelated = 1u << 9,   // related, recommended, more, popular, trending, latest, also, next, teaser, promo, card
  kHintAd = 1u << 10,       // ad, ads, advert, sponsor, sponsored, promotion, outbrain, taboola, dfp
  kHintSignup = 1u << 11,   // newsletter, subscribe, signup, cookie, consent, gdpr, modal, popup, login, paywall
  kHintCaption = 1u << 12,  // caption, credit, figure, image, photo, gallery, media, video, slideshow
  kHintAuthor = 1u << 13,   // author, byline, bio, writer, contributor
  kHintMeta = 1u << 14,     // meta, date, time, timestamp, tags, tag, category, dateline, published, info
  kHintTitle = 1u << 15,    // title, headline, heading, kicker, standfirst, summary, dek, lead, intro
  kHintHidden = 1u << 16,   // hidden, visually-hidden, screen-reader, sr-only, display:none, aria-hidden
  kHintArticleBody = 1u << 17,  // itemprop or class articleBody: the pair of words "article body"
  kHintList = 1u << 18,         // list, grid, items, feed, carousel
};
inline constexpr int kHints = 19;

std::uint32_t hints_of(std::string_view names);

}  // namespace tocsin
