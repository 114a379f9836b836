#include "common/text/line_features.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include "common/text/line_words.h"

namespace tocsin {
namespace {

constexpr std::size_t kShape = 23;
constexpr std::size_t kFirst = 2;  // words of a line whose classes say more than others': the first ones ...
constexpr std::size_t kLast = 4;   // ... and the last ones
constexpr WordClass kLastClasses[] = {WordClass::kImage, WordClass::kAgency, WordClass::kNetwork, WordClass::kPage,
                                      WordClass::kTime};
constexpr std::size_t kWords = 2 * kWordClasses + std::size(kLastClasses) + 7;
constexpr std::size_t kName = 5;
constexpr std::size_t kEnd = 8;
constexpr std::size_t kSide = 6;
constexpr std::ptrdiff_t kSides[] = {-2, -1, 1, 2};
constexpr std::ptrdiff_t kWindows[] = {3, 8, 20};
constexpr std::size_t kPlace = 22;
constexpr std::size_t kSameReach = 200;  // lines before and behind that are looked at for the same one
constexpr std::size_t kLineWords = 40;   // words of a line and of the headline that are looked at

template <typename N>
float log_of(N n) {
  return std::log2(1 + static_cast<float>(n));
}
template <typename A, typename B>
float ratio(A a, B b) {
  return b > 0 ? static_cast<float>(a) / static_cast<float>(b) : 0;
}
template <typename N>
float upto(N n, float most) {
  return std::min(static_cast<float>(n), most);
}

// As much of a line as shows its shape.
std::string_view head_of(std::string_view line) {
  std::size_t size = std::min<std::size_t>(line.size(), 200);
  while (size < line.size() && (static_cast<unsigned char>(line[size]) & 0xc0) == 0x80) ++size;
  return line.substr(0, size);
}

// Characters that prose has seldom.
enum Sign : std::uint8_t { kBar = 1, kAddress = 2, kMail = 4, kCopyright = 8, kArrow = 16, kBracket = 32, kDash = 64 };

std::uint8_t signs_of(std::string_view line) {
  std::uint8_t signs = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ') continue;
    const std::string_view rest = line.substr(i);
    if (c == '|') signs |= kBar;
    if (c == '@') signs |= kMail;
    if (c == '>' || rest.starts_with("»") || rest.starts_with("›")) signs |= kArrow;
    if (c == '[' || c == '/') signs |= kBracket;
    if (rest.starts_with("://") || rest.starts_with(".com") || (c == '.' && line.substr(0, i).ends_with("www")))
      signs |= kAddress;
    if (rest.starts_with("©")) signs |= kCopyright;
    if (i > 0 && line[i - 1] == ' ' && (rest.starts_with("- ") || rest.starts_with("– ") || rest.starts_with("— ")))
      signs |= kDash;
  }
  return signs;
}

bool is_capital(std::string_view word) {
  while (!word.empty() && (word.front() == '(' || word.front() == '[' || word.front() == '"')) word.remove_prefix(1);
  return !word.empty() && word.front() >= 'A' && word.front() <= 'Z';
}

// Whether what stands in brackets may be who made a picture: "Ana Berg/Example", "Jon Roe for Example".
bool is_credit(std::string_view inside) {
  if (inside.empty() || inside.size() > 60 || !is_capital(inside)) return false;
  std::size_t words = 0, capitals = 0;
  for (std::size_t at = 0; at < inside.size();) {
    const std::size_t end = std::min(inside.find_first_of(" /", at), inside.size());
    if (end > at) {
      ++words;
      capitals += is_capital(inside.substr(at, end - at));
    }
    at = end + 1;
  }
  return words >= 1 && words <= 8 && capitals * 4 >= words * 3;
}

}  // namespace

LineHead look_at_head(std::string_view line) {
  const std::string_view head = head_of(line);
  return {shape_of(head), signs_of(head), true};
}

const std::size_t kLineFeatures =
    kShape + kWords + kName + kEnd + std::size(kSides) * kSide + std::size(kWindows) * 4 + kPlace;

