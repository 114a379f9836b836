// Turns the phrases of lists and patterns into hashed words, all forms spelt out, tokenised as articles are.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/article/result.h"
#include "common/events/inflect.h"
#include "common/text/document.h"

namespace tocsin {

struct HashedPhrase {
  std::vector<std::uint64_t> words;
  Form form = Form::kNone;  // of its inflected word
  bool capital = false;     // the phrase is written with a capital first letter, and the text must have one too
};

// "test-fire/v" gives all forms of the verb, "warhead/n" singular and plural, "launch/ed" past, /ing, /s and /base one
// form. At most one word of a phrase may carry a suffix. The document is scratch.
Result<std::vector<HashedPhrase>> expand_phrase(std::string_view phrase, Document& scratch);

}  // namespace tocsin
