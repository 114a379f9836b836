// `tocsin explain --html`: one self-contained page. The article as it came, what was removed struck out where it stood,
// names of places and pieces of evidence marked; then places, events, and everything that the text version says.
#pragma once

#include <string>

#include "common/explain.h"

namespace tocsin {

// `in_words` is what the command prints without --html. The page loads nothing and runs nothing; whatever the article
// says stands in it as text.
std::string explain_page(const Explanation& told, const std::string& in_words);

}  // namespace tocsin
