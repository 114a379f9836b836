// Lexicon: every word and phrase that any rule names, in one hash table over the tokens of a Document.
//
// One probe a token; a phrase of n words takes n probes, and only where its beginning was found. So the cost of a text
// does not grow with the number of rules. Built once at load, then immutable and shared by threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/events/inflect.h"

namespace tocsin {

// A class is a set of phrases that patterns speak of: a named list, or one literal with its forms.
using ClassId = std::uint16_t;

struct Sense {
  ClassId cls = 0;
  Form form = Form::kNone;
  bool capital = false;  // counts only where the text writes it with a capital ("Patriot")
  bool operator==(const Sense&) const = default;
};

class Lexicon {
 public:
  static constexpr std::size_t kMaxPhraseWords = 8;

  struct Entry {
    std::uint64_t key = 0;     // 0: free
    std::uint32_t first = 0;   // of its senses
    std::uint32_t packed = 0;  // their count, and two flags: 16 bytes in all, four to a cache line
    std::uint32_t count() const { return packed >> 2; }
    bool prefix() const { return (packed & 2) != 0; }  // a longer phrase begins with this
    bool anchor() const { return (packed & 1) != 0; }  // this phrase can start a rule
  };

  // Adds a phrase of 1..kMaxPhraseWords words. Only before freeze().
  void add(std::span<const std::uint64_t> words, const Sense& sense);
  // Marks the phrases of these classes as anchors (see may_start) and builds the table.
  void freeze(std::span<const char> anchor_classes);

  // Could a phrase that begins with this word start a rule? One bit, kept in the first-level cache; false positives of
  // about one word in a hundred are settled by find().
  bool may_start(std::uint64_t word) const { return (filter_[(word >> 6) & (kFilterWords - 1)] >> (word & 63)) & 1; }
  // Asks for what find() will look at, some words ahead of it.
  void prefetch(std::uint64_t key) const {
    if (may_hold(key)) __builtin_prefetch(&table_[key & mask_]);
  }
  const Entry* find(std::uint64_t key) const {
    if (!may_hold(key)) return nullptr;
    for (std::size_t i = key & mask_;; i = (i + 1) & mask_) {
      const Entry& e = table_[i];
      if (e.key == key) return &e;
      if (e.key == 0) return nullptr;
    }
  }
  std::span<const Sense> senses(const Entry& e) const { return {senses_.data() + e.first, e.count()}; }
  // The key of a phrase is built word by word; the first word's key is its hash.
  static std::uint64_t first_key(std::uint64_t word) { return word ? word : 1; }
  static std::uint64_t next_key(std::uint64_t key, std::uint64_t word) {
    const std::uint64_t k = (key ^ (word + 0x9e3779b97f4a7c15ULL)) * 0xff51afd7ed558ccdULL;
    return (k ^ (k >> 32)) | 1;
  }
  std::size_t phrases() const { return phrases_.size(); }

 private:
  static constexpr std::size_t kFilterWords = 1024;  // 65,536 bits, 8 kB
  static constexpr std::size_t kKeyWords = 2048;     // 131,072 bits, 16 kB
  struct Phrase {
    std::vector<std::uint64_t> words;
    Sense sense;
  };
  // Most keys that are asked for are not there, and the table is larger than the first-level cache.
  bool may_hold(std::uint64_t key) const { return (keys_[(key >> 7) & (kKeyWords - 1)] >> (key >> 1 & 63)) & 1; }
  Entry& slot(std::uint64_t key);
  std::vector<Phrase> phrases_;  // until freeze
  std::vector<Entry> table_;
  std::vector<Sense> senses_;
  std::vector<std::uint64_t> filter_;
  std::vector<std::uint64_t> keys_;  // a bit for each key of the table
  std::size_t mask_ = 0;
};

}  // namespace tocsin
