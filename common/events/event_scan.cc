#include "common/events/event_scan.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace tocsin {
namespace {

Span span_of(const Hit& h) { return {h.pos, static_cast<std::uint16_t>(h.pos + h.size)}; }

// Facts of the record: what lies more than 30 days back is historical.
bool is_old(const DateFound& d) { return d.old_without_anchor || (d.age_days && *d.age_days > 30); }

bool is_noun(const TriggerAt& at) { return (at.forms & ~(bit(Form::kSingular) | bit(Form::kPlural))) == 0; }

bool is_year(std::string_view s) { return s.size() == 4 && (s.starts_with("19") || s.starts_with("20")); }

}  // namespace

void EventScan::scan(const Document& document, Zone zone, const Geotags& geotags, std::optional<int> published_day,
                     std::vector<RuleMatch>& out) {
  document_ = &document;
  geotags_ = &geotags;
  zone_ = zone;
  published_day_ = published_day;
  const std::size_t start = out.size();
  const auto& sentences = document.sentences();
  for (std::uint32_t s = 0; s < sentences.size(); ++s) {
    std::uint32_t first = sentences[s].first;
    const std::uint32_t last = sentences[s].last;
    if (!may_hold_event(first, last)) continue;
    while (first < last) {
      first = view_.assign(document, first, last);
      scan_piece(s, out);
      if (out.size() - start >= kMaxMatches) return;
    }
  }
}

bool EventScan::may_hold_event(std::uint32_t first, std::uint32_t last) const {
  const Token* tokens = document_->tokens().data();
  for (std::uint32_t i = first; i < last; ++i) {
    if (!tables_.lexicon.may_start(tokens[i].hash)) continue;
    std::uint64_t key = Lexicon::first_key(tokens[i].hash);
    for (std::uint32_t next = i;;) {
      const Lexicon::Entry* e = tables_.lexicon.find(key);
      if (!e) break;
      if (e->anchor()) return true;
      if (!e->prefix()) break;
      do ++next;
      while (next < last && (tokens[next].is(kPunct) || tokens[next].is(kPossessive)));
      if (next == last) break;
      key = Lexicon::next_key(key, tokens[next].hash);
    }
  }
  return false;
}

void EventScan::scan_piece(std::uint32_t sentence, std::vector<RuleMatch>& out) {
  parties_known_ = false;
  cues_known_ = false;
  deaths_.reset();
  apply_masks();
  find_reporting();
  const std::size_t piece = out.size();
  if (++round_ == 0) {  // wrapped: what is noted means nothing any more
    std::ranges::fill(tried_, 0);
    round_ = 1;
  }
  for (const ClassId c : view_.classes()) {
    for (const std::uint32_t t : tables_.triggers_of_gate[c]) {
      if (tried_[t] == round_) continue;  // another class of its gate was there too
      tried_[t] = round_;
      try_trigger(tables_.triggers[t], sentence, piece, out);
      if (out.size() - piece >= kMaxMatches) break;
    }
  }
  if (out.size() - piece < 2) return;
  std::stable_sort(out.begin() + static_cast<std::ptrdiff_t>(piece), out.end(),
                   [](const RuleMatch& a, const RuleMatch& b) {
                     return a.trigger != b.trigger ? a.trigger < b.trigger : a.rule < b.rule;
                   });
  drop_inner(piece, out);
}

void EventScan::try_trigger(const Trigger& trigger, std::uint32_t sentence, std::size_t piece,
                            std::vector<RuleMatch>& out) {
  if (!possible(trigger.pattern, view_)) return;
  const Element& anchor = trigger.pattern.elements[trigger.pattern.anchor];
  const Rule& rule = tables_.rules[trigger.rule];
  Binding binding;
  for (const Hit& h : view_.hits()) {
    if (!has_class(anchor, h.cls) || masked(h)) continue;
    const TriggerAt at{span_of(h), forms_at(trigger.pattern, view_, h)};
    if (!match_at(trigger.pattern, view_, at, binding) || !accepts(rule, binding, at)) continue;
    RuleMatch match = describe(trigger.rule, sentence, binding, at);
    // The same words found by another pattern of the same rule say nothing new.
    const bool known =
        std::any_of(out.begin() + static_cast<std::ptrdiff_t>(piece), out.end(), [&](const RuleMatch& m) {
          return m.rule == match.rule && m.trigger == match.trigger && m.factuality == match.factuality;
        });
    if (!known) out.push_back(std::move(match));
    if (out.size() - piece >= kMaxMatches) return;
  }
}

