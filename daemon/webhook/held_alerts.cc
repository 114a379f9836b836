#include "daemon/webhook/held_alerts.h"

#include <algorithm>
#include <charconv>

namespace tocsin {
namespace {

constexpr std::string_view kMark = "held:";

std::string written(std::vector<std::int64_t> offsets) {
  if (offsets.empty()) return {};
  std::ranges::sort(offsets);
  std::string out(kMark);
  std::int64_t before = 0;
  for (const std::int64_t offset : offsets) {
    if (out.size() > kMark.size()) out += ',';
    out += std::to_string(offset - before);
    before = offset;
  }
  return out;
}

const std::string& incident_of(const HeldAlert& held) { return held.alert.incident; }

std::vector<std::int64_t> all_offsets(const std::vector<HeldAlert>& held) {
  std::vector<std::int64_t> out;
  for (const HeldAlert& one : held)
    for (const RawRecord& record : one.records) out.push_back(record.offset);
  return out;
}

}  // namespace

Wait must_wait(const Webhook& webhook, const AlertMessage& alert, const ToldIncident* told, std::int64_t now_ms) {
  const std::int64_t severity = std::max(alert.severity, told ? told->severity : 0);
  if (severity < webhook.quiet_min_severity && webhook.quiet.quiet_at(now_ms)) return Wait::kQuiet;
  const bool adds = alert.change == "corroborated" || alert.change == "placed";
  if (!adds || !told || told->last_ms > now_ms) return Wait::kNone;
  return now_ms - told->last_ms < webhook.debounce_ms ? Wait::kDebounce : Wait::kNone;
}

bool HeldAlerts::hold(const RawRecord& record, AlertMessage alert) {
  std::vector<std::int64_t> offsets = all_offsets(held_);
  offsets.push_back(record.offset);
  if (written(offsets).size() > kMetadataBytes) return false;
  const auto known = std::ranges::find(held_, alert.incident, incident_of);
  if (known == held_.end()) {
    held_.emplace_back().alert = std::move(alert);
    held_.back().records.push_back(owning_copy(record));
  } else if (known->alert.sequence < alert.sequence) {
    fold(known->alert, alert);
    known->alert = std::move(alert);
    known->records.push_back(owning_copy(record));
    std::rotate(known, known + 1, held_.end());
  } else {  // an old one that was replayed
    auto& folded = known->alert.folded;
    const auto at = std::ranges::upper_bound(folded, alert.sequence, {}, &FoldedAlert::sequence);
    known->records.insert(known->records.begin() + (at - folded.begin()), owning_copy(record));
    folded.insert(at, {alert.sequence, alert.change});
  }
  return true;
}

bool HeldAlerts::holds(const AlertMessage& alert) const {
  const HeldAlert* held = find(alert.incident);
  return held &&
         (held->alert.sequence == alert.sequence ||
          std::ranges::find(held->alert.folded, alert.sequence, &FoldedAlert::sequence) != held->alert.folded.end());
}

const HeldAlert* HeldAlerts::find(const std::string& incident) const {
  const auto it = std::ranges::find(held_, incident, incident_of);
  return it == held_.end() ? nullptr : &*it;
}

void HeldAlerts::drop(const std::string& incident) {
  std::erase_if(held_, [&](const HeldAlert& held) { return incident_of(held) == incident; });
}

std::size_t HeldAlerts::size() const { return all_offsets(held_).size(); }

std::string HeldAlerts::metadata() const { return written(all_offsets(held_)); }

std::vector<std::int64_t> HeldAlerts::offsets(std::string_view metadata) {
  std::vector<std::int64_t> out;
  if (!metadata.starts_with(kMark)) return out;
  std::int64_t at = 0;
  const char* end = metadata.data() + metadata.size();
  for (const char* p = metadata.data() + kMark.size();; ++p) {
    std::int64_t step = 0;
    const auto [next, error] = std::from_chars(p, end, step);
    const bool ascends = step > 0 || (out.empty() && step == 0);
    if (error != std::errc() || !ascends || __builtin_add_overflow(at, step, &at)) return {};
    out.push_back(at);
    if (next == end) return out;
    if (*next != ',') return {};
    p = next;
  }
}

void fold(const AlertMessage& older, AlertMessage& newer) {
  newer.folded = older.folded;
  newer.folded.push_back({older.sequence, older.change});
}

}  // namespace tocsin
