// IncidentBook: which incident each reported event belongs to, and what about it is news.
//
// An incident is one event in the world, however many stories and days of follow-up report it, and of however many
// types: claims that are one happening (Claim::same_as) are reported together, and the incident rings once, by the
// gravest of them. A claim joins an incident when nothing stated differs (type, day, actor, place, weapon) and
// something stated agrees; else it opens one. Historical, planned, threatened, hypothetical and denied claims open
// none, nor does a round-up, nor a claim that is not its article's main event and states no day of the last week; a
// denial joins the incident it denies. Part of the mind: not thread-safe, one thread, in log order; equal sequences of
// calls give equal answers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/alert.h"
#include "common/article/prepared.h"
#include "common/article/result.h"
#include "common/article/state.h"
#include "common/article/story.h"

namespace tocsin {

struct IncidentOptions {
  std::vector<AlertRule> rules;                  // empty: the default of AlertRule's comment
  std::int64_t max_age_ms = 24LL * 3600 * 1000;  // published longer before its record time: backfill. 0: never
};

struct Incidents {
  std::vector<std::string> incidents;  // per claim of the article, empty when it belongs to none
  std::vector<Alert> alerts;           // in the order in which they are to be published
};

class IncidentBook {
 public:
  // An incident leaves when the log has come so far beyond its last report.
  static constexpr std::int64_t kForgetMs = 31LL * 24 * 3600 * 1000;
  // A claim without a day joins an incident of at most this long ago, or of the day before where it is its story's main
  // event.
  static constexpr std::int64_t kFollowUpMs = 7LL * 24 * 3600 * 1000;
  // Places nearer than this may be one (a town and its airfield); the measure that geotagging scores use.
  static constexpr double kNearKm = 161;
  // Stories and sources that an incident remembers; further ones count but cannot be withdrawn.
  static constexpr std::size_t kMaxReports = 64;

  explicit IncidentBook(IncidentOptions options);
  ~IncidentBook();
  IncidentBook(IncidentBook&&) noexcept;

  // Decides on one article and remembers. Duplicates and stale versions report nothing (a copy is no second source).
  // One alert at most for an incident and an article: the weightiest change of withdrawn, denied, first, escalated,
  // corroborated (a second story by another provider), placed (a place, or a nearer one than a state).
  // `log_ms`: the record time that the log has reached (StoryBook::log_ms).
  Incidents report(const Prepared& article, const Story& story, std::int64_t log_ms);

  // Appends snapshots of the incidents that changed since the last call, keyed "incident/<id>"; no value: it left.
  void take_memory(std::vector<MemoryRecord>& out);
  // Restores one snapshot. A book that applied the records of another, in their order, decides as that one does.
  Result<void> apply_memory(std::string_view key, std::optional<std::string_view> value);

  std::size_t size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The rule that stands in where there are none; missile launches ring beside it, however sure. docs/rules.md has the
// figures that its limit of confidence was chosen by.
const AlertRule& default_rule();

// Does the rule ask for this claim, that so many sources tell? Backfill is not its business.
bool asks_for(const AlertRule& rule, const Claim& claim, std::uint32_t sources = 1);

}  // namespace tocsin
