#!/usr/bin/env bash
# systemd.sh BUILD [OLD.deb]: the Debian package of the build folder (tests built, too) in a fresh Debian 12 under a systemd of
# its own, beside a real broker: installed, started without a broker, fed, reloaded, killed, frozen, stopped under load, upgraded
# (from OLD.deb, else from itself), removed and purged. One line for each claim; it ends with 1 at the first that is wrong.
#
# By hand and as root: it needs debootstrap, systemd-container, kcat and python3, a gigabyte of disk and some ten minutes the first
# time (the fresh Debian is kept in ${TOCSIN_CACHE:-~/.cache/tocsin}), less later. The container shares the machine's network.
set -euo pipefail
build=$(cd "$1" && pwd)
base=${TOCSIN_CACHE:-$HOME/.cache/tocsin}/debian-12-root
work=$(mktemp -d /var/tmp/tocsin-systemd.XXXXXX)
root=$work/root
container="" broker="" receiver="" leader="" addresses=127.0.0.1:9

finish() {
  local pid
  [ -z "$leader" ] || kill -s RTMIN+4 "$leader" || true # systemd: power off
  for pid in $broker $receiver; do kill "$pid" || true; done
  [ -z "$container" ] || wait "$container" || true
  rm -rf "$work"
}
trap finish EXIT

