// Chaos: three brokers, replication 3, four instances that are killed and stopped in the middle of what they do,
// brokers that are killed; and afterwards the account must be as if nothing had been. docs/chaos.md tells how to read
// it.
//
// Size and timing come from the environment, so that the ordinary test run is short (tests/chaos/run.sh sets the full
// one): TOCSIN_CHAOS_ARTICLES, TOCSIN_CHAOS_KILLS, TOCSIN_CHAOS_STOPS, TOCSIN_CHAOS_BROKERS.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/account.h"
#include "tests/support/articles.h"
#include "tests/support/broker.h"
#include "tests/support/instance.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kInstances = 4;  // one may be stopped and one dying: two are alive
constexpr seconds kSession{3};
constexpr seconds kBeyondSession{3};  // how much longer than the session a stopped one sleeps
constexpr milliseconds kPiece{30};
constexpr std::size_t kPieces = 12;  // of what is sent for each disturbance: several batches, also for a late failpoint

std::size_t number_from(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? static_cast<std::size_t>(std::strtoull(text, nullptr, 10)) : otherwise;
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

struct Plan {
  std::size_t articles = 0;
  int partitions = 1;
  std::size_t kills = 0;
  std::size_t stops = 0;
  std::size_t broker_restarts = 0;
  std::string mutant = {};
  std::vector<std::string> at = {"after_produce:3", "takeover_begin:1",    "after_offsets:2", "takeover_fenced:1",
                                 "before_commit:3", "takeover_restored:1", "after_commit:2"};
  std::vector<std::string> stop_at = {"after_produce:2:stop", "after_offsets:2:stop", "before_commit:2:stop",
                                      "after_commit:2:stop", "takeover_fenced:1:stop"};
};

// Whether the kernel holds a process stopped.
bool is_stopped(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(stat, line);
  const std::size_t name = line.rfind(')');
  return name != std::string::npos && line.size() > name + 2 && line[name + 2] == 'T';
}

// Keeps the instances alive on a thread of its own: starts each with the next failpoint of the plan, again when it was
// killed, and wakes one that was stopped when its session is long over. A zombie that stands by again has used its
// failpoint up and makes room for a new one.
class Supervisor {
 public:
  Supervisor(Wire& wire, const Plan& plan) : wire_(wire), plan_(plan) {
    thread_ = std::thread([this] { loop(); });
  }
  ~Supervisor() {
    if (thread_.joinable()) stop();
  }

  std::size_t kills() const { return kills_; }
  std::size_t stops() const { return stops_; }
  std::size_t disturbances() const { return kills_ + stops_; }
  std::size_t planned() const { return plan_.kills + plan_.stops; }
  bool done() const { return kills_ >= plan_.kills && stops_ >= plan_.stops; }
  std::size_t ended_otherwise() const { return ended_otherwise_; }

  // Stops all in good order. After that the logs are whole.
  void stop() {
    stopping_ = true;
    thread_.join();
  }
  const std::string& logs() const { return logs_; }

 private:
  enum class Carries : std::uint8_t { kNothing, kKill, kStop };
  struct Slot {
    std::unique_ptr<Instance> instance;
    steady_clock::time_point wake{};
    bool zombie = false;  // woken, to be replaced once it stands by
    bool leaving = false;
    Carries carries = Carries::kNothing;
  };

  // Until all has happened, whoever takes over carries something: one a stop, the others kills. What a standby carries
  // does not count, since it may never take over: members of low id come first. So a few more than planned may happen.
  void start(Slot& slot) {
    if (slot.instance) logs_ += slot.instance->log();
    slot = Slot{};
    const bool stop_is_carried =
        std::ranges::any_of(slots_, [](const Slot& other) { return other.carries == Carries::kStop; });
    InstanceOptions options;
    if (stops_ < plan_.stops && (!stop_is_carried || kills_ >= plan_.kills)) {
      slot.carries = Carries::kStop;
      options.environment["TOCSIN_FAILPOINT"] = plan_.stop_at[next_stop_++ % plan_.stop_at.size()];
    } else if (kills_ < plan_.kills) {
      slot.carries = Carries::kKill;
      options.environment["TOCSIN_FAILPOINT"] = plan_.at[next_kill_++ % plan_.at.size()];
    }
    if (!plan_.mutant.empty()) options.environment["TOCSIN_MUTANT"] = plan_.mutant;
    slot.instance = std::make_unique<Instance>(wire_, options);
  }

  void tend(Slot& slot) {
    Child& process = slot.instance->process();
    if (!process.running()) {
      const int code = process.wait(milliseconds(0)).value_or(0);
      kills_ += code == 128 + SIGKILL ? 1 : 0;
      ended_otherwise_ += code == 128 + SIGKILL || (slot.leaving && code == 0) ? 0 : 1;
      return start(slot);
    }
    const auto now = steady_clock::now();
    if (slot.wake == steady_clock::time_point{}) {
      if (is_stopped(process.pid())) {
        slot.wake = now + kSession + kBeyondSession;
        ++stops_;
        slot.carries = Carries::kNothing;
      } else if (slot.carries == Carries::kNothing && !slot.leaving && !done() && slot.instance->is("active")) {
        process.terminate();  // one that carries something is to take over
        slot.leaving = true;
      }
    } else if (!slot.zombie && now >= slot.wake) {
      process.resume();
      slot.zombie = true;
    } else if (slot.zombie && !slot.leaving &&
               (slot.instance->is("standby") ||
                (now >= slot.wake + kBeyondSession && slot.instance->is("active")))) {  // took over at once
      process.terminate();
      slot.leaving = true;
    }
  }

  void loop() {
    for (Slot& slot : slots_) start(slot);
    while (!stopping_) {
      for (Slot& slot : slots_) tend(slot);
      std::this_thread::sleep_for(milliseconds(50));
    }
    for (Slot& slot : slots_) slot.instance->process().resume();
    for (Slot& slot : slots_) slot.instance->process().terminate();
    for (Slot& slot : slots_) {
      const int code = slot.instance->process().wait(seconds(40)).value_or(-1);
      kills_ += code == 128 + SIGKILL ? 1 : 0;  // its failpoint was on the way out
      ended_otherwise_ += code == 0 || code == 128 + SIGKILL ? 0 : 1;
      logs_ += slot.instance->log();
      slot.instance.reset();  // on the thread that started it
    }
  }

  Wire& wire_;
  const Plan plan_;
  std::size_t next_kill_ = 0;
  std::size_t next_stop_ = 0;
  std::array<Slot, kInstances> slots_;
  std::atomic<std::size_t> kills_{0};
  std::atomic<std::size_t> stops_{0};
  std::atomic<std::size_t> ended_otherwise_{0};
  std::atomic<bool> stopping_{false};
  std::string logs_;
  std::thread thread_;
};

std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++n;
  return n;
}

