#include "common/text/html_page.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "common/text/html_entities.h"
#include "common/wire/encoding.h"

namespace tocsin {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool same(std::string_view a, std::string_view lower_b) {
  return a.size() == lower_b.size() &&
         std::equal(a.begin(), a.end(), lower_b.begin(), [](char x, char y) { return lower(x) == y; });
}
bool holds(std::string_view text, std::string_view lower_word) {
  return std::search(text.begin(), text.end(), lower_word.begin(), lower_word.end(),
                     [](char x, char y) { return lower(x) == y; }) != text.end();
}

// Attributes of one tag that matter, as written.
struct Attributes {
  std::string_view names[4];  // class, id, role, itemprop
  std::string_view name, property, content, href, rel, lang, type, datetime, style;
  bool hidden = false;
  std::string_view itemprop() const { return names[3]; }
};

void keep(std::string_view key, std::string_view value, Attributes& a) {
  switch (lower(key[0])) {
    case 'c':
      if (same(key, "class")) a.names[0] = value;
      if (same(key, "content")) a.content = value;
      break;
    case 'i':
      if (same(key, "id")) a.names[1] = value;
      if (same(key, "itemprop")) a.names[3] = value;
      break;
    case 'r':
      if (same(key, "role")) a.names[2] = value;
      if (same(key, "rel")) a.rel = value;
      break;
    case 'h':
      if (same(key, "href")) a.href = value;
      if (same(key, "hidden")) a.hidden = true;
      break;
    case 'n':
      if (same(key, "name")) a.name = value;
      break;
    case 'p':
      if (same(key, "property")) a.property = value;
      break;
    case 'l':
      if (same(key, "lang")) a.lang = value;
      break;
    case 't':
      if (same(key, "type")) a.type = value;
      break;
    case 'd':
      if (same(key, "datetime")) a.datetime = value;
      break;
    case 's':
      if (same(key, "style"))
        a.hidden |= holds(value.substr(0, 200), "display:none") || holds(value.substr(0, 200), "display: none");
      break;
    case 'a':
      if (same(key, "aria-hidden")) a.hidden |= same(value, "true");
      break;
    default:
      break;
  }
}

constexpr std::size_t kMaxItem = 300;  // bytes of text that a headline or a name in microdata may have

class Reader {
 public:
  Reader(std::string_view html, HtmlPage& page) : html_(html), page_(page) {
    page_.text.clear();
    page_.elements.clear();
    page_.blocks.clear();
    page_.json_ld.clear();
    page_ = HtmlPage{std::move(page_.text),
                     std::move(page_.elements),
                     std::move(page_.blocks),
                     std::move(page_.json_ld),
                     {},
                     {},
                     {},
                     {},
                     {},
                     {},
                     {},
                     {},
                     {},
                     {},
                     false};
    page_.elements.emplace_back();
    stack_.push_back(0);
  }

  void run() {
    while (at_ < html_.size()) {
      if (html_[at_] == '<' && markup()) continue;
      const std::size_t next = std::min(html_.find('<', at_ + (html_[at_] == '<')), html_.size());
      text(html_.substr(at_, next - at_));
      at_ = next;
    }
    close_block();
    sum();
  }

 private:
  // Reads what begins with the < at at_. False: it is text.
  bool markup() {
    const std::string_view rest = html_.substr(at_);
    if (rest.size() < 2) return false;
    if (rest.starts_with("<!--")) {
      const std::size_t end = html_.find("-->", at_ + 4);
      at_ = end == std::string_view::npos ? html_.size() : end + 3;
      return true;
    }
    if (rest[1] == '!' || rest[1] == '?') {
      at_ = std::min(html_.find('>', at_), html_.size() - 1) + 1;
      return true;
    }
    const bool closing = rest[1] == '/';
    if (rest.size() < 3 || !is_letter(rest[closing ? 2 : 1])) return false;
    std::size_t i = at_ + (closing ? 2 : 1);
    const std::size_t first = i;
    while (i < html_.size() && !is_blank(html_[i]) && html_[i] != '>' && html_[i] != '/') ++i;
    const Tag tag = tag_of(html_.substr(first, i - first));
    Attributes attributes;
    const bool self_closed = read_attributes(i, tag, attributes);
    if (closing) {
      end_tag(tag);
    } else {
      start_tag(tag, attributes, self_closed);
    }
    return true;
  }

