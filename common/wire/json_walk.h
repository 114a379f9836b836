// One walk through a JSON document, taking what a preset asks for. Internal to wire/.
#pragma once

#include <simdjson.h>

#include <array>
#include <string>
#include <string_view>

#include "common/article/article.h"
#include "common/wire/presets.h"

namespace tocsin {

// The best value found for a field. Views borrow the parser's buffers, until its next document.
struct FoundValue {
  static constexpr unsigned kNothing = ~0U;
  std::string_view text;
  unsigned rank = kNothing;  // 0 is best
  Markup markup = Markup::kText;
};

class JsonWalk {
 public:
  JsonWalk(const Preset& preset, const KeyTable& keys, std::size_t max_depth)
      : preset_(preset), keys_(keys), max_depth_(max_depth) {}

  // Any simdjson error means that the document is no JSON (or has a lone surrogate): what was found is void then.
  simdjson::error_code run(simdjson::ondemand::object root);

  const FoundValue& found(Field field) const { return found_[static_cast<std::size_t>(field)]; }
  std::optional<std::int64_t> date(Field field) const { return dates_[static_cast<std::size_t>(field)]; }
  const std::string& authors() const { return authors_; }  // byline, where it stood in a list
  // Name and type of a member that should be text and is not, "body is a number"; empty: none. Only of fields that
  // nothing else filled.
  std::string wrong_type() const;
  Carried& carried() { return carried_; }

 private:
  using Value = simdjson::ondemand::value;
  simdjson::error_code object(simdjson::ondemand::object object, const PresetNode& node);
  simdjson::error_code take(Value value, const PresetNode& node);
  simdjson::error_code list(simdjson::ondemand::array array, const PresetNode& node);
  simdjson::error_code typed_list(simdjson::ondemand::array array, const PresetNode& node, std::string* rest);
  simdjson::error_code typed_element(Value element, const PresetNode& node);
  simdjson::error_code carry(std::string_view name, Value& value, const PresetNode* node, bool& consumed);
  void fill(const PresetNode& node, std::string_view text, bool number);
  void note_wrong(const PresetNode& node, std::string_view type);

  const Preset& preset_;
  const KeyTable& keys_;
  const std::size_t max_depth_;
  std::array<FoundValue, kFields> found_{};
  std::array<std::optional<std::int64_t>, kFields> dates_{};
  std::array<std::string_view, kFields> wrong_{};
  std::string authors_;
  Carried carried_;

  // The element of a typed list that is being read.
  struct Typed {
    std::string_view text, type, role;
    const PresetNode* node = nullptr;
  };
  Typed typed_;
  int lists_ = 0;  // lists around the value that is being read, typed ones aside
};

// Whether text looks like HTML: it has a tag that prose does not have.
bool looks_like_html(std::string_view text);

}  // namespace tocsin
