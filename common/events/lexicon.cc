#include "common/events/lexicon.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <map>
#include <utility>

namespace tocsin {

void Lexicon::add(std::span<const std::uint64_t> words, const Sense& sense) {
  assert(!words.empty() && words.size() <= kMaxPhraseWords);
  phrases_.push_back({{words.begin(), words.end()}, sense});
}

Lexicon::Entry& Lexicon::slot(std::uint64_t key) {
  for (std::size_t i = key & mask_;; i = (i + 1) & mask_) {
    Entry& e = table_[i];
    if (e.key == key || e.key == 0) {
      e.key = key;
      return e;
    }
  }
}

void Lexicon::freeze(std::span<const char> anchor_classes) {
  struct Node {
    std::vector<Sense> senses;
    bool prefix = false;
    bool anchor = false;
  };
  std::map<std::uint64_t, Node> nodes;  // ordered, so that equal rules give an equal table
  filter_.assign(kFilterWords, 0);
  keys_.assign(kKeyWords, 0);
  for (const Phrase& p : phrases_) {
    const bool anchor = p.sense.cls < anchor_classes.size() && anchor_classes[p.sense.cls];
    std::uint64_t key = first_key(p.words[0]);
    if (anchor) filter_[(p.words[0] >> 6) & (kFilterWords - 1)] |= std::uint64_t{1} << (p.words[0] & 63);
    for (std::size_t i = 1; i < p.words.size(); ++i) {
      nodes[key].prefix = true;
      key = next_key(key, p.words[i]);
    }
    nodes[key].anchor |= anchor;
    auto& senses = nodes[key].senses;
    if (std::ranges::find(senses, p.sense) == senses.end()) senses.push_back(p.sense);
  }
  table_.assign(std::bit_ceil(nodes.size() * 2 + 2), Entry{});
  mask_ = table_.size() - 1;
  for (auto& [key, node] : nodes) {
    std::ranges::sort(node.senses, {}, [](const Sense& s) { return std::pair(s.cls, s.form); });
    keys_[(key >> 7) & (kKeyWords - 1)] |= std::uint64_t{1} << (key >> 1 & 63);
    Entry& e = slot(key);
    e.first = static_cast<std::uint32_t>(senses_.size());
    e.packed = static_cast<std::uint32_t>(node.senses.size()) << 2 | (node.prefix ? 2U : 0U) | (node.anchor ? 1U : 0U);
    senses_.insert(senses_.end(), node.senses.begin(), node.senses.end());
  }
}

}  // namespace tocsin
