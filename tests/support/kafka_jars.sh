#!/usr/bin/env bash
# Fetches Apache Kafka's jars (broker.pom.xml names the version) by Maven into the cache folder, once for a machine, and
# prints the folder they are in. Fails when they cannot be had.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n '/kafka_2.13/,/version/s|.*<version>\(.*\)</version>.*|\1|p' "$here/broker.pom.xml")
cache=${TOCSIN_CACHE:-$HOME/.cache/tocsin}
jars=$cache/kafka-$version

if [ ! -d "$jars" ]; then
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/kafka.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mvn -B -q -f "$here/broker.pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$work/jars" >&2
  mv -T "$work/jars" "$jars" 2>/dev/null || [ -d "$jars" ] # another run was first
fi
echo "$jars"
