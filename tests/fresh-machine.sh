#!/bin/sh
# Proves that a bare machine is enough: makes a minimal Debian root with debootstrap, binds /dev/kvm into it, copies this
# checkout there, and runs "./kmdebug demo" and "./kmdebug test" inside. Needs root, debootstrap, /dev/kvm and about
# 6 GB of disk; takes about half an hour. Not part of the test command.
#
# fresh-machine.sh [FOLDER]   FOLDER keeps the root (default: a temporary one, removed at the end)
#                             FRESH_TEST_OPTIONS: more words for "./kmdebug test", -fae for one
set -eu
root=$(CDPATH= cd -P -- "$(dirname -- "$0")/.." && pwd)
[ "$(id -u)" = 0 ] || { echo "fresh-machine: must be root (debootstrap, mount)" >&2; exit 1; }
[ -c /dev/kvm ] || { echo "fresh-machine: /dev/kvm is missing" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "fresh-machine: install debootstrap first" >&2; exit 1; }

keep=${1-}
system=${keep:-$(mktemp -d)}
# What is mounted ends with this namespace. Its root is pivoted, not changed: a changed root may make no user namespaces.
if [ -z "${FRESH_MACHINE_INSIDE-}" ]; then
  status=0
  trap 'status=130' INT TERM
  FRESH_MACHINE_INSIDE=1 unshare --mount --propagation private "$0" "$system" || status=$?
  [ -n "$keep" ] || rm -rf --one-file-system "$system"
  exit $status
fi

if [ ! -x "$system/usr/bin/apt-get" ]; then
  debootstrap --variant=minbase --include=ca-certificates bookworm "$system" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"}
fi
# The package sources, proxies and certificates that this machine uses.
cp /etc/resolv.conf "$system/etc/" 2>/dev/null || :
for file in /etc/apt/sources.list /etc/apt/apt.conf; do [ ! -f "$file" ] || cp "$file" "$system$file"; done
for folder in /etc/apt/sources.list.d /etc/apt/apt.conf.d /usr/local/share/ca-certificates; do
  [ ! -d "$folder" ] || cp -a "$folder/." "$system$folder/"
done
chroot "$system" update-ca-certificates >/dev/null 2>&1 || :
home_there=$system/root
for file in .m2/settings.xml .npmrc; do
  [ ! -f "$HOME/$file" ] || { mkdir -p "$(dirname "$home_there/$file")"; cp "$HOME/$file" "$home_there/$file"; }
done

mount --bind "$system" "$system"
mount -t proc proc "$system/proc"
mount -t sysfs sys "$system/sys"
mount -t tmpfs -o mode=755 dev "$system/dev"
mkdir "$system/dev/pts" "$system/dev/shm"
mount -t devpts -o ptmxmode=666 pts "$system/dev/pts"
ln -s pts/ptmx "$system/dev/ptmx"
ln -s /proc/self/fd "$system/dev/fd"
for name in "stdin 0" "stdout 1" "stderr 2"; do
  # shellcheck disable=SC2086 # name, number
  set -- $name
  ln -s "/proc/self/fd/$2" "$system/dev/$1"
done
for device in "null 1 3" "zero 1 5" "full 1 7" "random 1 8" "urandom 1 9" "tty 5 0"; do
  # shellcheck disable=SC2086 # name, major, minor
  set -- $device
  mknod -m 666 "$system/dev/$1" c "$2" "$3"
done
touch "$system/dev/kvm"
mount --bind /dev/kvm "$system/dev/kvm"

rm -rf "$system/opt/kmdebug"
git clone -q "$root" "$system/opt/kmdebug"
cd "$system"
mkdir -p before
pivot_root . before
umount -l /before
cd /opt/kmdebug
there() {
  env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 ${HTTPS_PROXY:+HTTPS_PROXY="$HTTPS_PROXY"} \
    ${HTTP_PROXY:+HTTP_PROXY="$HTTP_PROXY"} ${MAVEN_OPTS:+MAVEN_OPTS="$MAVEN_OPTS"} "$@"
}
there ./kmdebug demo
# shellcheck disable=SC2086 # words
there ./kmdebug test ${FRESH_TEST_OPTIONS-}
echo "fresh-machine: demo and test succeeded"