// "agreed to end its sanctions" is one thing that happened, not also a planned end.
void EventScan::drop_inner(std::size_t piece, std::vector<RuleMatch>& out) const {
  const auto begin = out.begin() + static_cast<std::ptrdiff_t>(piece);
  const auto inner = [&](const RuleMatch& m) {
    return m.factuality >= Factuality::kPlanned && std::any_of(begin, out.end(), [&](const RuleMatch& o) {
             return o.rule == m.rule && o.factuality < Factuality::kDenied && o.first < m.first && m.last <= o.last;
           });
  };
  if (std::none_of(begin, out.end(), inner)) return;
  std::vector<RuleMatch> kept;
  std::copy_if(begin, out.end(), std::back_inserter(kept), [&](const RuleMatch& m) { return !inner(m); });
  out.erase(begin, out.end());
  std::move(kept.begin(), kept.end(), std::back_inserter(out));
}

void EventScan::apply_masks() {
  Binding binding;
  for (const Hit& h : view_.hits()) {
    for (const std::uint32_t m : tables_.masks_of_class[h.cls]) {
      const Pattern& mask = tables_.masks[m];
      if (!possible(mask, view_) || !match_at(mask, view_, {span_of(h), bit(h.form)}, binding)) continue;
      for (std::size_t e = 0; e < binding.size; ++e)
        for (std::size_t pos = binding.spans[e].first; pos < binding.spans[e].last; ++pos) view_.mask(pos);
    }
  }
}

bool EventScan::masked(const Hit& hit) const {
  for (std::size_t i = hit.pos; i < static_cast<std::size_t>(hit.pos + hit.size); ++i)
    if (view_.word(i).masked) return true;
  return false;
}

bool EventScan::accepts(const Rule& rule, const Binding& binding, const TriggerAt& at) const {
  for (const Condition& c : rule.exclude)
    if (holds(c, binding, at)) return false;
  return rule.company.empty() ||
         std::ranges::any_of(rule.company, [&](const Condition& c) { return holds(c, binding, at); });
}

bool EventScan::holds(const Condition& condition, const Binding& match, const TriggerAt& at) const {
  Binding found;
  const auto in_scope = [&](const Binding& b) {
    if (condition.scope == Scope::kSentence) return true;
    if (condition.scope == Scope::kClause)
      return view_.word(b.spans[condition.pattern.anchor].first).clause == view_.word(at.span.first).clause;
    for (std::size_t i = 0; i < b.size; ++i)
      for (std::size_t j = 0; j < match.size; ++j)
        if (b.spans[i].first < match.spans[j].last && match.spans[j].first < b.spans[i].last) return true;
    return false;
  };
  if (condition.pattern.relative)
    return possible(condition.pattern, view_) && match_at(condition.pattern, view_, at, found);
  return match_anywhere(condition.pattern, view_, found, in_scope);
}

// Those whose words the sentence has; found once a sentence.
const std::vector<const Cue*>& EventScan::cues() {
  if (cues_known_) return cues_;
  cues_known_ = true;
  cues_.clear();
  for (const Cue& cue : tables_.cues)
    if (possible(cue.pattern, view_)) cues_.push_back(&cue);
  return cues_;
}

std::optional<DateFound> EventScan::date_in(Span words, const TriggerAt& at) const {
  if (words.empty()) return std::nullopt;
  return dates_.nearest(*document_, view_.word(words.first).token, view_.word(words.last - 1U).token + 1,
                        view_.word(at.span.first).token, published_day_, reporting_);
}

Factuality EventScan::judge(const Rule& rule, const TriggerAt& at, std::uint32_t sentence,
                            const std::optional<DateFound>& date) {
  if (rule.factuality) return *rule.factuality;
  Binding found;
  Factuality said = Factuality::kOccurred;
  for (const Cue* cue : cues()) {
    if (!match_at(cue->pattern, view_, at, found)) continue;
    if (cue->factuality) said = *cue->factuality;
    break;
  }
  if (said != Factuality::kOccurred && said != Factuality::kClaimed) return said;
  // The date in the trigger's own clause decides whether it is long past.
  if (date && is_old(*date)) return Factuality::kHistorical;
  if (date && date->age_days && *date->age_days < -1) return Factuality::kPlanned;
  return !date && goes_on_in_the_past(sentence) ? Factuality::kHistorical : said;
}

