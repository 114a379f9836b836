// What tests/train/text_trees.py learns junk_blocks.yaml from: the blocks of pages whose true text is known, in
// numbers.
//
//   tocsin_block_numbers JUNK.yaml < PAGES.jsonl > NUMBERS.tsv
//
// A line of PAGES is {"html", "text"}, and "page" and "part" where several are made of one
// (tests/train/short_pages.py). A row of NUMBERS is a block: page (else its line, from 0), whether it is the article's
// (more than half of its runs of four words stand in the true text; with fewer words, it is a line of it), its weight
// (its words, four times on short and bare pages, which would count for nothing else), then what block_features.h says.
#include <simdjson.h>

#include <algorithm>
#include <iostream>
#include <unordered_set>

#include "common/text/block_features.h"
#include "common/text/json_ld.h"
#include "common/text/line_words.h"
#include "common/text/lines.h"
#include "common/text/normalise.h"

namespace tocsin {
namespace {

using Runs = std::unordered_set<std::uint64_t>;
constexpr std::size_t kRun = 4;
constexpr std::size_t kShortWeight = 4;

std::vector<std::uint64_t> words_of(std::string_view text) {
  std::vector<std::uint64_t> words;
  append_line_words(text, text.size(), words);
  for (std::uint64_t& w : words) w &= ~kColonBit;
  return words;
}

std::uint64_t run_at(const std::vector<std::uint64_t>& words, std::size_t at, std::size_t size) {
  std::uint64_t hash = size;
  for (std::size_t i = at; i < at + size; ++i) hash = (hash ^ words[i]) * 0x9E3779B97F4A7C15ULL;
  return hash;
}

Runs runs_of(std::string_view text) {
  Runs runs;
  const std::vector<std::uint64_t> words = words_of(text);
  for (std::size_t at = 0; at + kRun <= words.size(); ++at) runs.insert(run_at(words, at, kRun));
  std::vector<Line> lines;
  split_lines(text, lines);
  for (const Line& line : lines) {
    const std::vector<std::uint64_t> few = words_of(text.substr(line.start, line.end - line.start));
    if (few.size() < kRun) runs.insert(run_at(few, 0, few.size()));
  }
  return runs;
}

bool stands_in(const std::vector<std::uint64_t>& words, const Runs& truth) {
  const std::size_t size = std::min(words.size(), kRun);
  const std::size_t all = words.size() - size + 1;
  std::size_t found = 0;
  for (std::size_t at = 0; at < all; ++at) found += truth.contains(run_at(words, at, size));
  return 2 * found > all;
}

void write_page(std::uint64_t number, std::size_t weight, std::string_view html, std::string_view text,
                const JunkRules& rules) {
  HtmlPage page;
  read_html(html_to_utf8(html), page);
  if (!page.whole) return;
  std::vector<float> numbers;
  block_features(page, read_json_ld(page.json_ld).body, rules, numbers);
  const Runs truth = runs_of(text);
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    const Block& block = page.blocks[i];
    const auto words = words_of(std::string_view(page.text).substr(block.start, block.end - block.start));
    if (words.empty()) continue;
    std::cout << number << '\t' << stands_in(words, truth) << '\t' << weight * words.size();
    for (std::size_t k = 0; k < kBlockFeatures; ++k) std::cout << '\t' << numbers[i * kBlockFeatures + k];
    std::cout << '\n';
  }
}

int run(const char* junk) {
  const auto rules = JunkRules::load(junk);
  if (!rules) {
    std::cerr << rules.error().message << '\n';
    return 2;
  }
  simdjson::dom::parser parser;
  std::string line;
  for (std::size_t number = 0; std::getline(std::cin, line); ++number) {
    std::string_view html, text;
    simdjson::dom::element page;
    if (parser.parse(line).get(page) || page["html"].get(html) || page["text"].get(text)) {
      std::cerr << "line " << number + 1 << ": no page\n";
      return 2;
    }
    std::uint64_t whose = number;
    if (page["page"].get(whose)) whose = number;
    std::string_view part;
    const bool is_short = !page["part"].get(part) && (part == "short" || part == "bare");
    write_page(whose, is_short ? kShortWeight : 1, html, text, *rules);
  }
  return 0;
}

}  // namespace
}  // namespace tocsin

int main(int argc, char** argv) {
  if (argc == 2) return tocsin::run(argv[1]);
  std::cerr << "usage: tocsin_block_numbers JUNK.yaml < PAGES.jsonl > NUMBERS.tsv\n";
  return 2;
}
