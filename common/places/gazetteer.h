// Gazetteer: the compiled image of every place name we know, mapped and not parsed.
//
// Opening checks size, version, checksum and every index in the image once (some 30 ms for 60 MB); a broken or cut
// image is refused with a reason. After that lookups are plain reads. Immutable: any number of threads may read it, and
// processes that map the same file share its pages. Views and references live as long as the Gazetteer.
//
// The image is made by compile.h from tables that people edit; docs/places.md says how.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/article/result.h"
#include "common/places/image.h"

namespace tocsin {

class Gazetteer {
 public:
  // Maps the file.
  static Result<Gazetteer> open(const std::string& path);
  // Takes the bytes of an image (tests, fuzzing).
  static Result<Gazetteer> from_bytes(std::string bytes);

  Gazetteer(Gazetteer&& other) noexcept;
  Gazetteer& operator=(Gazetteer&& other) noexcept;
  ~Gazetteer();

  // 16 hexadecimal digits; equal for equal content on every machine. In each record as knowledge.gazetteer.
  std::string hash() const;
  std::size_t bytes() const { return bytes_.size(); }
  std::size_t names() const { return names_; }

  // The names that begin with these tokens: nullptr when there is none. `key` as made by extend_key.
  const places::NameNode* find(std::uint64_t key) const { return probe(nodes_, key); }
  void prefetch(std::uint64_t key) const { __builtin_prefetch(&nodes_[key & (nodes_.size() - 1)]); }
  void prefetch_candidates(const places::NameNode& node) const { __builtin_prefetch(candidates_.data() + node.first); }
  void prefetch_place(std::uint32_t index) const { __builtin_prefetch(&places_[index]); }
  void prefetch_word(std::uint64_t token_hash) const { __builtin_prefetch(&words_[token_hash & (words_.size() - 1)]); }
  void prefetch_strings(const places::PlaceRow& p) const {
    __builtin_prefetch(strings_ + p.name);
    __builtin_prefetch(&admin1_[p.admin1]);
    __builtin_prefetch(strings_ + p.kind);
  }
  std::span<const std::uint32_t> candidates(const places::NameNode& node) const {
    return candidates_.subspan(node.first, node.count);
  }
  const places::PlaceRow& place(std::uint32_t index) const { return places_[index]; }
  std::span<const places::PlaceRow> places() const { return places_; }
  const places::CountryRow& country(std::uint16_t index) const { return countries_[index]; }
  std::span<const places::CountryRow> countries() const { return countries_; }
  const places::AdminRow& admin1(std::uint16_t index) const { return admin1_[index]; }
  const places::AdminRow& admin2(std::uint16_t index) const { return admin2_[index]; }
  std::size_t admin1_units() const { return admin1_.size(); }
  std::size_t admin2_units() const { return admin2_.size(); }
  std::string_view string(std::uint32_t offset) const { return strings_ + offset; }

  // A row of noughts when the word is not in the image.
  const places::WordRow& word(std::uint64_t token_hash) const { return slot(words_, token_hash); }
  // Home of a source, by the hash of its folded name or of its domain.
  std::optional<std::uint32_t> home(std::uint64_t key) const;
  float dense(std::size_t feature) const { return feature < dense_.size() ? dense_[feature] : 0; }

  // Every place of this name, best known first. For tools and tests; the geotagger walks the nodes itself.
  std::span<const std::uint32_t> lookup(std::string_view name) const;

 private:
  Gazetteer() = default;
  static Result<Gazetteer> check(Gazetteer gazetteer, const std::string& path);
  std::optional<std::string> check_rows() const;
  void release();
  // The slot that holds `key`, or an empty one. Opening made sure that a table has an empty slot. Both ends of the
  // search are one branch, because which of them it will be cannot be foretold.
  template <typename Row>
  static const Row& slot(std::span<const Row> rows, std::uint64_t key) {
    const std::size_t mask = rows.size() - 1;
    for (std::size_t i = key & mask;; i = (i + 1) & mask)
      if (const std::uint64_t held = rows[i].key; (held == key ? 1 : 0) + (held == 0 ? 1 : 0) != 0) return rows[i];
  }
  template <typename Row>
  static const Row* probe(std::span<const Row> rows, std::uint64_t key) {
    const Row& row = slot(rows, key);
    return row.key == 0 ? nullptr : &row;
  }

  std::string owned_;        // of from_bytes
  void* mapping_ = nullptr;  // of open
  std::string_view bytes_;
  std::span<const places::NameNode> nodes_;
  std::span<const std::uint32_t> candidates_;
  std::span<const places::PlaceRow> places_;
  std::span<const places::CountryRow> countries_;
  std::span<const places::AdminRow> admin1_;
  std::span<const places::AdminRow> admin2_;
  std::span<const places::WordRow> words_;
  std::span<const places::HomeRow> homes_;
  std::span<const float> dense_;
  const char* strings_ = "";
  std::size_t string_bytes_ = 0;
  std::size_t names_ = 0;
};

// Checksum of image bytes: four lanes of multiply and rotate, about 8 GB/s.
std::uint64_t image_checksum(std::string_view bytes);

}  // namespace tocsin
