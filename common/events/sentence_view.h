// SentenceView: one sentence as patterns see it: its words without punctuation, which classes stand where, which clause
// each word belongs to. One per thread, its buffers are reused.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "common/events/rule_tables.h"
#include "common/text/document.h"

namespace tocsin {

struct Hit {
  std::uint16_t pos = 0;
  std::uint16_t size = 0;  // words
  ClassId cls = 0;
  Form form = Form::kNone;
};

struct Word {
  std::uint64_t hash = 0;
  std::uint32_t token = 0;
  std::uint16_t flags = 0;   // of the token
  std::uint16_t clause = 0;  // from 0
  bool cut_before = false;   // punctuation that ends a phrase stands before it (not quotes, not hyphens)
  bool masked = false;
};

class SentenceView {
 public:
  static constexpr std::size_t kMaxWords = 256;  // a longer sentence is read in pieces of this

  explicit SentenceView(const RuleTables& tables) : tables_(tables) {}
  // Reads tokens [first, last) of the document, at most kMaxWords words; returns the token after the last one read.
  std::uint32_t assign(const Document& document, std::uint32_t first, std::uint32_t last);

  const Word& word(std::size_t pos) const { return words_[pos]; }
  std::size_t size() const { return size_; }
  bool is_number(std::size_t pos) const;  // in digits or a number word
  std::span<const Hit> hits() const { return {hits_.data(), hit_count_}; }
  std::span<const Hit> hits_at(std::size_t pos) const {
    return {hits_.data() + first_hit_[pos], first_hit_[pos + 1] - first_hit_[pos]};
  }
  bool present(ClassId cls) const { return (present_[cls >> 6] >> (cls & 63)) & 1; }
  // A bit for each class that occurs, cls % 64.
  std::uint64_t some() const { return some_; }
  // The classes that occur in the sentence, each once.
  std::span<const ClassId> classes() const { return present_list_; }
  // The longest unmasked hit of one of these classes that starts at pos; nullptr if none.
  const Hit* longest(std::size_t pos, std::span<const ClassId> classes) const;
  const Document& document() const { return *document_; }
  void mask(std::size_t pos) { words_[pos].masked = true; }

 private:
  void read_words(const Document& document, std::uint32_t& first, std::uint32_t last);
  void find_hits();
  void cut_clauses();

  const RuleTables& tables_;
  const Document* document_ = nullptr;
  // Written by index and not appended to: this is the innermost loop of the stage.
  std::array<Word, kMaxWords> words_;
  std::size_t size_ = 0;
  std::vector<Hit> hits_;
  std::size_t hit_count_ = 0;
  std::array<std::uint32_t, kMaxWords + 1> first_hit_{};
  std::vector<std::uint64_t> present_;
  std::vector<ClassId> present_list_;
  std::uint64_t some_ = 0;
};

// Value of a number word or a number in digits ("1,200", "four", "dozen"); -1: none or not exact ("dozens").
int number_value(std::string_view folded);

}  // namespace tocsin
