// Classes of words by which captions, pleas, notes on authors and links are told from sentences: English words that any
// site may use, and no site's own.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/text/word_table.h"

namespace tocsin {

enum class WordClass : std::uint8_t {
  kImage,     // photo, courtesy
  kAgency,    // who sells pictures: Getty, Reuters
  kVideo,     // watch, podcast
  kPlea,      // subscribe, donate
  kReader,    // you, our
  kNetwork,   // Twitter, share
  kContact,   // email, tips
  kAuthor,    // columnist, fellow
  kRights,    // copyright, opinions
  kPage,      // advertisement, read, more
  kTime,      // March, updated
  kScene,     // what a caption sees: speaks, waves, left
  kSpeech,    // said, told: sentences of stories
  kVerb,      // is, would
  kFunction,  // the, of
};
inline constexpr std::size_t kWordClasses = 15;

// A set of classes; the highest bit says of a line that it was cut into words at all.
using WordClassSet = std::uint16_t;
inline constexpr WordClassSet kCutIntoWords = 1U << 15;
constexpr WordClassSet set_of(WordClass c) { return static_cast<WordClassSet>(1U << static_cast<unsigned>(c)); }
// What junk often has and stories seldom.
inline constexpr WordClassSet kJunkClasses =
    set_of(WordClass::kImage) | set_of(WordClass::kAgency) | set_of(WordClass::kVideo) | set_of(WordClass::kPlea) |
    set_of(WordClass::kNetwork) | set_of(WordClass::kContact) | set_of(WordClass::kAuthor) |
    set_of(WordClass::kRights) | set_of(WordClass::kPage);

// Immutable; one for all threads.
class WordClasses {
 public:
  static const WordClasses& instance();
  // `word` as append_line_words gives it.
  WordClassSet of(std::uint64_t word) const {
    const WordClassSet* found = table_.find(word & ~std::uint64_t{1});
    return found != nullptr ? *found : WordClassSet{0};
  }

 private:
  WordClasses();
  WordTable<WordClassSet, 2048> table_;
};

}  // namespace tocsin
