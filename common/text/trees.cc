#include "common/text/trees.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <numeric>
#include <sstream>
#include <string_view>

namespace tocsin {
namespace {

constexpr std::size_t kMaxTrees = 2000;
constexpr std::size_t kMaxNodes = 2000;  // of one tree
constexpr std::uint32_t kMaxDepth = 64;

std::string_view next_word(std::string_view& line) {
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

template <typename T>
bool read_number(std::string_view s, T& out) {
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), out);
  return error == std::errc() && end == s.data() + s.size();
}

}  // namespace

Result<Trees> Trees::load(const std::string& path, std::size_t features) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(path + ": cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  return parse(text.str(), path, features);
}

Result<Trees> Trees::parse(const std::string& yaml, const std::string& name, std::size_t features) {
  YAML::Node root;
  try {
    root = YAML::Load(yaml);
  } catch (const YAML::Exception& e) {
    return fail(name + ":" + std::to_string(e.mark.line + 1) + ": no YAML: " + e.msg);
  }
  double threshold = 0;
  std::size_t stated = 0;
  if (!root.IsMap() || !root["trees"] || !root["trees"].IsScalar()) return fail(name + ": needs `trees`, a text");
  if (!root["features"] || !YAML::convert<std::size_t>::decode(root["features"], stated) || stated != features)
    return fail(name + ": `features` must be " + std::to_string(features) +
                ", or the file was made for another version");
  if (!root["threshold"] || !YAML::convert<double>::decode(root["threshold"], threshold) || threshold <= 0 ||
      threshold >= 1)
    return fail(name + ": `threshold` is a probability between 0 and 1");
  Trees out;
  out.threshold_ = static_cast<float>(std::log(threshold / (1 - threshold)));
  std::vector<std::uint32_t> depths;
  std::istringstream lines(root["trees"].Scalar());
  for (std::string text; std::getline(lines, text);) {
    const std::string where = name + ": tree " + std::to_string(depths.size() + 1);
    if (depths.size() == kMaxTrees) return fail(name + ": more than 2000 trees");
    out.roots_.push_back(static_cast<std::uint32_t>(out.nodes_.size()));
    std::string_view line = text;
    // Nodes whose right child is still to come.
    struct Open {
      std::size_t index;
      std::uint32_t depth;
    };
    std::vector<Open> open;
    std::uint32_t depth = 0, deepest = 0;  // of the node at hand
    bool done = false;
    for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) {
      if (done || out.nodes_.size() - out.roots_.back() > kMaxNodes || depth > kMaxDepth)
        return fail(where + ": more than one tree, or one too large");
      Node node;
      float leaf = 0;
      const bool is_leaf = word.front() == '=';
      if (is_leaf) {
        if (!read_number(word.substr(1), leaf)) return fail(where + ": `" + std::string(word) + "` is no leaf");
        node.threshold = std::numeric_limits<float>::quiet_NaN();
      } else {
        const std::size_t colon = word.find(':');
        if (colon == std::string_view::npos || !read_number(word.substr(0, colon), node.feature) ||
            !read_number(word.substr(colon + 1), node.threshold) || node.feature >= features)
          return fail(where + ": `" + std::string(word) + "` is no question; write number:threshold");
        open.push_back({out.nodes_.size(), depth});
      }
      out.nodes_.push_back(node);
      out.leaves_.push_back(leaf);
      deepest = std::max(deepest, depth);
      if (!is_leaf) {
        ++depth;
      } else if (open.empty()) {
        done = true;
      } else {
        out.nodes_[open.back().index].right = static_cast<std::uint16_t>(out.nodes_.size() - open.back().index);
        depth = open.back().depth + 1;
        open.pop_back();
      }
    }
    if (!done) return fail(where + ": ends too early");
    depths.push_back(deepest);
  }
  out.add_levels(depths);
  return out;
}

// Sorts the trees by their depth.
void Trees::add_levels(const std::vector<std::uint32_t>& depths) {
  std::vector<std::uint32_t> order(depths.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, std::greater{}, [&depths](std::uint32_t tree) { return depths[tree]; });
  const std::vector<std::uint32_t> roots = roots_;
  ranks_.resize(order.size());
  for (std::uint32_t rank = 0; rank < order.size(); ++rank) {
    roots_[rank] = roots[order[rank]];
    ranks_[order[rank]] = rank;
    for (std::uint32_t level = 0; level < depths[order[rank]]; ++level) {
      if (level == levels_.size()) levels_.push_back(0);
      ++levels_[level];
    }
  }
}

float Trees::score(const float* numbers) const {
  std::array<std::uint32_t, kMaxTrees> at;  // node of each tree
  std::ranges::copy(roots_, at.begin());
  for (const std::uint32_t deeper : levels_) {
    for (std::uint32_t tree = 0; tree < deeper; ++tree) {
      const Node& node = nodes_[at[tree]];
      const auto yes = static_cast<std::uint32_t>(numbers[node.feature] <= node.threshold);
      at[tree] += node.right ^ ((node.right ^ 1U) & (0 - yes));
    }
  }
  float sum = 0;  // in the order of the file, so that it is the same sum
  for (const std::uint32_t rank : ranks_) sum += leaves_[at[rank]];
  return sum;
}

}  // namespace tocsin
