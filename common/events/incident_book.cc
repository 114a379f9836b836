#include "common/events/incident_book.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "common/events/dates.h"
#include "common/events/event_scan.h"
#include "common/events/incident.h"

namespace tocsin {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

int day_of(std::int64_t ms) { return static_cast<int>((ms - (ms < 0 ? kDayMs - 1 : 0)) / kDayMs); }

std::uint64_t mix(std::uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return (hash ^ (hash >> 29)) * 0xbf58476d1ce4e5b9ULL;
}
std::uint64_t hash_of(std::string_view s) { return s.empty() ? 0 : mix(0xcbf29ce484222325ULL, s) | 1; }

bool opens(const Claim& c) {
  return c.factuality == Factuality::kOccurred || c.factuality == Factuality::kClaimed ||
         c.factuality == Factuality::kDisputed;
}

// Types by which one deed may be reported lie on one shelf, the others each on its own.
int shelf_of(EventType type) { return static_cast<int>(names_a_deed(type) ? EventType::kBombing : type); }

std::set<int> shelves(const Incident& incident) {
  std::set<int> out;
  for (int type = 0; type < kEventTypes; ++type)
    if (incident.is(static_cast<EventType>(type))) out.insert(shelf_of(static_cast<EventType>(type)));
  return out;
}

// The claims of each happening that an article tells, the one that it rings by first; by the first claim of each.
// Plans, threats and history belong to no incident and are left out.
std::vector<std::vector<std::size_t>> happenings(const std::vector<Claim>& claims) {
  std::vector<std::vector<std::size_t>> out;
  std::map<std::size_t, std::size_t> by_first;
  for (std::size_t n = 0; n < claims.size(); ++n) {
    if (!opens(claims[n]) && claims[n].factuality != Factuality::kDenied) continue;
    const auto [at, is_new] = by_first.try_emplace(claims[n].same_as.value_or(n), out.size());
    if (is_new) out.emplace_back();
    out[at->second].push_back(n);
  }
  for (std::vector<std::size_t>& one : out)
    std::ranges::stable_sort(one, [&](std::size_t a, std::size_t b) { return leads(claims[a], claims[b]); });
  return out;
}

// What an article is not about is news only where it says when: long articles recall what everybody knows.
bool is_news(const Claim& c, std::optional<int> day, int record_day) {
  constexpr int kFollowUpDays = static_cast<int>(IncidentBook::kFollowUpMs / kDayMs);
  return c.salience == Salience::kMain || (day && std::abs(record_day - *day) <= kFollowUpDays);
}

// ISO alpha-3 of a state, else as it is.
std::string_view three_letters(const std::string& name) {
  const std::string_view code = alpha3(name);
  return code.empty() ? std::string_view(name) : code;
}

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// An empty list asks nothing, here and below.
bool is_by(const std::vector<std::string>& actors, const Claim& claim) {
  return actors.empty() || std::ranges::any_of(actors, [&](const std::string& asked) {
           return std::ranges::any_of(claim.actors,
                                      [&](const std::string& a) { return same_name(a, three_letters(asked)); });
         });
}

bool one_of(const std::vector<std::string>& list, std::string_view value) {
  return std::ranges::find(list, value) != list.end();
}

// Its place or an actor.
bool is_of(const std::vector<std::string>& countries, const Claim& claim) {
  return countries.empty() || std::ranges::any_of(countries, [&](const std::string& country) {
           const std::string_view three = three_letters(country);
           return (!claim.country.empty() && (claim.country == country || alpha3(claim.country) == three)) ||
                  one_of(claim.actors, three);
         });
}

}  // namespace

const AlertRule& default_rule() {
  static const AlertRule kRule{.name = "default",
                               .types = {},
                               .min_severity = 3,
                               .countries = {},
                               .area = {},
                               .actors = {},
                               .factualities = {},
                               .saliences = {},
                               .min_confidence = 0.3,
                               .min_sources = 1};
  return kRule;
}

