#!/usr/bin/env bash
# Every source is as clang-format leaves it. To repair: tests/lint/format.sh --fix
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/lint/files.sh
if [ "${1:-}" = --fix ]; then
  files '*.h' '*.cc' | xargs clang-format-14 -i
else
  files '*.h' '*.cc' | xargs clang-format-14 --dry-run --Werror
fi
