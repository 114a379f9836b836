#include "daemon/webhook/told_alerts.h"

#include <algorithm>

namespace tocsin {

bool ToldAlerts::remember(const std::string& incident, std::int64_t sequence) {
  std::vector<std::int64_t>& sequences = incidents_[incident].sequences;
  if (std::ranges::find(sequences, sequence) != sequences.end()) return false;
  sequences.push_back(sequence);
  order_.push_back({incident, sequence});
  if (order_.size() <= most_) return true;
  const Id oldest = std::move(order_.front());
  order_.pop_front();
  const auto it = incidents_.find(oldest.incident);
  std::erase(it->second.sequences, oldest.sequence);
  if (it->second.sequences.empty()) incidents_.erase(it);
  return true;
}

void ToldAlerts::add(const AlertMessage& alert, std::int64_t now_ms) {
  for (const FoldedAlert& older : alert.folded) remember(alert.incident, older.sequence);
  if (!remember(alert.incident, alert.sequence)) return;
  ToldIncident& incident = incidents_[alert.incident];
  incident.last_ms = std::max(incident.last_ms, now_ms);
  incident.severity = std::max(incident.severity, alert.severity);
}

bool ToldAlerts::holds(const AlertMessage& alert) const {
  const ToldIncident* incident = find(alert.incident);
  return incident && std::ranges::find(incident->sequences, alert.sequence) != incident->sequences.end();
}

const ToldIncident* ToldAlerts::find(const std::string& incident) const {
  const auto it = incidents_.find(incident);
  return it == incidents_.end() ? nullptr : &it->second;
}

}  // namespace tocsin