void LineFeatures::assign(std::string_view text, const LineWords& words, const std::vector<Line>& lines,
                          const LineFacts& facts, std::string_view headline) {
  text_ = text;
  line_words_ = &words;
  lines_ = &lines;
  facts_ = &facts;
  headline_.clear();
  append_line_words(headline, kLineWords, headline_);
  headline_bits_ = 0;
  for (const std::uint64_t w : headline_) headline_bits_ |= std::uint64_t{1} << (w >> 1 & 63);
  taken_ = static_cast<std::uint32_t>(std::ranges::count_if(facts.rules, [](std::uint8_t r) { return r != 0; }));
  const auto n = static_cast<std::uint32_t>(lines.size());
  prose_.assign(n + 1, 0);
  bytes_.assign(n + 1, 0);
  last_.assign(n, n);
  next_.assign(n, n);
  prose_lines_ = 0;
  std::uint32_t last = n;
  // The core: the stretch of greatest sum, where prose counts its bytes and every other line costs (Kadane).
  float sum = 0, best = 0;
  std::size_t first = 0;
  core_first_ = core_last_ = 0;
  for (std::uint32_t i = 0; i < n; ++i) {
    const TextShape& s = facts.shapes[i];
    const bool prose = is_prose(s);
    const auto size = static_cast<float>(s.bytes);
    prose_[i + 1] = prose_[i] + (prose ? size : 0);
    bytes_[i + 1] = bytes_[i] + size;
    prose_lines_ += prose;
    if (prose) last = i;
    last_[i] = last;
    sum += prose ? std::min(size, 600.0F) : -60.0F;
    if (sum <= 0) {
      sum = 0;
      first = i + 1;
    } else if (sum > best) {
      best = sum;
      core_first_ = first;
      core_last_ = i + 1;
    }
  }
  for (std::uint32_t i = n, next = n; i-- > 0;) {
    if (last_[i] == i) next = i;
    next_[i] = next;
  }
  prose_share_ = ratio(prose_[n], bytes_[n]);
}

void LineFeatures::write(std::size_t i, float* out) {
  float* const end = out + kLineFeatures;
  const Line& line = (*lines_)[i];
  cut(i);
  put_shape(i, out);
  put_words(i, out);
  put_name(text_.substr(line.start, line.end - line.start), (facts_->classes[i] & kCutIntoWords) != 0, out);
  put_end(text_.substr(line.start, line.end - line.start), out);
  put_sides(i, out);
  put_place(i, out);
  assert(out == end);
  static_cast<void>(end);
}

// The first kLineWords words of a line: those that the rules saw, where they saw so many.
void LineFeatures::cut(std::size_t i) {
  words_.clear();
  if ((facts_->classes[i] & kCutIntoWords) != 0) {
    const CutWords known = facts_->words_of[i];
    const auto first = facts_->cut.begin() + known.first;
    words_.assign(first, first + std::min<std::uint32_t>(known.count, kLineWords));
    return;
  }
  const Line& line = (*lines_)[i];
  line_words_->append(line.start, line.end, kLineWords, words_);
}

void LineFeatures::put_shape(std::size_t i, float*& out) const {
  const auto put = [&out](float v) { *out++ = v; };
  const Line& line = (*lines_)[i];
  const std::string_view view = text_.substr(line.start, line.end - line.start);
  const TextShape& whole = facts_->shapes[i];
  const TextShape& s = facts_->heads[i].shape;
  const std::uint8_t signs = facts_->heads[i].signs;
  put(log_of(whole.bytes));
  put(log_of(whole.words));
  put(ratio(s.lower, s.words));
  put(ratio(s.capital, s.words));
  put(ratio(s.number, s.words));
  put(ratio(s.commas, s.words));
  put(upto(s.stops, 20));
  put(ratio(s.stops, s.words));
  put(ratio(s.uppers, s.letters));
  put(ratio(s.bytes, s.words));
  put(whole.ends_in_stop);
  put(whole.ends_in_colon);
  put(s.starts_upper);
  put(s.starts_quote);
  for (int bit = 0; bit < 7; ++bit) put(static_cast<float>(signs >> bit & 1));
  std::size_t common = 0;
  for (const std::uint64_t w : words_)
    common += (headline_bits_ >> (w >> 1 & 63) & 1) != 0 && std::ranges::find(headline_, w) != headline_.end();
  put(headline_.empty() ? 0 : ratio(2 * common, words_.size() + headline_.size()));
  std::size_t same = 0;
  const std::size_t low = i - std::min(i, kSameReach), high = std::min(i + kSameReach, lines_->size());
  for (std::size_t k = low; k < high; ++k) {
    const Line& other = (*lines_)[k];
    same += other.end - other.start == view.size() && text_.substr(other.start, view.size()) == view;
  }
  put(log_of(same));
}