  // From i to behind the >. True: the tag ends in />.
  bool read_attributes(std::size_t i, Tag, Attributes& a) {
    bool slash = false;
    while (i < html_.size() && html_[i] != '>') {
      if (is_blank(html_[i]) || html_[i] == '/') {
        slash = html_[i] == '/';
        ++i;
        continue;
      }
      slash = false;
      const std::size_t key = i;
      while (i < html_.size() && !is_blank(html_[i]) && html_[i] != '=' && html_[i] != '>' && html_[i] != '/') ++i;
      const std::string_view name = html_.substr(key, std::max<std::size_t>(i - key, 1));
      while (i < html_.size() && is_blank(html_[i])) ++i;
      std::string_view value;
      if (i < html_.size() && html_[i] == '=') {
        ++i;
        while (i < html_.size() && is_blank(html_[i])) ++i;
        if (i < html_.size() && (html_[i] == '"' || html_[i] == '\'')) {
          const std::size_t end = std::min(html_.find(html_[i], i + 1), html_.size());
          value = html_.substr(i + 1, end - i - 1);
          i = std::min(end + 1, html_.size());
        } else {
          const std::size_t begin = i;
          while (i < html_.size() && !is_blank(html_[i]) && html_[i] != '>') ++i;
          value = html_.substr(begin, i - begin);
        }
      }
      keep(name, value, a);
    }
    at_ = std::min(i + 1, html_.size());
    return slash;
  }

  void start_tag(Tag tag, const Attributes& a, bool self_closed) {
    page_.whole |= tag == Tag::kHtml || tag == Tag::kHead || tag == Tag::kBody;
    facts(tag, a);
    if (is_raw(tag)) return raw(tag, a);
    if (tag == Tag::kBr) {
      if (skipping_ == 0) line_break();
      return;
    }
    if (tag == Tag::kTd || tag == Tag::kTh) {
      close_implied(tag);
      blank_ = true;
    }
    if (is_block(tag)) {
      close_implied(tag);
      if (skipping_ == 0) close_block();
    }
    if (is_void(tag) || (self_closed && tag == Tag::kOther)) return;
    if (tag == Tag::kA && open_[static_cast<std::size_t>(tag)] > 0) end_tag(tag);  // links do not nest
    open(tag, a);
    if (tag == Tag::kA && skipping_ == 0) ++links_;
  }

  // Content that is no HTML ends at its own end tag, nothing else.
  void raw(Tag tag, const Attributes& a) {
    static constexpr std::string_view kNames[] = {"script", "style", "textarea", "title", "iframe", "noscript"};
    static constexpr Tag kRawTags[] = {Tag::kScript, Tag::kStyle,  Tag::kTextarea,
                                       Tag::kTitle,  Tag::kIframe, Tag::kNoscript};
    const auto which =
        static_cast<std::size_t>(std::find(std::begin(kRawTags), std::end(kRawTags), tag) - std::begin(kRawTags));
    const std::string_view name = kNames[which];
    if (unclosed_[which]) return;  // no end tag is left: looked for once, or many such tags would cost their square
    std::size_t end = at_;
    while (true) {
      end = html_.find("</", end);
      if (end == std::string_view::npos) {
        unclosed_[which] = true;
        if (tag == Tag::kScript || tag == Tag::kStyle) at_ = html_.size();
        return;
      }
      if (same(html_.substr(end + 2, name.size()), name)) break;
      end += 2;
    }
    const std::string_view content = html_.substr(at_, end - at_);
    if (tag == Tag::kScript && holds(a.type, "ld+json") && page_.json_ld.size() < 32 &&
        json_bytes_ + content.size() < (1u << 20)) {
      json_bytes_ += content.size();
      page_.json_ld.emplace_back(content);
    }
    if (tag == Tag::kTitle && page_.title.empty()) page_.title = unescaped(content);
    at_ = std::min(html_.find('>', end), html_.size() - 1) + 1;
  }

