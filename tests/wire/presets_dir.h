// The presets that ship, for tests: read from the tree.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "common/wire/presets.h"

namespace tocsin {

inline const Presets& shipped_presets() {
  static const Presets presets = [] {
    const std::string file =
        std::string(__FILE__).substr(0, std::string(__FILE__).rfind("/tests/")) + "/common/knowledge/presets.yaml";
    auto loaded = Presets::load(file);
    if (!loaded) ADD_FAILURE() << loaded.error().message;
    return std::move(*loaded);
  }();
  return presets;
}

}  // namespace tocsin
