// A program that a test runs: the daemon, a broker, a tool.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tocsin::test {

struct ChildOptions {
  std::vector<std::string> command;                // command[0] is a path or a name on the PATH
  std::map<std::string, std::string> environment;  // added to the test's own
  std::filesystem::path input;                     // what it reads from stdin; /dev/null when empty
  std::filesystem::path output;                    // where stdout goes, appended; the test's own when empty
  std::filesystem::path errors;                    // where stderr goes, appended; the test's own when empty
};

// A running (or ended) child process. It never outlives its owner: the destructor kills it, and so does the kernel when
// the thread that started it ends. Not for use by several threads.
class Child {
 public:
  // Throws std::runtime_error when it cannot be started.
  explicit Child(const ChildOptions& options);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  // Its resident memory without the mapped files, in MB (a gazetteer's pages are the kernel's); 0 when it has ended.
  double anonymous_mb() const;

  // Whether it has not ended yet; a stopped one (SIGSTOP) is running.
  bool running();

  // Sends a signal, unless it has ended.
  void signal(int number);
  void terminate();  // SIGTERM: to end in good order; wait() for it
  void pause();      // SIGSTOP
  void resume();     // SIGCONT
  void kill();       // SIGKILL, and waits for it to be gone

  // Waits for its end and returns its exit code (128 + signal when a signal ended it), or nothing at the timeout.
  std::optional<int> wait(std::chrono::milliseconds timeout);

 private:
  void collect(bool block);

  pid_t pid_ = -1;
  std::optional<int> code_;
};

struct RunResult {
  int code = 0;  // as Child::wait() gives it
  std::string out;
  std::string err;
};

// Runs a program to its end with `input` on stdin. One that is not done after `timeout` is killed and has the code 137.
RunResult run(const std::vector<std::string>& command, const std::string& input = {},
              const std::map<std::string, std::string>& environment = {},
              std::chrono::milliseconds timeout = std::chrono::seconds(60));

// The path of the tocsin that is under test, from TOCSIN_BINARY (ctest sets it); throws when it is not set.
std::string tocsin_binary();

}  // namespace tocsin::test
