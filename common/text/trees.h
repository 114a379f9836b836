// A sum of decision trees, as data: how lines and blocks are told from junk. Learnt offline (docs/text.md says how and
// from what), evaluated here, all trees a level at a time: whether a question is answered by yes cannot be foretold,
// and without a branch on it 40 to 300 walks go on side by side (docs/performance.md).
//
// The file is YAML: `features` (how many numbers go in), `threshold` (a probability), and `trees`, a text with one tree
// a line in preorder: `12:0.5` asks whether number 12 is at most 0.5 (yes: what follows; no: what follows that), `=0.1`
// is a leaf. The sum of the leaves is the log-odds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/article/result.h"

namespace tocsin {

// Immutable after loading; shared by threads.
class Trees {
 public:
  static Result<Trees> load(const std::string& path, std::size_t features);
  static Result<Trees> parse(const std::string& yaml, const std::string& name_for_errors, std::size_t features);

  // Log-odds of `numbers`, of which there are as many as loading was told.
  float score(const float* numbers) const;
  // The log-odds at which the file's threshold lies.
  float threshold() const { return threshold_; }

 private:
  // A question, or a leaf: one that is always answered by no, and leads to itself.
  struct Node {
    float threshold = 0;
    std::uint16_t feature = 0;
    std::uint16_t right = 0;  // distance to the right child; the left one is next
  };
  void add_levels(const std::vector<std::uint32_t>& depths);

  std::vector<Node> nodes_;
  std::vector<float> leaves_;          // parallel to the nodes: what a leaf adds
  std::vector<std::uint32_t> roots_;   // deeper trees first
  std::vector<std::uint32_t> ranks_;   // where the first, second ... tree of the file stands among them
  std::vector<std::uint32_t> levels_;  // how many trees are deeper than 0, 1, 2 ...
  float threshold_ = 0;
};

}  // namespace tocsin