bool asks_for(const AlertRule& rule, const Claim& claim, std::uint32_t sources) {
  if (rule.types.empty() ? !claim.security : !one_of(rule.types, to_string(claim.type))) return false;
  if (claim.severity < rule.min_severity || sources < rule.min_sources) return false;
  if (static_cast<double>(claim.confidence) < rule.min_confidence) return false;
  if (rule.factualities.empty() ? !opens(claim) : !one_of(rule.factualities, to_string(claim.factuality))) return false;
  if (!rule.saliences.empty() && !one_of(rule.saliences, to_string(claim.salience))) return false;
  if (rule.area && !(claim.placed && rule.area->holds(static_cast<double>(claim.lat), static_cast<double>(claim.lon))))
    return false;
  return is_by(rule.actors, claim) && is_of(rule.countries, claim);
}

struct IncidentBook::State {
  explicit State(IncidentOptions o) : options(std::move(o)) {}

  void forget(std::int64_t log_ms);
  void index(const Incident& i);
  void unindex(const Incident& i);
  Incident* find(const Prepared& p, const std::vector<std::size_t>& happening, std::uint64_t cluster,
                 std::optional<int> day);
  Incident& open(const Prepared& p, std::size_t claim, std::optional<int> day);
  void withdraw(const Prepared& p, const Story& story, Incidents& out);
  void tell(const Prepared& p, const Story& story, Incidents& out);
  std::optional<AlertChange> add(Incident& i, bool is_new, const Prepared& p, const std::vector<std::size_t>& happening,
                                 std::uint64_t cluster, std::optional<int> day);
  std::vector<std::string> rules_for(const Incident& incident) const;
  void ring(Incident& i, AlertChange change, const Prepared& p, const Story& story, Incidents& out);

  IncidentOptions options;
  std::unordered_map<std::string, Incident> incidents;
  std::map<std::pair<int, int>, std::set<std::string>> by_day;          // (shelf of a type, day)
  std::set<std::pair<std::int64_t, std::string>> by_last;               // (last report, id)
  std::unordered_map<std::uint64_t, std::set<std::string>> by_cluster;  // stories to the incidents they report
  std::set<std::string> changed;
};

void IncidentBook::State::index(const Incident& i) {
  for (const int shelf : shelves(i)) by_day[{shelf, i.day}].insert(i.id);
  by_last.emplace(i.last_ms, i.id);
  for (const Report& r : i.reports) by_cluster[r.cluster].insert(i.id);
}

void IncidentBook::State::unindex(const Incident& i) {
  for (const int shelf : shelves(i)) {
    const auto day = by_day.find({shelf, i.day});
    if (day == by_day.end()) continue;
    day->second.erase(i.id);
    if (day->second.empty()) by_day.erase(day);
  }
  by_last.erase({i.last_ms, i.id});
  for (const Report& r : i.reports) {
    const auto stories = by_cluster.find(r.cluster);
    if (stories == by_cluster.end()) continue;
    stories->second.erase(i.id);
    if (stories->second.empty()) by_cluster.erase(stories);
  }
}

void IncidentBook::State::forget(std::int64_t log_ms) {
  while (!by_last.empty() && by_last.begin()->first < std::max(log_ms, INT64_MIN + kForgetMs) - kForgetMs) {
    const std::string id = by_last.begin()->second;
    const auto found = incidents.find(id);
    unindex(found->second);
    incidents.erase(found);
    changed.insert(id);
  }
}