void LineFeatures::put_words(std::size_t i, float*& out) const {
  const auto put = [&out](float v) { *out++ = v; };
  const WordClasses& classes = WordClasses::instance();
  std::uint8_t counts[kWordClasses] = {};
  WordClassSet first = 0, last = 0;
  std::size_t junk = 0, plain = 0, numbers = 0, addresses = 0, elsewhere = 0, colons = 0;
  const bool counted = (facts_->classes[i] & kCutIntoWords) != 0;
  for (std::size_t k = 0; k < words_.size(); ++k) {
    const WordClassSet set = classes.of(words_[k]);
    for (unsigned left = set; left != 0; left &= left - 1) ++counts[std::countr_zero(left)];
    if (k < kFirst) first |= set;
    if (k + kLast >= words_.size()) last |= set;
    junk += (set & kJunkClasses) != 0;
    const std::uint64_t word = words_[k] & ~kColonBit;
    colons += words_[k] != word;
    numbers += word == kNumberWord;
    addresses += word == kAddressWord;
    if ((set & (set_of(WordClass::kFunction) | set_of(WordClass::kVerb))) != 0) continue;
    ++plain;
    elsewhere += facts_->words.of(word) > (counted ? 1 : 0);
  }
  const std::size_t n = words_.size();
  for (const std::uint8_t c : counts) put(upto(c, 9));
  for (std::size_t c = 0; c < kWordClasses; ++c) put(static_cast<float>(first >> c & 1));
  for (const WordClass c : kLastClasses) put((last & set_of(c)) != 0);
  put(ratio(junk, n));
  put(ratio(counts[static_cast<std::size_t>(WordClass::kVerb)], n));
  put(ratio(counts[static_cast<std::size_t>(WordClass::kFunction)], n));
  put(ratio(elsewhere, plain));
  put(upto(numbers, 9));
  put(upto(addresses, 9));
  put(upto(colons, 9));
}

// A name at the start, what is said of it, and whether the text tells of it elsewhere: a note on an author does not.
void LineFeatures::put_name(std::string_view line, bool counted, float*& out) const {
  const auto put = [&out](float v) { *out++ = v; };
  constexpr std::size_t kMostCapitals = 6;
  std::size_t capitals = 0, at = 0;
  while (capitals < kMostCapitals && at < line.size() && is_capital(line.substr(at))) {
    ++capitals;
    const std::size_t blank = line.find(' ', at);
    at = blank == std::string_view::npos ? line.size() : blank + 1;
  }
  const WordClassSet next = capitals < words_.size() ? WordClasses::instance().of(words_[capitals]) : WordClassSet{0};
  put(static_cast<float>(capitals));
  put((next & set_of(WordClass::kVerb)) != 0);
  put((next & set_of(WordClass::kAuthor)) != 0);
  put((next & set_of(WordClass::kScene)) != 0);
  std::size_t least = 9;
  for (std::size_t k = 0; k < std::min<std::size_t>(2, words_.size()); ++k)
    least = std::min<std::size_t>(least, facts_->words.of(words_[k] & ~kColonBit) - (counted ? 1U : 0U));
  put(static_cast<float>(least));
}

// How a line ends: a caption's is a name or a bracket behind its sentence.
void LineFeatures::put_end(std::string_view line, float*& out) const {
  const auto put = [&out](float v) { *out++ = v; };
  std::size_t behind = 0, capital = 0, capital_of_three = 0;
  bool stopped = false;
  std::string_view rest = line;
  for (std::size_t k = 0; k < 9 && !rest.empty(); ++k) {
    const std::size_t blank = rest.rfind(' ');
    const std::string_view word = blank == std::string_view::npos ? rest : rest.substr(blank + 1);
    if (k > 0 && (word.ends_with('.') || word.ends_with('!') || word.ends_with('?') || word.ends_with(".”") ||
                  word.ends_with(".\"") || word.ends_with(".)"))) {
      stopped = true;
      break;
    }
    ++behind;
    capital += is_capital(word);
    if (k < 3) capital_of_three += is_capital(word);
    if (blank == std::string_view::npos) break;
    rest = rest.substr(0, blank);
  }
  put(stopped ? static_cast<float>(behind) : 0);
  put(stopped ? ratio(capital, behind) : 0);
  put(ratio(capital_of_three, 3));
  const bool bracket = line.ends_with(')') || line.ends_with(']') || line.ends_with(".)");
  const std::size_t open = bracket ? line.find_last_of("([") : std::string_view::npos;
  put(bracket);
  put(open == std::string_view::npos ? 0 : ratio(line.size() - open, 10));
  put(open == 0);
  put(open != std::string_view::npos && is_credit(line.substr(open + 1, line.find_last_of(")]") - open - 1)));
  const std::string_view tail = line.substr(line.size() - std::min<std::size_t>(line.size(), 40));
  const std::size_t slash = tail.find('/');
  put(slash != std::string_view::npos && slash > 0 && slash + 1 < tail.size() && tail[slash - 1] != ' ');
}

