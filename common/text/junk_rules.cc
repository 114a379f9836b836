#include "common/text/junk_rules.h"

#include <yaml-cpp/yaml.h>

#include <bitset>
#include <fstream>
#include <optional>
#include <sstream>

#include "common/text/block_features.h"
#include "common/text/line_features.h"
#include "common/text/line_words.h"

namespace tocsin {
namespace {

constexpr std::uint64_t kAnyWord = 6;  // beside kNumberWord and kAddressWord
constexpr std::size_t kMaxPatternWords = 12;
constexpr std::size_t kMaxPatterns = 10000;
constexpr std::size_t kFilterBits = 1U << 16;  // so that one word in a hundred passes by chance

std::optional<JunkAction> action_from(const std::string& s) {
  if (s == "remove") return JunkAction::kRemove;
  if (s == "byline") return JunkAction::kByline;
  if (s == "provenance") return JunkAction::kProvenance;
  if (s == "related") return JunkAction::kRelated;
  if (s == "end") return JunkAction::kEnd;
  return std::nullopt;
}

struct Edge {
  std::uint32_t node = 0;
  std::uint64_t word = 0;
  bool operator==(const Edge&) const = default;
};
// Edges in open addressing: one or two loads for the many words that follow nothing.
class Edges {
 public:
  // The node at the end of the edge; 0 (the root, which no edge enters): there is none.
  std::uint32_t find(const Edge& edge) const {
    for (std::size_t i = slot(edge);; i = (i + 1) & mask()) {
      if (slots_[i].to == 0) return 0;
      if (slots_[i].edge == edge) return slots_[i].to;
    }
  }
  void insert(const Edge& edge, std::uint32_t to) {
    if (++size_ * 4 > slots_.size()) grow();
    place(edge, to);
  }

 private:
  struct Slot {
    Edge edge;
    std::uint32_t to = 0;
  };
  std::size_t mask() const { return slots_.size() - 1; }
  std::size_t slot(const Edge& e) const {
    return (e.word + e.node * 0x9e3779b97f4a7c15U) * 0xd1b54a32d192ed03U >> 32 & mask();
  }
  void place(const Edge& edge, std::uint32_t to) {
    std::size_t i = slot(edge);
    while (slots_[i].to != 0) i = (i + 1) & mask();
    slots_[i] = {edge, to};
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& s : old) {
      if (s.to != 0) place(s.edge, s.to);
    }
  }
  std::vector<Slot> slots_ = std::vector<Slot>(64);
  std::size_t size_ = 0;
};

// Where a pattern ends in the trie of words.
struct End {
  std::uint32_t rule = 0;
  bool at_start = false;  // must begin with the line
  bool at_end = false;    // must end with it
};

}  // namespace

struct JunkRules::Table {
  std::vector<JunkRule> rules;
  std::vector<std::vector<End>> nodes{1};
  Edges edges;
  // Of hashes that begin a pattern, by their low bits: any pattern, and one that may stand behind other words.
  std::bitset<kFilterBits> first_words, inner_words;
  bool any_first = false;  // some pattern begins with ?
  std::size_t patterns = 0;

  bool may_begin(std::uint64_t word, bool at_start) const {
    return (at_start ? first_words : inner_words)[word >> 1 & (kFilterBits - 1)];
  }

  std::uint32_t child(std::uint32_t node, std::uint64_t word) {
    if (const std::uint32_t known = edges.find({node, word}); known != 0) return known;
    const auto made = static_cast<std::uint32_t>(nodes.size());
    edges.insert({node, word}, made);
    nodes.emplace_back();
    return made;
  }

  // Whether a rule may judge such a line at all.
  static bool applies(const JunkRule& rule, const RuleLine& line, std::size_t words) {
    if (words > rule.max_words || (rule.open && line.ends_in_stop)) return false;
    return rule.where == JunkWhere::kAny || (rule.where == JunkWhere::kHead ? line.head : line.tail);
  }