// The best fit of any of its claims; of equals the one reported last, then by id, so that the answer hangs on nothing
// but what was reported. What an incident is not known to be it is only in the same story or on the same day in the
// same town: "terror attack in Pune", the next day "the Pune blast". Without that, half of what joined by one type and
// added another was something else (40 read, 26 November 2026).
Incident* IncidentBook::State::find(const Prepared& p, const std::vector<std::size_t>& happening, std::uint64_t cluster,
                                    std::optional<int> day) {
  Incident* best = nullptr;
  int best_fit = 0;
  const int record_day = day_of(p.record_ms);
  constexpr int kBack = static_cast<int>(kFollowUpMs / kDayMs);
  const int first = day ? *day : record_day - kBack;
  const int last = day ? *day + 2 : record_day + 1;
  const auto compare = [&](Incident& i, const Claim& claim) {
    int score = fit(i, claim, day, record_day);
    if (score == 0) return;
    const bool same_story = std::ranges::any_of(i.reports, [&](const Report& r) { return r.cluster == cluster; });
    const bool known = std::ranges::all_of(happening, [&](std::size_t n) { return i.is(p.claims[n].type); });
    if (!known && !same_story && !same_day_and_town(i, claim, day, record_day)) return;
    if (same_story) score += 16;
    if (score < best_fit) return;
    if (score == best_fit && std::pair(i.last_ms, i.id) <= std::pair(best->last_ms, best->id)) return;
    best = &i;
    best_fit = score;
  };
  for (const std::size_t n : happening) {
    const Claim& claim = p.claims[n];
    const int shelf = shelf_of(claim.type);
    for (auto it = by_day.lower_bound({shelf, first}); it != by_day.end() && it->first <= std::pair(shelf, last); ++it)
      for (const std::string& id : it->second) compare(incidents.at(id), claim);
  }
  return best;
}

Incident& IncidentBook::State::open(const Prepared& p, std::size_t claim, std::optional<int> day) {
  const Claim& c = p.claims[claim];
  std::uint64_t h = mix(0xcbf29ce484222325ULL, p.at.topic);
  h = mix(h, std::to_string(p.at.partition) + "/" + std::to_string(p.at.offset) + "/" + std::to_string(claim) + "/" +
                 p.uri);
  Incident i;
  i.day = day.value_or(day_of(p.record_ms));
  i.day_stated = day.has_value();
  i.id = std::string(to_string(c.type)) + "-" + iso_day(i.day) + "-";
  for (int n = 0; n < 12; ++n, h >>= 4) i.id.push_back("0123456789abcdef"[h & 15]);
  i.claim = c;
  i.claim.same_as.reset();
  if (day) i.claim.day = iso_day(*day);
  i.types.set(static_cast<std::size_t>(c.type));
  i.denied = c.factuality == Factuality::kDisputed;
  i.first_ms = i.last_ms = p.record_ms;
  const auto [it, is_new] = incidents.try_emplace(i.id, i);
  if (is_new) index(it->second);
  return it->second;
}

// The rules that ask for it by any of its types. What was rung is followed up by the rules it was rung by, even where a
// denial or a withdrawal has taken the claim out of their reach.
std::vector<std::string> IncidentBook::State::rules_for(const Incident& incident) const {
  Claim asked = incident.claim;
  if (!opens(asked) || incident.withdrawn) asked.factuality = Factuality::kDisputed;
  const auto asks = [&](const AlertRule& rule) {
    for (std::size_t type = 0; type < incident.types.size(); ++type) {
      asked.type = static_cast<EventType>(type);
      if (incident.types[type] && asks_for(rule, asked, incident.sources())) return true;
    }
    return false;
  };
  std::vector<std::string> names;
  for (const AlertRule& rule : options.rules)
    if (asks(rule)) names.push_back(rule.name);
  const bool missile = incident.is(EventType::kMissileLaunch) && opens(asked);
  if (options.rules.empty() && (missile || asks(default_rule()))) names.push_back(default_rule().name);
  return names;
}

void IncidentBook::State::ring(Incident& i, AlertChange change, const Prepared& p, const Story& story, Incidents& out) {
  Alert a;
  a.rules = rules_for(i);
  if (a.rules.empty()) return;
  a.backfill =
      options.max_age_ms > 0 && p.published_ms != Prepared::kNoTime &&
      (p.published_ms<p.record_ms&& static_cast<std::uint64_t>(p.record_ms) -
                      static_cast<std::uint64_t>(p.published_ms)> static_cast<std::uint64_t>(options.max_age_ms));
  // Nobody knows of it yet: whatever changed, it is the first that they hear. A withdrawal of such rings nobody.
  if (!i.rung && !a.backfill && change != AlertChange::kWithdrawn) change = AlertChange::kFirst;
  if (i.sequence == 0) {
    if (change == AlertChange::kWithdrawn) return;
    change = AlertChange::kFirst;
  }
  i.rung |= !a.backfill;
  a.incident = i.id;
  a.sequence = ++i.sequence;
  a.change = change;
  a.claim = i.claim;
  for (std::size_t type = 0; type < i.types.size(); ++type)
    if (i.types[type] && static_cast<EventType>(type) != i.claim.type) a.also.push_back(static_cast<EventType>(type));
  a.uri = p.uri;
  a.headline = p.headline;
  a.provider = p.provider;
  a.cluster = story.cluster;
  a.reports = i.stories;
  a.sources = i.sources();
  a.record_ms = p.record_ms;
  out.alerts.push_back(std::move(a));
}

