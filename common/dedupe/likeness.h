// How alike an article and a head are, and whether that makes them one story.
//
// A head's fingerprint is packed to about 200 bytes: its sketch values are kept at a resolution of 1/64 of their mean
// distance, so that a value takes a byte and matches another by chance in about 1.5 % of cases; numbers and names keep
// 16 bits of their hashes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/bytes.h"
#include "common/article/fingerprint.h"

namespace tocsin {

// Shares are 0..1; -1 where one side has nothing to compare.
struct Likeness {
  bool exact = false;                 // the same normalised text
  float of_article = 0;               // share of the article's 8-grams that the head has
  float of_head = 0;                  // share of the head's 8-grams that the article has
  std::uint32_t sampled = 0;          // 8-grams that the smaller share rests on
  float shingles = -1;                // containment of word 5-grams, smaller in larger
  float numbers = -1;                 // of the numbers of the text with fewer: share that the other has
  std::uint32_t numbers_sampled = 0;  // that `numbers` rests on
  std::uint32_t long_figures = 0;     // numbers of six digits or more that both have, where most numbers agree
  float names = -1;                   // of the names likewise
  bool damaged = false;               // one of them has wrong characters (Fingerprint::damaged)
  bool days_differ = false;           // both have a dateline, of other days
  float rarity = 6;  // 6: the shared 8-grams stand in no other head .. 1: in six or more, as boilerplate does
  std::uint32_t article_words = 0;
  std::uint32_t head_words = 0;
  float containment() const { return of_article > of_head ? of_article : of_head; }
  float coverage() const { return of_article > of_head ? of_head : of_article; }
};

// The packed form of what a head must know of its text, and its uri.
void pack_head(const Fingerprint& fingerprint, bool roundup, std::string_view uri, std::string& out);

// The `exact` of a packed head, without reading the rest.
std::uint64_t exact_in(std::string_view packed);

// A packed head, unpacked into buffers that are reused.
class HeadView {
 public:
  // False if the bytes are cut or hold what pack_head does not write.
  bool read(std::string_view packed);

  std::uint64_t exact = 0;
  std::uint32_t words = 0, grams = 0;
  std::int16_t dateline_day = -1;
  bool roundup = false;
  bool damaged = false;
  std::uint32_t bound = 0;  // the largest sketch value's high half; all ones when the sketch is the whole text
  std::uint32_t scale = 0;  // sketch values are quantised to [0, scale)
  std::vector<std::uint32_t> sketch;
  std::vector<std::uint16_t> shingles;
  std::vector<std::uint16_t> numbers;
  std::vector<std::uint16_t> names;
  std::string_view uri;  // of the packed bytes
};

Likeness compare(const Fingerprint& article, const HeadView& head);

// Do these two tell one story as copy, cut, part or revision? Where the rule comes from: likeness.cc.
// `marked`: the article says itself that it updates or corrects.
bool same_story(const Likeness& likeness, bool marked = false);

// Numbers of the article, as written, that the head has not; empty when the head's are unknown.
std::vector<std::string> changed_numbers(const Fingerprint& article, const HeadView& head);

}  // namespace tocsin
