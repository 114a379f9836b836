// QuietTimes: hours of the week in which a receiver is not to be rung by what can wait.
//
//   "22:00-06:30"          every day; past midnight it goes on into the next day
//   "mon-fri 22:00-06:30"  the days on which it begins
//   "sat,sun"              the whole of these days
//
// Days are mon, tue, wed, thu, fri, sat, sun, in lists and ranges ("fri-mon" goes over the end of the week). Hours are
// those of a wall clock in the zone, summer time and all: IANA's names, read from the system's tz database by CCTZ.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/article/result.h"

namespace tocsin {

class QuietTimes {
 public:
  QuietTimes() = default;  // never quiet
  // An Error says which of the texts is wrong, or that there is no such zone.
  static Result<QuietTimes> parse(const std::vector<std::string>& times, const std::string& zone);
  bool quiet_at(std::int64_t unix_ms) const;

 private:
  struct Span {
    unsigned days = 0;  // bit 0: Monday
    int from = 0;       // minutes of the day
    int to = 0;         // not after `from`: of the next day
  };
  static Result<Span> parse_span(std::string_view text);

  std::vector<Span> spans_;
  std::string zone_;
};

}  // namespace tocsin
