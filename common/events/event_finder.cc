#include "common/events/event_finder.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "common/events/confidence.h"
#include "common/events/dates.h"
#include "common/events/event_scan.h"
#include "common/events/rule_tables.h"

namespace tocsin {
namespace {

// Mentions in one group may be one happening; an announced event and one that took place are two.
int group_of(Factuality f) {
  switch (f) {
    case Factuality::kOccurred:
    case Factuality::kClaimed:
    case Factuality::kDisputed:
    case Factuality::kDenied:
      return 0;
    case Factuality::kHistorical:
      return 1;
    case Factuality::kPlanned:
    case Factuality::kThreatened:
    case Factuality::kHypothetical:
      return 2;
  }
  return 0;
}

// What several mentions of one happening say together.
Factuality join(Factuality a, Factuality b) {
  if (a == b) return a;
  if (group_of(a) == 2) return std::min(a, b);  // planned before threatened before hypothetical
  const bool denied = a == Factuality::kDenied || b == Factuality::kDenied;
  if (denied || a == Factuality::kDisputed || b == Factuality::kDisputed) return Factuality::kDisputed;
  return Factuality::kOccurred;
}

bool share(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::any_of(a, [&](const std::string& x) { return std::ranges::find(b, x) != b.end(); });
}

int severity_of(const Rule& rule, const EventKind& kind, const RuleMatch& m) {
  int severity = rule.severity;
  for (const auto& [weapon, at_least] : kind.weapon_severity)
    if (m.weapon_class == weapon) severity = std::max(severity, at_least);
  if (m.deaths >= 50)
    severity = std::max(severity, 5);
  else if (m.deaths >= 10)
    severity = std::max(severity, 4);
  else if (m.deaths >= 1)
    severity = std::max(severity, 3);
  return severity;
}

// Types of an assault, which one clause may call by several names ("gunmen stormed the hotel, taking hostages"). Not
// air strikes, rockets and the like: a clause that tells two of those often tells a blow and the answer to it.
bool is_assault(EventType t) {
  return t == EventType::kArmedClash || t == EventType::kTerrorAttack || t == EventType::kBombing ||
         t == EventType::kAssassination || t == EventType::kKidnapping || t == EventType::kArson ||
         t == EventType::kBorderIncident;
}

}  // namespace

struct EventFinder::Scratch {
  explicit Scratch(const RuleSet& rules) : tables(rules.tables()), confidence(rules.confidence()), scan(tables) {}

  struct Mention {
    Zone zone = Zone::kBody;
    std::uint32_t sentence = 0;
    std::uint32_t clause = 0;  // its first token
    std::uint32_t first = 0;   // bytes [first, last) of the zone's text
    std::uint32_t last = 0;
  };
  struct Draft {
    Event event;
    std::vector<Mention> mentions;
    std::uint8_t weapon_rank = 0;
    bool place_is_actor = false;
    bool main = false;
    bool other_names = false;  // another event is the same happening
    float rule = 0;            // the confidence of the rule that found it first
  };

  bool same(const Draft& d, const RuleMatch& m, const Rule& rule) const {
    const Event& e = d.event;
    if (e.another != m.another && m.another) return false;
    if (e.type != rule.type || group_of(e.factuality) != group_of(m.factuality)) return false;
    if (!e.actors.empty() && !m.actors.empty() && !share(e.actors, m.actors)) return false;
    if (!e.time_resolved.empty() && !m.time_resolved.empty() && e.time_resolved != m.time_resolved) return false;
    if (e.weapon_count && m.weapon_count && *e.weapon_count != *m.weapon_count &&
        (d.mentions.back().zone != m.zone || d.mentions.back().sentence != m.sentence))
      return false;
    return true;
  }

  // Two names for one happening? By reading pairs of alerts (26 November 2026, docs/rules.md): of 57 that share words
  // and contradict each other in nothing, 53; of 22 that share words and name two sides, 21; of 91 assaults that share
  // a sentence and its place, 75, and nearly all of the others stand in two clauses.
  static bool one_happening(const Draft& a, const Draft& b) {
    const Event& x = a.event;
    const Event& y = b.event;
    if (group_of(x.factuality) != 0 || group_of(y.factuality) != 0) return false;
    if ((x.factuality == Factuality::kDenied) != (y.factuality == Factuality::kDenied)) return false;
    if (x.another || y.another) return false;
    if (!x.time_resolved.empty() && !y.time_resolved.empty() && x.time_resolved != y.time_resolved) return false;
    const bool elsewhere = x.place && y.place && *x.place != *y.place;
    const bool others = !x.actors.empty() && !y.actors.empty() && !share(x.actors, y.actors);
    const bool assaults = is_assault(x.type) && is_assault(y.type);
    return std::ranges::any_of(a.mentions, [&](const Mention& m) {
      return std::ranges::any_of(b.mentions, [&](const Mention& n) {
        if (m.zone != n.zone) return false;
        if (m.first < n.last && n.first < m.last) return !elsewhere || !others;
        return assaults && !elsewhere && m.clause == n.clause;
      });
    });
  }

