#include "common/dedupe/story_book.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "common/dedupe/held.h"
#include "common/text/document.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kFormat = 1;
// 1 has no Clock::back_ms. It is read, and written while that is 0, so that the program before can go on from the
// state.
constexpr std::uint8_t kBlockFormat = 2;
constexpr std::uint32_t kStrays = 32;       // so many record times in a row move the log to where they are
constexpr std::size_t kMaxCandidates = 10;  // heads compared with one article
constexpr std::size_t kMaxSingles = 4;      // of them with one shared value
constexpr std::size_t kLookups = 64;  // of an article's smallest sketch values: a long text finds the short ones in it
constexpr std::size_t kSpillEntries = 8192;  // ids in one chunk of memory
constexpr std::int64_t kSpillMs = 24LL * 3600 * 1000;
constexpr float kCopy = .8F;  // of both texts: a copy; of one: a part
constexpr float kSimilaritySteps = 250;
constexpr float kKnown = .72F;  // a member of which the head has less is compared with, too: a head full of wrong
                                // characters does not stay the only one
constexpr std::size_t kRoundupParts = 3;
constexpr float kRoundupHead = .6F;   // a head counts as part of a round-up when so much of it stands there,
constexpr float kRoundupShare = .5F;  // and makes up less than this of it

std::uint64_t distance(std::int64_t a, std::int64_t b) {
  return a > b ? static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b)
               : static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a);
}

std::uint64_t hash_coordinates(const Coordinates& at) {
  std::string bytes;
  ByteWriter out(bytes);
  out.svarint(at.partition);
  out.svarint(at.offset);
  out.raw(at.topic.data(), at.topic.size());
  return hash_word(bytes);
}

std::uint32_t hash_provider(std::string_view provider) { return static_cast<std::uint32_t>(hash_word(provider) >> 32); }

std::uint8_t pack_share(double share) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(share, 0.0, 1.0) * kSimilaritySteps));
}
double unpack_share(std::uint8_t share) { return share / static_cast<double>(kSimilaritySteps); }

// Two decimals more than anybody reads, and the same in the record of the first time and of the next.
double round_share(double share) { return unpack_share(pack_share(share)); }

std::uint32_t age_s(std::int64_t age_ms) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(age_ms) / 1000);
}

}  // namespace

std::string cluster_name(std::uint64_t cluster) {
  constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuv";
  std::string name(13, '0');
  for (std::size_t i = 13; i-- > 0; cluster >>= 5) name[i] = kDigits[cluster & 31];
  return name;
}

// A head stands in the index under its whole text, too: the values of a text made of common phrases may all belong to
// newer heads, and a text that was told word for word must be known for certain.
namespace {
std::uint64_t exact_key(std::uint64_t exact) { return SketchIndex::key_of(exact * 0x9E3779B97F4A7C15ULL >> 20); }
}  // namespace

struct StoryBook::Context {
  const Prepared& article;
  std::uint64_t coordinates = 0;
  std::uint64_t identity = 0;
  bool has_id = false;
  std::uint32_t provider = 0;
  std::uint64_t own_cluster = 0;
  bool remembered = true;  // redeliveries and stale versions leave nothing but the clock's step
  std::vector<std::uint64_t> keys;
  std::vector<std::uint8_t> holders;  // live heads under each key, at most kHeadsPerValue; empty: not looked up
  Entry entry;
};

StoryBook::StoryBook(StoryBookOptions options) : options_(options) {
  options_.max_heads = std::clamp<std::size_t>(options_.max_heads, 1, SketchIndex::kMaxHeads - 1);
}

// ---- Time ----------------------------------------------------------------------------------------------------------

