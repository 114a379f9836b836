#!/usr/bin/env bash
# From a fresh Debian 12 to a running Tocsin: installs what the build needs, builds, and runs the demonstration, which ends
# by itself (--stay keeps it). Arguments go to `tocsin demo`.
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/deps.sh
cmake --preset release -Wno-dev
cmake --build --preset release
exec build/release/daemon/tocsin demo "$@"
