// A page of HTML as blocks of text with what their elements say of them: the first half of turning HTML into an
// article.
//
// One pass, no recursion, no tree of nodes: elements lie in one array, each with its parent. Broken HTML is read as
// browsers do in what matters here: unclosed p, li, tr, td and the like end where the next begins, end tags without a
// beginning are ignored, script and style are no text. Time and memory are linear in the page: no more than kMaxDepth
// elements are open at once (deeper start tags open nothing), no more than kMaxElements are kept, and what stands
// behind kMaxBlocks blocks is one more.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/html_tags.h"

namespace tocsin {

inline constexpr std::size_t kMaxDepth = 256;
inline constexpr std::size_t kMaxElements = 200'000;
inline constexpr std::size_t kMaxBlocks =
    20'000;  // each is judged by some 100 numbers; news pages have 137 blocks on average

struct Element {
  Tag tag = Tag::kOther;
  std::uint16_t depth = 0;
  std::uint32_t parent = 0;      // index; element 0 is the page itself and its own parent
  std::uint32_t own_hints = 0;   // Hint bits of its own class, id, role, itemprop
  std::uint32_t hints = 0;       // of it and all its ancestors but body and html
  std::uint32_t text_bytes = 0;  // of it and all below
  std::uint32_t link_bytes = 0;  // of those, inside links
  std::uint32_t blocks = 0;      // below and in it
};

// Text not interrupted by a block boundary, white space collapsed, character references resolved; a <br> is a line
// feed.
struct Block {
  std::uint32_t element = 0;  // the innermost block element around it
  std::uint32_t start = 0;    // bytes [start, end) of HtmlPage::text
  std::uint32_t end = 0;
  std::uint32_t link_bytes = 0;
  std::uint32_t links = 0;
  std::uint32_t bold_bytes = 0;
};

struct HtmlPage {
  std::string text;
  std::vector<Element> elements;
  std::vector<Block> blocks;
  std::vector<std::string> json_ld;  // contents of <script type="application/ld+json">, at most 32 of 1 MiB together
  // What the page states of itself, as written.
  std::string title;      // <title>
  std::string og_title;   // og:title, else twitter:title
  std::string site;       // og:site_name
  std::string url;        // canonical link, else og:url
  std::string language;   // html lang, else og:locale
  std::string published;  // article:published_time, itemprop or <time datetime>, in this order
  std::string author;     // meta author or article:author that is no address
  // Microdata: the first that stand in no comment and no teaser.
  std::string item_headline;   // itemprop headline
  std::string item_author;     // itemprop author, or the name in it
  std::string item_publisher;  // itemprop publisher, the name in it
  bool whole = false;          // it has a head or a body: a page, not a fragment
};

// `html` must be UTF-8 (html_to_utf8). `page` is overwritten; its buffers are reused.
void read_html(std::string_view html, HtmlPage& page);

// All text of a fragment (content:encoded, body_html), a block a line, nothing judged.
std::string html_fragment_text(std::string_view html);

}  // namespace tocsin