  void end_tag(Tag tag) {
    if (tag == Tag::kP && open_[static_cast<std::size_t>(tag)] == 0) return close_block();
    if (tag == Tag::kOther || open_[static_cast<std::size_t>(tag)] == 0) return;
    if (tag == Tag::kTd || tag == Tag::kTh) blank_ = true;
    // Inline elements do not end the blocks around them: they end themselves, and the blocks stay open.
    std::size_t i = stack_.size() - 1;
    bool crosses = false;
    for (; i > 0 && page_.elements[stack_[i]].tag != tag; --i) crosses |= is_block(page_.elements[stack_[i]].tag);
    if (i == 0) return;
    const bool is_inline = !is_block(tag) && !is_skipped(tag) && tag != Tag::kTd && tag != Tag::kTh;
    if (is_inline && crosses) return forget(i);
    pop_to(i);
    if (is_block(tag) && skipping_ == 0) close_block();
  }

  // Ends an inline element below open blocks.
  void forget(std::size_t i) {
    Element& e = page_.elements[stack_[i]];
    --open_[static_cast<std::size_t>(e.tag)];
    bold_ -= e.tag == Tag::kB || e.tag == Tag::kStrong;
    e.tag = Tag::kOther;
    ++open_[static_cast<std::size_t>(e.tag)];
  }

  // Ends elements whose end tag may be left out, before a start tag that implies it; never beyond one whose content is
  // not shown.
  void close_implied(Tag tag) {
    if (open_[static_cast<std::size_t>(Tag::kHead)] > 0) close_up_to(Tag::kHead, Tag::kHead, Tag::kBody, Tag::kBody);
    if (tag != Tag::kLi && tag != Tag::kTr && tag != Tag::kTd && tag != Tag::kTh && tag != Tag::kDd &&
        tag != Tag::kDt) {
      if (open_[static_cast<std::size_t>(Tag::kP)] > 0) close_up_to(Tag::kP, Tag::kP, Tag::kTable, Tag::kTd);
      return;
    }
    if (tag == Tag::kLi) return close_up_to(Tag::kLi, Tag::kLi, Tag::kUl, Tag::kOl);
    if (tag == Tag::kDd || tag == Tag::kDt) return close_up_to(Tag::kDd, Tag::kDt, Tag::kDl, Tag::kDl);
    if (tag == Tag::kTr) return close_up_to(Tag::kTr, Tag::kTr, Tag::kTable, Tag::kTable);
    close_up_to(Tag::kTd, Tag::kTh, Tag::kTr, Tag::kTable);
  }

  void close_up_to(Tag a, Tag b, Tag stop, Tag stop2) {
    if (open_[static_cast<std::size_t>(a)] == 0 && open_[static_cast<std::size_t>(b)] == 0) return;
    for (std::size_t i = stack_.size() - 1; i > 0; --i) {
      const Tag t = page_.elements[stack_[i]].tag;
      if (t == stop || t == stop2 || is_skipped(t)) return;
      if (t == a || t == b) {
        close_block();
        return pop_to(i);
      }
    }
  }

  void open(Tag tag, const Attributes& a) {
    if (stack_.size() >= kMaxDepth || page_.elements.size() >= kMaxElements) return;
    const std::uint32_t parent = stack_.back();
    Element e;
    e.tag = tag;
    e.parent = parent;
    e.depth = static_cast<std::uint16_t>(stack_.size());
    for (const std::string_view names : a.names) {
      if (!names.empty()) e.own_hints |= hints_of(names);
    }
    if (a.hidden) e.own_hints |= kHintHidden;
    const bool root = tag == Tag::kBody || tag == Tag::kHtml;
    e.hints = page_.elements[parent].hints | (root ? 0 : e.own_hints);
    stack_.push_back(static_cast<std::uint32_t>(page_.elements.size()));
    page_.elements.push_back(e);
    if (!a.itemprop().empty()) begin_item(a, e.hints);
    ++open_[static_cast<std::size_t>(tag)];
    skipping_ += is_skipped(tag);
    bold_ += tag == Tag::kB || tag == Tag::kStrong;
  }

  void pop_to(std::size_t size) {
    if (size <= item_.depth) end_item();
    while (stack_.size() > size) {
      const Tag tag = page_.elements[stack_.back()].tag;
      --open_[static_cast<std::size_t>(tag)];
      skipping_ -= is_skipped(tag);
      bold_ -= tag == Tag::kB || tag == Tag::kStrong;
      stack_.pop_back();
    }
  }

