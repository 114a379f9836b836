// Rule loader and matcher: any bytes as a rule file are refused with one line or compiled; what was compiled matches
// any text and comes back. The input is a rule file, a line "====", and a text.
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/events/event_finder.h"
#include "common/events/rule_set.h"
#include "common/text/document.h"

namespace {

const std::string kLists =
    "lists:\n  clause_break: [after, which]\n  no_break: [as well as]\n  comma_break: [and]\n  background: [after]\n"
    "  dead: [kill/v]\n  target_word: [at]\n  agent_word: [by]\n  place_word: [in]\n  report_word: [say/v]\n"
    "  goes_on: [shortly after]\n  another_word: [another]\n  known_word: [the]\n  same_day: [hours later]\n"
    "  thing: [dart/n, big dart/n]\n";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 1 << 16) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = input.find("====\n");
  const std::string rules(input.substr(0, cut));
  auto set = tocsin::RuleSet::compile({{"lists.yaml", kLists}, {"fuzz.yaml", rules}});
  if (!set) {
    assert(!set.error().message.empty() && set.error().message.find('\n') == std::string::npos);
    return 0;
  }
  if (cut == std::string_view::npos) return 0;
  tocsin::test_rules(*set);
  std::string text(input.substr(cut + 5));
  for (char& c : text) c = static_cast<unsigned char>(c) < 0x80 ? c : ' ';  // a Document takes valid UTF-8 only
  tocsin::Document headline;
  headline.assign("");
  tocsin::Document body;
  body.assign(text);
  tocsin::EventFinder finder(*set);
  for (const tocsin::Event& e : finder.find(headline, body, {}, 0, "en"))
    for (const tocsin::Evidence& v : e.evidence) assert(v.start < v.end && v.end <= body.text().size());
  return 0;
}
