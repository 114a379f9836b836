// Where the compiled knowledge lies when the configuration does not say.
#pragma once

#include "common/enrich.h"

namespace tocsin {

// Fills an empty `directory`: `knowledge` beside the binary (where the build lays it), else
// ../share/tocsin/knowledge from the binary (where a package lays it). The other paths are left to Knowledge::load.
KnowledgePaths with_default_directory(KnowledgePaths paths);

}  // namespace tocsin
