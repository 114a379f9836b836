// Finds when something happened, as the text says it, and resolves it against the published time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/text/document.h"

namespace tocsin {

struct DateFound {
  std::uint32_t first = 0;  // tokens [first, last)
  std::uint32_t last = 0;
  std::string resolved;             // ISO day, or empty: a month, a year or an unclear day, or no published time
  std::optional<int> age_days;      // from the end of what it names to the published day; negative: the future
  bool old_without_anchor = false;  // names a year or "years ago" and nothing to compare it with
  bool of_next_words = false;       // "the 1986 raid", "Friday's raid": it dates only what it stands before
};

// Dates among tokens [first, last) of the document, in order; at most kMaxDates. `published_day` is in days since
// 1970-01-01 (UTC); without it weekdays and days without a year resolve to nothing. A bare weekday is the last such day
// up to the published one ("on Thursday" in an article of Friday: yesterday; of the same Thursday: that day).
class DateFinder {
 public:
  static constexpr std::size_t kMaxDates = 8;
  static constexpr std::uint32_t kReach = 6;  // tokens that "the 1986 ..." reaches over
  DateFinder();
  // `reporting`: tokens of words of saying; a date that follows one within three tokens is the saying's.
  // The date nearest to token `near` that lies in [first, last), or nothing.
  std::optional<DateFound> nearest(const Document& document, std::uint32_t first, std::uint32_t last,
                                   std::uint32_t near, std::optional<int> published_day,
                                   const std::vector<std::uint32_t>& reporting = {}) const;

 private:
  struct Tables;
  std::optional<DateFound> at(const Document& document, std::uint32_t i, std::uint32_t last,
                              std::optional<int> published_day) const;
};

std::string iso_day(int days);              // days since 1970-01-01
int days_of(int year, int month, int day);  // proleptic Gregorian
std::optional<int> days_from_iso(std::string_view iso);

}  // namespace tocsin
