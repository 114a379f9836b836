// What the block model judges a block of a page by: numbers from its text, its elements, its neighbours and the page.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/text/html_page.h"
#include "common/text/junk_rules.h"

namespace tocsin {

// Numbers a block. The model file names the same count; order and meaning are in block_features.cc.
extern const std::size_t kBlockFeatures;

// Overwrites `out` with kBlockFeatures numbers for each block of the page. `stated_body` is the page's articleBody, or
// empty.
void block_features(const HtmlPage& page, std::string_view stated_body, const JunkRules& rules,
                    std::vector<float>& out);

}  // namespace tocsin