// The log moves forward with the record times of its articles. One that lies more than a window away moves nothing,
// unless kStrays come in a row: then it was the log that was wrong, or the wire was silent for days. When it goes back
// (a backfill beside live news) and forward again, that is no time that passed.
void StoryBook::begin(std::int64_t record_ms) {
  Clock& c = clock_;
  if (c.log_ms == INT64_MIN) c.log_ms = record_ms;
  const std::uint64_t away = distance(record_ms, c.log_ms);
  std::int64_t step = 0;
  if (away > static_cast<std::uint64_t>(options_.window_ms) && ++c.strays < kStrays) {
    step = 0;
  } else {
    // A jump needs to say no more than "everything is over".
    const auto most = static_cast<std::uint64_t>(options_.ids_ms + options_.window_ms) + 1000;
    const auto moved = static_cast<std::int64_t>(std::min(away, most));
    if (record_ms > c.log_ms) {
      const std::int64_t again = std::min(moved, c.back_ms);
      c.back_ms -= again;
      step = moved - again;
    } else if (c.strays >= kStrays) {
      c.back_ms = std::min(c.back_ms + moved, static_cast<std::int64_t>(most));
    }
    if (record_ms > c.log_ms || c.strays >= kStrays) c.log_ms = record_ms;
    c.strays = 0;
  }
  c.age_ms += step;
  const std::uint32_t now_s = age_s(c.age_ms);
  while (heads_.live().size() > 0) {
    const Head& oldest = heads_.head(heads_.live().first);
    if (static_cast<std::int64_t>(now_s - oldest.age_s) * 1000 <= options_.window_ms + 1000) break;
    heads_.pop_oldest();
  }
  seen_.sweep(seen_limits());
  kills_.forget_before(kills_since());
}

SeenLimits StoryBook::seen_limits() const {
  return {clock_.age_ms - options_.ids_ms, clock_.age_ms - options_.window_ms,
          clock_.sequence > options_.max_ids ? clock_.sequence - options_.max_ids : 0};
}

// ---- One decision --------------------------------------------------------------------------------------------------

Story StoryBook::decide(const Prepared& prepared) {
  assert(!prepared.rejected());
  Context c{.article = prepared, .coordinates = hash_coordinates(prepared.at), .keys = {}, .holders = {}, .entry = {}};
  c.provider = hash_provider(prepared.provider);
  c.has_id = !prepared.id.empty();
  c.identity = c.has_id ? Held::identity_of(prepared.provider, prepared.id) : c.coordinates;
  c.own_cluster = hash_word(prepared.provider) * 3 + hash_word(prepared.uri) * 5 + c.coordinates * 7;
  if (!options_.enabled) {
    Story story;
    story.cluster = cluster_name(c.own_cluster);
    return story;
  }
  c.keys.resize(std::min(prepared.fingerprint.sketch.size(), kLookups));
  for (std::size_t i = 0; i < c.keys.size(); ++i) c.keys[i] = SketchIndex::key_of(prepared.fingerprint.sketch[i]);
  if (auto story = done_before(c)) return *story;
  if (block_entries_ == 0) block_clock_ = clock_;
  begin(prepared.record_ms);
  c.entry.record_ms = prepared.record_ms;
  c.entry.provider = c.provider;
  Story story;
  if (prepared.status != PubStatus::kUsable || prepared.mark == Mark::kKill) {
    story = kill(c);
  } else if (auto known = by_identity(c)) {
    story = std::move(*known);
  } else if (auto late = late_copy_of_killed(c)) {
    story = std::move(*late);
  } else {
    story = by_text(c);
  }
  ByteWriter out(block_);
  append_entry(out, c.entry);
  ++block_entries_;
  commit(std::move(c.entry));
  return story;
}

Story StoryBook::decide_superseded(const Prepared& prepared) {
  Story story;
  story.outcome = Outcome::kStale;
  story.relation = Relation::kStale;
  story.cluster =
      cluster_name(hash_word(prepared.provider) * 3 + hash_word(prepared.uri) * 5 + hash_coordinates(prepared.at) * 7);
  const std::uint64_t identity = Held::identity_of(prepared.provider, prepared.id);
  std::uint64_t newest = 0;
  seen_.each(identity, seen_limits(), [&](const SeenEntry& e) {
    if (!e.has_id || e.sequence < newest) return;
    newest = e.sequence;
    story.cluster = cluster_name(e.cluster);
    if (const auto head = newest_head(e.cluster)) story.of = uri_of(*head);
  });
  return story;
}

