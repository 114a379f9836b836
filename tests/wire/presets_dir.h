// The presets that ship, for tests: read from the tree.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "common/wire/presets.h"

namespace tocsin {

inline const Presets& shipped_presets() {
  static const Presets presets = [] {
    const std::string file = TOCSIN_SOURCE_DIR "/common/knowledge/presets.yaml";
    auto loaded = Presets::load(file);
    if (!loaded) ADD_FAILURE() << loaded.error().message;
    return std::move(*loaded);
  }();
  return presets;
}

}  // namespace tocsin
