#!/usr/bin/env bash
# Runs every test, from nothing: installs what is missing, builds, and runs unit tests, golden files, integration on a real
# broker, replay of the fuzzers' corpora, and linters. It ends with ctest's own summary.
#
#   tests/run.sh [dev|asan|tsan] [ctest's arguments, for example -L text or -R integration]
#
# Where Kafka's jars cannot be had, the tests that need a broker are skipped by name; with CI=true that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

preset=dev
case ${1:-} in
  dev | asan | tsan)
    preset=$1
    shift
    ;;
esac

if [ "$preset" = tsan ]; then
  deploy/deps.sh tests tsan
else
  deploy/deps.sh tests
fi
if ! tests/support/kafka_jars.sh >/dev/null; then
  echo "tests: WARNING: Kafka's jars cannot be had: the tests with the labels integration and chaos will be skipped" >&2
fi

if [ "$preset" = tsan ]; then
  export TSAN_OPTIONS="suppressions=$PWD/tests/support/tsan.supp:${TSAN_OPTIONS:-}"
fi
export GTEST_COLOR=no UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1:${UBSAN_OPTIONS:-}"

cmake --preset "$preset"
cmake --build --preset "$preset"
exec ctest --test-dir "build/$preset" --output-on-failure -j "$(nproc)" "$@"