void IncidentBook::State::withdraw(const Prepared& p, const Story& story, Incidents& out) {
  const std::uint64_t cluster = hash_of(story.cluster);
  const auto stories = by_cluster.find(cluster);
  if (stories == by_cluster.end()) return;
  const std::vector<std::string> ids(stories->second.begin(), stories->second.end());
  for (const std::string& id : ids) {
    Incident& i = incidents.at(id);
    unindex(i);
    std::erase_if(i.reports, [&](const Report& r) { return r.cluster == cluster; });
    if (i.stories > 0) --i.stories;
    i.last_ms = std::max(i.last_ms, p.record_ms);
    if (i.stories == 0 && !i.withdrawn) {
      i.withdrawn = true;
      ring(i, AlertChange::kWithdrawn, p, story, out);
    }
    index(i);
    changed.insert(id);
  }
}

// An article tells a happening as surely as the surest of its claims. What another source tells too did happen where
// either is right; what the same one tells again is no surer for it, and a denial makes nothing surer.
void hear(Incident& i, const Prepared& p, const std::vector<std::size_t>& happening, bool independent) {
  float sure = 0;
  for (const std::size_t n : happening)
    if (opens(p.claims[n])) sure = std::max(sure, p.claims[n].confidence);
  float& known = i.claim.confidence;
  known = independent ? 1 - (1 - known) * (1 - sure) : std::max(known, sure);
}

// Adds what one article says of a happening, its first claim first. What is news about the incident then, if anything.
std::optional<AlertChange> IncidentBook::State::add(Incident& i, bool is_new, const Prepared& p,
                                                    const std::vector<std::size_t>& happening, std::uint64_t cluster,
                                                    std::optional<int> day) {
  const std::size_t rules = is_new ? 0 : rules_for(i).size();
  const std::uint32_t sources = i.sources();
  const bool known_story = std::ranges::any_of(i.reports, [&](const Report& r) { return r.cluster == cluster; });
  if (!known_story) {
    ++i.stories;
    if (i.reports.size() < kMaxReports) i.reports.push_back({cluster, hash_of(p.provider)});
  }
  i.last_ms = std::max(i.last_ms, p.record_ms);
  const bool revived = i.withdrawn && opens(p.claims[happening.front()]);
  i.withdrawn &= !revived;
  Learnt learnt;
  hear(i, p, happening, !is_new && i.sources() > sources);
  for (const std::size_t n : happening) {
    const Learnt one = learn(i, p.claims[n], day);
    learnt.denied |= one.denied;
    learnt.escalated |= one.escalated;
    learnt.placed |= one.placed;
  }
  const bool corroborated = !i.corroborated && sources < 2 && i.sources() >= 2;
  i.corroborated |= i.sources() >= 2;
  if (is_new || i.sequence == 0 || revived) return AlertChange::kFirst;
  if (learnt.denied) return AlertChange::kDenied;
  if (learnt.escalated) return AlertChange::kEscalated;
  if (corroborated) return AlertChange::kCorroborated;
  if (learnt.placed) return AlertChange::kPlaced;
  if (!i.rung) return AlertChange::kFirst;  // so far only backfill: this may be fresh
  // Whoever asks for a type that it was not known to be has heard nothing yet.
  if (rules_for(i).size() > rules) return AlertChange::kEscalated;
  return std::nullopt;
}