// The same raw record again, because the work on it is being done again: what it was told then it is told now.
std::optional<Story> StoryBook::done_before(Context& c) {
  std::optional<SeenEntry> then;
  seen_.each(c.identity, seen_limits(), [&](const SeenEntry& e) {
    // Without an id only the text tells the same record from the one that had its place in a topic since made anew.
    if (!c.has_id && e.exact != static_cast<std::uint32_t>(c.article.fingerprint.exact)) return;
    if (e.coordinates == c.coordinates && (!then || e.sequence > then->sequence)) then = e;
  });
  if (!then) return std::nullopt;
  Story story;
  story.outcome = then->outcome;
  story.cluster = cluster_name(then->cluster);
  if (then->relation == SeenEntry::kNoRelation) return story;
  story.relation = static_cast<Relation>(then->relation);
  story.similarity = unpack_share(then->similarity);
  if (const auto head = newest_head(then->cluster)) {
    story.of = uri_of(*head);
    if (story.relation == Relation::kRevision) story.changed_numbers = changed_numbers(c.article.fingerprint, view_);
  }
  return story;
}

void StoryBook::remember(Context& c, const Story& story, std::uint64_t cluster) {
  SeenEntry e;
  e.identity = c.identity;
  e.coordinates = c.coordinates;
  e.sequence = clock_.sequence;
  e.version = c.article.version;
  e.age_ms = clock_.age_ms;
  e.cluster = cluster;
  e.exact = static_cast<std::uint32_t>(c.article.fingerprint.exact);
  e.outcome = story.outcome;
  e.relation = story.relation ? static_cast<std::uint8_t>(*story.relation) : SeenEntry::kNoRelation;
  e.similarity = pack_share(story.similarity);
  e.has_id = c.has_id;
  c.entry.seen = e;
}

void StoryBook::add_head(Context& c, std::uint64_t cluster, bool roundup, std::string_view uri) {
  c.entry.head = true;
  c.entry.head_cluster = cluster;
  c.entry.head_bytes.reserve(512);  // most are shorter
  pack_head(c.article.fingerprint, roundup, uri, c.entry.head_bytes);
  if (c.holders.empty()) count_holders(c);
  // A value that many heads hold finds none of them: the smallest of the others are indexed, and it only where these
  // are too few.
  c.entry.head_keys.reserve(kIndexedValues);
  for (const bool common : {false, true}) {
    for (std::size_t i = 0; i < c.keys.size() && c.entry.head_keys.size() < kIndexedValues; ++i) {
      if ((c.holders[i] == SketchIndex::kHeadsPerValue) == common) c.entry.head_keys.push_back(c.keys[i]);
    }
  }
}

void StoryBook::count_holders(Context& c) {
  std::uint64_t numbers[SketchIndex::kHeadsPerValue];
  for (const std::uint64_t key : c.keys) {
    c.holders.push_back(static_cast<std::uint8_t>(index_.find(key, heads_.live(), numbers)));
  }
}

Story StoryBook::head_of_its_own(Context& c, std::uint64_t cluster) {
  Story story;
  story.cluster = cluster_name(cluster);
  add_head(c, cluster, c.article.mark == Mark::kRoundup, c.article.uri);
  remember(c, story, cluster);
  return story;
}

// Reads the head into view_.
std::optional<std::uint64_t> StoryBook::newest_head(std::uint64_t cluster) {
  std::uint64_t numbers[SketchIndex::kHeadsPerValue];
  const std::size_t n = index_.find(SketchIndex::key_of(cluster), heads_.live(), numbers);
  std::optional<std::uint64_t> newest;
  for (std::size_t i = 0; i < n; ++i) {
    if (heads_.head(numbers[i]).cluster == cluster && (!newest || numbers[i] > *newest)) newest = numbers[i];
  }
  if (newest) view_.read(heads_.bytes(heads_.head(*newest)));
  return newest;
}

std::string StoryBook::uri_of(std::uint64_t head) {
  view_.read(heads_.bytes(heads_.head(head)));
  return std::string(view_.uri);
}

// ---- Identity ------------------------------------------------------------------------------------------------------

