// Matcher: the shipped rules on any text, as headline and body. It comes back, evidence lies in the text and on the
// borders of code points, and the same text says the same a second time. (Rules that are made up: rules_fuzz.)
#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include "common/events/event_finder.h"
#include "common/events/rule_set.h"
#include "common/text/document.h"
#include "common/wire/encoding.h"

namespace {

const tocsin::RuleSet& shipped_rules() {
  static const tocsin::RuleSet kRules = [] {
    auto set = tocsin::RuleSet::load(TOCSIN_SOURCE_DIR "/common/knowledge/rules");
    if (!set) std::abort();
    return std::move(*set);
  }();
  return kRules;
}

bool between_code_points(const std::string& text, std::size_t at) {
  return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 1 << 16) return 0;
  std::string text(reinterpret_cast<const char*>(data), size);
  if (!tocsin::is_utf8(text))  // a Document takes nothing else
    for (char& c : text) c = static_cast<unsigned char>(c) < 0x80 ? c : ' ';
  const std::size_t line = std::min(text.find('\n'), text.size());
  tocsin::Document headline;
  headline.assign(text.substr(0, line));
  tocsin::Document body;
  body.assign(text.substr(line));
  static tocsin::EventFinder finder(shipped_rules());
  const auto events = finder.find(headline, body, {}, 1'678'968'000'000, "en");
  for (const tocsin::Event& e : events) {
    assert(!e.evidence.empty());
    for (const tocsin::Evidence& v : e.evidence) {
      const std::string& zone = (v.zone == tocsin::Zone::kHeadline ? headline : body).text();
      assert(v.start < v.end && v.end <= zone.size());
      assert(between_code_points(zone, v.start) && between_code_points(zone, v.end));
    }
  }
  const auto again = finder.find(headline, body, {}, 1'678'968'000'000, "en");
  assert(events.size() == again.size());
  for (std::size_t i = 0; i < events.size(); ++i)
    assert(events[i].type == again[i].type && events[i].factuality == again[i].factuality &&
           events[i].evidence.size() == again[i].evidence.size());
  return 0;
}
