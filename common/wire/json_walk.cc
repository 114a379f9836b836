#include "common/wire/json_walk.h"

#include <algorithm>
#include <array>

#include "common/wire/carry.h"
#include "common/wire/trim.h"

namespace tocsin {
namespace {

namespace od = simdjson::ondemand;
using simdjson::error_code;
using simdjson::SUCCESS;

// The name as it stands in the document: nearly no source escapes its names.
error_code name_of(od::field& field, std::string_view& name) {
  const char* start = field.key().raw();
  const char* end = start;
  while (*end != '"' && *end != '\\') ++end;  // stage 1 has seen the closing quote
  if (*end == '\\') return field.unescaped_key().get(name);
  name = std::string_view(start, static_cast<std::size_t>(end - start));
  return SUCCESS;
}

// Lower is better: `main` before a teaser, then plain text before HTML before other XML.
unsigned typed_quality(std::string_view type, std::string_view role) {
  constexpr std::array<std::string_view, 10> kWhole = {"",      "main",  "body",      "text",    "html",
                                                       "html5", "xhtml", "richhtml5", "article", "headline"};
  constexpr std::array<std::string_view, 6> kPart = {"teaser", "summary", "caption", "abstract", "short", "social"};
  const auto has = [](const auto& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
  };
  const unsigned whole = has(kWhole, role) ? 0 : has(kPart, role) ? 2 : 1;
  const bool plain = type.empty() || type.substr(0, 10) == "text/plain";
  const bool html = type.substr(0, 9) == "text/html" || type == "application/xhtml+xml";
  return whole * 3 + (plain ? 0 : html ? 1 : 2);
}

}  // namespace

error_code JsonWalk::run(od::object root) { return object(root, preset_.nodes[0]); }

error_code JsonWalk::object(od::object object, const PresetNode& node) {
  const bool top = &node == &preset_.nodes[0];
  for (auto result : object) {
    od::field field;
    if (const error_code e = std::move(result).get(field)) return e;
    std::string_view name;
    if (const error_code e = name_of(field, name)) return e;
    const std::uint16_t key = keys_.find(name);
    const std::int16_t child = key == KeyTable::kNone || node.members.empty() ? std::int16_t{-1} : node.members[key];
    const PresetNode* next = child < 0 ? nullptr : &preset_.nodes[static_cast<std::size_t>(child)];
    Value value = field.value();
    bool consumed = false;
    if (top && preset_.carry != Carry::kNone)
      if (const error_code e = carry(name, value, next, consumed)) return e;
    if (consumed) continue;
    if (next != nullptr) {
      if (const error_code e = take(value, *next)) return e;
    } else if (typed_.node == &node) {
      // An element of a typed list: what kind of text it holds stands beside the text.
      const bool is_type = name == "contentType" || name == "contenttype";
      if (is_type || name == "role") {
        std::string_view text;
        if (value.get_string().get(text) == SUCCESS) (is_type ? typed_.type : typed_.role) = text;
      }
    }
  }
  return SUCCESS;
}

error_code JsonWalk::take(Value value, const PresetNode& node) {
  od::json_type type{};
  if (const error_code e = value.type().get(type)) return e;
  switch (type) {
    case od::json_type::string: {
      std::string_view text;
      if (const error_code e = value.get_string().get(text)) return e;
      fill(node, text, false);
      return SUCCESS;
    }
    case od::json_type::number:
      fill(node, trim(value.raw_json_token()), true);
      return SUCCESS;
    case od::json_type::object: {
      od::object inner;
      if (const error_code e = value.get_object().get(inner)) return e;
      if (!node.members.empty()) return object(inner, node);
      findings_.note_wrong(node, "an object");
      return SUCCESS;
    }
    case od::json_type::array: {
      od::array inner;
      if (const error_code e = value.get_array().get(inner)) return e;
      if (node.element >= 0) return node.typed_list ? typed_list(inner, node, nullptr) : list(inner, node);
      findings_.note_wrong(node, "a list");
      return SUCCESS;
    }
    case od::json_type::boolean:
      findings_.note_wrong(node, "true or false");
      return SUCCESS;
    case od::json_type::null:
      return value.is_null().error();
  }
  return SUCCESS;
}

error_code JsonWalk::list(od::array array, const PresetNode& node) {
  const PresetNode& element = preset_.nodes[static_cast<std::size_t>(node.element)];
  for (auto result : array) {
    Value value;
    if (const error_code e = result.get(value)) return e;
    ++lists_;
    const error_code e = take(value, element);
    --lists_;
    if (e != SUCCESS) return e;
  }
  return SUCCESS;
}

error_code JsonWalk::typed_element(Value element, const PresetNode& node) {
  od::object inner;
  if (element.get_object().get(inner) != SUCCESS) return SUCCESS;
  typed_ = Typed{{}, {}, {}, &node};
  const error_code e = object(inner, node);
  typed_.node = nullptr;
  return e;
}

// Takes the best element; the others are appended to `rest` as they came, for the record.
error_code JsonWalk::typed_list(od::array array, const PresetNode& node, std::string* rest) {
  const PresetNode& element = preset_.nodes[static_cast<std::size_t>(node.element)];
  const PresetTarget* target = nullptr;
  for (const std::int16_t member : element.members)
    if (member >= 0 && !preset_.nodes[static_cast<std::size_t>(member)].targets.empty())
      target = &preset_.nodes[static_cast<std::size_t>(member)].targets.front();
  if (target == nullptr) return SUCCESS;
  unsigned best = FoundValue::kNothing;
  Typed chosen;
  std::string_view chosen_raw;
  for (auto result : array) {
    Value value;
    if (const error_code e = result.get(value)) return e;
    od::object inner;
    if (value.get_object().get(inner) != SUCCESS) continue;
    std::string_view raw;
    if (rest != nullptr) {
      if (const error_code e = inner.raw_json().get(raw)) return e;
      if (const error_code e = inner.reset().error()) return e;
    }
    typed_ = Typed{{}, {}, {}, &element};
    const error_code e = object(inner, element);
    typed_.node = nullptr;
    if (e != SUCCESS) return e;
    const unsigned quality = trim(typed_.text).empty() ? FoundValue::kNothing : typed_quality(typed_.type, typed_.role);
    const bool better = quality < best;
    const std::string_view loser = better ? chosen_raw : raw;
    if (rest != nullptr && !loser.empty()) append_carried_element(loser, max_depth_, *rest);
    if (!better) continue;
    best = quality;
    chosen = typed_;
    chosen_raw = raw;
  }
  FoundValue& found = findings_.at(target->field);
  if (best == FoundValue::kNothing || target->rank >= found.rank) {
    if (rest != nullptr && !chosen_raw.empty()) append_carried_element(chosen_raw, max_depth_, *rest);
    return SUCCESS;
  }
  const bool html = best % 3 != 0 || (chosen.type.empty() && looks_like_html(chosen.text));
  found = {chosen.text, target->rank, html ? Markup::kHtml : Markup::kText};
  (target->field == Field::kBody ? findings_.carried.body_role : findings_.carried.headline_role) = chosen.role;
  return SUCCESS;
}

error_code JsonWalk::carry(std::string_view name, Value& value, const PresetNode* node, bool& consumed) {
  const CarriedAs as = preset_.carry == Carry::kNinjs ? carried_as(name) : CarriedAs{CarriedKind::kOwn, {}, nullptr};
  if (as.kind == CarriedKind::kWritten) {
    if (as.member == "type" && node == nullptr) {
      std::string_view text;
      if (value.get_string().get(text) == SUCCESS) findings_.carried.type = text;
      consumed = true;
    }
    return SUCCESS;
  }
  if (as.kind == CarriedKind::kOwn && node != nullptr) return SUCCESS;  // read: it has its place in the record
  od::json_type type{};
  if (const error_code e = value.type().get(type)) return e;
  if (type == od::json_type::array) {
    od::array array;
    if (const error_code e = value.get_array().get(array)) return e;
    std::string* const list = as.kind == CarriedKind::kList ? &(findings_.carried.*as.list) : nullptr;
    consumed = true;
    if (list != nullptr && node != nullptr && node->typed_list) return typed_list(array, *node, list);
    std::string_view raw;
    if (const error_code e = array.raw_json().get(raw)) return e;
    if (list != nullptr)
      append_carried_list(raw, max_depth_, *list);
    else
      append_carried_member(name, as, raw, max_depth_, findings_.carried);
    if (node == nullptr) return SUCCESS;
    if (const error_code e = array.reset().error()) return e;
    if (node->element < 0) return SUCCESS;
    return node->typed_list ? typed_list(array, *node, nullptr) : this->list(array, *node);
  }
  if (type == od::json_type::object) {
    if (node != nullptr) return SUCCESS;
    od::object object;
    if (const error_code e = value.get_object().get(object)) return e;
    consumed = true;
    std::string_view raw;
    if (const error_code e = object.raw_json().get(raw)) return e;
    append_carried_member(name, as, raw, max_depth_, findings_.carried);
    return SUCCESS;
  }
  append_carried_member(name, as, trim(value.raw_json_token()), max_depth_, findings_.carried);
  return SUCCESS;
}

void JsonWalk::fill(const PresetNode& node, std::string_view text, bool number) {
  if (typed_.node != nullptr && !number && !node.targets.empty())
    typed_.text = text;
  else
    findings_.fill(node, text, number, lists_ > 0);
}

}  // namespace tocsin
