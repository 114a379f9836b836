// One walk through an XML document by expat, taking what a preset asks for. Internal to wire/.
//
// An element is a member of the element around it, an attribute is a member named @attribute. The article is the first
// element that its preset names; what stands around it is passed over. Nothing outside the document is ever opened: a
// document that declares entities is refused, whatever they name, and nothing expands.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "common/wire/findings.h"

namespace tocsin {

enum class XmlFault {
  kNone,
  kNotXml,         // not well-formed, or cut
  kEntities,       // declares entities
  kTooDeep,        // nested deeper than max_depth
  kNoArticle,      // none of its elements is one that the presets name
  kSecondArticle,  // one record is one article
};

class XmlWalk {
 public:
  XmlWalk(const Presets& presets, std::size_t max_depth) : presets_(presets), max_depth_(max_depth) {}

  // `xml` is UTF-8, whatever it declares, and must outlive the findings. Without a preset the first one that names an
  // element of the document is taken. After any fault what was found is void.
  XmlFault run(std::string_view xml, const Preset* preset);

  const Preset* preset() const { return preset_; }         // null: no article was found
  const std::string& element() const { return element_; }  // its name; without an article, the outermost one's
  const std::string& where() const { return where_; }      // of a fault, for a person: "line 3: mismatched tag"
  bool open_embargo() const { return open_embargo_; }      // an embargo is stated, without an end
  Findings& findings() { return findings_; }

 private:
  struct Handlers;  // expat's callbacks
  struct Frame {
    std::vector<std::int16_t> nodes;  // of the preset's tree, that this element stands for
    std::size_t text = 0;             // where its text begins, in text_
    std::size_t inner = 0;            // where its content begins, in the document
    bool has_elements = false;
  };
  void start(std::string_view name, const char** attributes, std::size_t content_at);
  void end(std::size_t content_end);
  std::vector<std::int16_t> children(const Frame& parent, std::string_view name, const char** attributes) const;
  void fill(std::int16_t node, std::string_view text);

  const Presets& presets_;
  const std::size_t max_depth_;
  std::string_view xml_;
  const Preset* preset_ = nullptr;
  bool preset_given_ = false;
  XmlFault fault_ = XmlFault::kNone;
  std::string element_, where_, prefix_;
  std::size_t depth_ = 0;
  std::size_t articles_ = 0;
  bool open_embargo_ = false;
  std::vector<Frame> frames_;     // of the article's open elements
  std::string text_;              // the article's character data up to here
  std::deque<std::string> kept_;  // what the findings' views borrow
  Findings findings_;
};

// Name of the outermost element, by its tag or the document's type, without looking further; empty: the text does not
// begin as XML or HTML does.
std::string_view outermost_element(std::string_view xml);

}  // namespace tocsin
