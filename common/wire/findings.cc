#include "common/wire/findings.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "common/wire/date.h"
#include "common/wire/trim.h"

namespace tocsin {
namespace {

bool is_date(Field f) { return f == Field::kPublished || f == Field::kEmbargo; }
// Fields without which an article is not what its source meant: a wrong type there is said, elsewhere it is no value.
bool is_essential(Field f) { return f == Field::kId || f == Field::kHeadline || f == Field::kBody; }

}  // namespace

bool looks_like_html(std::string_view text) {
  constexpr std::array<std::string_view, 22> kTags = {
      "p",  "br", "div", "span", "a",      "h1",  "h2",    "h3",     "h4",      "ul",   "ol",
      "li", "b",  "i",   "em",   "strong", "img", "table", "figure", "article", "html", "blockquote"};
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    std::string_view rest = text.substr(at + 1);
    if (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);
    std::string name;
    std::size_t n = 0;
    while (n < rest.size() && n < 12 && std::isalnum(static_cast<unsigned char>(rest[n])))
      name.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(rest[n++]))));
    const bool closed = n < rest.size() && (rest[n] == '>' || rest[n] == ' ' || rest[n] == '/' || rest[n] == '\n');
    if (closed && std::find(kTags.begin(), kTags.end(), name) != kTags.end()) return true;
  }
  return false;
}

void Findings::fill(const PresetNode& node, std::string_view text, bool number, bool in_list) {
  if (trim(text).empty()) return;
  for (const PresetTarget& t : node.targets) {
    const auto i = static_cast<std::size_t>(t.field);
    FoundValue& found = found_[i];
    if (t.field == Field::kSubject || t.field == Field::kSubjectName) {
      add_subject(trim(text), t.field == Field::kSubject);
      continue;
    }
    if (t.field == Field::kByline && in_list && t.rank <= found.rank) {
      if (t.rank < found.rank) authors_.clear();
      if (!authors_.empty()) authors_ += ", ";
      authors_ += trim(text);
      found = {text, t.rank, Markup::kText};
      continue;
    }
    if (t.rank >= found.rank) continue;
    if (number && (t.field == Field::kHeadline || t.field == Field::kBody)) {
      wrong_[i] = "a number";
      continue;
    }
    if (is_date(t.field)) {
      const auto date = parse_date(text);
      if (!date) continue;
      dates_[i] = date;
    }
    if (t.field == Field::kByline) authors_.clear();
    found = {text, t.rank, t.markup};
  }
}

// A name belongs to the code before it.
void Findings::add_subject(std::string_view text, bool code) {
  if (subjects_.size() == kMostSubjects) return;
  if (code)
    subjects_.push_back({std::string(text), {}});
  else if (!subjects_.empty() && subjects_.back().name.empty())
    subjects_.back().name = text;
  else
    subjects_.push_back({{}, std::string(text)});
}

void Findings::note_wrong(const PresetNode& node, std::string_view type) {
  for (const PresetTarget& t : node.targets)
    if (is_essential(t.field)) wrong_[static_cast<std::size_t>(t.field)] = type;
}

std::string Findings::wrong_type() const {
  constexpr std::array<std::pair<Field, std::string_view>, 3> kEssential = {
      {{Field::kBody, "the body"}, {Field::kHeadline, "the headline"}, {Field::kId, "the id"}}};
  for (const auto& [field, name] : kEssential) {
    const auto i = static_cast<std::size_t>(field);
    if (!wrong_[i].empty() && found_[i].rank == FoundValue::kNothing)
      return std::string(name) + " is " + std::string(wrong_[i]);
  }
  return {};
}

}  // namespace tocsin