  // ---- microdata

  // An element whose text is a property of the article, being read.
  struct Item {
    std::string* field = nullptr;
    std::size_t depth = 0;  // elements open around it; 0: none is being read
    std::size_t start = 0;  // of its text in page_.text
  };

  void begin_item(const Attributes& a, std::uint32_t hints) {
    if (item_.depth > 0) {  // the name in an author or publisher is all of it
      if (same(a.itemprop(), "name")) item_ = {item_.field, stack_.size() - 1, page_.text.size()};
      return;
    }
    if ((hints & (kHintComment | kHintRelated | kHintHidden)) != 0) return;
    std::string* field = same(a.itemprop(), "headline")    ? &page_.item_headline
                         : same(a.itemprop(), "author")    ? &page_.item_author
                         : same(a.itemprop(), "publisher") ? &page_.item_publisher
                                                           : nullptr;
    if (field != nullptr && field->empty()) item_ = {field, stack_.size() - 1, page_.text.size()};
  }

  void end_item() {
    const std::string_view text = std::string_view(page_.text).substr(std::min(item_.start, page_.text.size()));
    if (text.size() <= kMaxItem && item_.field->empty()) *item_.field = collapsed(text);
    item_ = {};
  }

  // <meta itemprop="headline" content="...">, or the name of an author or publisher that is being read.
  void item_content(const Attributes& a) {
    if (item_.depth > 0 && same(a.itemprop(), "name")) take(*item_.field, a.content);
    if (item_.depth == 0 && same(a.itemprop(), "headline")) take(page_.item_headline, a.content);
    if (item_.depth == 0 && same(a.itemprop(), "author")) take(page_.item_author, a.content);
  }

  // ---- text

  void text(std::string_view raw) {
    if (skipping_ > 0) return;
    if (raw.find('&') != std::string_view::npos) {
      scratch_.clear();
      append_unescaped(raw, scratch_);
      raw = scratch_;
    }
    std::string& out = page_.text;
    const std::size_t before = out.size();
    for (std::size_t i = 0; i < raw.size();) {
      if (is_blank(raw[i])) {
        blank_ = true;
        ++i;
        continue;
      }
      std::size_t end = i + 1;
      while (end < raw.size() && !is_blank(raw[end])) ++end;
      if (!open_block_)
        begin_block();
      else if (blank_)
        out.push_back(' ');
      blank_ = false;
      out.append(raw.substr(i, end - i));
      i = end;
    }
    const auto added = static_cast<std::uint32_t>(out.size() - before);
    if (open_[static_cast<std::size_t>(Tag::kA)] > 0) block_.link_bytes += added;
    if (bold_ > 0) block_.bold_bytes += added;
    if (added > 0) breaks_ = 0;
  }

  void line_break() {
    if (!open_block_) return;
    if (++breaks_ > 1) return close_block();
    if (page_.text.back() != '\n') page_.text.push_back('\n');
    blank_ = false;
  }

  void begin_block() {
    open_block_ = true;
    block_ = Block{};
    block_.start = static_cast<std::uint32_t>(page_.text.size());
    std::size_t i = stack_.size() - 1;
    while (i > 0) {
      const Tag t = page_.elements[stack_[i]].tag;
      if (is_block(t) || t == Tag::kTd || t == Tag::kTh) break;
      --i;
    }
    block_.element = stack_[i];
    links_before_ = links_ - (open_[static_cast<std::size_t>(Tag::kA)] > 0 ? 1 : 0);
  }

  void close_block() {
    breaks_ = 0;
    blank_ = false;
    if (!open_block_) return;
    if (page_.blocks.size() + 1 >= kMaxBlocks && at_ < html_.size()) return line_break();
    open_block_ = false;
    while (page_.text.size() > block_.start && (page_.text.back() == '\n' || page_.text.back() == ' '))
      page_.text.pop_back();
    block_.end = static_cast<std::uint32_t>(page_.text.size());
    block_.links = links_ - links_before_;
    block_.link_bytes = std::min(block_.link_bytes, block_.end - block_.start);
    page_.text.push_back('\n');
    page_.blocks.push_back(block_);
  }

