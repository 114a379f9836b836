#include "common/text/trees.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string_view>

namespace tocsin {
namespace {

constexpr std::size_t kMaxTrees = 2000;
constexpr std::size_t kMaxNodes = 2000;  // of one tree
constexpr int kMaxDepth = 64;

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
  std::istringstream lines(root["trees"].Scalar());
  std::size_t number = 0;
  for (std::string text; std::getline(lines, text);) {
    const std::string where = name + ": tree " + std::to_string(++number);
    if (number > kMaxTrees) return fail(name + ": more than 2000 trees");
    out.roots_.push_back(static_cast<std::uint32_t>(out.nodes_.size()));
    std::string_view line = text;
    // Nodes whose right child is still to come, with their index.
    std::vector<std::size_t> open;
    bool done = false;
    for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) {
      if (done || out.nodes_.size() - out.roots_.back() > kMaxNodes || open.size() > kMaxDepth)
        return fail(where + ": more than one tree, or one too large");
      Node node;
      const std::size_t colon = word.find(':');
      if (word.front() == '=') {
        node.feature = kLeaf;
        if (!read_number(word.substr(1), node.value)) return fail(where + ": `" + std::string(word) + "` is no leaf");
        out.nodes_.push_back(node);
        if (open.empty()) {
          done = true;
        } else {
          Node& parent = out.nodes_[open.back()];
          parent.right = static_cast<std::uint16_t>(out.nodes_.size() - open.back());
          open.pop_back();
        }
        continue;
      }
      if (colon == std::string_view::npos || !read_number(word.substr(0, colon), node.feature) ||
          !read_number(word.substr(colon + 1), node.value) || node.feature >= features)
        return fail(where + ": `" + std::string(word) + "` is no question; write number:threshold");
      open.push_back(out.nodes_.size());
      out.nodes_.push_back(node);
    }
    if (!done) return fail(where + ": ends too early");
  }
  return out;
}

float Trees::score(const float* numbers) const {
  float sum = 0;
  for (const std::uint32_t root : roots_) {
    const Node* node = &nodes_[root];
    while (node->feature != kLeaf) node += numbers[node->feature] <= node->value ? 1 : node->right;
    sum += node->value;
  }
  return sum;
}

}  // namespace tocsin
