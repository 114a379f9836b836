#!/usr/bin/env bash
# Installs what the build needs; with the argument `tests` what the tests need as well, with `tsan` librdkafka once
# more as the thread sanitizer needs it: instrumented, and on pthreads, because it cannot follow C11 threads.
#
#   deploy/deps.sh [tests] [tsan]
#
# Packages come from Debian (deploy/packages.txt, tests/packages.txt); only missing ones are asked for. librdkafka is
# built from source into ${TOCSIN_CACHE:-~/.cache/tocsin}, once for a machine: Debian 12's own (2.0.2) has known defects in
# exactly-once. Where its source cannot be had or built, the distribution's is installed, with a warning that says so.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly rdkafka_version=2.15.1
readonly rdkafka_package=@confluentinc/kafka-javascript@1.10.1 # its deps/librdkafka is librdkafka's source as released
readonly rdkafka_sha256=ada7d703bb1d3237e2292bfabf438d663b6160c9f1ac2a2406b5dc4257c81b66
readonly cache=${TOCSIN_CACHE:-$HOME/.cache/tocsin}

say() { echo "deps: $*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "needs root for: $*"
    return 1
  fi
}

names_in() { sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$@"; }

# A package is there when dpkg says so, or when a command of its name is (an npm or a maven from elsewhere will do).
is_there() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] || command -v "$1" >/dev/null
}

install_missing() {
  local name missing=()
  for name in "$@"; do
    is_there "$name" || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" >/dev/null
}

# In the folder $1: fetch, check, build with the options $3...; the result lies in $1/root$2.
make_librdkafka() {
  local options=("${@:3}")
  cd "$1" &&
    npm pack --silent "$rdkafka_package" &&
    echo "$rdkafka_sha256  $(echo ./*.tgz)" | sha256sum --check &&
    tar -xzf ./*.tgz package/deps/librdkafka &&
    cd package/deps/librdkafka &&
    ./configure --prefix="$2" --enable-static "${options[@]}" &&
    make -j"$(nproc)" libs &&
    make install-subdirs DESTDIR="$1/root" &&
    cp LICENSES.txt "$1/root$2"
}

# Everything happens beside the final place, which appears whole or not at all.
build_librdkafka() {
  local prefix=$1 work made=1
  shift
  work=$(mktemp -d "$cache/librdkafka.XXXXXX")
  if (make_librdkafka "$work" "$prefix" "$@") >"$cache/librdkafka.log" 2>&1; then
    mv -T "$work/root$prefix" "$prefix" && made=0
  fi
  rm -rf "$work"
  return $made
}

# get_librdkafka SUFFIX OPTIONS...: the folder in the cache is librdkafka-VERSION and the suffix.
get_librdkafka() {
  local prefix=$cache/librdkafka-$rdkafka_version$1
  shift
  mkdir -p "$cache"
  exec 9>"$cache/librdkafka.lock"
  flock 9 # two builds on one machine make it once
  [ ! -e "$prefix/lib/pkgconfig/rdkafka-static.pc" ] || return 0
  say "building librdkafka $rdkafka_version into $prefix (about 90 seconds on 2 cores)"
  if build_librdkafka "$prefix" "$@"; then
    exec 9>&-
    return 0
  fi
  tail -n 5 "$cache/librdkafka.log" >&2
  say "WARNING: librdkafka $rdkafka_version could not be built (see $cache/librdkafka.log)."
  say "WARNING: falling back to the distribution's librdkafka-dev, which has known defects in exactly-once."
  install_missing librdkafka-dev
  exec 9>&-
}

mapfile -t packages < <(names_in deploy/packages.txt)
tsan=
for word in "$@"; do
  case $word in
    tests) mapfile -t -O ${#packages[@]} packages < <(names_in tests/packages.txt) ;;
    tsan) tsan=1 ;;
    *)
      say "usage: deploy/deps.sh [tests] [tsan]"
      exit 2
      ;;
  esac
done
install_missing "${packages[@]}"
get_librdkafka -hardened --CFLAGS="-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"
[ -z "$tsan" ] || get_librdkafka -tsan --disable-c11threads --CFLAGS=-fsanitize=thread --LDFLAGS=-fsanitize=thread
