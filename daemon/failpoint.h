// Failpoints: places at which the chaos test kills the process or makes it wrong on purpose. Compiled in with
// TOCSIN_FAILPOINTS only (never in the release preset); elsewhere both functions are nothing.
//
//   TOCSIN_FAILPOINT=after_produce:3       SIGKILL the third time that failpoint("after_produce") is passed
//   TOCSIN_FAILPOINT=after_produce:3:stop  SIGSTOP in its place: whoever goes on from there later is a zombie
//   TOCSIN_MUTANT=offsets_outside          mutant("offsets_outside") is true: the defect that the test must catch
#pragma once

#include <string_view>

namespace tocsin {

#ifdef TOCSIN_FAILPOINTS
void failpoint(std::string_view name);
bool mutant(std::string_view name);
#else
inline void failpoint(std::string_view) {}
constexpr bool mutant(std::string_view) { return false; }
#endif

}  // namespace tocsin
