#include "daemon/nearest.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace tocsin {
namespace {

constexpr std::size_t kLongest = 64;

std::size_t edits(std::string_view a, std::string_view b) {
  std::array<std::size_t, kLongest + 1> row{};
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  word = word.substr(0, kLongest);
  std::string_view best;
  std::size_t fewest = std::min<std::size_t>(3, std::max<std::size_t>(1, word.size() / 3)) + 1;
  for (const std::string_view name : known) {
    const std::size_t n = edits(word, name.substr(0, kLongest));
    if (n < fewest) {
      fewest = n;
      best = name;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  if (const std::string_view name = nearest(word, known); !name.empty()) {
    return "; did you mean \"" + std::string(name) + "\"?";
  }
  if (known.empty() || known.size() > 30) return "";
  std::string out = "; known are ";
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i > 0) out += ", ";
    out += known[i];
  }
  return out;
}

}  // namespace tocsin