std::optional<Story> StoryBook::by_identity(Context& c) {
  if (!c.has_id) return std::nullopt;
  const Prepared& a = c.article;
  const auto exact = static_cast<std::uint32_t>(a.fingerprint.exact);
  std::optional<SeenEntry> latest;
  bool same = false;
  seen_.each(c.identity, seen_limits(), [&](const SeenEntry& e) {
    if (!e.has_id) return;
    same |= e.version == a.version && (a.version != 0 || e.exact == exact) && e.outcome != Outcome::kKill;
    if (!latest || std::pair(e.version, e.sequence) > std::pair(latest->version, latest->sequence)) latest = e;
  });
  if (!latest) return std::nullopt;
  Story story;
  story.cluster = cluster_name(latest->cluster);
  const auto head = newest_head(latest->cluster);
  if (head) story.of = std::string(view_.uri);
  if (story.of.empty() && latest->outcome == Outcome::kNew) story.of = a.uri;
  const Kill* killed = kills_.find(latest->cluster, c.provider, kills_since());
  if (killed != nullptr && (a.version == 0 || a.version <= killed->version)) {
    story.outcome = Outcome::kStale;
    story.relation = Relation::kStale;
    return story;
  }
  if (same && killed == nullptr) {
    story.outcome = Outcome::kDuplicate;
    story.relation = Relation::kRedelivery;
    story.similarity = 1;
    return story;
  }
  if (a.version != 0 && a.version < latest->version) {
    story.outcome = Outcome::kStale;
    story.relation = Relation::kStale;
    return story;
  }
  Likeness likeness;
  if (head) likeness = compare(a.fingerprint, view_);
  const bool copy = head && (likeness.exact || likeness.coverage() >= kCopy);
  story.similarity = round_share(likeness.exact ? 1 : likeness.containment());
  // What was a copy of another's story stays one as long as it follows it; a repeat says itself that it is one.
  const bool follows = latest->outcome == Outcome::kDuplicate && head && heads_.head(*head).provider != c.provider;
  if (killed == nullptr && copy && (follows || a.mark == Mark::kRepeat)) {
    story.outcome = Outcome::kDuplicate;
    story.relation = likeness.exact ? Relation::kExact : Relation::kCopy;
  } else {
    story.outcome = Outcome::kRevision;
    story.relation = Relation::kRevision;
    if (head) story.changed_numbers = changed_numbers(a.fingerprint, view_);
    const std::string of = story.of.empty() ? a.uri : story.of;
    if (!copy) add_head(c, latest->cluster, false, of);
    c.entry.revived = killed != nullptr;
  }
  remember(c, story, latest->cluster);
  return story;
}

// ---- Kills ---------------------------------------------------------------------------------------------------------

Story StoryBook::kill(Context& c) {
  const Prepared& a = c.article;
  std::optional<SeenEntry> latest;
  if (c.has_id) {
    seen_.each(c.identity, seen_limits(), [&](const SeenEntry& e) {
      if (e.has_id && (!latest || e.sequence > latest->sequence)) latest = e;
    });
  }
  std::uint64_t cluster = c.own_cluster;
  std::optional<std::uint64_t> head;
  float alike = 0;
  if (latest) {
    cluster = latest->cluster;
    head = newest_head(cluster);
  } else {
    find_candidates(c);
    for (const Candidate& candidate : candidates_) {
      const Likeness& l = candidate.likeness;
      if (candidate.provider != c.provider || !(same_story(l) || l.of_article >= kCopy)) continue;
      if (head && l.containment() <= alike) continue;
      head = candidate.number;
      cluster = candidate.cluster;
      alike = l.containment();
    }
  }
  Story story;
  story.outcome = Outcome::kKill;
  story.relation = Relation::kKill;
  story.cluster = cluster_name(cluster);
  if (head) story.of = uri_of(*head);
  story.similarity = round_share(alike);
  Kill k;
  k.cluster = cluster;
  k.provider = c.provider;
  k.identity = c.has_id ? c.identity : 0;
  k.version = a.version;
  k.sequence = clock_.sequence;
  k.age_ms = clock_.age_ms;
  if (head && heads_.head(*head).provider == c.provider) {
    k.head = heads_.bytes(heads_.head(*head));
    k.keys = index_.keys_of(*head, heads_.live());
    std::erase(k.keys, SketchIndex::key_of(cluster));
    std::erase(k.keys, exact_key(exact_in(k.head)));
    if (k.keys.size() > kIndexedValues) k.keys.resize(kIndexedValues);
  }
  c.entry.kill = std::move(k);
  remember(c, story, cluster);
  return story;
}

