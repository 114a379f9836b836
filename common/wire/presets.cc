#include "common/wire/presets.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

namespace tocsin {
namespace {

constexpr std::array<std::string_view, kFields> kFieldNames = {"id",
                                                               "url",
                                                               "headline",
                                                               "body",
                                                               "published",
                                                               "embargo",
                                                               "source",
                                                               "provider",
                                                               "language",
                                                               "byline",
                                                               "version",
                                                               "status",
                                                               "summary",
                                                               "located",
                                                               "type",
                                                               "signal",
                                                               "subject",
                                                               "subject_name",
                                                               "slugline",
                                                               "urgency",
                                                               "ed_note",
                                                               "copyright_holder",
                                                               "copyright_notice",
                                                               "usage_terms"};

std::optional<Field> field_from(std::string_view name) {
  for (std::size_t i = 0; i < kFields; ++i)
    if (kFieldNames.at(i) == name) return static_cast<Field>(i);
  return std::nullopt;
}

// Compiles one file; stops at the first error, which names the line.
class Compiler {
 public:
  Compiler(const std::string& file, KeyTable& keys) : file_(file), keys_(keys) {}

  Result<Preset> preset(const YAML::Node& node) {
    if (!node.IsMap()) return wrong(node, "a preset is a map with name, known_by and fields");
    Preset preset;
    preset.nodes.emplace_back();
    for (const auto& member : node) {
      const auto key = member.first.as<std::string>();
      Result<void> done;
      if (key == "name") {
        if (!member.second.IsScalar()) return wrong(member.second, "name is a word");
        preset.name = member.second.as<std::string>();
      } else if (key == "carry") {
        done = carry(member.second, preset);
      } else if (key == "cut_mark") {
        done = flag(member.second, preset.cut_mark);
      } else if (key == "known_by") {
        done = known_by(member.second, preset);
      } else if (key == "xml") {
        done = xml(member.second, preset);
      } else if (key == "fields") {
        done = fields(member.second, preset);
      } else {
        return wrong(member.first,
                     "unknown key '" + key + "'; a preset has name, known_by, xml, carry, cut_mark, fields");
      }
      if (!done) return tl::unexpected(done.error());
    }
    if (preset.name.empty()) return wrong(node, "a preset needs a name");
    return preset;
  }

  tl::unexpected<Error> wrong(const YAML::Node& node, const std::string& what) const {
    return fail(file_ + ":" + std::to_string(node.Mark().line + 1) + ": " + what);
  }

 private:
  Result<void> flag(const YAML::Node& node, bool& value) const {
    if (!YAML::convert<bool>::decode(node, value)) return wrong(node, "true or false");
    return {};
  }

  Result<void> carry(const YAML::Node& node, Preset& preset) const {
    const std::string word = node.IsScalar() ? node.as<std::string>() : "";
    if (word == "ninjs")
      preset.carry = Carry::kNinjs;
    else if (word == "own")
      preset.carry = Carry::kOwn;
    else if (word != "none")
      return wrong(node, "carry is ninjs, own or none");
    return {};
  }

  Result<std::uint16_t> key(const YAML::Node& node, std::string_view name) {
    const std::uint16_t number = keys_.add(name);
    if (number == KeyTable::kNone)
      return wrong(node, "more than " + std::to_string(KeyTable::kMaxKeys) + " different names in all presets");
    return number;
  }

  Result<void> known_by(const YAML::Node& node, Preset& preset) {
    if (!node.IsMap()) return wrong(node, "known_by has all, any, none");
    for (const auto& member : node) {
      const auto name = member.first.as<std::string>();
      KeySet* set = name == "all" ? &preset.all : name == "any" ? &preset.any : name == "none" ? &preset.none : nullptr;
      if (set == nullptr) return wrong(member.first, "unknown key '" + name + "'; known_by has all, any, none");
      if (!member.second.IsSequence()) return wrong(member.second, name + " is a list of names");
      for (const YAML::Node& word : member.second) {
        if (!word.IsScalar()) return wrong(word, "a name");
        const Result<std::uint16_t> number = key(word, word.as<std::string>());
        if (!number) return tl::unexpected(number.error());
        set->set(*number);
      }
    }
    return {};
  }

