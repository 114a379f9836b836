#include "tests/support/child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "tests/support/temp_dir.h"

namespace tocsin::test {
namespace {

std::vector<std::string> whole_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!added.contains(text.substr(0, text.find('=')))) all.push_back(text);
  }
  for (const auto& [name, value] : added) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

int open_or_throw(const std::filesystem::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
  if (fd < 0) throw std::runtime_error("cannot open " + path.string() + ": " + std::strerror(errno));
  return fd;
}

// In the new process, after fork: only calls that are safe there. Never returns.
[[noreturn]] void become(const int (&fds)[3], char** arguments, char** environment, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it ended between fork and prctl
  for (int target = 0; target < 3; ++target) {
    if (fds[target] >= 0) ::dup2(fds[target], target);
  }
  ::execvpe(arguments[0], arguments, environment);
  const char message[] = "cannot be executed: ";
  (void)!::write(2, message, sizeof message - 1);
  (void)!::write(2, arguments[0], std::strlen(arguments[0]));
  (void)!::write(2, "\n", 1);
  ::_exit(127);
}

}  // namespace

Child::Child(const ChildOptions& options) {
  std::vector<std::string> command = options.command;
  std::vector<std::string> environment = whole_environment(options.environment);
  const std::vector<char*> arguments = pointers(command);
  const std::vector<char*> variables = pointers(environment);
  constexpr int kAppend = O_WRONLY | O_CREAT | O_APPEND;
  const int fds[3] = {open_or_throw(options.input.empty() ? "/dev/null" : options.input, O_RDONLY),
                      options.output.empty() ? -1 : open_or_throw(options.output, kAppend),
                      options.errors.empty() ? -1 : open_or_throw(options.errors, kAppend)};
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) become(fds, const_cast<char**>(arguments.data()), const_cast<char**>(variables.data()), parent);
  for (const int fd : fds) {
    if (fd >= 0) ::close(fd);
  }
  if (pid_ < 0) throw std::runtime_error("cannot fork");
}

Child::~Child() { kill(); }

void Child::collect(bool block) {
  if (code_) return;
  int status = 0;
  pid_t ended = 0;
  do {
    ended = ::waitpid(pid_, &status, block ? 0 : WNOHANG);
  } while (ended < 0 && errno == EINTR);
  if (ended == pid_) code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

double Child::anonymous_mb() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) return std::atof(line.c_str() + 8) / 1024.0;
  return 0;
}

bool Child::running() {
  collect(false);
  return !code_;
}

void Child::signal(int number) {
  if (running()) ::kill(pid_, number);
}

void Child::terminate() { signal(SIGTERM); }
void Child::pause() { signal(SIGSTOP); }
void Child::resume() { signal(SIGCONT); }

void Child::kill() {
  signal(SIGKILL);
  collect(true);
}

std::optional<int> Child::wait(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (running() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return code_;
}

RunResult run(const std::vector<std::string>& command, const std::string& input,
              const std::map<std::string, std::string>& environment, std::chrono::milliseconds timeout) {
  const TempDir dir;
  Child child({.command = command,
               .environment = environment,
               .input = dir.write("in", input),
               .output = dir.path() / "out",
               .errors = dir.path() / "err"});
  std::optional<int> code = child.wait(timeout);
  if (!code) {
    child.kill();
    code = child.wait({});
  }
  return {.code = *code, .out = read_file(dir.path() / "out"), .err = read_file(dir.path() / "err")};
}

std::string tocsin_binary() {
  const char* path = std::getenv("TOCSIN_BINARY");
  if (path == nullptr) throw std::runtime_error("TOCSIN_BINARY is not set: run this test by ctest");
  return path;
}

}  // namespace tocsin::test
