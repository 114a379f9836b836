// The knowledge that a configuration names: read and checked in one place, at the start, at a reload and by every
// command.
#pragma once

#include <memory>
#include <string_view>

#include "common/article/result.h"
#include "common/enrich.h"
#include "daemon/config.h"

namespace tocsin {

// Where the configuration names no directory it is `knowledge` beside the binary (where the build lays it), else
// ../share/tocsin/knowledge from the binary (where a package lays it). Wrong, too, are a preset of a raw topic that is
// not there (every article of the topic would be a dead letter) and `preset`, as the command line has it.
Result<std::shared_ptr<const Knowledge>> load_knowledge(const Config& config, std::string_view preset = "auto");

}  // namespace tocsin