  Result<void> xml(const YAML::Node& node, Preset& preset) {
    if (!node.IsMap()) return wrong(node, "xml has elements, inside");
    for (const auto& member : node) {
      const auto name = member.first.as<std::string>();
      std::vector<std::string>* list = name == "elements" ? &preset.elements
                                       : name == "inside" ? &preset.envelopes
                                                          : nullptr;
      if (list == nullptr) return wrong(member.first, "unknown key '" + name + "'; xml has elements, inside");
      if (!member.second.IsSequence()) return wrong(member.second, name + " is a list of names");
      for (const YAML::Node& word : member.second) {
        if (!word.IsScalar()) return wrong(word, "a name");
        list->push_back(word.as<std::string>());
      }
    }
    return {};
  }

  Result<void> fields(const YAML::Node& node, Preset& preset) {
    if (!node.IsMap()) return wrong(node, "fields is a map from field to members");
    for (const auto& member : node) {
      const auto name = member.first.as<std::string>();
      const std::optional<Field> field = field_from(name);
      if (!field) return wrong(member.first, "unknown field '" + name + "'");
      if (!member.second.IsSequence()) return wrong(member.second, name + " is a list of members, the best first");
      std::uint8_t rank = 0;
      for (const YAML::Node& path : member.second) {
        if (auto done = target(path, PresetTarget{*field, rank, Markup::kText}, preset); !done) return done;
        if (++rank == 100) return wrong(path, "more than 100 members for one field");
      }
    }
    return {};
  }

  Result<void> target(const YAML::Node& node, PresetTarget target, Preset& preset) {
    if (node.IsScalar()) return path(node, node.as<std::string>(), target, preset);
    if (!node.IsMap() || node.size() != 1 || !node.begin()->second.IsScalar())
      return wrong(node, "a member is a name, {html: name} or {either: name}");
    const auto markup = node.begin()->first.as<std::string>();
    if (target.field != Field::kBody && target.field != Field::kHeadline)
      return wrong(node, "only headline and body can be HTML");
    if (markup != "html" && markup != "either") return wrong(node, "{html: name} or {either: name}");
    target.markup = markup == "html" ? Markup::kHtml : Markup::kEither;
    return path(node, node.begin()->second.as<std::string>(), target, preset);
  }

  // "a.b[].c" is walked step by step, making the nodes that are not there yet.
  Result<void> path(const YAML::Node& node, std::string_view rest, PresetTarget target, Preset& preset) {
    std::size_t at = 0;
    if (rest.empty()) return wrong(node, "a member's name is empty");
    while (!rest.empty()) {
      if (rest.substr(0, 2) == "[]" || rest.substr(0, 3) == "[*]") {
        const bool typed = rest[1] == '*';
        rest.remove_prefix(typed ? 3 : 2);
        if (preset.nodes[at].element < 0) {
          preset.nodes[at].element = static_cast<std::int16_t>(preset.nodes.size());
          preset.nodes.emplace_back();
        }
        preset.nodes[at].typed_list = typed;
        at = static_cast<std::size_t>(preset.nodes[at].element);
        if (!rest.empty() && rest[0] == '.') rest.remove_prefix(1);
        continue;
      }
      const std::size_t equals = rest.find('=');
      if (rest[0] == '[' && equals != std::string_view::npos && rest.find(']') > equals) {
        const std::size_t close = rest.find(']');
        if (close == std::string_view::npos) return wrong(node, "[attribute=value] is not closed");
        at = filtered(preset, at, rest.substr(1, equals - 1), rest.substr(equals + 1, close - equals - 1));
        rest.remove_prefix(close + 1);
        if (!rest.empty() && rest[0] == '.') rest.remove_prefix(1);
        continue;
      }
      const std::size_t end = std::min(rest.find('.'), rest.find('['));
      const std::string_view name = rest.substr(0, end);
      const Result<std::uint16_t> number = key(node, name);
      if (!number) return tl::unexpected(number.error());
      if (name.empty()) return wrong(node, "a step of the path is empty");
      at = member(preset, at, *number);
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(rest[end] == '.' ? end + 1 : end);
    }
    preset.nodes[at].targets.push_back(target);
    return {};
  }

