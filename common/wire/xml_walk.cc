#include "common/wire/xml_walk.h"

#include <expat.h>

#include <algorithm>
#include <memory>

#include "common/wire/encoding.h"
#include "common/wire/trim.h"

namespace tocsin {
namespace {

std::string_view without_prefix(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool lists(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view value_of(const char** attributes, std::string_view name) {
  for (; *attributes != nullptr; attributes += 2)
    if (name == attributes[0]) return attributes[1];
  return {};
}

std::string_view skip_past(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  return at == std::string_view::npos ? std::string_view{} : text.substr(at + mark.size());
}

}  // namespace

struct XmlWalk::Handlers {
  XmlWalk& walk;
  XML_Parser parser;

  static Handlers& of(void* self) { return *static_cast<Handlers*>(self); }
  std::size_t at() const { return static_cast<std::size_t>(XML_GetCurrentByteIndex(parser)); }
  void stop(XmlFault fault) {
    walk.fault_ = fault;
    XML_StopParser(parser, XML_FALSE);
  }

  static void start(void* self, const char* name, const char** attributes) {
    Handlers& h = of(self);
    h.walk.start(name, attributes, h.at() + static_cast<std::size_t>(XML_GetCurrentByteCount(h.parser)));
    if (h.walk.fault_ != XmlFault::kNone) h.stop(h.walk.fault_);
  }
  static void end(void* self, const char*) { of(self).walk.end(of(self).at()); }
  static void text(void* self, const char* s, int size) {
    XmlWalk& walk = of(self).walk;
    if (!walk.frames_.empty()) walk.text_.append(s, static_cast<std::size_t>(size));
  }
  static void entity(void* self, const char*, int, const char*, int, const char*, const char*, const char*,
                     const char*) {
    of(self).stop(XmlFault::kEntities);
  }
};

XmlFault XmlWalk::run(std::string_view xml, const Preset* preset) {
  xml_ = xml;
  preset_ = preset;
  preset_given_ = preset != nullptr;
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate("UTF-8"), &XML_ParserFree);
  Handlers handlers{*this, parser.get()};
  XML_SetUserData(parser.get(), &handlers);
  XML_SetElementHandler(parser.get(), &Handlers::start, &Handlers::end);
  XML_SetCharacterDataHandler(parser.get(), &Handlers::text);
  XML_SetEntityDeclHandler(parser.get(), &Handlers::entity);
  const XML_Status status = XML_Parse(parser.get(), xml.data(), static_cast<int>(xml.size()), XML_TRUE);
  if (status != XML_STATUS_OK) {
    if (fault_ == XmlFault::kNone) fault_ = XmlFault::kNotXml;
    where_ = "line " + std::to_string(XML_GetCurrentLineNumber(parser.get()));
    if (fault_ == XmlFault::kNotXml) where_ += std::string(": ") + XML_ErrorString(XML_GetErrorCode(parser.get()));
  } else if (articles_ == 0) {
    fault_ = XmlFault::kNoArticle;
  }
  return fault_;
}

void XmlWalk::start(std::string_view name, const char** attributes, std::size_t content_at) {
  if (depth_ == 0) element_ = utf8_start(name, 64);
  if (++depth_ > max_depth_) {
    fault_ = XmlFault::kTooDeep;
    return;
  }
  Frame frame;
  if (frames_.empty()) {
    const std::string_view local = without_prefix(name);
    const Preset* const of = preset_given_ || articles_ > 0 ? preset_ : presets_.of_element(local);
    if (of == nullptr || !lists(of->elements, local)) return;
    if (++articles_ > 1) {
      fault_ = XmlFault::kSecondArticle;
      return;
    }
    preset_ = of;
    element_ = local;
    prefix_ = name.substr(0, name.size() - local.size());
    frame.nodes.push_back(0);
  } else {
    if (name.substr(0, prefix_.size()) == prefix_) name.remove_prefix(prefix_.size());
    std::string member(name);
    std::replace(member.begin(), member.end(), '.', '-');
    frames_.back().has_elements = true;
    frame.nodes = children(frames_.back(), member, attributes);
  }
  frame.text = text_.size();
  frame.inner = content_at;
  frames_.push_back(std::move(frame));
  const char* none = nullptr;
  for (; *attributes != nullptr; attributes += 2)
    for (const std::int16_t node : children(frames_.back(), std::string("@") + attributes[0], &none))
      fill(node, attributes[1]);
}

// The nodes that a member stands for, below those of the element around it.
std::vector<std::int16_t> XmlWalk::children(const Frame& parent, std::string_view name, const char** attributes) const {
  std::vector<std::int16_t> found;
  const std::uint16_t key = presets_.keys().find(name);
  if (key == KeyTable::kNone) return found;
  for (const std::int16_t at : parent.nodes) {
    const PresetNode& node = preset_->nodes[static_cast<std::size_t>(at)];
    if (node.members.empty() || node.members[key] < 0) continue;
    found.push_back(node.members[key]);
    for (const PresetFilter& f : preset_->nodes[static_cast<std::size_t>(node.members[key])].filters)
      if (value_of(attributes, f.attribute) == f.value) found.push_back(f.node);
  }
  return found;
}

void XmlWalk::fill(std::int16_t node, std::string_view text) {
  kept_.emplace_back(text);
  findings_.fill(preset_->nodes[static_cast<std::size_t>(node)], kept_.back(), false, true);
}

void XmlWalk::end(std::size_t content_end) {
  --depth_;
  if (frames_.empty()) return;
  const Frame& frame = frames_.back();
  const std::string_view text = std::string_view(text_).substr(frame.text);
  for (const std::int16_t at : frame.nodes) {
    const std::vector<PresetTarget>& targets = preset_->nodes[static_cast<std::size_t>(at)].targets;
    if (targets.empty()) continue;
    const bool markup = frame.has_elements && std::any_of(targets.begin(), targets.end(), [](const PresetTarget& t) {
                          return t.markup != Markup::kText;
                        });
    fill(at, markup ? xml_.substr(frame.inner, content_end - frame.inner) : text);
    open_embargo_ = open_embargo_ || (targets.front().field == Field::kEmbargo && trim(text).empty());
  }
  frames_.pop_back();
}

std::string_view outermost_element(std::string_view xml) {
  xml = trim(xml);
  while (!xml.empty() && xml.front() == '<') {
    if (xml.substr(0, 2) == "<?") {
      xml = skip_past(xml, "?>");
    } else if (xml.substr(0, 4) == "<!--") {
      xml = skip_past(xml, "-->");
    } else {
      const bool doctype = xml.substr(0, 2) == "<!";  // it says the element's name too
      xml = doctype ? trim(skip_past(xml, " ")) : xml.substr(1);
      return xml.substr(0, xml.find_first_of(" \t\r\n/><["));
    }
    xml = trim(xml);
  }
  return {};
}

}  // namespace tocsin