class Chaos : public testing::Test {
 protected:
  // Sends the stream in step with what is done to the instances, so that every failpoint meets traffic; restarts
  // brokers meanwhile. Returns when all is read and all instances have stopped.
  void disturb(Wire& wire, const Plan& plan, const std::vector<MadeArticle>& sent) {
    Supervisor supervisor(wire, plan);
    std::atomic<bool> all_sent = false;
    std::thread feeder([&] { feed(wire, supervisor, sent, all_sent); });
    for (std::size_t i = 0; i < plan.broker_restarts; ++i) {
      const std::size_t after = supervisor.planned() * (i + 1) / (plan.broker_restarts + 1);
      eventually(seconds(900), [&] { return supervisor.disturbances() >= after || all_sent; });
      const int node = static_cast<int>(i % static_cast<std::size_t>(wire.cluster().nodes()));
      wire.cluster().kill(node);
      std::this_thread::sleep_for(seconds(2));
      wire.cluster().start(node);
      wire.cluster().wait_in_sync(seconds(120));
      ++broker_restarts_;
    }
    feeder.join();
    const bool all_read = wait_all_read(wire, seconds(180));
    eventually(seconds(60), [&] { return now_ms() > embargo_ms_ + 3000; });  // then what was held is told
    supervisor.stop();
    logs_ = supervisor.logs();
    kills_ = supervisor.kills();
    stops_ = supervisor.stops();
    EXPECT_TRUE(all_read) << logs_;
    EXPECT_GE(kills_, plan.kills) << logs_;
    EXPECT_GE(stops_, plan.stops) << logs_;
    EXPECT_EQ(supervisor.ended_otherwise(), 0U) << logs_;
  }

