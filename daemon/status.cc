#include "daemon/status.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/json_text.h"

namespace tocsin {
namespace {

// Members of one JSON object, in order.
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
  void text(std::string_view key, std::string_view value) {
    member(key);
    append_json_string(out_, value);
  }
  void time(std::string_view key, std::int64_t unix_ms) {
    member(key);
    if (unix_ms == 0) {
      out_ += "null";
    } else {
      append_json_string(out_, iso_time(unix_ms));
    }
  }
  template <typename Number>
  void number(std::string_view key, Number value) {
    member(key);
    out_ += std::to_string(value);
  }
  void known(std::string_view key, std::int64_t value) {  // -1: not known
    member(key);
    out_ += value < 0 ? "null" : std::to_string(value);
  }
  void flag(std::string_view key, bool value) {
    member(key);
    out_ += value ? "true" : "false";
  }
  std::string& value(std::string_view key) {
    member(key);
    return out_;
  }
  void end() { out_ += '}'; }

 private:
  void member(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json_string(out_, key);
    out_ += ':';
  }
  std::string& out_;
  bool first_ = true;
};

// A list of objects, one a row; `fill` writes a row's members.
template <typename Row, typename Fill>
void append_list(std::string& out, const std::vector<Row>& rows, Fill fill) {
  out += '[';
  for (const Row& row : rows) {
    if (&row != rows.data()) out += ',';
    JsonObject object(out);
    fill(object, row);
    object.end();
  }
  out += ']';
}

void fill_partition(JsonObject& object, const PartitionStatus& p) {
  object.text("topic", p.topic);
  object.number("partition", p.partition);
  object.known("position", p.position);
  object.known("lag", p.lag);
  object.time("moved", p.moved_ms);
}

void fill_alert(JsonObject& object, const RecentAlert& a) {
  object.time("at", a.at_ms);
  object.text("incident", a.incident);
  object.text("change", a.change);
  object.text("type", a.type);
  object.text("factuality", a.factuality);
  object.number("severity", a.severity);
  object.text("headline", a.headline);
  object.text("place", a.place);
  object.text("country", a.country);
  if (a.placed) {
    object.number("lat", a.lat);
    object.number("lon", a.lon);
  }
  object.text("uri", a.uri);
  object.flag("backfill", a.backfill);
}

void fill_letter(JsonObject& object, const RecentDeadLetter& l) {
  object.time("at", l.at_ms);
  object.text("reason", l.reason);
  object.text("detail", l.detail);
  object.text("topic", l.topic);
  object.number("partition", l.partition);
  object.number("offset", l.offset);
}

void append_totals(std::string& out, const Status& s) {
  JsonObject totals(out);
  totals.number("articles", s.articles);
  totals.number("links", s.links);
  totals.number("alerts", s.alerts);
  totals.number("dead_letters", s.dead_letters);
  totals.number("transactions_committed", s.committed);
  totals.number("transactions_aborted", s.aborted);
  totals.number("takeovers", s.takeovers);
  totals.end();
}

std::string host_and_process() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) return std::to_string(getpid());
  return std::string(host.data()) + ":" + std::to_string(getpid());
}

template <typename T>
void push_recent(std::vector<T>& list, T item) {
  if (list.size() == StatusBoard::kRecent) list.erase(list.begin());
  list.push_back(std::move(item));
}

}  // namespace

std::string_view to_string(RunState state) {
  static constexpr std::array<std::string_view, kRunStates> kNames{
      "starting", "waiting_for_broker", "standby", "taking_over", "active", "stopping", "failed"};
  return kNames[static_cast<std::size_t>(state)];
}

StatusBoard::StatusBoard(const Config& config) : progress_ms_(steady_ms()) {
  status_.role = config.role;
  status_.group = config.group;
  status_.instance = host_and_process();
  status_.started_ms = unix_ms();
  status_.since_ms = status_.started_ms;
}

void StatusBoard::enter(RunState state, std::string reason) {
  const std::lock_guard lock(mutex_);
  if (status_.state != state) status_.since_ms = unix_ms();
  status_.state = state;
  status_.reason = std::move(reason);
}

void StatusBoard::error(std::string message) {
  const std::lock_guard lock(mutex_);
  status_.last_error = std::move(message);
  status_.last_error_ms = unix_ms();
}

void StatusBoard::update(const std::function<void(Status&)>& change) {
  const std::lock_guard lock(mutex_);
  change(status_);
}

void StatusBoard::alert(RecentAlert alert) {
  const std::lock_guard lock(mutex_);
  push_recent(alerts_, std::move(alert));
}

void StatusBoard::dead_letter(RecentDeadLetter letter) {
  const std::lock_guard lock(mutex_);
  push_recent(letters_, std::move(letter));
}

Status StatusBoard::snapshot() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

std::vector<RecentAlert> StatusBoard::recent_alerts() const {
  const std::lock_guard lock(mutex_);
  return {alerts_.rbegin(), alerts_.rend()};
}

std::vector<RecentDeadLetter> StatusBoard::recent_dead_letters() const {
  const std::lock_guard lock(mutex_);
  return {letters_.rbegin(), letters_.rend()};
}

bool is_ready(const Status& status) { return status.state == RunState::kActive || status.state == RunState::kStandby; }

std::string status_json(const Status& s, const std::vector<RecentAlert>& alerts,
                        const std::vector<RecentDeadLetter>& letters) {
  std::string out;
  JsonObject object(out);
  object.text("state", to_string(s.state));
  object.text("reason", s.reason);
  object.flag("ready", is_ready(s));
  object.time("since", s.since_ms);
  object.text("role", to_string(s.role));
  object.text("group", s.group);
  object.text("instance", s.instance);
  object.time("started", s.started_ms);
  append_list(object.value("partitions"), s.partitions, fill_partition);
  {
    JsonObject knowledge(object.value("knowledge"));
    knowledge.text("rules", s.rules_hash);
    knowledge.text("gazetteer", s.gazetteer_hash);
    knowledge.time("loaded", s.knowledge_ms);
    knowledge.end();
  }
  {
    JsonObject state(object.value("memory"));
    state.number("heads", s.heads);
    state.number("ids", s.ids);
    state.number("incidents", s.incidents);
    state.number("held", s.held);
    state.end();
  }
  append_totals(object.value("totals"), s);
  object.time("last_commit", s.last_commit_ms);
  object.text("last_error", s.last_error);
  object.time("last_error_at", s.last_error_ms);
  append_list(object.value("alerts"), alerts, fill_alert);
  append_list(object.value("dead_letters"), letters, fill_letter);
  object.end();
  return out;
}

}  // namespace tocsin
