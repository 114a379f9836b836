#!/usr/bin/env bash
# How dear the whole pipeline is, beside the bare parse of the same articles in the same run: read the ratio.
#
#   tests/bench/enrich.sh BUILD_FOLDER [ARTICLES.ndjson]
#
# Without a file only made-up articles of 3.6 kB are measured (enrich_bench). With one, `tocsin enrich` runs over it with
# one thread and with all, and the articles a second are printed.
set -euo pipefail

readonly build=${1:?usage: enrich.sh BUILD_FOLDER [ARTICLES.ndjson]}
"$build/tests/enrich_bench" --benchmark_min_time=0.5 --benchmark_format=csv 2>/dev/null |
  awk -F, '/^"BM_/ { gsub(/"/, "", $1); t[$1] = $4; if (!bare) bare = $4; printf "%-18s %10.2f us  %7.1f x the bare parse\n", $1, $4 / 1000, $4 / bare }'

[ $# -gt 1 ] || exit 0
articles=$(wc -l <"$2")
for threads in 1 0; do
  start=$(date +%s%N)
  "$build/daemon/tocsin" enrich --threads "$threads" <"$2" >/dev/null
  took=$((($(date +%s%N) - start) / 1000000))
  echo "tocsin enrich --threads $threads: $articles articles in $took ms, $((articles * 1000 / took)) a second"
done