  // Sums of text over subtrees: children stand behind their parents.
  void sum() {
    for (const Block& b : page_.blocks) {
      Element& e = page_.elements[b.element];
      e.text_bytes += b.end - b.start;
      e.link_bytes += b.link_bytes;
      ++e.blocks;
    }
    for (std::size_t i = page_.elements.size() - 1; i > 0; --i) {
      const Element& e = page_.elements[i];
      Element& parent = page_.elements[e.parent];
      parent.text_bytes += e.text_bytes;
      parent.link_bytes += e.link_bytes;
      parent.blocks += e.blocks;
    }
  }

  // ---- what the page says of itself

  static std::string unescaped(std::string_view raw) {
    std::string text;
    append_unescaped(utf8_start(raw, 2000), text);
    return collapsed(text);
  }

  static std::string collapsed(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (!is_blank(c))
        out.push_back(c);
      else if (!out.empty() && out.back() != ' ')
        out.push_back(' ');
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
  }

  static void take(std::string& field, std::string_view value) {
    if (field.empty()) field = unescaped(value);
  }

  void facts(Tag tag, const Attributes& a) {
    if (tag == Tag::kHtml) take(page_.language, a.lang);
    if (tag == Tag::kLink && same(a.rel, "canonical")) page_.url = unescaped(a.href);
    if (tag == Tag::kTime && !a.datetime.empty()) take(time_, a.datetime);
    if (!a.itemprop().empty() && same(a.itemprop(), "datepublished"))
      take(page_.published, a.content.empty() ? a.datetime : a.content);
    if (tag == Tag::kBody && page_.published.empty()) page_.published = meta_date_;
    if (tag != Tag::kMeta || a.content.empty()) return;
    if (!a.itemprop().empty()) item_content(a);
    if (same(a.itemprop(), "inlanguage")) take(page_.language, a.content);
    const std::string_view key = a.property.empty() ? a.name : a.property;
    if (same(key, "og:title")) page_.og_title = unescaped(a.content);
    if (same(key, "twitter:title")) take(page_.og_title, a.content);
    if (same(key, "og:site_name")) take(page_.site, a.content);
    if (same(key, "og:url")) take(page_.url, a.content);
    if (same(key, "og:locale")) take(page_.language, a.content);
    if (same(key, "article:published_time") || same(key, "og:published_time")) page_.published = unescaped(a.content);
    if (same(key, "date") || same(key, "pubdate") || same(key, "publishdate") || same(key, "parsely-pub-date") ||
        same(key, "dc.date") || same(key, "dc.date.issued") || same(key, "sailthru.date") || same(key, "publish-date"))
      take(meta_date_, a.content);
    if (same(key, "author") || same(key, "article:author") || same(key, "parsely-author") || same(key, "byl")) {
      if (!holds(a.content, "http")) take(page_.author, a.content);
    }
  }

 public:
  void settle() {
    if (page_.published.empty()) page_.published = meta_date_.empty() ? time_ : meta_date_;
  }

 private:
  std::string_view html_;
  HtmlPage& page_;
  std::size_t at_ = 0;
  std::vector<std::uint32_t> stack_;
  std::array<std::uint32_t, kTags> open_{};
  std::array<bool, 6> unclosed_{};
  std::uint32_t skipping_ = 0;
  std::uint32_t bold_ = 0;
  std::size_t json_bytes_ = 0;
  std::string scratch_;
  Item item_;
  std::string meta_date_;
  std::string time_;
  Block block_;
  bool open_block_ = false;
  bool blank_ = false;        // white space since the last text
  std::uint32_t breaks_ = 0;  // <br> since the last text
  std::uint32_t links_ = 0;
  std::uint32_t links_before_ = 0;
};

}  // namespace

void read_html(std::string_view html, HtmlPage& page) {
  Reader reader(html, page);
  reader.run();
  reader.settle();
}

std::string html_fragment_text(std::string_view html) {
  HtmlPage page;
  read_html(html, page);
  while (!page.text.empty() && page.text.back() == '\n') page.text.pop_back();
  return std::move(page.text);
}

}  // namespace tocsin
