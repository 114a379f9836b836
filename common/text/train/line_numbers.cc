// What tests/train/text_trees.py learns junk_lines.yaml and junk_pages.yaml from: the lines of texts that were judged,
// in numbers.
//
//   tocsin_line_numbers JUNK.yaml articles|pages < TEXTS.jsonl > NUMBERS.tsv
//
// A line of TEXTS is {"group", "title", "weight", "lines": [{"t", "label": "junk", "content" or "?"}]}. A row of
// NUMBERS is a line of which the rules leave doubt: its group, whether it is junk, its weight, then what
// line_features.h says. A line that nobody read ("?") counts when a rule knows it, once, as junk: so the trees see junk
// of many sites. Each text is looked at three times, as the judge will see it: as it came, without what the rules take,
// and, of less weight, without any junk; each time it counts when it is seen as an article or as a page.
#include <simdjson.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <unordered_set>

#include "common/text/line_judge.h"
#include "common/text/lines.h"

namespace tocsin {
namespace {

constexpr double kTaken = 0.7;        // weight of what the rules take anyway
constexpr double kLookedAgain = 0.5;  // and of lines that are looked at again
constexpr std::uint32_t kFewWords = 4;

struct Labelled {
  std::string text;
  std::string label;
};

// What stands around a line took it, not a rule of its own.
bool by_context(std::string_view rule) { return rule == "tail" || rule == "related" || rule == "end"; }

class Writer {
 public:
  Writer(const JunkRules& rules, bool pages) : judge_(rules), pages_(pages), numbers_(kLineFeatures) {}

  void write_text(std::string_view group, const std::string& title, double weight, const std::vector<Labelled>& lines) {
    const std::vector<Verdict> verdicts = write_lines(group, title, weight, lines);
    std::vector<Labelled> left, content;
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
      if (verdicts[i].rule.empty()) left.push_back(lines[i]);
      if (verdicts[i].rule.empty() && lines[i].label != "junk") content.push_back(lines[i]);
    }
    if (left.size() < lines.size()) write_lines(group, title, weight * kLookedAgain, left);
    if (content.size() < left.size()) write_lines(group, title, weight * kLookedAgain, content);
  }

 private:
  std::vector<Verdict> write_lines(std::string_view group, const std::string& title, double weight,
                                   const std::vector<Labelled>& lines) {
    std::string text;
    for (const Labelled& line : lines) text += line.text + "\n";
    std::vector<Line> cut;
    split_lines(text, cut);
    std::vector<Verdict> verdicts;
    if (cut.size() != lines.size()) return verdicts;
    judge_.judge(text, cut, title, false, nullptr, verdicts);
    if (judge_.page() != pages_ || judge_.doubtful().empty()) return verdicts;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const bool doubtful = std::ranges::binary_search(judge_.doubtful(), i);
      const bool known = !verdicts[i].rule.empty() && !by_context(verdicts[i].rule);
      const bool unread = lines[i].label == "?";
      if (unread && (!known || judge_.facts().shapes[i].words < kFewWords || !seen_.insert(lines[i].text).second))
        continue;
      const bool junk = unread || lines[i].label == "junk";
      if (!doubtful && (verdicts[i].rule.empty() || !junk)) continue;
      judge_.features().write(i, numbers_.data());
      std::cout << group << '\t' << junk << '\t' << (doubtful ? weight : weight * kTaken);
      for (const float number : numbers_) std::cout << '\t' << number;
      std::cout << '\n';
    }
    return verdicts;
  }

  LineJudge judge_;
  bool pages_;
  std::vector<float> numbers_;
  std::unordered_set<std::string> seen_;
};

int run(const char* junk, bool pages) {
  // The rules alone: trees that are learnt anew have no say in it.
  std::ifstream in(junk, std::ios::binary);
  const std::string yaml{std::istreambuf_iterator<char>(in), {}};
  const auto rules = JunkRules::parse(yaml, junk);
  if (!rules) {
    std::cerr << rules.error().message << '\n';
    return 2;
  }
  Writer writer(*rules, pages);
  simdjson::dom::parser parser;
  std::string line;
  for (std::size_t number = 1; std::getline(std::cin, line); ++number) {
    std::string_view group, title;
    simdjson::dom::element text;
    simdjson::dom::array lines;
    double weight = 1;
    if (parser.parse(line).get(text) || text["group"].get(group) || text["title"].get(title) ||
        text["weight"].get(weight) || text["lines"].get(lines)) {
      std::cerr << "line " << number << ": no text\n";
      return 2;
    }
    std::vector<Labelled> labelled;
    for (const auto& each : lines) {
      std::string_view t, label;
      if (!each["t"].get(t) && !each["label"].get(label)) labelled.push_back({std::string(t), std::string(label)});
    }
    writer.write_text(group, std::string(title), weight, labelled);
  }
  return 0;
}

}  // namespace
}  // namespace tocsin

int main(int argc, char** argv) {
  const std::string_view kind = argc == 3 ? argv[2] : "";
  if (kind == "articles" || kind == "pages") return tocsin::run(argv[1], kind == "pages");
  std::cerr << "usage: tocsin_line_numbers JUNK.yaml articles|pages < TEXTS.jsonl > NUMBERS.tsv\n";
  return 2;
}
