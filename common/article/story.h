// Story: what the mind found about one article's past. Made by dedupe/story_book.h, read by events/ and wire/encode.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/article/outcome.h"

namespace tocsin {

struct Story {
  Outcome outcome = Outcome::kNew;  // new, revision, duplicate, stale or kill
  std::string cluster;              // equal for all articles of a story; never empty
  // The rest is empty for a head (outcome new) that relates to nothing.
  std::optional<Relation> relation;
  std::string of;                            // uri of the head
  double similarity = 0;                     // 0..1, containment of the shorter text in the longer
  std::vector<std::string> changed_numbers;  // as written in this article, where the head has others
  bool backfill = false;                     // published longer than alerts_max_age before its record time
};

}  // namespace tocsin