  static std::size_t filtered(Preset& preset, std::size_t at, std::string_view attribute, std::string_view value) {
    for (const PresetFilter& f : preset.nodes[at].filters)
      if (f.attribute == attribute && f.value == value) return static_cast<std::size_t>(f.node);
    const auto made = static_cast<std::int16_t>(preset.nodes.size());
    preset.nodes[at].filters.push_back({std::string(attribute), std::string(value), made});
    preset.nodes.emplace_back();
    return static_cast<std::size_t>(made);
  }

  static std::size_t member(Preset& preset, std::size_t at, std::uint16_t key) {
    preset.nodes[at].members.resize(KeyTable::kMaxKeys, -1);
    if (preset.nodes[at].members[key] < 0) {
      const auto made = static_cast<std::int16_t>(preset.nodes.size());
      preset.nodes.emplace_back();
      preset.nodes[at].members[key] = made;
    }
    return static_cast<std::size_t>(preset.nodes[at].members[key]);
  }

  const std::string& file_;
  KeyTable& keys_;
};

}  // namespace

std::size_t KeyTable::hash(std::string_view name) {
  std::uint64_t first = 0;
  std::memcpy(&first, name.data(), std::min<std::size_t>(name.size(), 8));
  const auto last = name.empty() ? 0U : static_cast<unsigned char>(name.back());
  return static_cast<std::size_t>(((first ^ (name.size() << 56) ^ last) * 0x9E3779B97F4A7C15ULL) >> 32);
}

std::uint16_t KeyTable::find(std::string_view name) const {
  for (std::size_t i = hash(name);; ++i) {
    const std::uint16_t key = slots_[i % slots_.size()];
    if (key == kNone || names_[key] == name) return key;
  }
}

std::uint16_t KeyTable::add(std::string_view name) {
  if (const std::uint16_t known = find(name); known != kNone) return known;
  if (names_.size() == kMaxKeys) return kNone;
  names_.emplace_back(name);
  std::size_t i = hash(name);
  while (slots_[i % slots_.size()] != kNone) ++i;
  slots_[i % slots_.size()] = static_cast<std::uint16_t>(names_.size() - 1);
  return slots_[i % slots_.size()];
}

Result<Presets> Presets::parse(const std::string& yaml, const std::string& file) {
  try {
    const YAML::Node root = YAML::Load(yaml);
    Presets made;
    Compiler compiler(file, made.keys_);
    if (!root.IsMap() || root.size() != 1 || !root["presets"] || !root["presets"].IsSequence())
      return fail(file + ":1: the file holds one list, `presets:`");
    for (const YAML::Node& node : root["presets"]) {
      Result<Preset> preset = compiler.preset(node);
      if (!preset) return tl::unexpected(preset.error());
      if (made.find(preset->name) != nullptr) return compiler.wrong(node, "two presets named " + preset->name);
      made.presets_.push_back(std::move(*preset));
    }
    return made;
  } catch (const YAML::Exception& e) {
    return fail(file + ":" + std::to_string(e.mark.line + 1) + ": " + e.msg);
  }
}

Result<Presets> Presets::load(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(file + ": cannot be read; it is laid beside the binary in knowledge/ by the build");
  std::ostringstream text;
  text << in.rdbuf();
  return parse(text.str(), file);
}

const Preset* Presets::find(std::string_view name) const {
  for (const Preset& p : presets_)
    if (p.name == name) return &p;
  return nullptr;
}

const Preset* Presets::recognise(const KeySet& members) const {
  for (const Preset& p : presets_)
    if ((p.all & ~members).none() && (p.any.none() || (p.any & members).any()) && (p.none & members).none() &&
        (p.all.any() || p.any.any()))
      return &p;
  return nullptr;
}

const Preset* Presets::of_element(std::string_view name) const {
  for (const Preset& p : presets_)
    if (std::find(p.elements.begin(), p.elements.end(), name) != p.elements.end()) return &p;
  return nullptr;
}

bool Presets::knows_element(std::string_view name) const {
  return of_element(name) != nullptr || std::any_of(presets_.begin(), presets_.end(), [name](const Preset& p) {
           return std::find(p.envelopes.begin(), p.envelopes.end(), name) != p.envelopes.end();
         });
}

}  // namespace tocsin