Span EventScan::clause_of(Span s) const {
  const auto clause = view_.word(s.first).clause;
  while (s.first > 0 && view_.word(s.first - 1U).clause == clause) --s.first;
  while (s.last < view_.size() && view_.word(s.last).clause == clause) ++s.last;
  return s;
}

bool EventScan::goes_on_in_the_past(std::uint32_t sentence) const {
  if (sentence == 0) return false;
  const ClassId goes_on = tables_.of(Builtin::kGoesOn);
  if (!view_.longest(0, {&goes_on, 1})) return false;
  const Sentence& before = document_->sentences()[sentence - 1];
  const auto date = dates_.nearest(*document_, before.first, before.last, before.last, published_day_);
  return date && is_old(*date);
}

void EventScan::find_reporting() {
  reporting_.clear();
  const ClassId said = tables_.of(Builtin::kReportWord);
  if (!view_.present(said)) return;
  for (const Hit& h : view_.hits())
    if (h.cls == said) reporting_.push_back(view_.word(h.pos).token);
}

// "In response to drills, the North fired": a phrase that opens the sentence leaves what follows its comma the main
// clause. "condemned the launch": a noun already known and not the subject is no news of its own.
bool EventScan::in_main_clause(const TriggerAt& at) const {
  const std::size_t first = clause_of(at.span).first;
  bool background = false;
  for (const Hit& h : view_.hits_at(first)) background |= h.cls == tables_.of(Builtin::kBackground);
  if (background && first == 0)
    for (std::size_t pos = 1; pos <= at.span.first; ++pos) background &= !view_.word(pos).cut_before;
  if (background) return false;
  if (!at.forms || !is_noun(at)) return true;
  const ClassId known = tables_.of(Builtin::kKnown);
  const ClassId because = tables_.of(Builtin::kBackground);
  for (std::size_t back = 1; back <= 8 && back < at.span.first; ++back) {
    const std::size_t pos = at.span.first - back;
    if (pos < first || view_.word(pos + 1).cut_before || view_.word(pos).cut_before) break;
    for (const Hit& h : view_.hits_at(pos))
      if ((h.cls == known && back <= 4) || h.cls == because) return false;
  }
  return true;
}

std::string_view EventScan::text_of(std::size_t first, std::size_t last) const {
  const auto& tokens = document_->tokens();
  const std::uint32_t begin = tokens[view_.word(first).token].start;
  return std::string_view(document_->text()).substr(begin, tokens[view_.word(last - 1).token].end - begin);
}

RuleMatch EventScan::describe(std::uint32_t rule, std::uint32_t sentence, const Binding& binding, const TriggerAt& at) {
  const auto& tokens = document_->tokens();
  RuleMatch m;
  m.rule = rule;
  m.zone = zone_;
  m.sentence = sentence;
  m.trigger = view_.word(at.span.first).token;
  m.first = tokens[view_.word(binding.first).token].start;
  m.last = tokens[view_.word(binding.last - 1U).token].end;
  const Rule& r = tables_.rules[rule];
  const Span clause = clause_of(at.span);
  m.clause = view_.word(clause.first).token;
  std::optional<DateFound> of_clause = date_in(clause, at);
  m.factuality = judge(r, at, sentence, of_clause);
  m.main_clause = in_main_clause(at);
  if (tables_.kinds[r.kind].takes_weapon) find_weapon(binding, m);
  find_parties();
  find_actors(binding, at, m);
  find_target(binding, at, m);
  find_place(binding, at, m);
  find_time(at, std::move(of_clause), m);
  m.another = another(at);
  if (tables_.kinds[r.kind].deaths_raise) m.deaths = deaths();
  return m;
}

