#include "common/places/arabic.h"

#include <algorithm>

namespace tocsin::places {

std::vector<ArabicStem> arabic_stems(std::string_view word) {
  constexpr std::string_view kAl = "ال", kLil = "لل";
  constexpr std::string_view kAnd[] = {"و", "ف"}, kIn[] = {"ب", "ل", "ك"};
  constexpr std::size_t kLeastBytes = 6;
  std::vector<ArabicStem> stems{{std::string(word), 0}};
  const auto add = [&](std::string text, std::uint32_t joined) {
    const auto same = [&](const ArabicStem& s) { return s.text == text; };
    if (text.size() >= kLeastBytes && std::none_of(stems.begin(), stems.end(), same))
      stems.push_back({std::move(text), joined});
  };
  const auto take = [&](const ArabicStem& from, std::string_view prefix) {
    if (!from.text.starts_with(prefix)) return;
    add(from.text.substr(prefix.size()), from.joined + static_cast<std::uint32_t>(prefix.size()));
  };
  // Each step takes from what the steps before have left; a copy, because the list grows.
  for (const std::string_view prefix : kAnd) take({std::string(word), 0}, prefix);
  for (std::size_t i = 0, n = stems.size(); i < n; ++i) {
    const ArabicStem from = stems[i];
    if (from.text.starts_with(kLil)) add(std::string(kAl) + from.text.substr(kLil.size()), from.joined);
    for (const std::string_view prefix : kIn) take(from, prefix);
  }
  for (std::size_t i = 0, n = stems.size(); i < n; ++i) {
    const ArabicStem from = stems[i];
    if (from.text.starts_with(kAl)) add(from.text.substr(kAl.size()), from.joined);
  }
  stems.erase(stems.begin());
  return stems;
}

}  // namespace tocsin::places