  static void feed(Wire& wire, const Supervisor& supervisor, const std::vector<MadeArticle>& sent,
                   std::atomic<bool>& all_sent) {
    Producer producer(wire.cluster().bootstrap(),
                      {{"linger.ms", "1"}, {"enable.idempotence", "true"}, {"acks", "all"}});
    const std::size_t steps = supervisor.planned() + 1;
    const std::size_t piece = std::max<std::size_t>(1, sent.size() / steps / kPieces);
    std::size_t next = 0;
    auto last = steady_clock::now();
    while (next < sent.size()) {
      const std::size_t due =
          supervisor.done() ? sent.size() : sent.size() * (supervisor.disturbances() + 1) / (steps + 1);
      // Nothing has happened for long: the failpoint that is due wants more traffic.
      const bool stalled = steady_clock::now() - last > seconds(25);
      if (next < due || stalled) {
        for (std::size_t i = 0; i < piece && next < sent.size(); ++i) {
          Record record = sent[next++].record;
          record.topic = wire.raw();
          producer.send(record);
        }
        producer.flush();
        last = next < due ? steady_clock::now() : steady_clock::now() - seconds(20);
      }
      std::this_thread::sleep_for(kPiece);
    }
    all_sent = true;
  }

  // Aborts and take-overs really happened: there are records that only an uncommitted reader sees.
  void expect_that_it_happened(Wire& wire, const Plan& plan) {
    std::size_t uncommitted = 0;
    std::size_t committed = 0;
    for (const char* stem : {"enriched", "duplicates", "state"}) {
      uncommitted += read_topic(wire.cluster().bootstrap(), wire.topic(stem), Isolation::kUncommitted).size();
      committed += read_topic(wire.cluster().bootstrap(), wire.topic(stem)).size();
    }
    EXPECT_GT(uncommitted, committed) << "nothing was aborted";
    EXPECT_GE(count_of(logs_, "event=takeover.done"), (plan.kills + plan.stops) / 2) << logs_;
    EXPECT_TRUE(plan.stops == 0 || count_of(logs_, "event=decide.again") > 0) << "no zombie was turned away: " << logs_;
    std::cout << "chaos: " << kills_ << " kills, " << stops_ << " stops, " << broker_restarts_ << " brokers killed, "
              << count_of(logs_, "event=takeover.done") << " take-overs, " << uncommitted - committed
              << " records aborted of " << uncommitted << "\n";
  }