std::optional<Story> StoryBook::late_copy_of_killed(Context& c) {
  if (kills_.empty() || c.keys.empty()) return std::nullopt;
  for (const Kill* k : kills_.alike(c.provider, c.article.fingerprint.exact, c.keys, kills_since())) {
    if (!view_.read(k->head)) continue;
    const Likeness likeness = compare(c.article.fingerprint, view_);
    if (!same_story(likeness)) continue;
    Story story;
    story.outcome = Outcome::kStale;
    story.relation = Relation::kStale;
    story.cluster = cluster_name(k->cluster);
    story.of = std::string(view_.uri);
    story.similarity = round_share(likeness.exact ? 1 : likeness.containment());
    remember(c, story, k->cluster);
    return story;
  }
  return std::nullopt;
}

// ---- Text ----------------------------------------------------------------------------------------------------------

// Votes for heads that share values with the article: one that few heads hold says more than one that stands in many.
void StoryBook::find_candidates(Context& c) {
  candidates_.clear();
  votes_.clear();
  index_.prefetch(c.keys);
  const LiveHeads live = heads_.live();
  std::uint64_t numbers[SketchIndex::kHeadsPerValue];
  c.holders.clear();
  c.holders.reserve(c.keys.size());
  for (const std::uint64_t key : c.keys) {
    const std::size_t n = index_.find(key, live, numbers);
    c.holders.push_back(static_cast<std::uint8_t>(n));
    const std::uint64_t weight = SketchIndex::kHeadsPerValue + 1 - n;
    for (std::size_t i = 0; i < n; ++i) votes_.push_back(numbers[i] << 8 | weight);
  }
  const std::size_t same = index_.find(exact_key(c.article.fingerprint.exact), live, numbers);
  for (std::size_t i = 0; i < same; ++i)  // the weight of two values that nobody else has: a candidate ahead of others
    votes_.insert(votes_.end(), 2, numbers[i] << 8 | SketchIndex::kHeadsPerValue);
  std::sort(votes_.begin(), votes_.end());
  struct Tally {
    std::uint64_t weight, number, values;
  };
  std::vector<Tally> tallies;
  const std::size_t least = std::min<std::size_t>(2, c.keys.size());
  for (std::size_t i = 0; i < votes_.size();) {
    const std::uint64_t number = votes_[i] >> 8;
    std::uint64_t weight = 0;
    std::size_t n = 0;
    for (; i < votes_.size() && votes_[i] >> 8 == number; ++i, ++n) weight += votes_[i] & 0xff;
    if (n >= least || weight == SketchIndex::kHeadsPerValue)
      tallies.push_back({n >= least ? weight + kLookups : weight, number, n});
  }
  std::sort(tallies.begin(), tallies.end(), [](const Tally& a, const Tally& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.number < b.number;
  });
  // A single shared value speaks only where no other head has it, and only for a few.
  std::size_t singles = 0;
  std::erase_if(tallies, [&](const Tally& t) { return t.weight < kLookups && ++singles > kMaxSingles; });
  if (tallies.size() > kMaxCandidates) tallies.resize(kMaxCandidates);
  for (const Tally& t : tallies) {
    const Head& head = heads_.head(t.number);
    if (distance(head.record_ms, c.article.record_ms) > static_cast<std::uint64_t>(options_.window_ms)) continue;
    if (!view_.read(heads_.bytes(head))) continue;
    Likeness likeness = compare(c.article.fingerprint, view_);
    const std::uint64_t weight = t.weight >= kLookups ? t.weight - kLookups : t.weight;
    likeness.rarity = static_cast<float>(weight) / static_cast<float>(t.values);
    candidates_.push_back({t.number, head.cluster, head.provider, view_.roundup, likeness});
  }
}

