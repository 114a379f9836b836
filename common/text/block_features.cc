#include "common/text/block_features.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "common/text/line_words.h"
#include "common/text/text_shape.h"

namespace tocsin {
namespace {

constexpr std::uint32_t kTagGroups = 11;
constexpr int kAncestors = 12;  // kinds of element that matter wherever above the block they stand
constexpr std::size_t kOwn = 20 + kTagGroups + kHints * 2 + kAncestors + 9;
constexpr std::size_t kSide = 6;        // numbers taken of each neighbour
constexpr std::size_t kNeighbours = 6;  // three before, three behind
constexpr std::size_t kWindow = 8;
constexpr std::size_t kPage = 12;

std::uint32_t tag_group(Tag t) {
  switch (t) {
    case Tag::kP:
      return 0;
    case Tag::kLi:
      return 1;
    case Tag::kH1:
      return 2;
    case Tag::kH2:
      return 3;
    case Tag::kH3:
    case Tag::kH4:
    case Tag::kH5:
    case Tag::kH6:
      return 4;
    case Tag::kTd:
    case Tag::kTh:
    case Tag::kTr:
      return 5;
    case Tag::kDiv:
      return 6;
    case Tag::kBlockquote:
    case Tag::kPre:
      return 7;
    case Tag::kFigcaption:
    case Tag::kFigure:
    case Tag::kCaption:
      return 8;
    case Tag::kSection:
    case Tag::kArticle:
    case Tag::kMain:
      return 9;
    default:
      return 10;
  }
}

int ancestor_bit(Tag t) {
  switch (t) {
    case Tag::kArticle:
      return 0;
    case Tag::kMain:
      return 1;
    case Tag::kAside:
      return 2;
    case Tag::kNav:
      return 3;
    case Tag::kFooter:
      return 4;
    case Tag::kHeader:
      return 5;
    case Tag::kForm:
      return 6;
    case Tag::kFigure:
      return 7;
    case Tag::kLi:
      return 8;
    case Tag::kTable:
      return 9;
    case Tag::kBlockquote:
      return 10;
    case Tag::kA:
      return 11;
    default:
      return -1;
  }
}

float log_of(double n) { return static_cast<float>(std::log2(1 + n)); }
float ratio(double a, double b) { return b > 0 ? static_cast<float>(a / b) : 0; }

// Words of a text as a set, for comparing with the title.
std::unordered_set<std::uint64_t> word_set(std::string_view text) {
  std::vector<std::uint64_t> words;
  append_line_words(text, 60, words);
  return {words.begin(), words.end()};
}

// All of a page that several blocks share.
struct Context {
  const HtmlPage& page;
  LineWords words;  // of its text
  std::vector<TextShape> shapes;
  std::vector<std::uint32_t> above;                      // by element: ancestor_bit()s of it and its ancestors
  std::vector<float> prose;                              // by element: bytes of prose directly in it
  std::uint32_t container = 0;                           // the element with most prose among its children and theirs
  std::uint32_t container_start = 0, container_end = 0;  // its blocks
  std::unordered_map<std::string_view, std::uint32_t> times;  // how often each text stands on the page
  std::unordered_set<std::uint64_t> title, og_title;
  std::unordered_set<std::uint64_t> stated;  // hashed runs of words of the articleBody
  std::uint32_t prose_blocks = 0, first_h1 = 0;
  std::size_t text_bytes = 0, link_bytes = 0, prose_bytes = 0;
};

bool is_prose(const TextShape& s, const Block& b) {
  return s.bytes >= 80 && b.link_bytes * 3 < s.bytes && (s.stops > 0 || s.commas > 1);
}

std::string_view text_of(const HtmlPage& page, const Block& b) {
  return std::string_view(page.text).substr(b.start, b.end - b.start);
}

constexpr std::size_t kRun = 4;
std::uint64_t run_hash(const std::uint64_t* words) {
  std::uint64_t h = 0;
  for (std::size_t i = 0; i < kRun; ++i) h = (h ^ words[i]) * 0x9e3779b97f4a7c15u + i;
  return h;
}

void note_stated(std::string_view body, Context& c) {
  std::vector<std::uint64_t> words;
  append_line_words(body, 20000, words);
  for (std::size_t i = 0; i + kRun <= words.size(); ++i) c.stated.insert(run_hash(&words[i]));
}

// Share of the block's runs of words that stand in the articleBody.
float share_stated(const Block& block, const Context& c, std::vector<std::uint64_t>& words) {
  if (c.stated.empty()) return -1;
  words.clear();
  c.words.append(block.start, block.end, 400, words);
  if (words.size() < kRun) return -0.5F;
  std::size_t found = 0;
  for (std::size_t i = 0; i + kRun <= words.size(); ++i) found += c.stated.contains(run_hash(&words[i]));
  return ratio(static_cast<double>(found), static_cast<double>(words.size() - kRun + 1));
}

// Prose counts for its element, and half of it for each element above (as readability does), for six levels.
void find_container(Context& c) {
  const auto& elements = c.page.elements;
  c.prose.assign(elements.size(), 0);
  for (std::size_t i = 0; i < c.page.blocks.size(); ++i) {
    const Block& b = c.page.blocks[i];
    if (!is_prose(c.shapes[i], b)) continue;
    ++c.prose_blocks;
    c.prose_bytes += c.shapes[i].bytes;
    float share = static_cast<float>(c.shapes[i].bytes);
    std::uint32_t e = b.element;
    if (elements[e].tag == Tag::kP || elements[e].tag == Tag::kLi) e = elements[e].parent;
    for (int level = 0; level < 6 && e != 0; ++level, share *= 0.6F) {
      c.prose[e] += share;
      e = elements[e].parent;
    }
  }
  c.container = static_cast<std::uint32_t>(std::max_element(c.prose.begin(), c.prose.end()) - c.prose.begin());
}

bool is_inside(const HtmlPage& page, std::uint32_t element, std::uint32_t container) {
  while (element > container) element = page.elements[element].parent;
  return element == container;
}

Context look_at(const HtmlPage& page, std::string_view stated_body) {
  Context c{page, {}, {}, {}, {}, 0, 0, 0, {}, word_set(page.title), word_set(page.og_title), {}, 0, 0, 0, 0, 0};
  c.words.assign(page.text);
  const auto n = static_cast<std::uint32_t>(page.blocks.size());
  c.first_h1 = n;
  c.above.assign(page.elements.size(), 0);
  for (std::size_t i = 1; i < page.elements.size(); ++i) {
    const int bit = ancestor_bit(page.elements[i].tag);
    c.above[i] = c.above[page.elements[i].parent] | (bit >= 0 ? 1U << bit : 0);
  }
  for (std::uint32_t i = 0; i < n; ++i) {
    const Block& b = page.blocks[i];
    c.shapes.push_back(shape_of(text_of(page, b)));
    ++c.times[text_of(page, b)];
    c.text_bytes += b.end - b.start;
    c.link_bytes += b.link_bytes;
    if (page.elements[b.element].tag == Tag::kH1) c.first_h1 = std::min(c.first_h1, i);
  }
  find_container(c);
  c.container_start = n;
  for (std::uint32_t i = 0; i < n; ++i) {
    if (!is_inside(page, page.blocks[i].element, c.container)) continue;
    c.container_start = std::min(c.container_start, i);
    c.container_end = i + 1;
  }
  note_stated(stated_body, c);
  return c;
}

class Writer {
 public:
  explicit Writer(float* at) : at_(at) {}
  void put(float v) { *at_++ = v; }
  void put(bool v) { put(v ? 1.0F : 0.0F); }
  void bits(std::uint32_t v, int n) {
    for (int i = 0; i < n; ++i) put((v >> i & 1) != 0);
  }
  const float* at() const { return at_; }