void EventScan::find_weapon(const Binding& binding, RuleMatch& match) const {
  const auto clause = view_.word(binding.first).clause;
  bool in_match = false;
  for (const Hit& h : view_.hits()) {
    const auto& weapon = tables_.weapon_of_class[h.cls];
    if (!weapon || masked(h)) continue;
    const bool inside = h.pos < binding.last + 3 && h.pos + h.size + 3 > binding.first;
    if (!inside && view_.word(h.pos).clause != clause) continue;
    if (weapon->designation && match.weapon_name.empty())
      match.weapon_name = text_of(h.pos, static_cast<std::size_t>(h.pos + h.size));
    if (!match.weapon_class.empty() && (in_match > inside || (in_match == inside && weapon->rank <= match.weapon_rank)))
      continue;
    in_match = inside;
    match.weapon_class = weapon->weapon_class;
    match.weapon_rank = weapon->rank;
    for (std::size_t back = 1; back <= 4 && back <= h.pos; ++back) {
      const Word& w = view_.word(h.pos - back);
      if (view_.word(h.pos - back + 1).cut_before) break;
      if (!view_.is_number(h.pos - back)) continue;
      const std::string_view s = document_->folded(document_->tokens()[w.token]);
      const int n = number_value(s);
      if (n > 0 && n < 10000 && !is_year(s)) match.weapon_count = n;
      break;
    }
  }
}

void EventScan::find_parties() {
  if (parties_known_) return;
  parties_known_ = true;
  parties_.clear();
  const auto& tokens = document_->tokens();
  const std::uint32_t begin = tokens[view_.word(0).token].start;
  const std::uint32_t end = tokens[view_.word(view_.size() - 1).token].end;
  for (const Mention& m : geotags_->mentions) {
    if (m.zone != zone_ || m.start < begin || m.end > end) continue;
    const Place& p = geotags_->places[m.place];
    if (!p.kind.starts_with("PCL") || p.country.empty()) continue;
    Party party{0, 0, std::string(alpha3(p.country)), m.place};
    for (std::size_t i = 0; i < view_.size(); ++i) {
      const Token& t = tokens[view_.word(i).token];
      if (t.start < m.start || t.end > m.end) continue;
      if (party.size == 0) party.pos = static_cast<std::uint16_t>(i);
      party.size = static_cast<std::uint16_t>(i - party.pos + 1);
    }
    if (party.size && !party.name.empty()) parties_.push_back(std::move(party));
  }
  const std::size_t states = parties_.size();
  for (const Hit& h : view_.hits()) {
    const std::string& name = tables_.actor_of_class[h.cls];
    if (name.empty()) continue;
    const auto overlaps = [&](const Party& p) { return h.pos < p.pos + p.size && p.pos < h.pos + h.size; };
    if (std::any_of(parties_.begin(), parties_.begin() + static_cast<std::ptrdiff_t>(states), overlaps)) continue;
    std::erase_if(parties_, [&](const Party& p) { return overlaps(p) && p.size < h.size; });
    if (std::ranges::any_of(parties_, overlaps)) continue;
    parties_.push_back({h.pos, h.size,
                        name == "=" ? std::string(text_of(h.pos, static_cast<std::size_t>(h.pos + h.size))) : name,
                        std::nullopt});
  }
  std::ranges::sort(parties_, {}, &Party::pos);
}

// "South Korea's military said missiles were fired": who says it is no actor, unless "it fired" them.
bool EventScan::only_speaks(const Party& p, const TriggerAt& at) const {
  const std::size_t end = static_cast<std::size_t>(p.pos + p.size);
  for (const std::uint32_t token : reporting_) {
    std::size_t said = end;
    while (said < at.span.first && view_.word(said).token < token) ++said;
    if (said >= at.span.first || view_.word(said).token != token || said > end + 3) continue;
    std::size_t next = said + 1;
    if (next < at.span.first && text_of(next, next + 1) == "that") ++next;
    const std::string_view subject = text_of(next, next + 1);
    return subject != "to" && subject != "it" && subject != "they" && subject != "its" && subject != "he" &&
           subject != "we";
  }
  return false;
}