std::optional<Story> StoryBook::as_roundup(Context& c, const std::vector<Candidate>& alike) {
  std::vector<std::uint64_t> parts;
  const Candidate* most = nullptr;
  for (const Candidate& candidate : alike) {
    const Likeness& l = candidate.likeness;
    if (candidate.roundup || l.sampled < 3 || l.of_head < kRoundupHead || l.of_article >= kRoundupShare) continue;
    if (std::find(parts.begin(), parts.end(), candidate.cluster) == parts.end()) parts.push_back(candidate.cluster);
    if (most == nullptr || l.of_article > most->likeness.of_article) most = &candidate;
  }
  if (parts.size() < kRoundupParts) return std::nullopt;
  Story story;
  story.outcome = Outcome::kDuplicate;
  story.relation = Relation::kRoundup;
  story.cluster = cluster_name(c.own_cluster);
  story.of = uri_of(most->number);
  story.similarity = round_share(most->likeness.containment());
  add_head(c, c.own_cluster, true, c.article.uri);
  remember(c, story, c.own_cluster);
  return story;
}

Story StoryBook::by_text(Context& c) {
  find_candidates(c);
  // What its own provider withdrew is no story that another's could be a copy of.
  std::erase_if(candidates_, [&](const Candidate& candidate) {
    return kills_.find(candidate.cluster, candidate.provider, kills_since()) != nullptr;
  });
  const Prepared& a = c.article;
  const bool marked = a.mark == Mark::kUpdate || a.mark == Mark::kCorrected;
  const Candidate* best = nullptr;
  for (const Candidate& candidate : candidates_) {
    const Likeness& l = candidate.likeness;
    if (!same_story(l, marked)) continue;
    // A round-up is no copy of what it rounds up, nor the other way round.
    if (candidate.roundup != (a.mark == Mark::kRoundup) && l.coverage() < kRoundupShare) continue;
    const auto score = [](const Likeness& k) { return k.exact ? 3.0F : k.of_article + k.of_head; };
    if (best == nullptr || score(l) > score(best->likeness)) best = &candidate;
  }
  if (best == nullptr || best->likeness.coverage() < kRoundupShare) {
    if (auto roundup = as_roundup(c, candidates_)) return *roundup;
  }
  if (best == nullptr) return head_of_its_own(c, c.own_cluster);

  const Likeness& l = best->likeness;
  Story story;
  story.of = uri_of(best->number);
  story.cluster = cluster_name(best->cluster);
  story.similarity = round_share(l.exact ? 1 : l.containment());
  const std::vector<std::string> changed = changed_numbers(a.fingerprint, view_);
  const bool same_provider = best->provider == c.provider;
  const bool copy = l.coverage() >= kCopy;
  const bool part = !copy && l.of_article >= kCopy;
  const bool revision = same_provider && !l.exact && a.mark != Mark::kRepeat &&
                        (marked || (copy && !changed.empty()) || (!copy && !part));
  if (revision) {
    story.outcome = Outcome::kRevision;
    story.relation = Relation::kRevision;
    story.changed_numbers = changed;
  } else {
    story.outcome = Outcome::kDuplicate;
    story.relation = l.exact ? Relation::kExact : copy || l.containment() < kCopy ? Relation::kCopy : Relation::kPart;
  }
  // What is told here for the first time must be known again: the longer form of a story is compared with, too.
  if (l.of_article < kKnown && l.article_words >= l.head_words) add_head(c, best->cluster, best->roundup, story.of);
  remember(c, story, best->cluster);
  return story;
}

// ---- State ---------------------------------------------------------------------------------------------------------