  void fold(Draft& d, const RuleMatch& m, const Rule& rule) const {
    Event& e = d.event;
    e.factuality = join(e.factuality, m.factuality);
    if (e.subtype.empty()) e.subtype = rule.subtype;
    e.security |= rule.security;
    e.another |= m.another;
    e.severity = std::max(e.severity, severity_of(rule, tables.kinds[rule.kind], m));
    for (const std::string& a : m.actors)
      if (std::ranges::find(e.actors, a) == e.actors.end() && e.actors.size() < 8) e.actors.push_back(a);
    if (e.target.empty()) e.target = m.target;
    if (!m.weapon_class.empty() && (e.weapon_class.empty() || m.weapon_rank > d.weapon_rank)) {
      e.weapon_class = m.weapon_class;
      d.weapon_rank = m.weapon_rank;
    }
    if (e.weapon_designation.empty()) e.weapon_designation = m.weapon_name;
    if (!e.weapon_count) e.weapon_count = m.weapon_count;
    if (m.place && (!e.place || (d.place_is_actor && !m.place_is_actor))) {
      e.place = m.place;
      d.place_is_actor = m.place_is_actor;
    }
    if (e.time_text.empty() || (e.time_resolved.empty() && !m.time_resolved.empty())) {
      e.time_text = m.time_text;
      e.time_resolved = m.time_resolved;
    }
    const bool covered = std::ranges::any_of(
        e.evidence, [&](const Evidence& v) { return v.zone == m.zone && v.start <= m.first && v.end >= m.last; });
    if (!covered && e.evidence.size() < 16) e.evidence.push_back({m.zone, m.first, m.last});
    d.mentions.push_back({m.zone, m.sentence, m.clause, m.first, m.last});
    d.main |= m.main_clause && (m.zone == Zone::kHeadline || m.sentence < 2);
  }

  Draft begin(const RuleMatch& m, const Rule& rule) const {
    Draft d;
    d.event.type = rule.type;
    d.event.factuality = m.factuality;
    d.event.security = rule.security;
    d.event.severity = 1;
    d.event.rule = rule.name;
    d.rule = rule.confidence;
    fold(d, m, rule);
    return d;
  }

  Salience salience(const Draft& d, std::size_t body_sentences) const {
    if (d.main) return Salience::kMain;
    std::vector<std::pair<Zone, std::uint32_t>> sentences;
    for (const Mention& m : d.mentions) sentences.emplace_back(m.zone, m.sentence);
    std::ranges::sort(sentences);
    sentences.erase(std::unique(sentences.begin(), sentences.end()), sentences.end());
    const auto early = std::ranges::count_if(
        sentences, [&](const auto& s) { return s.first == Zone::kHeadline || s.second * 3 < body_sentences; });
    return early >= 2 ? Salience::kSecondary : Salience::kBackground;
  }

  // What the drafts say of the article as a whole.
  struct Whole {
    std::array<std::array<int, 3>, kEventTypes> told{};  // events of a type, by group_of(factuality)
    int types = 0;
    std::size_t tokens = 0;  // of the body
    std::optional<int> day;  // published
  };
  Whole whole(const Document& body, std::optional<int> day) const {
    Whole w;
    w.tokens = body.tokens().size();
    w.day = day;
    for (const Draft& d : drafts)
      ++w.told[static_cast<std::size_t>(d.event.type)][static_cast<std::size_t>(group_of(d.event.factuality))];
    w.types = static_cast<int>(std::ranges::count_if(w.told, [](const auto& t) { return t[0] + t[1] + t[2] > 0; }));
    return w;
  }

