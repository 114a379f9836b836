#include "daemon/webhook/text_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/article/nearest.h"
#include "common/wire/encoding.h"

namespace tocsin {
namespace {

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& item : list) out += (out.empty() ? "" : ", ") + item;
  return out;
}

std::string words(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

std::string what(const AlertMessage& a) {
  std::string out = a.type.empty() ? "incident " + a.incident : words(a.type);
  for (const std::string& type : a.also) out += ", " + words(type);
  return out;
}

std::string number(std::int64_t value) { return value > 0 ? std::to_string(value) : std::string(); }

// Two decimals, from 0.00 to 1.00; nothing where an alert does not say.
std::string share(double value) { return value > 0 ? fmt::format("{:.2f}", value) : std::string(); }

std::string words_of_change(const std::string& change) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kWords{
      {{"first", "First report"},
       {"corroborated", "Confirmed by another source"},
       {"placed", "Located"},
       {"denied", "Denied"},
       {"withdrawn", "Withdrawn"},
       {"escalated", "More severe"}}};
  for (const auto& [name, said] : kWords)
    if (change == name) return std::string(said);
  return change;
}

// "First report, Located": with what was folded into it, each once, in order.
std::string change_words(const AlertMessage& a) {
  std::vector<std::string> changes;
  for (const FoldedAlert& older : a.folded) changes.push_back(older.change);
  changes.push_back(a.change);
  std::vector<std::string> said;
  for (const std::string& change : changes)
    if (std::string one = words_of_change(change); std::ranges::find(said, one) == said.end())
      said.push_back(std::move(one));
  return joined(said);
}

using Field = std::string (*)(const AlertMessage&);
constexpr std::array<std::pair<std::string_view, Field>, 22> kFields{{
    {"actors", [](const AlertMessage& a) { return joined(a.actors); }},
    {"change", [](const AlertMessage& a) { return a.change; }},
    {"change_words", change_words},
    {"confidence", [](const AlertMessage& a) { return share(a.confidence); }},
    {"country", [](const AlertMessage& a) { return a.country; }},
    {"day", [](const AlertMessage& a) { return a.day; }},
    {"factuality", [](const AlertMessage& a) { return a.factuality; }},
    {"headline", [](const AlertMessage& a) { return a.headline; }},
    {"incident", [](const AlertMessage& a) { return a.incident; }},
    {"place", [](const AlertMessage& a) { return a.place; }},
    {"provider", [](const AlertMessage& a) { return a.provider; }},
    {"reports", [](const AlertMessage& a) { return number(a.reports); }},
    {"rules", [](const AlertMessage& a) { return joined(a.rules); }},
    {"salience", [](const AlertMessage& a) { return a.salience; }},
    {"sequence", [](const AlertMessage& a) { return number(a.sequence); }},
    {"severity", [](const AlertMessage& a) { return number(a.severity); }},
    {"sources", [](const AlertMessage& a) { return number(a.sources); }},
    {"subtype", [](const AlertMessage& a) { return a.subtype; }},
    {"type", [](const AlertMessage& a) { return a.type; }},
    {"uri", [](const AlertMessage& a) { return a.uri; }},
    {"weapon", [](const AlertMessage& a) { return a.weapon; }},
    {"what", what},
}};

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return text;
}

}  // namespace

std::vector<std::string_view> TextTemplate::names() {
  std::vector<std::string_view> out;
  out.reserve(kFields.size());
  for (const auto& [name, field] : kFields) out.push_back(name);
  return out;
}

Result<TextTemplate> TextTemplate::parse(std::string_view text) {
  if (text.size() > kMaxBytes) return fail("is longer than 4096 bytes");
  const std::vector<std::string_view> known = names();
  TextTemplate out;
  int group = 0;
  int groups = 0;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) out.parts_.push_back({std::exchange(literal, {}), -1, group});
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool twice = i + 1 < text.size() && text[i + 1] == c && (c == '{' || c == '[' || c == ']');
    if (twice || (c != '{' && c != '[' && c != ']')) {
      literal += c;
      i += twice ? 1 : 0;
      continue;
    }
    flush();
    if (c == '[') {
      if (group != 0) return fail("has brackets within brackets; [[ is the character itself");
      group = ++groups;
    } else if (c == ']') {
      if (group == 0) return fail("has a ] without its [; ]] is the character itself");
      group = 0;
    } else {
      const std::size_t end = text.find('}', i);
      if (end == std::string_view::npos) return fail("has a { without its }; {{ is the character itself");
      const std::string_view name = text.substr(i + 1, end - i - 1);
      const auto at = std::ranges::find(known, name);
      if (at == known.end())
        return fail("\"{" + std::string(name.substr(0, 40)) + "}\" is not known" + did_you_mean(name, known));
      out.parts_.push_back({{}, static_cast<int>(at - known.begin()), group});
      i = end;
    }
  }
  flush();
  if (group != 0) return fail("has a [ without its ]; [[ is the character itself");
  return out;
}

std::string TextTemplate::fill(const AlertMessage& alert, std::size_t limit) const {
  std::vector<std::string> values;
  values.reserve(parts_.size());
  std::vector<int> dropped;
  for (const Part& part : parts_) {
    values.push_back(part.field < 0 ? part.text
                                    : one_line(kFields.at(static_cast<std::size_t>(part.field)).second(alert)));
    if (part.group != 0 && values.back().empty()) dropped.push_back(part.group);
  }
  std::string out;
  for (std::size_t i = 0; i < parts_.size(); ++i)
    if (std::ranges::find(dropped, parts_[i].group) == dropped.end()) out += values[i];
  return cut_text(std::move(out), limit);
}

std::string cut_text(std::string text, std::size_t limit) {
  constexpr std::string_view kGone = "...";
  if (text.size() <= limit) return text;
  text.resize(utf8_start(text, limit - std::min(limit, kGone.size())).size());
  return text.append(kGone.substr(0, std::min(limit, kGone.size())));
}

}  // namespace tocsin