void IncidentBook::State::tell(const Prepared& p, const Story& story, Incidents& out) {
  const std::uint64_t cluster = hash_of(story.cluster);
  const bool roundup = story.relation == Relation::kRoundup || p.mark == Mark::kRoundup;
  const int record_day = day_of(p.record_ms);
  std::vector<std::pair<std::string, AlertChange>> rung;  // one alert an incident: the weightiest change
  for (const std::vector<std::size_t>& happening : happenings(p.claims)) {
    std::optional<int> day;
    for (const std::size_t n : happening)
      if (!day) day = days_from_iso(p.claims[n].day);
    Incident* found = find(p, happening, cluster, day);
    const bool is_new = found == nullptr;
    const bool counts = opens(p.claims[happening.front()]);
    const bool news =
        std::ranges::any_of(happening, [&](std::size_t n) { return is_news(p.claims[n], day, record_day); });
    if (is_new && (!counts || roundup || !news)) continue;
    Incident& i = is_new ? open(p, happening.front(), day) : *found;
    for (const std::size_t n : happening) out.incidents[n] = i.id;
    changed.insert(i.id);
    unindex(i);
    const std::optional<AlertChange> change = add(i, is_new, p, happening, cluster, day);
    index(i);
    if (!change) continue;
    const auto already = std::ranges::find(rung, i.id, &std::pair<std::string, AlertChange>::first);
    if (already == rung.end())
      rung.emplace_back(i.id, *change);
    else if (already->second != AlertChange::kFirst && *change == AlertChange::kDenied)
      already->second = *change;
  }
  for (const auto& [id, change] : rung) {
    Incident& i = incidents.at(id);
    const bool backfill_again = i.sequence > 0 && !i.rung && change == AlertChange::kFirst;
    const std::size_t before = out.alerts.size();
    ring(i, change, p, story, out);
    // A second backfilled report of what was only backfilled is no first one.
    if (backfill_again && out.alerts.size() > before && out.alerts.back().backfill) {
      out.alerts.pop_back();
      --i.sequence;
    }
  }
}

IncidentBook::IncidentBook(IncidentOptions options) : state_(std::make_unique<State>(std::move(options))) {}
IncidentBook::~IncidentBook() = default;
IncidentBook::IncidentBook(IncidentBook&&) noexcept = default;

Incidents IncidentBook::report(const Prepared& article, const Story& story, std::int64_t log_ms) {
  Incidents out;
  out.incidents.resize(article.claims.size());
  state_->forget(log_ms);
  switch (story.outcome) {
    case Outcome::kKill:
      state_->withdraw(article, story, out);
      break;
    case Outcome::kNew:
    case Outcome::kRevision:
      state_->tell(article, story, out);
      break;
    default:
      break;
  }
  return out;
}

void IncidentBook::take_memory(std::vector<MemoryRecord>& out) {
  for (const std::string& id : state_->changed) {
    MemoryRecord record{"incident/" + id, std::nullopt};
    const auto found = state_->incidents.find(id);
    if (found != state_->incidents.end()) append_incident(found->second, record.value.emplace());
    out.push_back(std::move(record));
  }
  state_->changed.clear();
}

Result<void> IncidentBook::apply_memory(std::string_view key, std::optional<std::string_view> value) {
  constexpr std::string_view kPrefix = "incident/";
  if (!key.starts_with(kPrefix)) return fail("no key of an incident: " + std::string(key.substr(0, 64)));
  const std::string id(key.substr(kPrefix.size()));
  std::optional<Incident> incident;
  if (value) {
    incident = read_incident(*value);
    if (!incident || incident->id != id) return fail("an unreadable incident: " + id.substr(0, 64));
  }
  const auto found = state_->incidents.find(id);
  if (found != state_->incidents.end()) {
    state_->unindex(found->second);
    state_->incidents.erase(found);
  }
  if (incident) {
    const Incident& kept = state_->incidents.emplace(id, std::move(*incident)).first->second;
    state_->index(kept);
  }
  return {};
}

std::size_t IncidentBook::size() const { return state_->incidents.size(); }

}  // namespace tocsin