  // Confidence::of weighs them. The limits in bytes, words and days were set once, before anything was fitted.
  static std::uint32_t signs(const Draft& d, const Whole& whole) {
    const Event& e = d.event;
    std::uint32_t out = 0;
    const auto set = [&](Sign sign, bool holds) { out |= holds ? bit(sign) : 0; };
    const bool headline = d.mentions.front().zone == Zone::kHeadline;  // it is scanned first
    const auto& told = whole.told[static_cast<std::size_t>(e.type)];
    const int group = group_of(e.factuality);
    const auto day = whole.day ? days_from_iso(e.time_resolved) : std::nullopt;
    set(Sign::kAlsoAgain, told[0] > (group == 0));
    set(Sign::kAlsoHistory, told[1] > (group == 1));
    set(Sign::kClaimed, e.factuality == Factuality::kClaimed);
    set(Sign::kDayNear, day && std::abs(*day - *whole.day) <= 7);
    set(Sign::kDisputed, e.factuality == Factuality::kDisputed);
    set(Sign::kFewLetters, std::ranges::all_of(d.mentions, [](const Mention& m) { return m.last - m.first <= 14; }));
    set(Sign::kFourTypes, whole.types >= 4);
    set(Sign::kHeadline, headline);
    set(Sign::kLate, !headline && d.mentions.front().first > 400);
    set(Sign::kLongArticle, whole.tokens > 800);
    set(Sign::kNoFact, group != 0);
    set(Sign::kOneType, whole.types == 1);
    set(Sign::kOtherNames, d.other_names);
    set(Sign::kShortArticle, whole.tokens <= 150);
    set(Sign::kTarget, !e.target.empty());
    set(Sign::kTimeStated, !e.time_text.empty());
    set(Sign::kUndated, !whole.day);
    return out;
  }

  const RuleTables& tables;
  const Confidence& confidence;
  EventScan scan;
  std::vector<RuleMatch> matches;
  std::vector<Draft> drafts;
};

bool is_language_of_rules(std::string_view language) {
  return language.empty() || language == "und" || language == "en" || language == "eng" ||
         language.starts_with("en-") || language.starts_with("EN");
}

EventFinder::EventFinder(const RuleSet& rules) : scratch_(std::make_unique<Scratch>(rules)) {}
EventFinder::~EventFinder() = default;
EventFinder::EventFinder(EventFinder&&) noexcept = default;

std::vector<Event> EventFinder::find(const Document& headline, const Document& body, const Geotags& geotags,
                                     std::optional<std::int64_t> published_ms, std::string_view language) {
  std::vector<Event> out;
  if (!is_language_of_rules(language)) return out;
  Scratch& s = *scratch_;
  s.matches.clear();
  s.drafts.clear();
  std::optional<int> day;
  if (published_ms) {
    constexpr std::int64_t kDay = 86'400'000;
    day = static_cast<int>((*published_ms - (*published_ms < 0 ? kDay - 1 : 0)) / kDay);
  }
  s.scan.scan(headline, Zone::kHeadline, geotags, day, s.matches);
  s.scan.scan(body, Zone::kBody, geotags, day, s.matches);
  for (const RuleMatch& m : s.matches) {
    const Rule& rule = s.tables.rules[m.rule];
    const auto known = std::ranges::find_if(s.drafts, [&](const auto& d) { return s.same(d, m, rule); });
    if (known == s.drafts.end())
      s.drafts.push_back(s.begin(m, rule));
    else
      s.fold(*known, m, rule);
  }
  if (s.drafts.empty()) return out;
  for (std::size_t i = 0; i < s.drafts.size(); ++i) {
    Event& event = s.drafts[i].event;
    event.salience = s.salience(s.drafts[i], body.sentences().size());
    for (std::uint32_t first = 0; first < i && !event.same_as; ++first) {
      if (!Scratch::one_happening(s.drafts[first], s.drafts[i])) continue;
      event.same_as = s.drafts[first].event.same_as.value_or(first);
      s.drafts[i].other_names = s.drafts[*event.same_as].other_names = true;
    }
  }
  const Scratch::Whole whole = s.whole(body, day);
  for (auto& d : s.drafts) {
    d.event.signs = Scratch::signs(d, whole);
    d.event.confidence = s.confidence.of(d.event, d.rule);
    out.push_back(std::move(d.event));
  }
  return out;
}

std::vector<SureBecause> sure_because(const RuleSet& rules, const Event& event) {
  return rules.confidence().because(event);
}

EventCodes codes_of(const RuleSet& rules, EventType type) {
  for (const EventKind& k : rules.tables().kinds)
    if (k.type == type) return {k.cameo, k.plover, k.topics};
  return {};
}

}  // namespace tocsin
