// Presets: which JSON member or XML element means what, read from presets.yaml and compiled for one walk through a
// document.
//
// Every name that any preset knows has a number. A preset is a tree: from a node a member's number (or the step into a
// list) leads to the next, and a node says which fields a value found there fills, and how much it is preferred.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/result.h"

namespace tocsin {

enum class Field : std::uint8_t {
  kId,
  kUrl,
  kHeadline,
  kBody,
  kPublished,
  kEmbargo,
  kSource,
  kProvider,
  kLanguage,
  kByline,
  kVersion,
  kStatus,
  kSummary,
  kLocated,
  kType,
  kSignal,
  kSubject,
  kSubjectName,
  kSlugline,
  kUrgency,
  kEdNote,
  kCopyrightHolder,
  kCopyrightNotice,
  kUsageTerms,
};
inline constexpr std::size_t kFields = 24;

// Numbers for names; at most kMaxKeys. find() is one hash and one comparison.
class KeyTable {
 public:
  static constexpr std::size_t kMaxKeys = 512;
  static constexpr std::uint16_t kNone = 0xffff;
  KeyTable() : slots_(4 * kMaxKeys, kNone) {}
  std::uint16_t add(std::string_view name);  // kNone when full
  std::uint16_t find(std::string_view name) const;
  std::size_t size() const { return names_.size(); }
  const std::string& name(std::uint16_t key) const { return names_[key]; }

 private:
  static std::size_t hash(std::string_view name);
  std::vector<std::string> names_;
  std::vector<std::uint16_t> slots_;
};

enum class Markup : std::uint8_t { kText, kHtml, kEither };

struct PresetTarget {
  Field field = Field::kId;
  std::uint8_t rank = 0;  // 0 is best
  Markup markup = Markup::kText;
};

// Of XML: an element with this attribute leads to a node of its own.
struct PresetFilter {
  std::string attribute;
  std::string value;  // empty: the attribute is not there, or empty
  std::int16_t node = -1;
};

struct PresetNode {
  std::vector<std::int16_t> members;  // by key number; -1: not wanted. Empty: no member is
  std::int16_t element = -1;          // node of a list's elements
  bool typed_list = false;            // `[*]`: elements have a contentType and a role, the best is taken
  std::vector<PresetTarget> targets;
  std::vector<PresetFilter> filters;
};

using KeySet = std::bitset<KeyTable::kMaxKeys>;
enum class Carry : std::uint8_t { kNone, kOwn, kNinjs };

struct Preset {
  std::string name;
  Carry carry = Carry::kNone;
  bool cut_mark = false;
  KeySet all, any, none;                         // known_by
  std::vector<std::string> elements, envelopes;  // xml
  std::vector<PresetNode> nodes;                 // nodes[0] is the root
};

class Presets {
 public:
  // The text of presets.yaml; `file` is for messages. Unknown keys, unknown fields and double names are errors.
  static Result<Presets> parse(const std::string& yaml, const std::string& file);
  static Result<Presets> load(const std::string& file);
  const Preset* find(std::string_view name) const;
  // The first preset that fits a document with these members at its top level; null: none does.
  const Preset* recognise(const KeySet& members) const;
  // The first preset whose articles are such elements; null: none. And whether one begins with it, or is wrapped in it.
  const Preset* of_element(std::string_view name) const;
  bool knows_element(std::string_view name) const;
  const std::vector<Preset>& all() const { return presets_; }
  const KeyTable& keys() const { return keys_; }

 private:
  std::vector<Preset> presets_;
  KeyTable keys_;
};

}  // namespace tocsin
