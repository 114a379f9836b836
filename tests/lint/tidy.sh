#!/usr/bin/env bash
# tidy.sh BUILD [FILE...]: clang-tidy over the sources of common/ and daemon/ (or the files named), by BUILD's compile
# commands. A file that passed is not looked at again until it, a header, or .clang-tidy changes.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/lint/files.sh
build=$1
shift
passed=${TOCSIN_CACHE:-$HOME/.cache/tocsin}/tidy
mkdir -p "$passed"
find "$passed" -type f -mtime +30 -delete

headers=$({ files '*.h' && echo .clang-tidy; } | xargs cat | sha256sum)
check() { # FILE
  local key
  key=$({ echo "$headers"; cat "$1"; } | sha256sum | cut -d' ' -f1)
  [ ! -e "$passed/$key" ] || return 0
  if clang-tidy-14 --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option \
    --extra-arg=-Wno-gnu-statement-expression "$1" 2>"$passed/$key.err"; then
    : >"$passed/$key"
    rm -f "$passed/$key.err"
  else
    grep -vE 'warnings? generated' "$passed/$key.err" >&2 || true
    rm -f "$passed/$key.err"
    return 1
  fi
}
export -f check
export headers build passed
# shellcheck disable=SC2016 # expanded by the inner shell
if [ $# -gt 0 ]; then printf '%s\n' "$@"; else files 'common/*.cc' 'daemon/*.cc'; fi |
  xargs -P "$(nproc)" -I{} bash -c 'check "$1"' _ {}
