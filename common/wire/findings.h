// What a walk through a document has found for the fields of a preset. Internal to wire/.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/article.h"
#include "common/wire/presets.h"

namespace tocsin {

// The best value found for a field. Views borrow what the walk says.
struct FoundValue {
  static constexpr unsigned kNothing = ~0U;
  std::string_view text;
  unsigned rank = kNothing;  // 0 is best
  Markup markup = Markup::kText;
};

class Findings {
 public:
  // A value that stands where `node` says: it fills the fields for which nothing better was found. Blank values and
  // dates that are none fill nothing. `in_list`: bylines of equal rank are joined.
  void fill(const PresetNode& node, std::string_view text, bool number, bool in_list);
  // A value that can be no text stands there: "a list".
  void note_wrong(const PresetNode& node, std::string_view type);
  // For a walk that knows better which of several values is the best.
  FoundValue& at(Field field) { return found_[static_cast<std::size_t>(field)]; }

  const FoundValue& found(Field field) const { return found_[static_cast<std::size_t>(field)]; }
  std::optional<std::int64_t> date(Field field) const { return dates_[static_cast<std::size_t>(field)]; }
  const std::string& authors() const { return authors_; }  // byline, where it stood in a list
  // Name and type of a member that should be text and is not, "body is a number"; empty: none. Only of fields that
  // nothing else filled.
  std::string wrong_type() const;

  // What the article is about: a code or a name, or both, in the order in which they come.
  struct Subject {
    std::string code, name;
  };
  const std::vector<Subject>& subjects() const { return subjects_; }

  Carried carried;

 private:
  static constexpr std::size_t kMostSubjects = 200;  // further ones are dropped
  void add_subject(std::string_view text, bool code);

  std::array<FoundValue, kFields> found_{};
  std::array<std::optional<std::int64_t>, kFields> dates_{};
  std::array<std::string_view, kFields> wrong_{};
  std::string authors_;
  std::vector<Subject> subjects_;
};

// Whether text looks like HTML: it has a tag that prose does not have.
bool looks_like_html(std::string_view text);

}  // namespace tocsin
