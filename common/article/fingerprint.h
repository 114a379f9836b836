// What the story index knows of a text: everything that deciding "told before?" needs, and no text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tocsin {

// Made by dedupe/sketch.h, judged by dedupe/story_index.h. Equal texts give equal fingerprints on every machine.
struct Fingerprint {
  std::uint64_t exact = 0;                // hash of the whole normalised text (headline and body)
  std::vector<std::uint32_t> sketch;      // bottom-k of hashed character 8-grams of the normalised body, ascending
  std::uint32_t grams = 0;                // distinct 8-grams in the text (estimate when over k)
  std::uint32_t words = 0;                // word tokens in headline and body
  std::vector<std::uint32_t> shingles;    // bottom-k of hashed word 5-grams, ascending: the second look
  std::vector<std::uint32_t> numbers;     // hashed numbers of the text, ascending, distinct, at most kMaxNumbers
  std::vector<std::uint32_t> names;       // hashed capitalised names of the text, ascending, distinct
  std::vector<std::string> number_texts;  // the numbers as written, same limit, in text order, for `changedNumbers`
  std::int16_t dateline_day = -1;         // day of the month in the dateline ("TOKYO, March 16"), -1 when none
};

}  // namespace tocsin
