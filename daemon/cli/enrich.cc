#include "daemon/cli/enrich.h"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <thread>

#include "daemon/cli/commands.h"
#include "daemon/cli/line_batches.h"
#include "daemon/config.h"
#include "daemon/knowledge.h"

namespace tocsin {
namespace {

constexpr std::size_t kAhead = 4;  // batches in the works for each preparer

struct Work {
  LineBatch lines;
  std::vector<Prepared> prepared;
};

// What reader, preparers and mind share. Batches are numbered in input order and taken by the mind in that order.
class Desk {
 public:
  explicit Desk(std::size_t most) : most_(most) {}

  // Reader: waits until there is room. False: stop.
  bool wait_for_room() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopped_ || given_ - taken_ < most_; });
    return !stopped_;
  }
  void promote(std::shared_ptr<const PromotedLines> lines) {
    const std::lock_guard lock(mutex_);
    promoted_ = std::move(lines);
  }
  void give(Work work) {
    const std::lock_guard lock(mutex_);
    todo_.emplace_back(given_++, std::move(work));
    changed_.notify_all();
  }
  void finish(std::optional<Error> error) {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    error_ = std::move(error);
    changed_.notify_all();
  }

  // Preparers. Lines that sources repeat, as the mind knew them some batches ago.
  std::shared_ptr<const PromotedLines> promoted() const {
    const std::lock_guard lock(mutex_);
    return promoted_;
  }
  std::optional<std::pair<std::size_t, Work>> take_todo() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopped_ || finished_ || !todo_.empty(); });
    if (stopped_ || todo_.empty()) return std::nullopt;
    auto work = std::move(todo_.front());
    todo_.pop_front();
    return work;
  }
  void done(std::size_t number, Work work) {
    const std::lock_guard lock(mutex_);
    done_.emplace(number, std::move(work));
    changed_.notify_all();
  }

  // Mind: the next batch in order; nothing when all are taken.
  std::optional<Work> take_done() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_.contains(taken_) || (finished_ && taken_ == given_); });
    const auto at = done_.find(taken_);
    if (at == done_.end()) return std::nullopt;
    Work work = std::move(at->second);
    done_.erase(at);
    ++taken_;
    changed_.notify_all();
    return work;
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  std::optional<Error> error() const {
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<std::size_t, Work>> todo_;
  std::map<std::size_t, Work> done_;
  std::size_t most_;
  std::size_t given_ = 0;
  std::size_t taken_ = 0;
  bool finished_ = false;
  bool stopped_ = false;
  std::optional<Error> error_;
  std::shared_ptr<const PromotedLines> promoted_ = std::make_shared<PromotedLines>();
};

void read_all(Desk& desk, int in, std::size_t max_line) {
  LineBatches batches(in, max_line);
  while (desk.wait_for_room()) {
    Work work;
    const Result<bool> more = batches.next(work.lines);
    if (!more) return desk.finish(more.error());
    if (!*more) break;
    desk.give(std::move(work));
  }
  desk.finish(std::nullopt);
}

void prepare_all(Desk& desk, const EnrichRun& run) {
  Preparer preparer(run.knowledge, run.prepare);
  while (auto numbered = desk.take_todo()) {
    Work& work = numbered->second;
    const std::shared_ptr<const PromotedLines> promoted = desk.promoted();
    work.prepared.reserve(work.lines.lines.size());
    for (std::size_t i = 0; i < work.lines.lines.size(); ++i) {
      Arrival arrival;
      arrival.at.offset = work.lines.first_line + static_cast<std::int64_t>(i);
      arrival.record_ms = kPublishedTime;
      work.prepared.push_back(preparer.prepare(work.lines.line(i), arrival, *promoted));
    }
    desk.done(numbered->first, std::move(work));
  }
}

// Says on a terminal how far it is, twice a second.
class Progress {
 public:
  explicit Progress(bool shown) : shown_(shown), started_(Clock::now()), said_(started_) {}
  void say(const EnrichTotals& totals, bool last) {
    const auto now = Clock::now();
    if (!shown_ || (!last && now - said_ < std::chrono::milliseconds(500))) return;
    said_ = now;
    const double seconds = std::chrono::duration<double>(now - started_).count();
    std::fprintf(stderr, "\r%lld articles, %lld rejected, %.0f/s%s", static_cast<long long>(totals.articles),
                 static_cast<long long>(totals.rejected),
                 static_cast<double>(totals.articles) / std::max(seconds, 1e-3), last ? "\n" : "");
  }

 private:
  using Clock = std::chrono::steady_clock;
  bool shown_;
  Clock::time_point started_;
  Clock::time_point said_;
};

// The mind, and the record time that `enrich` gives an article without a published one: the line before's.
class Decider {
 public:
  explicit Decider(const EnrichRun& run) : preparer_(run.knowledge, run.prepare), mind_(run.mind) {}
  void decide(Prepared& prepared, std::string_view line, std::string& out, EnrichTotals& totals) {
    if (mind_.outdated(prepared))
      prepared = preparer_.prepare(line, {prepared.at, kPublishedTime, {}}, mind_.promoted_lines());
    if (prepared.record_ms == kPublishedTime) prepared.record_ms = record_ms_;
    record_ms_ = prepared.record_ms;
    const Decision decision = mind_.decide(prepared, line);
    out += decision.record();
    out.push_back('\n');
    ++totals.articles;
    totals.rejected += decision.outcome == Outcome::kRejected;
  }
  // No restart follows here: what was learnt for one is dropped.
  void forget_delta() { static_cast<void>(mind_.take_delta()); }
  const PromotedLines& promoted_lines() const { return mind_.promoted_lines(); }