void StoryBook::commit(Entry e) {
  if (e.revived && e.seen) {
    kills_.remove(e.seen->cluster, e.provider);
    kill_records_.push_back({Kills::memory_key(e.seen->cluster, e.provider), std::nullopt});
  }
  if (e.kill) {
    std::string bytes;
    ByteWriter out(bytes);
    out.u8(kFormat);
    append_kill(out, *e.kill);
    kill_records_.push_back({Kills::memory_key(e.kill->cluster, e.kill->provider), std::move(bytes)});
    kills_.add(std::move(*e.kill));
  }
  if (e.head) {
    while (heads_.live().size() >= options_.max_heads) {
      heads_.pop_oldest();
      ++evicted_by_memory_;
    }
    const std::uint64_t number = heads_.push(
        {.cluster = e.head_cluster, .record_ms = e.record_ms, .provider = e.provider, .age_s = age_s(clock_.age_ms)},
        e.head_bytes);
    const LiveHeads live = heads_.live();
    index_.insert(SketchIndex::key_of(e.head_cluster), number, live);
    index_.insert(exact_key(exact_in(e.head_bytes)), number, live);
    for (const std::uint64_t key : e.head_keys) index_.insert(key, number, live);
  }
  if (e.seen) {
    seen_.add(*e.seen);
    if (e.seen->has_id && e.seen->sequence >= spilled_to_) unspilled_.push_back(*e.seen);
  }
  ++clock_.sequence;
}

void StoryBook::append_entry(ByteWriter& out, const Entry& e) {
  out.u8(static_cast<std::uint8_t>((e.seen ? 1 : 0) | (e.head ? 2 : 0) | (e.kill ? 4 : 0) | (e.revived ? 8 : 0)));
  out.svarint(e.record_ms);
  out.u32(e.provider);
  if (e.seen) append_seen(out, *e.seen);
  if (e.head) {
    out.u64(e.head_cluster);
    out.str(e.head_bytes);
    out.u8(static_cast<std::uint8_t>(e.head_keys.size()));
    for (const std::uint64_t key : e.head_keys) {
      out.u32(static_cast<std::uint32_t>(key));
      out.u8(static_cast<std::uint8_t>(key >> 32));
    }
  }
  if (e.kill) append_kill(out, *e.kill);
}

bool StoryBook::read_entry(ByteReader& in, Entry& e) {
  const std::uint8_t flags = in.u8();
  if (flags > 15) return false;
  e.record_ms = in.svarint();
  e.provider = in.u32();
  e.seen.reset();
  e.kill.reset();
  e.head = (flags & 2) != 0;
  e.revived = (flags & 8) != 0;
  if (flags & 1) e.seen = read_seen(in);
  if (e.head) {
    e.head_cluster = in.u64();
    e.head_bytes = in.str();
    e.head_keys.resize(in.u8());
    if (e.head_keys.size() > kIndexedValues || e.head_bytes.size() > HeadStore::kMaxBytes) return false;
    for (std::uint64_t& key : e.head_keys) {
      key = in.u32();
      key |= static_cast<std::uint64_t>(in.u8()) << 32;
    }
    HeadView view;
    if (!view.read(e.head_bytes)) return false;
  }
  if (flags & 4) e.kill = read_kill(in);
  return in.ok();
}

void StoryBook::take_block(std::string& buffer) {
  if (block_entries_ == 0) return;
  ByteWriter out(buffer);
  const std::uint8_t format = block_clock_.back_ms == 0 ? 1 : kBlockFormat;
  out.u8(format);
  out.varint(block_clock_.sequence);
  out.svarint(block_clock_.log_ms);
  out.svarint(block_clock_.age_ms);
  out.varint(block_clock_.strays);
  if (format >= 2) out.svarint(block_clock_.back_ms);
  out.varint(block_entries_);
  out.raw(block_.data(), block_.size());
  block_.clear();
  block_entries_ = 0;
}

