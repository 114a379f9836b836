// ToldAlerts: which alerts a webhook was told last, so that none is told again, and when each incident was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/webhook/message.h"

namespace tocsin {

// Of an incident, over all its alerts that are remembered.
struct ToldIncident {
  std::vector<std::int64_t> sequences;
  std::int64_t last_ms = 0;   // when the last was told, Unix
  std::int64_t severity = 0;  // the greatest that was told
};

// The last `most` alerts that were told.
class ToldAlerts {
 public:
  explicit ToldAlerts(std::size_t most) : most_(most) {}
  // With those that are folded into it. The first time counts.
  void add(const AlertMessage& alert, std::int64_t now_ms);
  bool holds(const AlertMessage& alert) const;
  const ToldIncident* find(const std::string& incident) const;  // until the next add()

 private:
  struct Id {
    std::string incident;
    std::int64_t sequence = 0;
  };
  bool remember(const std::string& incident, std::int64_t sequence);

  std::size_t most_;
  std::unordered_map<std::string, ToldIncident> incidents_;
  std::deque<Id> order_;
};

}  // namespace tocsin