void LineFeatures::put_sides(std::size_t i, float*& out) const {
  const auto put = [&out](float v) { *out++ = v; };
  const auto n = static_cast<std::ptrdiff_t>(lines_->size());
  const auto at = static_cast<std::ptrdiff_t>(i);
  for (const std::ptrdiff_t d : kSides) {
    const std::ptrdiff_t k = at + d;
    if (k < 0 || k >= n) {
      for (std::size_t j = 0; j < kSide; ++j) put(-1);
      continue;
    }
    const auto side = static_cast<std::size_t>(k);
    const TextShape& s = facts_->shapes[side];
    put(log_of(s.bytes));
    put(s.ends_in_stop);
    put(s.ends_in_colon);
    put(facts_->rules[side]);
    put((facts_->classes[side] & kJunkClasses) != 0);
    put(is_prose(s));
  }
  for (const std::ptrdiff_t reach : kWindows) {
    const auto low = static_cast<std::size_t>(std::max<std::ptrdiff_t>(at - reach, 0));
    const auto high = static_cast<std::size_t>(std::min(at + 1 + reach, n));
    put(log_of(prose_[i] - prose_[low]));
    put(ratio(prose_[i] - prose_[low], bytes_[i] - bytes_[low]));
    put(log_of(prose_[high] - prose_[i + 1]));
    put(ratio(prose_[high] - prose_[i + 1], bytes_[high] - bytes_[i + 1]));
  }
}

void LineFeatures::put_place(std::size_t i, float*& out) const {
  const auto put = [&out](float v) { *out++ = v; };
  const auto n = static_cast<std::ptrdiff_t>(lines_->size());
  const auto at = static_cast<std::ptrdiff_t>(i);
  const auto count = static_cast<std::size_t>(n);
  const auto clamp = [](std::ptrdiff_t v) { return static_cast<float>(std::clamp<std::ptrdiff_t>(v, -60, 60)); };
  put(ratio(at, n));
  put(log_of(n));
  put(prose_share_);
  put(ratio(prose_lines_, n));
  put(log_of(prose_[count]));
  put(ratio(prose_[i], prose_[count]));
  put(clamp(at - static_cast<std::ptrdiff_t>(core_first_)));
  put(clamp(static_cast<std::ptrdiff_t>(core_last_) - at));
  put(i >= core_first_ && i < core_last_);
  put(ratio(prose_[core_last_] - prose_[core_first_], prose_[count]));
  const std::size_t before = i > 0 ? last_[i - 1] : count;
  const std::size_t behind = i + 1 < count ? next_[i + 1] : count;
  put(before == count ? -1.0F : clamp(at - static_cast<std::ptrdiff_t>(before)));
  put(behind == count ? -1.0F : clamp(static_cast<std::ptrdiff_t>(behind) - at));
  put(before == count ? -1.0F : log_of(facts_->shapes[before].bytes));
  put(behind == count ? -1.0F : log_of(facts_->shapes[behind].bytes));
  put(clamp(at));
  put(clamp(n - at));
  put(i > 0 && (*lines_)[i].blank_before);
  put(i + 1 < count && (*lines_)[i + 1].blank_before);
  // The nearest line that something took, within 20.
  std::size_t above = 1, below = 1;
  while (above <= std::min<std::size_t>(i, 20) && facts_->rules[i - above] == 0) ++above;
  while (below <= 20 && i + below < count && facts_->rules[i + below] == 0) ++below;
  const bool has_above = above <= std::min<std::size_t>(i, 20);
  const bool has_below = below <= 20 && i + below < count;
  put(has_above ? static_cast<float>(above) : 30);
  put(has_above ? static_cast<float>(facts_->rules[i - above]) : 0);
  put(has_below ? static_cast<float>(below) : 30);
  put(log_of(taken_));
}

}  // namespace tocsin
