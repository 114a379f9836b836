// Crash: remembers at which article the process crashed, so that one that does it twice becomes a dead letter `crashed`
// and does not stop the stream for ever.
//
// A worker says which article it has in hand; when the process dies of SIGSEGV, SIGBUS, SIGFPE, SIGILL or SIGABRT, a
// handler appends "topic partition offset" to <state_dir>/crashes with one write(2) and lets the signal take its
// course. kill -9, SIGTERM and a power cut leave no trace, so they never count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/article/article.h"
#include "common/article/result.h"

namespace tocsin {

// Once per process, before workers start. Opens the file for append and installs the handlers. An empty state_dir:
// nothing is installed. The directory is made where it is not there; one that cannot be written to is an Error.
Result<void> install_crash_handler(const std::string& state_dir);

// One per worker thread, for as long as it works: gives the handler a stack of its own (a stack overflow must be told
// too) and knows the article in hand.
class CrashWatch {
 public:
  CrashWatch();
  ~CrashWatch();
  CrashWatch(const CrashWatch&) = delete;
  CrashWatch& operator=(const CrashWatch&) = delete;

  // Costs a few stores. `at` is borrowed until leave() or the next enter().
  void enter(const Coordinates& at);
  void leave();

 private:
  struct Stack;
  std::unique_ptr<Stack> stack_;
};

// What the file tells. Load it at start and at each take-over (another instance on this machine may have crashed
// since). Not thread-safe.
class CrashRecord {
 public:
  static constexpr std::size_t kMaxEntries = 1000;  // of the file; the oldest go first

  static Result<CrashRecord> load(const std::string& state_dir);  // no file, or an empty state_dir: empty

  bool empty() const { return entries_.empty(); }
  bool crashed_twice(const Coordinates& at) const;
  // Everything before `next_offset` of this partition is committed: its entries are dropped, from the file too.
  void passed(const std::string& topic, std::int32_t partition, std::int64_t next_offset);

 private:
  std::string path_;
  std::vector<Coordinates> entries_;  // one per crash, oldest first
};

}  // namespace tocsin
