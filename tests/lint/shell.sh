#!/usr/bin/env bash
# Every shell script passes shellcheck.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/lint/files.sh
{
  files '*.sh'
  if [ -f .ci/run ]; then echo .ci/run; fi
} | xargs shellcheck -x
