// EventScan: applies the rules to one zone, sentence by sentence. What it gives are matches, each with what its own
// sentence states; event_finder joins them into events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/event.h"
#include "common/article/geotags.h"
#include "common/events/dates.h"
#include "common/events/matcher.h"
#include "common/events/rule_tables.h"
#include "common/events/sentence_view.h"

namespace tocsin {

struct RuleMatch {
  std::uint32_t rule = 0;  // index into RuleTables::rules
  Zone zone = Zone::kBody;
  std::uint32_t sentence = 0;
  std::uint32_t first = 0;  // bytes [first, last) of the zone's text: all elements of the match
  std::uint32_t last = 0;
  std::uint32_t trigger = 0;  // token
  std::uint32_t clause = 0;   // the first token of its clause
  Factuality factuality = Factuality::kOccurred;
  bool main_clause = true;
  std::string weapon_class;
  std::string weapon_name;
  std::uint8_t weapon_rank = 0;
  std::optional<int> weapon_count;
  std::vector<std::string> actors;
  std::string target;
  std::optional<std::uint32_t> place;
  bool place_is_actor = false;  // no place was stated but the actor's own
  std::string time_text;
  std::string time_resolved;
  int deaths = 0;
  bool another = false;
};

class EventScan {
 public:
  static constexpr std::size_t kMaxMatches = 512;  // of one zone; further ones are not looked for

  explicit EventScan(const RuleTables& tables) : tables_(tables), view_(tables), tried_(tables.triggers.size(), 0) {}
  // Appends what zone `zone` says. `published_day`: days since 1970-01-01.
  void scan(const Document& document, Zone zone, const Geotags& geotags, std::optional<int> published_day,
            std::vector<RuleMatch>& out);

 private:
  struct Party {  // who may act, where in the sentence
    std::uint16_t pos = 0;
    std::uint16_t size = 0;
    std::string name;
    std::optional<std::uint32_t> place;
  };
  bool may_hold_event(std::uint32_t first, std::uint32_t last) const;
  void scan_piece(std::uint32_t sentence, std::vector<RuleMatch>& out);
  void try_trigger(const Trigger& trigger, std::uint32_t sentence, std::size_t piece, std::vector<RuleMatch>& out);
  const std::vector<const Cue*>& cues();
  void drop_inner(std::size_t piece, std::vector<RuleMatch>& out) const;
  void apply_masks();
  bool masked(const Hit& hit) const;
  bool accepts(const Rule& rule, const Binding& binding, const TriggerAt& at) const;
  bool holds(const Condition& condition, const Binding& match, const TriggerAt& at) const;
  std::optional<DateFound> date_in(Span words, const TriggerAt& at) const;
  Factuality judge(const Rule& rule, const TriggerAt& at, std::uint32_t sentence,
                   const std::optional<DateFound>& of_clause);
  RuleMatch describe(std::uint32_t rule, std::uint32_t sentence, const Binding& binding, const TriggerAt& at);
  void find_weapon(const Binding& binding, RuleMatch& match) const;
  void find_parties();
  void find_actors(const Binding& binding, const TriggerAt& at, RuleMatch& match) const;
  bool only_speaks(const Party& party, const TriggerAt& at) const;
  void find_target(const Binding& binding, const TriggerAt& at, RuleMatch& match) const;
  void find_place(const Binding& binding, const TriggerAt& at, RuleMatch& match) const;
  bool says(std::size_t end) const;
  bool another(const TriggerAt& at) const;
  void find_time(const TriggerAt& at, std::optional<DateFound> of_clause, RuleMatch& match) const;
  int deaths();  // those the sentence tells of; counted once a sentence
  bool in_main_clause(const TriggerAt& at) const;
  bool names_the_dead(std::size_t next) const;  // the word of death ends before word `next`
  void find_reporting();
  // Does the sentence go on in the time of an earlier one that is long past?
  Span clause_of(Span words) const;
  bool goes_on_in_the_past(std::uint32_t sentence) const;
  std::string_view text_of(std::size_t first, std::size_t last) const;  // words [first, last)

  const RuleTables& tables_;
  SentenceView view_;
  DateFinder dates_;
  std::vector<std::uint32_t> tried_;  // by trigger: the last round in which it was tried
  std::uint32_t round_ = 0;
  std::vector<const Cue*> cues_;
  bool cues_known_ = false;
  std::vector<Party> parties_;
  std::vector<std::uint32_t> reporting_;
  bool parties_known_ = false;
  std::optional<int> deaths_;
  const Document* document_ = nullptr;
  const Geotags* geotags_ = nullptr;
  Zone zone_ = Zone::kBody;
  std::optional<int> published_day_;
};

// ISO 3166-1 alpha-3 of an alpha-2 code, or empty.
std::string_view alpha3(std::string_view alpha2);

}  // namespace tocsin
