# shellcheck shell=bash
# files PATTERN...: the project's files (those git knows or would add) that match one of the patterns, one a line.
files() {
  if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -- "$@" | while read -r name; do
      if [ -f "$name" ]; then echo "$name"; fi
    done
  else
    local pattern
    for pattern in "$@"; do
      find . -path ./build -prune -o -type f -path "./$pattern" -print
    done
  fi
}
