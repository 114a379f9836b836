// What the machine itself can do to a daemon, for LD_PRELOAD: its clock jumps, names resolve no longer. The file
// $TOCSIN_TROUBLE is a Trouble (trouble.h), mapped, so that who started the daemon makes trouble by writing to it.
#include "tests/support/trouble.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <threads.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace {

using tocsin::test::Trouble;

const volatile Trouble* mapped() {
  static const Trouble kNone{};
  const char* path = std::getenv("TOCSIN_TROUBLE");
  const int fd = path ? ::open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return &kNone;
  void* at = ::mmap(nullptr, sizeof(Trouble), PROT_READ, MAP_SHARED, fd, 0);
  ::close(fd);
  return at == MAP_FAILED ? &kNone : static_cast<const Trouble*>(at);
}

const volatile Trouble& trouble() {
  static const volatile Trouble* at = mapped();
  return *at;
}

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// The kernel's clock has not jumped: a moment to wait for is told to it in its own time.
timespec in_kernel_time(const timespec* moment) {
  timespec out = *moment;
  out.tv_sec -= trouble().clock_s;
  return out;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  static auto* const real = next<int(clockid_t, timespec*)>("clock_gettime");
  const int result = real(clock, now);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += trouble().clock_s;
  return result;
}

int gettimeofday(timeval* now, void* zone) noexcept {
  static auto* const real = next<int(timeval*, void*)>("gettimeofday");
  const int result = real(now, zone);
  now->tv_sec += trouble().clock_s;
  return result;
}

time_t time(time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}

int timespec_get(timespec* now, int base) noexcept {
  return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}

int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
  static auto* const real = next<int(cnd_t*, mtx_t*, const timespec*)>("cnd_timedwait");
  const timespec moment = in_kernel_time(until);
  return real(condition, mutex, &moment);
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  static auto* const real = next<int(pthread_cond_t*, pthread_mutex_t*, const timespec*)>("pthread_cond_timedwait");
  const timespec moment = in_kernel_time(until);
  return real(condition, mutex, &moment);
}

int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
  static auto* const real = next<int(const char*, const char*, const addrinfo*, addrinfo**)>("getaddrinfo");
  return trouble().no_names != 0 ? EAI_AGAIN : real(node, service, hints, found);
}

}  // extern "C"
