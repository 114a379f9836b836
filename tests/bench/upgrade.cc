// An upgrade and the way back, by real binaries through a real broker: an older tocsin works, a newer one takes over
// from it, the older from that, the newer again; each stands by while the one before still works, as in a rolling
// restart. Where the older cannot go on from what the newer wrote it must say so and end, exit code 2, and the newer
// goes on.
//
//   bench_upgrade OLD NEW [ARTICLES]
//
// OLD and NEW are paths of tocsin, each beside its knowledge; ARTICLES (3000) are made for each of the four. What
// happened is printed, for docs/operating.md; the end is 1 where the account was wrong: something lost, twice, or told
// otherwise than it was made to be.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/account.h"
#include "tests/support/articles.h"
#include "tests/support/broker.h"
#include "tests/support/instance.h"
#include "tests/support/wait.h"

namespace tocsin::test {
namespace {

using std::chrono::seconds;

std::unique_ptr<Instance> start(Wire& wire, const char* binary) {
  ::setenv("TOCSIN_BINARY", binary, 1);
  return std::make_unique<Instance>(wire);
}

}  // namespace

int upgrade(const char* older, const char* newer, std::size_t articles) {
  Cluster cluster({.heap_mb = 512, .config = {}});
  Wire wire(cluster);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  ArticleMaker maker({.start_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count()});
  std::vector<MadeArticle> sent;
  const auto work = [&](Instance& instance, const char* what) {
    std::vector<Record> records;
    for (std::size_t i = 0; i < articles; ++i) {
      sent.push_back(maker.next());
      records.push_back(sent.back().record);
    }
    send(cluster, wire.raw(), records);
    const bool done = wait_all_read(wire, seconds(300));
    std::printf("%s: %zu articles, %s stories in its state, %.0f dead letters, %s\n", what, articles,
                instance.status("/memory/heads").c_str(), instance.metric("tocsin_dead_letters_total"),
                done ? "all read" : "NOT ALL READ");
    return done;
  };

  std::unique_ptr<Instance> at_work = start(wire, older);
  bool right = at_work->wait_for("active") && work(*at_work, "the older");
  for (const auto& [binary, what] : {std::pair{newer, "the newer after it"}, std::pair{older, "the older again"},
                                     std::pair{newer, "the newer at last"}}) {
    std::unique_ptr<Instance> next = start(wire, binary);
    if (!eventually(seconds(120), [&] { return next->is("standby") || !next->process().running(); })) {
      std::printf("%s: does not stand by\n", what);
      return 1;
    }
    if (next->process().running()) {
      right &= at_work->stop() == 0;
      at_work = std::move(next);
      right &= at_work->wait_for("active");
    } else {
      std::printf("%s: ended, exit code %d\n%s", what, next->process().wait(seconds(1)).value_or(-1),
                  next->log().c_str());
      right &= binary == older && next->process().wait(seconds(1)) == 2;
    }
    right &= work(*at_work, what);
  }
  right &= at_work->stop() == 0;
  const std::vector<std::string> findings = check_account(read_account(wire), wire.raw(), sent);
  for (const std::string& finding : findings) std::printf("  %s\n", finding.c_str());
  std::printf("%zu articles: %s\n", sent.size(), findings.empty() ? "0 lost, 0 twice, all as made" : "WRONG");
  return right && findings.empty() ? 0 : 1;
}

}  // namespace tocsin::test

int main(int count, char** arguments) {
  if (count < 3) {
    std::fprintf(stderr, "bench_upgrade OLD NEW [ARTICLES]\n");
    return 2;
  }
  return tocsin::test::upgrade(arguments[1], arguments[2], count > 3 ? std::strtoull(arguments[3], nullptr, 10) : 3000);
}