void EventScan::find_actors(const Binding& binding, const TriggerAt& at, RuleMatch& match) const {
  const auto clause = view_.word(at.span.first).clause;
  const bool noun = is_noun(at);
  const auto follows = [&](const Party& p, Builtin list) {
    for (std::size_t back = 1; back <= 3 && back <= p.pos && !view_.word(p.pos - back + 1).cut_before; ++back)
      for (const Hit& h : view_.hits_at(p.pos - back))
        if (h.cls == tables_.of(list) && h.pos + h.size <= p.pos) return true;
    return false;
  };
  const auto add = [&](const Party& p) {
    if (std::ranges::find(match.actors, p.name) == match.actors.end()) match.actors.push_back(p.name);
    if (p.place && !match.place) {
      match.place = p.place;
      match.place_is_actor = true;
    }
  };
  const auto joined = [&](const Party& a, const Party& b) {  // "the United States and South Korea"
    const std::size_t end = static_cast<std::size_t>(a.pos + a.size);
    if (b.pos < end || b.pos - end > 2 || view_.word(b.pos).clause != clause) return false;
    for (std::size_t i = end; i < b.pos; ++i)
      if (const auto word = text_of(i, i + 1); word != "and" && word != "or" && word != "the") return false;
    return true;
  };
  const Party* left = nullptr;
  for (const Party& p : parties_) {
    if (view_.word(p.pos).clause != clause) continue;
    if (p.pos >= at.span.last) {
      // "exercises between A and B", "fired at dawn by A"; not "a launch and a meeting between A and B".
      if (p.pos > binding.last + (noun ? 2 : 7) || !follows(p, Builtin::kAgentWord)) continue;
      add(p);
      for (const Party* next = &p + 1; next < parties_.data() + parties_.size() && joined(*(next - 1), *next); ++next)
        add(*next);
      return;
    }
    // A noun has its actor right before it ("a North Korean missile launch"), a verb somewhere to its left.
    if (noun && p.pos + p.size + 3 < binding.first) continue;
    if (!follows(p, Builtin::kTargetWord) && !follows(p, Builtin::kPlaceWord) && !only_speaks(p, at)) left = &p;
  }
  if (!left) return;
  add(*left);
  for (const Party* p = left; p != parties_.data() && joined(*(p - 1), *p); --p) add(*(p - 1));
}

void EventScan::find_target(const Binding& binding, const TriggerAt& at, RuleMatch& match) const {
  const auto clause = view_.word(at.span.first).clause;
  const ClassId target = tables_.of(Builtin::kTargetWord);
  const std::size_t stop = std::min<std::size_t>(view_.size(), binding.last + 8U);
  for (std::size_t pos = at.span.last; pos < stop && view_.word(pos).clause == clause; ++pos) {
    const Hit* hit = view_.longest(pos, {&target, 1});
    if (!hit) continue;
    std::size_t first = static_cast<std::size_t>(hit->pos + hit->size);
    std::size_t last = first;
    while (last < view_.size() && last - first < 7 && view_.word(last).clause == clause) {
      if (last > first && view_.word(last).cut_before) break;
      const auto hits = view_.hits_at(last);
      if (last > first && std::ranges::any_of(hits, [&](const Hit& h) {
            return h.cls == target || h.cls == tables_.of(Builtin::kPlaceWord) ||
                   h.cls == tables_.of(Builtin::kAgentWord);
          }))
        break;
      ++last;
    }
    if (last == first) continue;
    const auto date = dates_.nearest(*document_, view_.word(first).token, view_.word(first).token + 1,
                                     view_.word(first).token, published_day_);
    if (date || view_.is_number(first)) continue;
    match.target = std::string(text_of(first, last));
    return;
  }
}

// Whose name ends before word `end` is the one who says it: "South Korea's military said", "Iran state television
// reports".
bool EventScan::says(std::size_t end) const {
  for (std::size_t i = end; i < view_.size() && i <= end + 3; ++i) {
    if (view_.word(i).cut_before) return false;
    if (std::ranges::find(reporting_, view_.word(i).token) != reporting_.end()) return true;
  }
  return false;
}