Result<void> StoryBook::apply_block(ByteReader& in) {
  const auto refuse = [&in](std::size_t at, const char* what) {
    in.fail();
    return fail("stories: " + std::string(what) + " at byte " + std::to_string(at));
  };
  const std::uint8_t format = in.u8();
  if (!in.ok() || format < 1 || format > kBlockFormat) return refuse(0, "a block of another format");
  Clock clock;
  clock.sequence = in.varint();
  clock.log_ms = in.svarint();
  clock.age_ms = in.svarint();
  const std::uint64_t strays = in.varint();
  clock.strays = static_cast<std::uint32_t>(strays);
  if (format >= 2) clock.back_ms = in.svarint();
  const std::size_t n = in.count(6);
  if (!in.ok() || strays >= kStrays || clock.age_ms < 0 || clock.back_ms < 0)
    return refuse(in.position(), "a cut or wrong block header");
  // First all is read, then all is applied: nothing of a bad block counts.
  std::vector<Entry> entries;
  entries.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t at = in.position();
    if (!read_entry(in, entries.emplace_back())) return refuse(at, "a cut or wrong entry");
    if (const auto& seen = entries.back().seen; seen && seen->sequence != clock.sequence + i)
      return refuse(at, "an entry of another sequence number");
  }
  if (!in.at_end()) return refuse(in.position(), "bytes after the last entry");
  clock_ = clock;
  for (std::size_t i = 0; i < n; ++i) {
    begin(entries[i].record_ms);
    commit(std::move(entries[i]));
  }
  kill_records_.clear();
  return {};
}

void StoryBook::take_memory(std::vector<MemoryRecord>& out) {
  std::move(kill_records_.begin(), kill_records_.end(), std::back_inserter(out));
  kill_records_.clear();
  while (!unspilled_.empty() &&
         (unspilled_.size() >= kSpillEntries || clock_.age_ms - unspilled_.front().age_ms >= kSpillMs)) {
    const std::size_t n = std::min(unspilled_.size(), kSpillEntries);
    std::string bytes;
    ByteWriter writer(bytes);
    writer.u8(kFormat);
    writer.varint(n);
    for (std::size_t i = 0; i < n; ++i) append_seen(writer, unspilled_[i]);
    const std::uint64_t first = unspilled_.front().sequence;
    spilled_to_ = unspilled_[n - 1].sequence + 1;
    unspilled_.erase(unspilled_.begin(), unspilled_.begin() + static_cast<std::ptrdiff_t>(n));
    out.push_back({"ids/" + std::to_string(first), std::move(bytes)});
  }
}

Result<void> StoryBook::apply_memory(std::string_view key, std::optional<std::string_view> value) {
  const auto refuse = [key](const ByteReader& in, const char* what) {
    return fail(std::string(key) + ": " + what + " at byte " + std::to_string(in.position()));
  };
  if (key.starts_with("ids/")) {
    if (!value) return {};  // chunks leave by age
    ByteReader in(*value);
    if (in.u8() != kFormat) return refuse(in, "ids of another format");
    std::vector<SeenEntry> entries(in.count(30));
    for (SeenEntry& e : entries) e = read_seen(in);
    if (!in.ok() || !in.at_end()) return refuse(in, "a cut or wrong chunk of ids");
    for (const SeenEntry& e : entries) {
      outlived(e.sequence, e.age_ms);
      seen_.add(e);
      spilled_to_ = std::max(spilled_to_, e.sequence + 1);
    }
    while (!unspilled_.empty() && unspilled_.front().sequence < spilled_to_) unspilled_.pop_front();
    return {};
  }
  if (!key.starts_with("kill/")) return fail(std::string(key) + ": no key of stories");
  if (!value) {
    const auto known = kills_.find(key);
    if (known != nullptr) kills_.remove(known->cluster, known->provider);
    return {};
  }
  ByteReader in(*value);
  if (in.u8() != kFormat) return refuse(in, "a kill of another format");
  Kill kill = read_kill(in);
  if (!in.ok() || !in.at_end()) return refuse(in, "a cut or wrong kill");
  if (Kills::memory_key(kill.cluster, kill.provider) != key) return refuse(in, "the kill of another story");
  outlived(kill.sequence, kill.age_ms);
  kills_.add(std::move(kill));
  return {};
}

void StoryBook::outlived(std::uint64_t sequence, std::int64_t age_ms) {
  clock_.sequence = std::max(clock_.sequence, sequence + 1);
  clock_.age_ms = std::max(clock_.age_ms, age_ms);
}

StoryBook::Size StoryBook::size() const {
  return {heads_.live().size(), seen_.size(), kills_.size(), evicted_by_memory_,
          heads_.memory_bytes() + index_.bytes() + seen_.memory_bytes()};
}

}  // namespace tocsin
