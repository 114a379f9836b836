#include "common/text/line_features.h"

#include <algorithm>
#include <cmath>

namespace tocsin {
namespace {

constexpr std::size_t kShape = 25;
constexpr int kSide = 5;
constexpr std::ptrdiff_t kSides[] = {-3, -2, -1, 1, 2, 3};
constexpr std::ptrdiff_t kWindows[] = {3, 8, 20};
constexpr std::size_t kPlace = 18;

float log_of(double n) { return std::log2(1 + static_cast<float>(n)); }
float ratio(double a, double b) { return b > 0 ? static_cast<float>(a / b) : 0; }

bool is_prose(const TextShape& s) {
  return s.words >= 10 && s.lower * 2 >= s.words && (s.ends_in_stop || s.stops > 1 || s.words >= 25);
}

// Characters that prose has seldom.
enum Sign : std::uint8_t { kBar = 1, kAddress = 2, kMail = 4, kCopyright = 8, kArrow = 16, kBracket = 32, kDash = 64 };

std::uint8_t signs_of(std::string_view line) {
  line = line.substr(0, 300);
  std::uint8_t signs = 0;
  if (line.find('|') != std::string_view::npos) signs |= kBar;
  if (line.find("http") != std::string_view::npos || line.find("www.") != std::string_view::npos ||
      line.find(".com") != std::string_view::npos)
    signs |= kAddress;
  if (line.find('@') != std::string_view::npos) signs |= kMail;
  if (line.find("©") != std::string_view::npos) signs |= kCopyright;
  if (line.find("»") != std::string_view::npos || line.find("›") != std::string_view::npos ||
      line.find('>') != std::string_view::npos)
    signs |= kArrow;
  if (line.find('[') != std::string_view::npos || line.find('/') != std::string_view::npos) signs |= kBracket;
  if (line.find(" - ") != std::string_view::npos || line.find(" – ") != std::string_view::npos ||
      line.find(" — ") != std::string_view::npos)
    signs |= kDash;
  return signs;
}

}  // namespace

const std::size_t kLineFeatures = kShape + std::size(kSides) * kSide + std::size(kWindows) * 4 + kPlace;

void LineFeatures::assign(std::string_view text, const std::vector<Line>& lines, const LineFacts& facts) {
  text_ = text;
  lines_ = &lines;
  facts_ = &facts;
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

void LineFeatures::write(std::size_t i, float* out) const {
  const auto put = [&out](float v) { *out++ = v; };
  const TextShape& s = facts_->shapes[i];
  const auto n = static_cast<std::ptrdiff_t>(lines_->size());
  const auto at = static_cast<std::ptrdiff_t>(i);
  const Line& line = (*lines_)[i];
  const std::uint8_t signs = signs_of(text_.substr(line.start, line.end - line.start));
  put(log_of(s.bytes));
  put(log_of(s.words));
  put(ratio(s.lower, s.words));
  put(ratio(s.capital, s.words));
  put(ratio(s.number, s.words));
  put(ratio(s.commas, s.words));
  put(static_cast<float>(std::min(s.stops, 20U)));
  put(ratio(s.stops, s.words));
  put(ratio(s.uppers, s.letters));
  put(ratio(s.function_words, s.words));
  put(ratio(s.bytes, s.words));
  put(s.ends_in_stop);
  put(s.ends_in_colon);
  put(s.starts_upper);
  put(s.starts_quote);
  for (int bit = 0; bit < 7; ++bit) put(static_cast<float>(signs >> bit & 1));
  put(facts_->rules[i]);
  put(log_of(facts_->times[i]));
  put(facts_->title[i]);
  for (const std::ptrdiff_t d : kSides) {
    const std::ptrdiff_t k = at + d;
    if (k < 0 || k >= n) {
      for (int j = 0; j < kSide; ++j) put(-1);
      continue;
    }
    const TextShape& side = facts_->shapes[static_cast<std::size_t>(k)];
    put(log_of(side.bytes));
    put(ratio(side.lower, side.words));
    put(side.ends_in_stop);
    put(facts_->rules[static_cast<std::size_t>(k)]);
    put(ratio(side.function_words, side.words));
  }
  for (const std::ptrdiff_t reach : kWindows) {
    const auto low = static_cast<std::size_t>(std::max<std::ptrdiff_t>(at - reach, 0));
    const auto high = static_cast<std::size_t>(std::min(at + 1 + reach, n));
    put(log_of(prose_[i] - prose_[low]));
    put(ratio(prose_[i] - prose_[low], bytes_[i] - bytes_[low]));
    put(log_of(prose_[high] - prose_[i + 1]));
    put(ratio(prose_[high] - prose_[i + 1], bytes_[high] - bytes_[i + 1]));
  }
  const auto clamp = [](std::ptrdiff_t v) { return static_cast<float>(std::clamp<std::ptrdiff_t>(v, -60, 60)); };
  const auto count = static_cast<std::size_t>(n);
  put(ratio(static_cast<double>(at), static_cast<double>(n)));
  put(log_of(static_cast<double>(n)));
  put(prose_share_);
  put(ratio(prose_lines_, static_cast<double>(n)));
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
  put(line.blank_before);
  put(i + 1 < count && (*lines_)[i + 1].blank_before);
}

}  // namespace tocsin