 private:
  float* at_;
};

float overlap(const Context& c, const Block& block, const std::unordered_set<std::uint64_t>& title,
              std::vector<std::uint64_t>& words) {
  if (title.empty() || block.end - block.start > 300) return 0;
  words.clear();
  c.words.append(block.start, block.end, 60, words);
  std::size_t common = 0;
  for (const std::uint64_t w : words) common += title.contains(w);
  return ratio(2.0 * static_cast<double>(common), static_cast<double>(words.size() + title.size()));
}

void put_text(const Context& c, std::size_t i, const JunkRules& rules, std::vector<std::uint64_t>& words, Writer& w) {
  const TextShape& s = c.shapes[i];
  const Block& b = c.page.blocks[i];
  const std::string_view text = text_of(c.page, b);
  w.put(log_of(s.bytes));
  w.put(log_of(s.words));
  w.put(ratio(b.link_bytes, s.bytes));
  w.put(log_of(b.links));
  w.put(ratio(b.bold_bytes, s.bytes));
  w.put(s.ends_in_stop);
  w.put(s.ends_in_colon);
  w.put(ratio(s.commas, s.words));
  w.put(log_of(s.stops));
  w.put(ratio(s.capital, s.words));
  w.put(ratio(s.lower, s.words));
  w.put(ratio(s.number, s.words));
  w.put(ratio(s.uppers, s.letters));
  w.put(ratio(s.function_words, s.words));
  w.put(ratio(s.bytes, s.words));
  w.put(s.starts_upper);
  w.put(s.starts_quote);
  w.put(log_of(c.times.at(text)));
  words.clear();
  if (s.bytes < 400) c.words.append(b.start, b.end, 60, words);
  const JunkRule* rule = words.empty() ? nullptr : rules.match(words, {false, false, s.ends_in_stop});
  w.put(rule == nullptr ? 0.0F : 1.0F + static_cast<float>(rule->action));
  w.put(share_stated(b, c, words));
}

void put_elements(const Context& c, std::size_t i, Writer& w) {
  const auto& elements = c.page.elements;
  const Block& b = c.page.blocks[i];
  const Element& e = elements[b.element];
  w.bits(1U << tag_group(e.tag), kTagGroups);
  const std::uint32_t near = e.own_hints | elements[e.parent].own_hints | elements[elements[e.parent].parent].own_hints;
  w.bits(near, kHints);
  w.bits(e.hints, kHints);
  w.bits(c.above[b.element], kAncestors);
  std::uint32_t up = b.element;
  for (int level = 0; level < 3; ++level) {
    up = elements[up].parent;
    w.put(log_of(elements[up].text_bytes));
    w.put(ratio(elements[up].link_bytes, elements[up].text_bytes));
    w.put(log_of(elements[up].blocks));
  }
}

void put_side(const Context& c, std::ptrdiff_t i, Writer& w) {
  if (i < 0 || i >= static_cast<std::ptrdiff_t>(c.page.blocks.size())) {
    for (std::size_t k = 0; k < kSide; ++k) w.put(-1.0F);
    return;
  }
  const auto at = static_cast<std::size_t>(i);
  const TextShape& s = c.shapes[at];
  const Block& b = c.page.blocks[at];
  w.put(log_of(s.bytes));
  w.put(ratio(b.link_bytes, s.bytes));
  w.put(s.ends_in_stop);
  w.put(ratio(s.lower, s.words));
  w.put(static_cast<float>(tag_group(c.page.elements[b.element].tag)));
  w.put(is_inside(c.page, b.element, c.container));
}

// Prose and text in the blocks around, within 4 and 12.
void put_window(const Context& c, std::size_t i, Writer& w) {
  for (const std::ptrdiff_t reach : {4, 12}) {
    double text[2] = {0, 0}, prose[2] = {0, 0};
    for (std::ptrdiff_t d = -reach; d <= reach; ++d) {
      const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(i) + d;
      if (d == 0 || at < 0 || at >= static_cast<std::ptrdiff_t>(c.shapes.size())) continue;
      const auto k = static_cast<std::size_t>(at);
      text[d > 0] += c.shapes[k].bytes;
      if (is_prose(c.shapes[k], c.page.blocks[k])) prose[d > 0] += c.shapes[k].bytes;
    }
    for (const int side : {0, 1}) {
      w.put(log_of(prose[side]));
      w.put(ratio(prose[side], text[side]));
    }
  }
}

void put_page(const Context& c, std::size_t i, std::vector<std::uint64_t>& words, Writer& w) {
  const Block& b = c.page.blocks[i];
  const auto at = static_cast<double>(i);
  w.put(ratio(at, static_cast<double>(c.page.blocks.size())));
  w.put(log_of(static_cast<double>(c.page.blocks.size())));
  w.put(log_of(static_cast<double>(c.prose_bytes)));
  w.put(ratio(static_cast<double>(c.link_bytes), static_cast<double>(c.text_bytes)));
  w.put(is_inside(c.page, b.element, c.container));
  w.put(ratio(c.prose[c.container], static_cast<double>(c.prose_bytes)));
  w.put(ratio(at - c.container_start, c.container_end - c.container_start));
  w.put(std::clamp(static_cast<float>(at - c.container_start), -50.0F, 50.0F));
  w.put(std::clamp(static_cast<float>(c.container_end - at), -50.0F, 50.0F));
  w.put(std::clamp(static_cast<float>(at - c.first_h1), -50.0F, 50.0F));
  w.put(overlap(c, b, c.title, words));
  w.put(overlap(c, b, c.og_title, words));
}

}  // namespace

const std::size_t kBlockFeatures = kOwn + kSide * kNeighbours + kWindow + kPage;

void block_features(const HtmlPage& page, std::string_view stated_body, const JunkRules& rules,
                    std::vector<float>& out) {
  out.assign(page.blocks.size() * kBlockFeatures, 0);
  const Context c = look_at(page, stated_body);
  std::vector<std::uint64_t> words;
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    Writer w(&out[i * kBlockFeatures]);
    put_text(c, i, rules, words, w);
    put_elements(c, i, w);
    for (const std::ptrdiff_t d : {-3, -2, -1, 1, 2, 3}) put_side(c, static_cast<std::ptrdiff_t>(i) + d, w);
    put_window(c, i, w);
    put_page(c, i, words, w);
  }
}

}  // namespace tocsin