  // Lowest rule that matches words from `at` on, following the trie from `node`; `best` so far.
  void walk(std::uint32_t node, std::span<const std::uint64_t> words, const RuleLine& line, std::size_t first,
            std::size_t at, std::uint32_t& best) const {
    for (const End& end : nodes[node]) {
      if (end.rule >= best || !applies(rules[end.rule], line, words.size())) continue;
      if ((!end.at_start || first == 0) && (!end.at_end || at == words.size())) best = end.rule;
    }
    if (at == words.size()) return;
    const std::uint64_t word = words[at];
    const auto follow = [&](std::uint64_t edge) {
      if (const std::uint32_t next = edges.find({node, edge}); next != 0) walk(next, words, line, first, at + 1, best);
    };
    follow(word & ~kColonBit);
    if (word & kColonBit) follow(word);
    follow(kAnyWord);
    if (word & kColonBit) follow(kAnyWord | kColonBit);
  }

  Result<void> add(const std::string& pattern, std::uint32_t rule, const std::string& where) {
    End end{rule, true, true};
    std::istringstream in(pattern);
    std::vector<std::string> parts;
    for (std::string part; in >> part;) parts.push_back(part);
    if (!parts.empty() && parts.front() == "*") {
      end.at_start = false;
      parts.erase(parts.begin());
    }
    if (!parts.empty() && parts.back() == "*") {
      end.at_end = false;
      parts.pop_back();
    }
    if (parts.empty()) return fail(where + ": a pattern needs at least one word beside *");
    if (!end.at_start && parts.front().front() == '?') return fail(where + ": ? cannot stand behind a first *");
    std::uint32_t node = 0;
    std::size_t words = 0;
    for (const std::string& part : parts) {
      if (part.find('*') != std::string::npos) return fail(where + ": * stands only first or last; write two patterns");
      std::vector<std::uint64_t> hashes;
      if (part == "#") hashes = {kNumberWord};
      if (part == "@") hashes = {kAddressWord};
      if (part == "?") hashes = {kAnyWord};
      if (part == "?:") hashes = {kAnyWord | kColonBit};
      if (hashes.empty()) append_line_words(part, kMaxPatternWords, hashes);
      for (const std::uint64_t h : hashes) {
        if (words++ == 0) {
          first_words.set(h >> 1 & (kFilterBits - 1));
          if (!end.at_start) inner_words.set(h >> 1 & (kFilterBits - 1));
          any_first |= (h & ~kColonBit) == kAnyWord;
        }
        node = child(node, h);
      }
    }
    if (words == 0) return fail(where + ": a pattern needs a letter or a digit");
    if (words > kMaxPatternWords) return fail(where + ": at most 12 words in a pattern");
    if (++patterns > kMaxPatterns) return fail(where + ": more than 10000 patterns");
    nodes[node].push_back(end);
    return {};
  }
};

JunkRules::JunkRules() : table_(std::make_unique<Table>()) {}
JunkRules::~JunkRules() = default;
JunkRules::JunkRules(JunkRules&&) noexcept = default;
JunkRules& JunkRules::operator=(JunkRules&&) noexcept = default;

const JunkRule* JunkRules::match(std::span<const std::uint64_t> words, const RuleLine& line) const {
  const Table& t = *table_;
  auto best = static_cast<std::uint32_t>(t.rules.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    // Patterns that begin with ? are tried at the start of the line only.
    const bool any = i == 0 && t.any_first;
    if (any || t.may_begin(words[i], i == 0)) t.walk(0, words, line, i, i, best);
  }
  return best < t.rules.size() ? &t.rules[best] : nullptr;
}

