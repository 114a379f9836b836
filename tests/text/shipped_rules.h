// The junk rules that are shipped, with what was learnt beside them.
#pragma once

#include <stdexcept>
#include <utility>

#include "common/text/junk_rules.h"

namespace tocsin {

inline const JunkRules& shipped_rules() {
  static const JunkRules loaded = [] {
    auto r = JunkRules::load(TOCSIN_SOURCE_DIR "/common/knowledge/junk.yaml");
    if (!r) throw std::runtime_error(r.error().message);
    return std::move(*r);
  }();
  return loaded;
}

}  // namespace tocsin
