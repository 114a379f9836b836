// Prepare: turns raw records into prepared articles on all cores. A pure function of the record and of the knowledge
// that the batch was given, so it may run on any thread and on any machine.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "common/enrich.h"
#include "daemon/config.h"
#include "daemon/crash.h"
#include "daemon/io.h"

namespace tocsin {

// Runs one function over the indices of a batch on a fixed number of threads, the caller's among them.
class WorkerPool {
 public:
  explicit WorkerPool(std::size_t threads);  // the caller counts as one
  ~WorkerPool();
  // Calls work(worker, index) for each index below `count`, worker below size(). Returns when all are done. A batch
  // of a few articles is done by the caller alone: waking others costs more than it saves.
  void run(std::size_t count, const std::function<void(std::size_t worker, std::size_t index)>& work);
  std::size_t size() const { return threads_.size() + 1; }

 private:
  void worker_loop(std::size_t worker);
  void take(std::size_t worker);

  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable start_;
  std::condition_variable done_;
  const std::function<void(std::size_t, std::size_t)>* work_ = nullptr;
  std::size_t count_ = 0;
  std::atomic<std::size_t> next_{0};
  std::size_t busy_ = 0;
  std::uint64_t round_ = 0;
  bool stopping_ = false;
};

// The knowledge in force. A reload puts a new one; each batch takes what is there when it begins.
class KnowledgeBox {
 public:
  explicit KnowledgeBox(std::shared_ptr<const Knowledge> knowledge) : knowledge_(std::move(knowledge)) {}
  std::shared_ptr<const Knowledge> get() const {
    const std::lock_guard lock(mutex_);
    return knowledge_;
  }
  void put(std::shared_ptr<const Knowledge> knowledge) {
    const std::lock_guard lock(mutex_);
    knowledge_ = std::move(knowledge);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Knowledge> knowledge_;
};

// What is said of an article that is put aside as `crashed`.
inline constexpr const char* kCrashedTwice = "the process crashed twice at this article";

// One per loop; the loop's thread calls.
class PrepareStage {
 public:
  PrepareStage(const Config& config, const KnowledgeBox& knowledge);
  // Appends what became of each record, in order: what cannot be read is rejected() with its reason, never left out.
  // `promoted` (Mind::promoted_lines) is read until it returns.
  void run(std::span<const RawRecord> records, std::vector<Prepared>& prepared, const PromotedLines& promoted = {});
  // One record anew, by the caller alone. Its coordinates are those of its raw record, also where it came over
  // wire.prepared.
  Prepared again(const RawRecord& record, const Coordinates& at, const PromotedLines& promoted);
  std::size_t threads() const { return pool_.size(); }
  bool crashed_twice(const Coordinates& at) const { return !crashes_.empty() && crashes_.crashed_twice(at); }
  // Everything before these offsets is committed: crashes there are over.
  void passed(const std::vector<Position>& next);
  // Other instances on this machine may have crashed since: read the record anew.
  Result<void> reload_crashes();

 private:
  struct Worker {
    std::shared_ptr<const Knowledge> knowledge;
    std::map<std::string, Preparer, std::less<>> preparers;  // by preset
  };
  Prepared prepare(Worker& worker, const RawRecord& record, const Arrival& arrival, const PromotedLines& promoted);
  static void give(Worker& worker, const std::shared_ptr<const Knowledge>& knowledge);
  const std::string& preset_of(std::string_view topic) const;

  const Config& config_;
  const KnowledgeBox& knowledge_;
  CrashRecord crashes_;
  WorkerPool pool_;
  std::vector<Worker> workers_;
};

// A prepared article on wire.prepared: key and headers are the raw record's; the value holds the prepared form and,
// where decide may need them, the original bytes: of what is rejected, embargoed, or so large that a topic may refuse
// it, and, as far as both fit into `most` bytes, of what has lines that may be found to be repeated. (They cost little
// on the wire: the topic is compressed, and the text stands in the prepared form, too.)
OutRecord prepared_record(const std::string& topic, std::int32_t partition, const RawRecord& raw,
                          const Prepared& prepared, std::size_t most);
// The other way: `record` becomes the raw record again (its payload a view into the same bytes). What is no prepared
// article comes back rejected as not_prepared, with its own coordinates.
Prepared read_prepared_record(RawRecord& record);

}  // namespace tocsin