count=0
ok() { count=$((count + 1)) && echo "ok   $*"; }
fail() {
  echo "FAIL $*" >&2
  [ -z "$leader" ] || inside journalctl --no-pager --lines 15 --unit tocsin --unit tocsin-notify >&2
  exit 1
}
# claim TEXT COMMAND...: the command must succeed; until it does for at most 60 s.
claim() {
  local text=$1 end=$((SECONDS + 60))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "$text"
    sleep 0.2
  done
  ok "$text"
}
inside() { nsenter --target "$leader" --all -- /usr/bin/env -i --chdir=/ PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
property() { inside systemctl show --value --property "$2" "$1"; } # UNIT NAME
states() { # UNIT NAME...: the values of ActiveState, or of it and these, on one line
  local unit=$1 name values=()
  shift
  for name in ActiveState "${@:-UnitFileState}"; do values+=("$(property "$unit" "$name")"); done
  echo "${values[*]}"
}
results() { echo "$(property "$1" Result) $(property "$1" ExecMainStatus)"; }                # UNIT
process() { inside sed -n "s/^$1:[[:space:]]*//p" "/proc/$(property tocsin MainPID)/status"; } # NAME
dynamic_user() { # of the range that systemd takes them from
  local uid
  uid=$(inside stat -c %u "/proc/$(property tocsin MainPID)") && [ "$uid" -ge 61184 ] && [ "$uid" -le 65519 ]
}
mounted() { inside grep -qE "$1" "/proc/$(property tocsin MainPID)/mountinfo"; }               # REGEX
is() { [ "$("${@:2}")" = "$1" ]; }                                                             # VALUE COMMAND...
metric() { curl -sf http://127.0.0.1:9464/metrics | awk -v name="$1" '$1 == name { print int($2) }'; }
install_package() { inside apt-get install -y -qq -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold "$1" >"$work/apt.log" 2>&1 || { tail "$work/apt.log" && fail "apt-get install $1"; }; }

# Articles N and on, COUNT of them, to the raw topic: each tells of something else; every tenth is a launch.
articles() { # N COUNT
  python3 - "$1" "$2" <<'PYTHON'
import datetime, hashlib, json, sys
first, count = map(int, sys.argv[1:])
now = datetime.datetime.now(datetime.timezone.utc).isoformat()
for n in range(first, first + count):
    words = " ".join(hashlib.sha256(f"{n} {i}".encode()).hexdigest().translate(str.maketrans("0123456789", "ghijklmnop"))[:7] for i in range(60))
    what = "North Korea fired two ballistic missiles from Pyongyang on Monday, the military said. " if n % 10 == 0 else ""
    print(json.dumps({"uri": f"urn:test:{n}", "type": "text", "versioncreated": now, "headline": f"{what[:38]}{words[:40]}",
                      "body_text": f"{what}{words}.", "provider": "test"}))
PYTHON
}
send() { kcat -P -b "$addresses" -t wire.raw; }
# The raw offsets that committed records of the output topics name, one a line.
told() {
  local topic
  for topic in wire.enriched wire.duplicates wire.dead-letter; do
    kcat -C -b "$addresses" -t "$topic" -e -q -X isolation.level=read_committed -f '%h\n'
  done | grep -oE 'tocsin.offset=[0-9]+'
}
told_once() { [ "$(told | wc -l)" = "$1" ] && [ "$(told | sort -u | wc -l)" = "$1" ]; } # N
count_of() { committed "$1" | wc -l; }
posted() { if [ -f "$work/posted" ]; then wc -l <"$work/posted"; else echo 0; fi; }
committed() { kcat -C -b "$addresses" -t "$1" -e -q -X isolation.level=read_committed -f '%s\n'; }

# The package of the build folder, under a version of its own.
package() { # FILE VERSION
  if [ ! -d "$work/package" ]; then
    cpack --config "$build/CPackConfig.cmake" -G DEB -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip -B "$work/deb" >"$work/cpack.log" 2>&1 ||
      { cat "$work/cpack.log" && fail "cpack"; }
    dpkg-deb --raw-extract "$work"/deb/*.deb "$work/package"
  fi
  sed -i "s/^Version: .*/Version: $2/" "$work/package/DEBIAN/control"
  dpkg-deb --root-owner-group -Znone --build "$work/package" "$root/opt/$1" >/dev/null
}

if [ ! -d "$base" ]; then
  debootstrap --variant=minbase --include=systemd-sysv,ca-certificates bookworm "$base.new" >"$work/debootstrap.log" ||
    { tail "$work/debootstrap.log" && fail "debootstrap"; }
  mv "$base.new" "$base"
fi
cp -a "$base" "$root"
package new.deb 0.1.0-98
package newer.deb 0.1.0-99
if [ $# -gt 1 ]; then cp "$2" "$root/opt/old.deb"; else package old.deb 0.1.0-97; fi

systemd-nspawn --quiet --register=no --keep-unit --directory "$root" --boot --console=pipe </dev/null >"$work/boot.log" 2>&1 &
container=$!
until leader=$(pgrep --parent "$container" --exact systemd) && [[ $(inside systemctl is-system-running 2>&1) =~ running|degraded ]]; do
  kill -0 "$container" || { cat "$work/boot.log" && fail "the container does not boot"; }
  sleep 0.5
done
ok "systemd $(inside systemctl --version | sed -n '1s/.*(\(.*\))/\1/p') is running in a fresh Debian $(cat "$root/etc/debian_version")"
inside apt-get update -qq >/dev/null

# Without a broker.
install_package /opt/old.deb
claim "installing starts the unit" is active property tocsin ActiveState
claim "a broker that is away is told in the unit's status" is waiting_for_broker property tocsin StatusText
install_package /opt/new.deb
claim "an upgrade restarts it" is active property tocsin ActiveState
claim "the webhooks are installed, not started, not enabled" is "inactive disabled" states tocsin-notify
for unit in tocsin tocsin-notify; do
  inside systemd-analyze security --threshold=15 --no-pager "$unit.service" >"$work/security" || fail "$unit: exposure above 1.5"
  ok "$(tail -n 1 "$work/security" | tr -cd ' -~' | sed 's/^ *//; s/ *$//')"
done
claim "it has no capabilities" is 0000000000000000 process CapBnd
claim "it can gain none" is 1 process NoNewPrivs
claim "it runs under a filter of system calls" is 2 process Seccomp
claim "it has a user of its own, that exists while it runs" dynamic_user
claim "its root is read only" mounted '^([^ ]+ ){4}/ ro[, ]'
claim "it sees no processes but its own" mounted ' /proc .*hidepid=invisible'
claim "its state directory alone can be written to" mounted '/var/lib/private/tocsin rw'

# What deploy/Dockerfile gathers from such a machine, run as its image is: a user of a number, nothing to write to but the state.
install "$(dirname "$0")/../../deploy/image.sh" "$root/image.sh"
inside /image.sh /image
size=$(du --summarize --bytes --exclude gazetteer.img "$root/image" | cut -f1)
[ "$size" -lt 80000000 ] || fail "the image has $size bytes without the gazetteer"
ok "the image has $((size / 1000000)) MB without the gazetteer, $(du --summarize --bytes "$root/image" | cut -f1 | sed 's/......$//') with it"
in_image() { # COMMAND...
  # shellcheck disable=SC2016 # the inner shell's own variables
  exec unshare --mount --pid --fork --kill-child sh -c '
    image=$1 && shift
    mount --bind "$image" "$image" && mount -o remount,bind,ro "$image" && mount -t tmpfs -o uid=65532,mode=0700 none "$image/var/lib/tocsin" &&
      mount -t proc proc "$image/proc" &&
      TOCSIN_LISTEN=127.0.0.1:19464 chroot --userspec=65532:65532 "$image" "$@"' in_image "$root/image" "$@"
}
(in_image /usr/bin/tocsin check /etc/tocsin/tocsin.yaml) >"$work/check" 2>&1 || { cat "$work/check" && fail "tocsin check in the image"; }
ok "in the image, its root read only, tocsin checks its configuration"
in_image /usr/bin/tocsin run >"$work/image.log" 2>&1 &
image=$!
claim "and runs" curl -sf http://127.0.0.1:19464/live
kill -KILL "$image" # unshare takes no gentler one, and its child goes with it
wait "$image" || true

# The administrator's hand: brokers, a credential, webhooks, a watchdog that is quick enough for a test.
python3 - "$work" <<'PYTHON' &
import http.server, sys
class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        with open(sys.argv[1] + "/posted", "ab") as out:
            out.write(body + b"\n")
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
with open(sys.argv[1] + "/port", "w") as out:
    out.write(f"{server.server_port}")
server.serve_forever()
PYTHON
receiver=$!
claim "a receiver of webhooks listens" test -s "$work/port"
cat >>"$root/etc/tocsin/tocsin.yaml" <<END
kafka_files: {client.id: "\${CREDENTIALS_DIRECTORY}/client-id"}
notify:
  start: earliest
  allow: ["http://127.0.0.1:$(cat "$work/port")"]
  allow_networks: [127.0.0.0/8]
  webhooks:
    - {name: desk, kind: json, url: "http://127.0.0.1:$(cat "$work/port")/", secret_file: "\${CREDENTIALS_DIRECTORY}/client-id"}
END
install -m 0600 <(echo secret-name) "$root/etc/tocsin/client-id"
for unit in tocsin tocsin-notify; do
  mkdir -p "$root/etc/systemd/system/$unit.service.d"
  printf '[Service]\nLoadCredential=client-id:/etc/tocsin/client-id\nWatchdogSec=10\nEnvironmentFile=-/etc/default/tocsin\n' \
    >"$root/etc/systemd/system/$unit.service.d/test.conf"
done
inside systemctl daemon-reload
inside systemctl enable --quiet tocsin-notify
inside systemctl restart tocsin tocsin-notify || fail "both do not start with a credential"
ok "both start with a credential"
sleep 25
claim "the watchdog lets the daemon wait for its broker" is "active running 0" states tocsin SubState NRestarts
claim "the watchdog lets the webhooks wait for their broker" is "active running 0" states tocsin-notify SubState NRestarts

# With one.
mkfifo "$work/broker"
"$build/tests/support/tocsin_test_broker" --heap 384 >"$work/broker" &
broker=$!
read -r addresses <"$work/broker"
echo "TOCSIN_BROKERS=$addresses" >"$root/etc/default/tocsin"
inside env TOCSIN_BROKERS="$addresses" CREDENTIALS_DIRECTORY=/etc/tocsin tocsin check --online --create --partitions 1 /etc/tocsin/tocsin.yaml \
  >"$work/check" 2>&1 || { cat "$work/check" && fail "tocsin check --create"; }
inside systemctl restart tocsin tocsin-notify
claim "with a broker it is active" is active property tocsin StatusText
articles 0 300 | send
claim "300 articles are told, each once" told_once 300
[ "$(count_of wire.alerts)" -gt 0 ] || fail "no alert"
claim "what rang is posted" is "$(count_of wire.alerts)" posted

for i in $(seq 20); do
  inside systemctl reload tocsin || fail "reload $i"
  [ "$(metric 'tocsin_reloads_total{result="taken"}')" = "$i" ] || fail "reload $i came back before the rules were in use"
done
ok "20 reloads come back when the rules are in use"
echo "wrong: [" >"$root/usr/share/tocsin/knowledge/rules/zz.yaml"
inside systemctl reload tocsin || true
claim "a wrong rule is refused and the daemon goes on" is 1 metric 'tocsin_reloads_total{result="refused"}'
rm "$root/usr/share/tocsin/knowledge/rules/zz.yaml"
claim "it is still active" is "active running 0" states tocsin SubState NRestarts

inside systemctl kill --signal=KILL tocsin
claim "killed, it is started again" is 1 property tocsin NRestarts
claim "and takes over" is active property tocsin StatusText
inside systemctl kill --signal=STOP tocsin
claim "frozen, the watchdog ends it and it is started again" is 2 property tocsin NRestarts
claim "and takes over" is active property tocsin StatusText
articles 300 300 | send
claim "600 articles are told, each once" told_once 600

# A stop under load, an upgrade, state kept.
articles 600 3000 >"$work/load"
send <"$work/load" &
feed=$!
began=$(date +%s%N)
inside systemctl stop tocsin
took=$((($(date +%s%N) - began) / 1000000))
claim "a stop under load drains within its time (this one took $took ms)" is "success 0" results tocsin
wait "$feed"
inside systemctl start tocsin || fail "it does not start again"
claim "3,600 articles are told, each once" told_once 3600
duplicates=$(committed wire.duplicates | wc -l)
inside sed -i 's/^# window: .*/window: 48h/' /etc/tocsin/tocsin.yaml
install_package /opt/newer.deb
claim "an upgrade with a broker restarts it" is active property tocsin StatusText
claim "the administrator's configuration is kept" inside grep -q '^window: 48h' /etc/tocsin/tocsin.yaml
claim "the webhooks are enabled still" is "active enabled" states tocsin-notify UnitFileState
articles 0 50 | sed 's/urn:test:/urn:copy:/' | send
claim "the copies of 50 old articles are told" told_once 3650
claim "and known as copies: the state is kept" is $((duplicates + 50)) count_of wire.duplicates
claim "what rang is posted, each once" is "$(count_of wire.alerts)" posted
inside systemctl stop tocsin-notify
claim "the webhooks end in good order" is "success 0" results tocsin-notify

# What must be changed first is not tried again.
echo "artikles: 3" >>"$root/etc/tocsin/tocsin.yaml"
inside systemctl restart tocsin 2>/dev/null && fail "a wrong configuration starts"
claim "a wrong configuration fails once, with exit code 2" is "failed exit-code 2 0" states tocsin Result ExecMainStatus NRestarts
sed -i '/^artikles/d' "$root/etc/tocsin/tocsin.yaml"
inside systemctl start tocsin || fail "it does not start again"
claim "mended, it starts" is active property tocsin StatusText

inside apt-get remove -y -qq tocsin >/dev/null 2>&1
claim "removed, nothing runs" is "inactive inactive" echo "$(property tocsin ActiveState)" "$(property tocsin-notify ActiveState)"
claim "removed, the configuration is kept" test -f "$root/etc/tocsin/tocsin.yaml"
claim "removed, the crash record is kept" test -d "$root/var/lib/private/tocsin"
rm -rf "$root"/etc/systemd/system/tocsin*.service.d "$root/etc/tocsin/client-id" "$root/etc/default/tocsin" "$root"/opt/*.deb
inside apt-get purge -y -qq tocsin >/dev/null 2>&1
left=$(cd "$root" && find . -xdev -ipath '*tocsin*' ! -path './var/log/*' ! -path './image/*')
[ -z "$left" ] || fail "purged, but left: $left"
ok "purged, nothing of it is left"
echo "systemd: $count claims hold"