void EventScan::find_place(const Binding& binding, const TriggerAt& at, RuleMatch& match) const {
  const auto& tokens = document_->tokens();
  const auto clause = view_.word(at.span.first).clause;
  int best = 0;
  for (const Mention& m : geotags_->mentions) {
    if (m.zone != zone_ || m.start < tokens[view_.word(0).token].start || m.form == MentionForm::kDemonym) continue;
    if (m.end > tokens[view_.word(view_.size() - 1).token].end) break;
    std::size_t pos = 0;
    while (pos + 1 < view_.size() && tokens[view_.word(pos).token].end <= m.start) ++pos;
    std::size_t end = pos + 1;
    while (end < view_.size() && tokens[view_.word(end).token].start < m.end) ++end;
    const Place& p = geotags_->places[m.place];
    const bool state = p.kind.starts_with("PCL");
    const bool same_clause = view_.word(pos).clause == clause;
    bool placed = false;
    bool cut = false;
    for (std::size_t back = 1; back <= 4 && back <= pos; ++back) {
      cut |= view_.word(pos - back + 1).cut_before;
      for (const Hit& h : view_.hits_at(pos - back))
        if (h.cls == tables_.of(Builtin::kPlaceWord) || h.cls == tables_.of(Builtin::kTargetWord))
          placed |= !(cut && says(end));  // not "into the sea on Thursday, South Korea's military said"
    }
    // Stated as the place beats merely near, the trigger's own clause beats another, a town beats a state.
    int worth = (placed ? 8 : 0) + (same_clause ? 4 : 0) + (state ? 0 : 2) + (pos >= at.span.last ? 1 : 0);
    if (!placed && (state || !same_clause)) continue;
    if (!same_clause && m.start > tokens[view_.word(binding.last - 1U).token].end + 200) continue;
    if (worth <= best) continue;
    best = worth;
    match.place = m.place;
    match.place_is_actor = false;
  }
}

bool EventScan::another(const TriggerAt& at) const {
  if (!view_.present(tables_.of(Builtin::kSameDay)) || !view_.present(tables_.of(Builtin::kAnother))) return false;
  constexpr int kNear = 8;  // words between "another" and the trigger
  return std::ranges::any_of(view_.hits(), [&](const Hit& h) {
    return h.cls == tables_.of(Builtin::kAnother) && std::abs(int{h.pos} - int{at.span.first}) <= kNear;
  });
}

void EventScan::find_time(const TriggerAt& at, std::optional<DateFound> date, RuleMatch& match) const {
  const Span whole = clause_of(at.span);
  Span clause = whole;
  // "when it struck the port, parliament voted on Sunday": what is subordinate ends at the comma.
  if (!match.main_clause)
    for (std::size_t pos = at.span.last; pos < clause.last; ++pos)
      if (view_.word(pos).cut_before) clause.last = static_cast<std::uint16_t>(pos);
  if (clause != whole) date = date_in(clause, at);
  // A day in a clause before it dates the event of a main clause too ("Just before he left on Thursday, the North
  // fired"), a year does not, nor a day after it ("fired a missile, following one on 29 August").
  if (!date && match.main_clause) {
    date = dates_.nearest(*document_, view_.word(0).token, view_.word(clause.first).token,
                          view_.word(at.span.first).token, published_day_, reporting_);
    if (date && date->resolved.empty() && (date->age_days || date->old_without_anchor)) date.reset();
  }
  if (!date) return;
  const auto& tokens = document_->tokens();
  const std::uint32_t start = tokens[date->first].start;
  match.time_text = document_->text().substr(start, tokens[date->last - 1].end - start);
  match.time_resolved = date->resolved;
}

// "protests over the death of a student": not what the event cost.
bool EventScan::names_the_dead(std::size_t next) const {
  if (next + 1 >= view_.size() || text_of(next, next + 1) != "of") return false;
  return !view_.is_number(next + 1) && text_of(next + 1, next + 2) != "at";
}

int EventScan::deaths() {
  if (deaths_) return *deaths_;
  int most = 0;
  for (const Hit& h : view_.hits()) {
    if (h.cls != tables_.of(Builtin::kDead)) continue;
    if (names_the_dead(static_cast<std::size_t>(h.pos + h.size))) continue;
    const std::size_t first = h.pos > 8 ? h.pos - 8U : 0;
    const std::size_t last = std::min<std::size_t>(view_.size(), h.pos + h.size + 5U);
    most = std::max(most, 1);
    for (std::size_t i = first; i < last; ++i) {
      if (!view_.is_number(i)) continue;
      const std::string_view s = document_->folded(document_->tokens()[view_.word(i).token]);
      const int n = number_value(s);
      if (n > most && n < 100'000 && !is_year(s)) most = n;
    }
  }
  deaths_ = most;
  return most;
}

}  // namespace tocsin