Result<JunkRules> JunkRules::load(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(path + ": cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  Result<JunkRules> rules = parse(text.str(), path);
  if (!rules) return rules;
  const std::string directory = path.substr(0, path.find_last_of('/') + 1);
  Result<Trees> blocks = Trees::load(directory + "junk_blocks.yaml", kBlockFeatures);
  if (!blocks) return tl::unexpected(blocks.error());
  Result<Trees> lines = Trees::load(directory + "junk_lines.yaml", kLineFeatures);
  if (!lines) return tl::unexpected(lines.error());
  Result<Trees> pages = Trees::load(directory + "junk_pages.yaml", kLineFeatures);
  if (!pages) return tl::unexpected(pages.error());
  rules->lines_ = std::make_unique<const Trees>(std::move(*lines));
  rules->pages_ = std::make_unique<const Trees>(std::move(*pages));
  rules->blocks_ = std::make_unique<const Trees>(std::move(*blocks));
  return rules;
}

namespace {

std::string where(const std::string& name, const YAML::Node& node) {
  return name + ":" + std::to_string(node.Mark().line + 1);
}

// One entry of `rules`.
Result<JunkRule> read_rule(const YAML::Node& node, const std::string& name) {
  if (!node.IsMap() || !node["name"] || !node["name"].IsScalar())
    return fail(where(name, node) + ": a rule needs a name");
  if (!node["lines"] || !node["lines"].IsSequence())
    return fail(where(name, node) + ": a rule needs `lines`, a list of patterns");
  for (const auto& member : node) {
    const std::string key = member.first.Scalar();
    if (key != "name" && key != "action" && key != "where" && key != "open" && key != "max_words" && key != "lines")
      return fail(where(name, member.first) + ": unknown key `" + key +
                  "`; known: name, action, where, open, max_words, lines");
  }
  JunkRule rule;
  rule.name = node["name"].Scalar();
  if (const YAML::Node action = node["action"]) {
    const auto known = action_from(action.Scalar());
    if (!known)
      return fail(where(name, action) + ": unknown action `" + action.Scalar() +
                  "`; known: remove, byline, provenance, related, end");
    rule.action = *known;
  }
  if (const YAML::Node place = node["where"]) {
    const std::string& s = place.Scalar();
    if (s != "any" && s != "head" && s != "tail")
      return fail(where(name, place) + ": unknown where `" + s + "`; known: any, head, tail");
    rule.where = s == "head" ? JunkWhere::kHead : s == "tail" ? JunkWhere::kTail : JunkWhere::kAny;
  }
  if (const YAML::Node open = node["open"]) {
    if (!YAML::convert<bool>::decode(open, rule.open)) return fail(where(name, open) + ": open is true or false");
  }
  if (const YAML::Node words = node["max_words"]) {
    int n = 0;
    if (!YAML::convert<int>::decode(words, n) || n < 1 || n > 100)
      return fail(where(name, words) + ": max_words is a number from 1 to 100");
    rule.max_words = static_cast<std::uint32_t>(n);
  }
  return rule;
}

}  // namespace

Result<JunkRules> JunkRules::parse(const std::string& yaml, const std::string& name) {
  YAML::Node root;
  try {
    root = YAML::Load(yaml);
  } catch (const YAML::Exception& e) {
    return fail(name + ":" + std::to_string(e.mark.line + 1) + ": no YAML: " + e.msg);
  }
  if (!root.IsMap() || !root["rules"] || !root["rules"].IsSequence())
    return fail(name + ": needs a list under `rules`");
  JunkRules out;
  for (const YAML::Node& node : root["rules"]) {
    Result<JunkRule> rule = read_rule(node, name);
    if (!rule) return tl::unexpected(rule.error());
    const auto index = static_cast<std::uint32_t>(out.table_->rules.size());
    out.table_->rules.push_back(std::move(*rule));
    for (const YAML::Node& line : node["lines"]) {
      if (!line.IsScalar()) return fail(where(name, line) + ": a pattern is a string");
      if (const auto added = out.table_->add(line.Scalar(), index, where(name, line)); !added)
        return tl::unexpected(added.error());
    }
  }
  return out;
}

}  // namespace tocsin
