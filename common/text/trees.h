// A sum of decision trees, as data: how lines and blocks are told from junk. Learnt offline (docs/text.md says how and
// from what), evaluated here: about 1 us for 100 trees of 15 leaves.
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
  struct Node {
    float value = 0;            // threshold, or a leaf's value
    std::uint16_t feature = 0;  // kLeaf: a leaf
    std::uint16_t right = 0;    // distance to the right child; the left one is next
  };
  static constexpr std::uint16_t kLeaf = UINT16_MAX;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> roots_;
  float threshold_ = 0;
};

}  // namespace tocsin
