#include "daemon/crash.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/support/temp_dir.h"

namespace tocsin {
namespace {

using test::TempDir;

const Coordinates kAt{"wire.raw", 2, 4711};

// Runs `body` in a child process with an article in hand on a worker thread; returns the signal that ended it.
int crash(const std::string& state_dir, const std::function<void()>& body, const Coordinates& at = kAt) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    freopen("/dev/null", "w", stderr);
    if (!install_crash_handler(state_dir)) _exit(3);
    std::thread([&] {
      CrashWatch watch;
      watch.enter(at);
      body();
      watch.leave();
    }).join();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

CrashRecord loaded(const TempDir& dir) { return std::move(*CrashRecord::load(dir.path())); }

// Never optimised into something that does not crash.
int overflow_stack(int depth) {
  volatile char here[4096];
  here[0] = static_cast<char>(depth);
  return depth == 0 ? 0 : overflow_stack(depth - 1) + here[0];
}

TEST(Crash, TheSecondCrashAtAnArticleCounts) {
  const TempDir dir;
  EXPECT_EQ(crash(dir.path(), [] { std::abort(); }), SIGABRT);
  EXPECT_FALSE(loaded(dir).crashed_twice(kAt));
  EXPECT_EQ(crash(dir.path(), [] { std::abort(); }), SIGABRT);
  EXPECT_TRUE(loaded(dir).crashed_twice(kAt));
  EXPECT_FALSE(loaded(dir).crashed_twice({"wire.raw", 2, 4712}));
  EXPECT_FALSE(loaded(dir).crashed_twice({"wire.raw", 1, 4711}));
}

TEST(Crash, EveryWayToCrashIsTold) {
  const std::vector<std::pair<const char*, std::function<void()>>> ways{
      {"segv", [] { raise(SIGSEGV); }},
      {"bus", [] { raise(SIGBUS); }},
      {"fpe", [] { raise(SIGFPE); }},
      {"ill", [] { raise(SIGILL); }},
      {"uncaught", [] { throw std::runtime_error("x"); }},
      // Not nullptr itself, which a sanitizer reports without a signal; nor an address that the compiler knows.
      {"null",
       [] {
         volatile std::uintptr_t low = 16;
         *reinterpret_cast<volatile int*>(low) = 1;
       }},
  };
  for (const auto& [name, body] : ways) {
    const TempDir dir;
    EXPECT_NE(crash(dir.path(), body), 0) << name;
    EXPECT_EQ(test::read_file(dir.path() / "crashes"), "wire.raw 2 4711\n") << name;
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(Crash, AStackOverflowIsToldToo) {
  const TempDir dir;
  EXPECT_EQ(crash(dir.path(), [] { (void)overflow_stack(1'000'000); }), SIGSEGV);
  EXPECT_EQ(test::read_file(dir.path() / "crashes"), "wire.raw 2 4711\n");
}
#endif

TEST(Crash, KillAndTermNeverCount) {
  for (const int signal : {SIGKILL, SIGTERM}) {
    const TempDir dir;
    EXPECT_EQ(crash(dir.path(),
                    [signal] {
                      kill(getpid(), signal);
                      pause();
                    }),
              signal);
    EXPECT_TRUE(loaded(dir).empty());
  }
}

TEST(Crash, ACrashBetweenArticlesAccusesNone) {
  const TempDir dir;
  const pid_t child = fork();
  if (child == 0) {
    freopen("/dev/null", "w", stderr);
    (void)install_crash_handler(dir.path());
    CrashWatch watch;
    watch.enter(kAt);
    watch.leave();
    std::abort();
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_TRUE(loaded(dir).empty());
}

TEST(Crash, WhatIsPassedIsForgottenInTheFileToo) {
  const TempDir dir;
  dir.write("crashes", "wire.raw 2 10\nwire.raw 2 11\nwire.raw 3 5\n");
  CrashRecord record = loaded(dir);
  record.passed("wire.raw", 2, 11);
  EXPECT_EQ(test::read_file(dir.path() / "crashes"), "wire.raw 2 11\nwire.raw 3 5\n");
  record.passed("wire.raw", 3, 6);
  record.passed("wire.raw", 2, 12);
  EXPECT_TRUE(record.empty());
  EXPECT_EQ(test::read_file(dir.path() / "crashes"), "");
}

TEST(Crash, TheHandlerFollowsTheFileThatWasWrittenAnew) {
  const TempDir dir;
  dir.write("crashes", "wire.raw 2 10\n");
  EXPECT_EQ(crash(dir.path(),
                  [&] {
                    loaded(dir).passed("wire.raw", 2, 11);
                    std::abort();
                  }),
            SIGABRT);
  EXPECT_EQ(test::read_file(dir.path() / "crashes"), "wire.raw 2 4711\n");
}

TEST(Crash, ADamagedFileGivesWhatCanBeRead) {
  const TempDir dir;
  dir.write("crashes", "garbage\nwire.raw 2 4711\nwire.raw -1 3\nwire.raw 2\n\nwire.raw 2 4711");
  EXPECT_TRUE(loaded(dir).crashed_twice(kAt));
}

TEST(Crash, TheFileIsBounded) {
  const TempDir dir;
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "wire.raw 0 " + std::to_string(i) + "\n";
  dir.write("crashes", text + "wire.raw 2 4711\nwire.raw 2 4711\n");
  EXPECT_TRUE(loaded(dir).crashed_twice(kAt));
  const std::string left = test::read_file(dir.path() / "crashes");
  EXPECT_EQ(std::count(left.begin(), left.end(), '\n'), static_cast<std::ptrdiff_t>(CrashRecord::kMaxEntries));
}

TEST(Crash, WithoutADirectoryNothingIsRemembered) {
  EXPECT_TRUE(install_crash_handler(""));
  EXPECT_TRUE(CrashRecord::load("")->empty());
}

TEST(Crash, ADirectoryThatIsNotThereIsMade) {
  const test::TempDir dir;
  EXPECT_TRUE(install_crash_handler((dir.path() / "state").string()));
  EXPECT_TRUE(CrashRecord::load((dir.path() / "state").string())->empty());
}

TEST(Crash, ADirectoryThatCannotBeWrittenIsSaid) {
  const auto installed = install_crash_handler("/no/such/dir");
  ASSERT_FALSE(installed);
  EXPECT_EQ(
      installed.error().message,
      "state_dir: cannot write /no/such/dir/crashes: No such file or directory; make the directory and give it to "
      "the user that Tocsin runs as, or set state_dir");
}

}  // namespace
}  // namespace tocsin
