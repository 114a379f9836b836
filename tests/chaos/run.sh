#!/usr/bin/env bash
# The full chaos run: 50,000 articles, 20 instances killed at failpoints, 5 stopped beyond their session, 3 brokers killed,
# and half of that again on several partitions. About five minutes on two quiet cores. docs/chaos.md tells what it shows.
#
#   tests/chaos/run.sh [BUILD]     BUILD is a build folder with failpoints, build/dev by default
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build/dev}
export TOCSIN_BINARY="$build/daemon/tocsin"
export TOCSIN_CHAOS_ARTICLES=${TOCSIN_CHAOS_ARTICLES:-50000} TOCSIN_CHAOS_KILLS=${TOCSIN_CHAOS_KILLS:-20}
export TOCSIN_CHAOS_STOPS=${TOCSIN_CHAOS_STOPS:-5} TOCSIN_CHAOS_BROKERS=${TOCSIN_CHAOS_BROKERS:-3}
exec "$build/tests/test_chaos_chaos"
