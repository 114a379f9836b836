#include "common/dedupe/held.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "common/article/bytes.h"
#include "common/text/document.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kFormat = 1;

std::string pack(const HeldArticle& a) {
  std::string bytes;
  ByteWriter out(bytes);
  out.u8(kFormat);
  out.str(a.at.topic);
  out.svarint(a.at.partition);
  out.svarint(a.at.offset);
  out.svarint(a.record_ms);
  out.svarint(a.embargo_ms);
  out.svarint(a.version);
  out.u64(a.identity);
  out.u8(a.superseded);
  out.str(a.key);
  out.str(a.payload);
  return bytes;
}

Result<HeldArticle> unpack(std::string_view key, std::string_view bytes) {
  ByteReader in(bytes);
  if (in.u8() != kFormat) return fail(std::string(key) + ": a held article of another format");
  HeldArticle a;
  a.at.topic = in.str();
  a.at.partition = static_cast<std::int32_t>(in.svarint());
  a.at.offset = in.svarint();
  a.record_ms = in.svarint();
  a.embargo_ms = in.svarint();
  a.version = in.svarint();
  a.identity = in.u64();
  a.superseded = in.u8() != 0;
  a.key = in.str();
  a.payload = in.str();
  if (!in.ok() || !in.at_end()) return fail(std::string(key) + ": a held article that is cut or overlong");
  if (Held::key_of(a.at) != key) return fail(std::string(key) + ": holds the article of other coordinates");
  return a;
}

}  // namespace

std::uint64_t Held::identity_of(std::string_view provider, std::string_view id) {
  if (id.empty()) return 0;
  const std::uint64_t h = hash_word(provider) * 0x9e3779b97f4a7c15 + hash_word(id);
  return h == 0 ? 1 : h;
}

std::string Held::key_of(const Coordinates& at) {
  return "hold/" + at.topic + "/" + std::to_string(at.partition) + "/" + std::to_string(at.offset);
}

std::int64_t Held::due_ms(const HeldArticle& article) {
  return article.superseded ? std::numeric_limits<std::int64_t>::min() : article.embargo_ms;
}

void Held::hold(HeldArticle article) {
  Key key = key_of(article.at);
  if (article.identity != 0) {
    const auto same = by_identity_.find(article.identity);
    const std::vector<Key> others = same == by_identity_.end() ? std::vector<Key>() : same->second;
    for (const Key& other : others) {
      const HeldArticle& held = articles_.at(other);
      if (other == key || held.superseded) continue;
      if (held.version > article.version) {
        article.superseded = true;
      } else {
        mark_superseded(other);
      }
    }
  }
  insert(key, std::move(article));
  note(key);
}

void Held::supersede(std::uint64_t identity, std::int64_t version) {
  const auto same = by_identity_.find(identity);
  if (identity == 0 || same == by_identity_.end()) return;
  const std::vector<Key> keys = same->second;
  for (const Key& key : keys) {
    const HeldArticle& held = articles_.at(key);
    if (!held.superseded && (version == 0 || held.version <= version)) mark_superseded(key);
  }
}

std::vector<const HeldArticle*> Held::due(std::int64_t now_ms, std::size_t limit) const {
  std::vector<const HeldArticle*> out;
  for (auto at = by_time_.begin(); at != by_time_.end() && at->first <= now_ms && out.size() < limit; ++at) {
    out.push_back(&articles_.at(at->second));
  }
  return out;
}

bool Held::release(const Coordinates& at) {
  const Key key = key_of(at);
  if (!erase(key)) return false;
  changes_.push_back({key, std::nullopt});
  return true;
}

const HeldArticle* Held::find(const Coordinates& at) const {
  const auto found = articles_.find(key_of(at));
  return found == articles_.end() ? nullptr : &found->second;
}

std::int64_t Held::moment_of(const Key& key) {
  return static_cast<std::int64_t>(hash_word(key) % static_cast<std::uint64_t>(kRenewMs));
}

void Held::renew(std::int64_t from_ms, std::int64_t to_ms) {
  if (from_ms == to_ms || by_moment_.empty()) return;
  const std::int64_t from = from_ms % kRenewMs;
  const std::int64_t to = to_ms % kRenewMs;
  const auto note_between = [this](std::int64_t after, std::int64_t upto) {
    for (auto at = by_moment_.upper_bound({after, Key(1, '\x7f')}); at != by_moment_.end() && at->first <= upto; ++at)
      note(at->second);
  };
  if (to_ms - from_ms >= kRenewMs) {
    note_between(-1, kRenewMs);
  } else if (from < to) {
    note_between(from, to);
  } else {
    note_between(from, kRenewMs);
    note_between(-1, to);
  }
}

void Held::take_memory(std::vector<MemoryRecord>& out) {
  std::move(changes_.begin(), changes_.end(), std::back_inserter(out));
  changes_.clear();
}

Result<void> Held::apply_memory(std::string_view key, std::optional<std::string_view> value) {
  if (!value) {
    erase(Key(key));
    return {};
  }
  Result<HeldArticle> article = unpack(key, *value);
  if (!article) return tl::unexpected<Error>(article.error());
  insert(Key(key), std::move(*article));
  return {};
}

void Held::insert(Key key, HeldArticle article) {
  erase(key);
  bytes_ += article.payload.size();
  by_time_.emplace(due_ms(article), key);
  by_moment_.emplace(moment_of(key), key);
  if (article.identity != 0) by_identity_[article.identity].push_back(key);
  articles_.emplace(std::move(key), std::move(article));
}

bool Held::erase(const Key& key) {
  const auto found = articles_.find(key);
  if (found == articles_.end()) return false;
  const HeldArticle& article = found->second;
  bytes_ -= article.payload.size();
  by_time_.erase({due_ms(article), key});
  by_moment_.erase({moment_of(key), key});
  if (const auto same = by_identity_.find(article.identity); same != by_identity_.end()) {
    std::erase(same->second, key);
    if (same->second.empty()) by_identity_.erase(same);
  }
  articles_.erase(found);
  return true;
}

void Held::mark_superseded(const Key& key) {
  HeldArticle& article = articles_.at(key);
  by_time_.erase({due_ms(article), key});
  article.superseded = true;
  by_time_.emplace(due_ms(article), key);
  note(key);
}

void Held::note(const Key& key) { changes_.push_back({key, pack(articles_.at(key))}); }

}  // namespace tocsin
