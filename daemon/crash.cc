#include "daemon/crash.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>

namespace tocsin {
namespace {

constexpr std::array kSignals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr std::size_t kStackBytes = 64u << 10;

int g_crash_fd = -1;

// The article in hand, as a signal handler can read it: plain values, the name borrowed.
struct InHand {
  const char* topic = nullptr;
  std::size_t topic_size = 0;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
};
// `volatile` on the flag: the handler runs on the same thread and must see what was stored before it.
thread_local InHand t_article;
thread_local volatile std::sig_atomic_t t_in_hand = 0;

char* append_number(char* out, std::int64_t value) {  // async-signal-safe
  std::array<char, 24> digits;
  std::size_t n = 0;
  auto rest = static_cast<std::uint64_t>(value < 0 ? 0 : value);
  do {
    digits[n++] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  while (n > 0) *out++ = digits[--n];
  return out;
}

// Only async-signal-safe calls. SA_RESETHAND has put the default action back, so raising ends the process as it would
// have ended without us, core dump included.
void on_crash(int signal) {
  const int saved = errno;
  if (t_in_hand != 0 && g_crash_fd >= 0) {
    t_in_hand = 0;
    std::array<char, 400> line;
    const std::size_t topic = std::min<std::size_t>(t_article.topic_size, 300);
    std::memcpy(line.data(), t_article.topic, topic);
    char* end = line.data() + topic;
    *end++ = ' ';
    end = append_number(end, t_article.partition);
    *end++ = ' ';
    end = append_number(end, t_article.offset);
    *end++ = '\n';
    (void)!::write(g_crash_fd, line.data(), static_cast<std::size_t>(end - line.data()));
  }
  errno = saved;
  ::raise(signal);
}

std::string crash_path(const std::string& state_dir) { return state_dir + "/crashes"; }

// Written beside and renamed, so that a reader sees the old file or the new one. A crash that another instance tells in
// between is lost; it will be told again by the next one.
void rewrite(const std::string& path, const std::vector<Coordinates>& entries) {
  const std::string fresh = path + ".new";
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    for (const Coordinates& at : entries) out << at.topic << ' ' << at.partition << ' ' << at.offset << '\n';
    if (!out.flush()) return;
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return;
  // The handler of this process must append to the new file.
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd < 0) return;
  if (g_crash_fd >= 0) {
    ::dup3(fd, g_crash_fd, O_CLOEXEC);
    ::close(fd);
  } else {
    ::close(fd);
  }
}

}  // namespace

Result<void> install_crash_handler(const std::string& state_dir) {
  if (state_dir.empty()) return {};
  const std::string path = crash_path(state_dir);
  ::mkdir(state_dir.c_str(), 0700);  // where it is there, or cannot be made, open() says the rest
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return fail("state_dir: cannot write " + path + ": " + std::strerror(errno) +
                "; make the directory and give it to the user that Tocsin runs as, or set state_dir");
  }
  if (g_crash_fd >= 0) ::close(g_crash_fd);
  g_crash_fd = fd;
  struct sigaction action {};
  action.sa_handler = on_crash;
  action.sa_flags = SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  for (const int signal : kSignals) sigaction(signal, &action, nullptr);
  return {};
}

struct CrashWatch::Stack {
  std::array<char, kStackBytes> bytes;
};

CrashWatch::CrashWatch() : stack_(std::make_unique<Stack>()) {
  stack_t stack{};
  stack.ss_sp = stack_->bytes.data();
  stack.ss_size = stack_->bytes.size();
  sigaltstack(&stack, nullptr);
}

CrashWatch::~CrashWatch() {
  leave();
  stack_t stack{};
  stack.ss_flags = SS_DISABLE;
  sigaltstack(&stack, nullptr);
}

void CrashWatch::enter(const Coordinates& at) {
  t_in_hand = 0;
  t_article = {at.topic.data(), at.topic.size(), at.partition, at.offset};
  std::atomic_signal_fence(std::memory_order_seq_cst);
  t_in_hand = 1;
}

void CrashWatch::leave() { t_in_hand = 0; }

Result<CrashRecord> CrashRecord::load(const std::string& state_dir) {
  CrashRecord record;
  if (state_dir.empty()) return record;
  record.path_ = crash_path(state_dir);
  std::ifstream in(record.path_, std::ios::binary);
  if (!in) {
    if (errno == ENOENT) return record;
    return fail("state_dir: cannot read " + record.path_ + ": " + std::strerror(errno));
  }
  // A line cut by a full disk, or anything else that is no entry, is skipped: the file is a hint, not an account.
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line.substr(0, 400));
    Coordinates at;
    if (!(fields >> at.topic >> at.partition >> at.offset) || at.partition < 0 || at.offset < 0) continue;
    record.entries_.push_back(std::move(at));
    if (record.entries_.size() > 2 * kMaxEntries)
      record.entries_.erase(record.entries_.begin(), record.entries_.begin() + kMaxEntries);
  }
  if (record.entries_.size() > kMaxEntries) {
    const auto surplus = static_cast<std::ptrdiff_t>(record.entries_.size() - kMaxEntries);
    record.entries_.erase(record.entries_.begin(), record.entries_.begin() + surplus);
    rewrite(record.path_, record.entries_);
  }
  return record;
}

bool CrashRecord::crashed_twice(const Coordinates& at) const { return std::ranges::count(entries_, at) >= 2; }

void CrashRecord::passed(const std::string& topic, std::int32_t partition, std::int64_t next_offset) {
  const std::size_t dropped = std::erase_if(entries_, [&](const Coordinates& at) {
    return at.topic == topic && at.partition == partition && at.offset < next_offset;
  });
  if (dropped > 0) rewrite(path_, entries_);
}

}  // namespace tocsin
