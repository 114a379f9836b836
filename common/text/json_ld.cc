#include "common/text/json_ld.h"

#include <simdjson.h>

#include <string_view>

namespace tocsin {
namespace {

namespace dom = simdjson::dom;

constexpr int kDepth = 12;
constexpr int kAuthors = 10;

std::string text_of(const dom::element& e) {
  std::string_view s;
  return e.get(s) == simdjson::SUCCESS ? std::string(s) : std::string();
}

std::string text_at(const dom::object& o, std::string_view key) {
  dom::element e;
  if (o[key].get(e) != simdjson::SUCCESS) return {};
  dom::array list;
  if (e.get(list) == simdjson::SUCCESS && list.size() > 0) return text_of(list.at(0).value_unsafe());
  return text_of(e);
}

// A name: a string, an object with a name, or a list of either.
void append_names(const dom::element& e, int& left, std::string& out) {
  dom::array list;
  if (e.get(list) == simdjson::SUCCESS) {
    for (const dom::element item : list) {
      if (item.is_array() || left <= 0) continue;
      append_names(item, left, out);
    }
    return;
  }
  dom::object o;
  const std::string name = e.get(o) == simdjson::SUCCESS ? text_at(o, "name") : text_of(e);
  if (name.empty() || name.starts_with("http") || --left < 0) return;
  if (!out.empty()) out += ", ";
  out += name;
}

std::string names_at(const dom::object& o, std::string_view key) {
  dom::element e;
  std::string out;
  int left = kAuthors;
  if (o[key].get(e) == simdjson::SUCCESS) append_names(e, left, out);
  return out;
}

void visit(const dom::element& e, int depth, StatedArticle& best) {
  if (depth > kDepth) return;
  dom::array list;
  if (e.get(list) == simdjson::SUCCESS) {
    for (const dom::element item : list) visit(item, depth + 1, best);
    return;
  }
  dom::object o;
  if (e.get(o) != simdjson::SUCCESS) return;
  StatedArticle a;
  a.body = text_at(o, "articleBody");
  a.headline = text_at(o, "headline");
  a.published = text_at(o, "datePublished");
  if (!a.body.empty() || (!a.headline.empty() && !a.published.empty())) {
    a.author = names_at(o, "author");
    a.language = text_at(o, "inLanguage");
    a.publisher = names_at(o, "publisher");
    a.url = text_at(o, "url");
    if (a.body.size() > best.body.size() || best.headline.empty()) best = std::move(a);
  }
  for (const auto field : o) {
    if (field.value.is_object() || field.value.is_array()) visit(field.value, depth + 1, best);
  }
}

}  // namespace

StatedArticle read_json_ld(const std::vector<std::string>& scripts) {
  StatedArticle best;
  dom::parser parser;
  for (const std::string& script : scripts) {
    dom::element root;
    if (parser.parse(script).get(root) == simdjson::SUCCESS) visit(root, 0, best);
  }
  return best;
}

}  // namespace tocsin