 private:
  Preparer preparer_;
  Mind mind_;
  std::int64_t record_ms_ = 0;
};

Result<EnrichTotals> decide_all(Desk& desk, const EnrichRun& run, std::FILE* out) {
  Decider decider(run);
  Progress progress(run.progress);
  EnrichTotals totals;
  std::string text;
  std::size_t promoted = 0;  // lines that the preparers were told
  while (std::optional<Work> work = desk.take_done()) {
    text.clear();
    for (std::size_t i = 0; i < work->prepared.size(); ++i)
      decider.decide(work->prepared[i], work->lines.line(i), text, totals);
    decider.forget_delta();
    if (decider.promoted_lines().size() != promoted) {
      promoted = decider.promoted_lines().size();
      desk.promote(std::make_shared<PromotedLines>(decider.promoted_lines()));
    }
    if (std::fwrite(text.data(), 1, text.size(), out) != text.size() || std::fflush(out) != 0)
      return fail(std::string("standard output: ") + std::strerror(errno));
    progress.say(totals, false);
  }
  progress.say(totals, true);
  return totals;
}

int say(int code, const std::string& message) {
  std::fprintf(stderr, "tocsin: %s\n", message.c_str());
  return code;
}

int enrich_file(EnrichRun run, const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return say(2, file + ": cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  if (run.prepare.preset == "auto") run.prepare.preset = preset_of_file(file);
  const std::string record = enrich_one(run, text.str());
  return std::fwrite(record.data(), 1, record.size(), stdout) == record.size() ? 0 : say(1, "standard output");
}

}  // namespace

Result<EnrichTotals> enrich_lines(const EnrichRun& run, int in, std::FILE* out) {
  Desk desk(run.threads * kAhead);
  std::thread reader([&] { read_all(desk, in, run.prepare.article_bytes); });
  std::vector<std::thread> preparers;
  for (std::size_t i = 0; i < run.threads; ++i) preparers.emplace_back([&] { prepare_all(desk, run); });
  Result<EnrichTotals> totals = decide_all(desk, run, out);
  desk.stop();
  for (std::thread& t : preparers) t.join();
  reader.join();
  if (totals && desk.error()) return tl::unexpected(*desk.error());
  return totals;
}

std::string preset_of_file(std::string_view file) {
  if (file.ends_with(".txt")) return "text";
  return file.ends_with(".html") || file.ends_with(".htm") ? "html" : "auto";
}

std::string enrich_one(const EnrichRun& run, std::string_view payload) {
  Arrival arrival;
  arrival.record_ms = kPublishedTime;
  Preparer preparer(run.knowledge, run.prepare);
  Prepared prepared = preparer.prepare(payload, arrival);
  std::string out;
  EnrichTotals totals;
  Decider(run).decide(prepared, payload, out, totals);
  return out;
}

int enrich_command(const EnrichOptions& options) {
  // The language detector maps and unmaps tables for each text unless such blocks stay in the heap: 78 us against 6.
  ::mallopt(M_MMAP_THRESHOLD, 64 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 512 << 20);
  Config config;
  if (!options.config.empty()) {
    auto loaded = load_config(options.config);
    if (!loaded) return say(2, loaded.error().message);
    config = std::move(*loaded);
  }
  auto knowledge = load_knowledge(config, options.preset);
  if (!knowledge) return say(2, knowledge.error().message);
  EnrichRun run;
  run.knowledge = std::move(*knowledge);
  run.prepare = {options.preset, options.keep_text, config.limits.article_bytes, config.limits.depth,
                 config.limits.id_bytes};
  run.mind.dedupe = options.dedupe;
  run.mind.window_ms = config.window_ms;
  run.mind.ids_ms = config.ids_ms;
  run.mind.max_heads = config.max_heads;
  run.mind.alerts_max_age_ms = config.alerts.max_age_ms;
  run.mind.alert_rules = config.alerts.rules;
  run.threads = options.threads != 0 ? options.threads : config.threads;
  if (run.threads == 0) run.threads = std::max(1U, std::thread::hardware_concurrency());
  run.progress = ::isatty(STDERR_FILENO) == 1;
  const bool lines = options.file.ends_with(".ndjson") || options.file.ends_with(".jsonl");
  if (!options.file.empty() && !lines) return enrich_file(std::move(run), options.file);
  const int in = lines ? ::open(options.file.c_str(), O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
  if (in < 0) return say(2, options.file + ": " + std::strerror(errno));
  const Result<EnrichTotals> totals = enrich_lines(run, in, stdout);  // the process ends: `in` goes with it
  return totals ? 0 : say(1, totals.error().message);
}

}  // namespace tocsin
