// One walk through a JSON document, taking what a preset asks for. Internal to wire/.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "common/wire/findings.h"

namespace tocsin {

class JsonWalk {
 public:
  JsonWalk(const Preset& preset, const KeyTable& keys, std::size_t max_depth)
      : preset_(preset), keys_(keys), max_depth_(max_depth) {}

  // Any simdjson error means that the document is no JSON (or has a lone surrogate): what was found is void then.
  simdjson::error_code run(simdjson::ondemand::object root);

  // Views borrow the parser's buffers, until its next document.
  Findings& findings() { return findings_; }

 private:
  using Value = simdjson::ondemand::value;
  simdjson::error_code object(simdjson::ondemand::object object, const PresetNode& node);
  simdjson::error_code take(Value value, const PresetNode& node);
  simdjson::error_code list(simdjson::ondemand::array array, const PresetNode& node);
  simdjson::error_code typed_list(simdjson::ondemand::array array, const PresetNode& node, std::string* rest);
  simdjson::error_code typed_element(Value element, const PresetNode& node);
  simdjson::error_code carry(std::string_view name, Value& value, const PresetNode* node, bool& consumed);
  void fill(const PresetNode& node, std::string_view text, bool number);

  const Preset& preset_;
  const KeyTable& keys_;
  const std::size_t max_depth_;
  Findings findings_;

  // The element of a typed list that is being read.
  struct Typed {
    std::string_view text, type, role;
    const PresetNode* node = nullptr;
  };
  Typed typed_;
  int lists_ = 0;  // lists around the value that is being read, typed ones aside
};

}  // namespace tocsin
