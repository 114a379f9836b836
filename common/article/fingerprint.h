// What the story book knows of a text: everything that deciding "told before?" needs, and no text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tocsin {

// Made by dedupe/fingerprinter.h, judged by dedupe/likeness.h. Equal texts give equal fingerprints on every machine.
// Samples are "bottom-k": of all hashes the k smallest, so that two texts sample the same things (Broder 1997).
struct Fingerprint {
  std::uint64_t exact = 0;                // hash of the whole normalised text (headline and body)
  std::vector<std::uint64_t> sketch;      // bottom-k of hashed 8-character grams, ascending, distinct
  std::uint32_t grams = 0;                // distinct 8-character grams in the text (estimate when over k)
  std::uint32_t words = 0;                // word tokens in headline and body
  std::vector<std::uint32_t> shingles;    // bottom-k of hashed word 5-grams, ascending, distinct: the second look
  std::vector<std::uint32_t> numbers;     // bottom-k of the hashed numbers of the text, ascending, distinct
  std::vector<std::uint32_t> names;       // bottom-k of hashed capitalised words inside sentences, ascending, distinct
  std::vector<std::string> number_texts;  // the numbers in `numbers` as written, in text order, for `changedNumbers`
  bool damaged = false;                   // digits stand where letters should ("precisi0n"): a machine misread it
  std::int16_t dateline_day = -1;         // month * 32 + day of the dateline ("TOKYO, March 16"), -1 when none
};

}  // namespace tocsin