  static WireOptions options(int partitions) {
    return {.raw_partitions = partitions,
            .more = "batch: {articles: 100}",
            .session_timeout = std::to_string(kSession.count()) + "s",
            .transaction_timeout = std::to_string(kSession.count() - 1) + "s"};
  }
  ArticleMaker maker(const Plan& plan) {
    embargo_ms_ = now_ms() + std::max<std::int64_t>(20'000, 2 * static_cast<std::int64_t>(plan.articles));
    return ArticleMaker({.seed = 50 + static_cast<std::uint64_t>(plan.partitions),
                         .partitions = plan.partitions,
                         .start_ms = now_ms() - 3600'000,
                         .reach = std::max<std::size_t>(plan.articles / 3, 100),
                         .crossing = 0.3,
                         .embargo_ms = embargo_ms_,
                         .embargoed = 0.01,
                         .withheld = 0.02});
  }
  static std::size_t count_made(const std::vector<MadeArticle>& sent, Made made) {
    return static_cast<std::size_t>(std::ranges::count(sent, made, &MadeArticle::made));
  }
  // The stream had what it is to be tested with, and an embargo was waited for across a take-over.
  void expect_all_kinds(const std::vector<MadeArticle>& sent) {
    for (const Made made : {Made::kRevision, Made::kStale, Made::kRedelivery, Made::kKill, Made::kLateCopy,
                            Made::kEmbargoed, Made::kWithheld, Made::kUsable, Made::kOtherFirst})
      EXPECT_GT(count_made(sent, made), 0U) << static_cast<int>(made);
    EXPECT_TRUE(std::ranges::any_of(sent, [](const MadeArticle& a) {
      return a.made == Made::kWithheld && a.fate == Fate::kLink;
    })) << "no embargo was ended by a kill or a version";
    EXPECT_THAT(logs_, testing::ContainsRegex("event=takeover.done .*held=[1-9]")) << "no embargo spanned a take-over";
  }
  static std::size_t told_redeliveries(const Account& account) {
    std::size_t n = 0;
    for (const auto& [at, told] : account.told) n += told.front().relation == "redelivery" ? 1 : 0;
    return n;
  }

  // Lines were promoted and removed.
  static std::size_t told_without_repeated_lines(const Account& account) {
    return static_cast<std::size_t>(std::ranges::count_if(account.told, [](const auto& at_and_told) {
      const auto& value = at_and_told.second.front().record.value;
      return value && value->find("\"repeatedLines\":[") != std::string::npos;
    }));
  }

  std::string logs_;
  std::size_t kills_ = 0;
  std::size_t stops_ = 0;
  std::size_t broker_restarts_ = 0;
  std::int64_t embargo_ms_ = 0;
};

TEST_F(Chaos, OnOnePartitionTellsByteForByteWhatAnUndisturbedRunTells) {
  const Plan plan{.articles = number_from("TOCSIN_CHAOS_ARTICLES", 6000),
                  .kills = number_from("TOCSIN_CHAOS_KILLS", 7),
                  .stops = number_from("TOCSIN_CHAOS_STOPS", 2),
                  .broker_restarts = number_from("TOCSIN_CHAOS_BROKERS", 1)};
  const std::vector<MadeArticle> sent = maker(plan).take(plan.articles);
  Wire wire(shared_cluster(3), options(1));
  disturb(wire, plan, sent);
  const Account account = read_account(wire);
  EXPECT_THAT(check_account(account, wire.raw(), sent), IsEmpty()) << logs_;
  EXPECT_EQ(told_redeliveries(account), count_made(sent, Made::kRedelivery));
  EXPECT_GT(told_without_repeated_lines(account), plan.articles / 50);
  expect_all_kinds(sent);
  expect_that_it_happened(wire, plan);

  WireOptions same = options(1);
  same.raw_of = wire.name();
  Wire calm(shared_cluster(3), same);
  Instance tocsin(calm);
  ASSERT_TRUE(wait_all_read(calm, seconds(300))) << tocsin.log();
  EXPECT_EQ(tocsin.stop(), 0);
  EXPECT_THAT(compare_accounts(account, read_account(calm)), IsEmpty());
}

TEST_F(Chaos, OnSeveralPartitionsTellsEachArticleOnceAndEachStoryByOneHead) {
  const Plan plan{.articles = number_from("TOCSIN_CHAOS_ARTICLES", 6000) / 2,
                  .partitions = 4,
                  .kills = number_from("TOCSIN_CHAOS_KILLS", 7) / 2,
                  .stops = (number_from("TOCSIN_CHAOS_STOPS", 2) + 1) / 2};
  const std::vector<MadeArticle> sent = maker(plan).take(plan.articles);
  Wire wire(shared_cluster(3), options(plan.partitions));
  disturb(wire, plan, sent);
  const Account account = read_account(wire);
  EXPECT_THAT(check_account(account, wire.raw(), sent), IsEmpty()) << logs_;
  EXPECT_EQ(told_redeliveries(account), count_made(sent, Made::kRedelivery));
  expect_all_kinds(sent);
  expect_that_it_happened(wire, plan);
}

// The checker itself: defects made on purpose must be found by it.
TEST_F(Chaos, CatchesOffsetsThatAreCommittedOutsideTheTransaction) {
  const Plan plan{.articles = 1500, .kills = 2, .mutant = "offsets_outside", .at = {"between:3"}};
  const std::vector<MadeArticle> sent = maker(plan).take(plan.articles);
  Wire wire(shared_cluster(3), options(1));
  disturb(wire, plan, sent);
  EXPECT_THAT(check_account(read_account(wire), wire.raw(), sent), Contains(HasSubstr("told again")));
}

TEST_F(Chaos, CatchesATakeOverThatSkipsTheState) {
  const Plan plan{.articles = 1500, .kills = 2, .mutant = "skip_state", .at = {"after_commit:3"}};
  const std::vector<MadeArticle> sent = maker(plan).take(plan.articles);
  Wire wire(shared_cluster(3), options(1));
  disturb(wire, plan, sent);
  EXPECT_THAT(check_account(read_account(wire), wire.raw(), sent), Contains(HasSubstr("told in a wrong topic")));
}

}  // namespace
}  // namespace tocsin::test
