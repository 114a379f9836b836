// Reads rule files into RuleTables. Internal to events/; RuleSet::compile is its one caller.
#pragma once

#include <memory>
#include <vector>

#include "common/events/rule_set.h"
#include "common/events/rule_tables.h"

namespace tocsin {

Result<std::unique_ptr<RuleTables>> load_tables(const std::vector<RuleSet::File>& files);

}  // namespace tocsin
