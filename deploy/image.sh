#!/bin/sh
# image.sh DIR: gathers in DIR what the container image holds, on a Debian where the package is installed: the binary, its
# knowledge and configuration, the libraries that it is linked with, the certificates of authorities, the time zones, a user
# without rights,
# and which packages all that came with, where scanners look for it. No shell, no package manager.
set -eu
image=$1

mkdir -p "$image/usr/bin" "$image/usr/lib64" "$image/usr/share" "$image/etc/ssl/certs" "$image/var/lib/dpkg/status.d"
for name in bin lib lib64; do ln -s "usr/$name" "$image/$name"; done
install -d -m 1777 "$image/tmp"
install -d "$image/proc" "$image/sys" "$image/dev" # mounted by who runs it
install -d -o 65532 -g 65532 -m 0700 "$image/var/lib/tocsin"

cp /usr/bin/tocsin "$image/usr/bin/"
cp -R /usr/share/tocsin "$image/usr/share/"
cp -R /etc/tocsin "$image/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$image/etc/ssl/certs/"
mkdir "$image/usr/share/zoneinfo"
cp -R /usr/share/zoneinfo/[A-Z]* "$image/usr/share/zoneinfo/" # without the doubles in posix/ and right/
cp /etc/os-release "$image/etc/"
echo 'hosts: files dns' >"$image/etc/nsswitch.conf"
printf '%s\n' root:x:0:0::/root:/sbin/nologin tocsin:x:65532:65532::/var/lib/tocsin:/sbin/nologin >"$image/etc/passwd"
printf '%s\n' root:x:0: tocsin:x:65532: >"$image/etc/group"

# The loader looks below /usr/lib by the names that the binary has for its libraries.
libraries=$(ldd /usr/bin/tocsin | grep -o '/lib[^ ]*')
for library in $libraries; do
  mkdir -p "$image/usr${library%/*}"
  cp -L "$library" "$image/usr$library"
done

for package in tocsin ca-certificates tzdata $(for library in $libraries; do dpkg-query -S "*$library" | cut -d: -f1; done | sort -u); do
  dpkg-query -s "$package" >"$image/var/lib/dpkg/status.d/$package"
done
