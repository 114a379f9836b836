// The main of test programs that need a broker. Without Kafka's jars they are skipped, by name and loudly; where
// CI=true that is a failure, because a change must not pass on tests that did not run.
#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/support/broker.h"

namespace {

constexpr int kSkipped = 77;  // SKIP_RETURN_CODE in tests/CMakeLists.txt

}  // namespace

int main(int count, char** arguments) {
  testing::InitGoogleMock(&count, arguments);
  if (!tocsin::test::Cluster::jars().empty()) return RUN_ALL_TESTS();
  const char* ci = std::getenv("CI");
  const bool fails = ci != nullptr && std::string_view(ci) == "true";
  std::fprintf(stderr, "%s: %s: Kafka's jars are not there (tests/support/kafka_jars.sh fetches them)\n",
               fails ? "FAILED" : "SKIPPED", arguments[0]);
  return fails ? 1 : kSkipped;
}
