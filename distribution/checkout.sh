# Sourced by the launchers at the root of a checkout: installs what is missing, builds when sources are newer than the
# distribution, then leaves the distribution's folder in $home. Needs: $root, $tool. Everything it says goes to stderr.

home=$root/distribution/target/kmdebug-0.1.0/kmdebug-0.1.0

say() { echo "$tool: $*" >&2; }

# apt WORD...: installs packages as root or through sudo, or prints the commands and stops. A word a|b|c stands for
# the first of these packages that this release of the system has.
apt() {
  if ! command -v apt-get >/dev/null 2>&1; then
    say "this system has no apt-get. Install by other means: $*"
    exit 1
  fi
  if [ "$(id -u)" = 0 ]; then
    sudo=
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    sudo="sudo -n"
  else
    say "not root, and sudo wants a password. Run this, then start again:"
    echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $(first_names "$@")" >&2
    exit 1
  fi
  say "installing$(printf ' %s' "$@")"
  $sudo apt-get update -q >"$log" 2>&1 || say "apt-get update failed (see $log); trying with the old lists"
  keep_services_down
  packages=
  for word in "$@"; do packages="$packages $(available "$word")"; done
  # shellcheck disable=SC2086 # one word a package
  if ! $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages >>"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "could not install$packages; the whole output is in $log"
    exit 1
  fi
  drop_policy
}

# The tests start servers by themselves: a package's own service is not started by its installation (policy-rc.d is
# what Debian asks, Policy 9.3.3.2). A policy that is there already stays.
keep_services_down() {
  policy=/usr/sbin/policy-rc.d
  [ ! -e "$policy" ] || return 0
  trap drop_policy EXIT
  printf '#!/bin/sh\n# of %s, for a moment\nexit 101\n' "$root" | $sudo tee "$policy" >/dev/null
  $sudo chmod 755 "$policy"
}

drop_policy() {
  trap - EXIT
  if [ -e "${policy-}" ] && grep -qF "$root" "$policy"; then $sudo rm -f "$policy"; fi
}

first_names() { for word in "$@"; do printf '%s ' "${word%%|*}"; done; }

available() {
  rest=$1
  while :; do
    candidate=${rest%%|*}
    if [ "$candidate" = "$rest" ] || apt-cache show "$candidate" >/dev/null 2>&1; then
      echo "$candidate"
      return
    fi
    rest=${rest#*|}
  done
}

have_jdk() {
  for jdk in "${JAVA_HOME:-/nonexistent}" /usr/lib/jvm/*; do
    [ -x "$jdk/bin/javac" ] && [ -r "$jdk/release" ] || continue
    major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$jdk/release")
    [ "${major:-0}" -ge 17 ] && return 0
  done
  return 1
}

have_capstone() {
  for library in /usr/lib/*/libcapstone.so.[45] /lib/*/libcapstone.so.[45] /usr/lib/libcapstone.so.[45]; do
    [ -e "$library" ] && return 0
  done
  return 1
}

# What building and running need; with "test", what the tests need on top.
install_missing() {
  missing=
  have_jdk || missing="$missing openjdk-17-jdk-headless|openjdk-21-jdk-headless|openjdk-25-jdk-headless|default-jdk-headless"
  command -v mvn >/dev/null 2>&1 || missing="$missing maven"
  command -v gcc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
  command -v musl-gcc >/dev/null 2>&1 || missing="$missing musl-tools"
  have_capstone || missing="$missing libcapstone4|libcapstone5"
  if [ "${1-}" = test ]; then
    for pair in kill:procps ps:procps man:man-db gdb:gdb gdbserver:gdbserver lldb-19:lldb-19 qemu-x86_64:qemu-user qemu-system-x86_64:qemu-system-x86 valgrind:valgrind clang:clang g++:g++ objdump:binutils eu-stack:elfutils busybox:busybox-static /usr/bin/go:golang-go npm:npm curl:curl make:make groff:groff-base dwz:dwz llvm-dwp:llvm \
      git:git python3:python3 node:nodejs perl:perl lua5.4:lua5.4 gawk:gawk mawk:mawk bc:bc m4:m4 jq:jq rg:ripgrep xz:xz-utils zstd:zstd \
      openssl:openssl redis-server:redis-server memcached:memcached nginx:nginx /usr/bin/rustc:rustc sqlite3:sqlite3 chromium:chromium; do
      PATH=$PATH:/usr/sbin command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
    done
    ls /usr/lib/llvm-*/include/c++/v1/vector >/dev/null 2>&1 || missing="$missing libc++-dev libc++abi-dev"
    dpkg-query -s libc6-dbg >/dev/null 2>&1 || missing="$missing libc6-dbg"
    [ -e /usr/include/x86_64-linux-gnu/sys/types.h ] || missing="$missing libc6-dev"
  fi
  # shellcheck disable=SC2086 # one word a package
  [ -z "$missing" ] || apt $missing
}

# A large program of the system with its debug information, for the tests: both packages must be of one version, and the
# installed one may be another, so that they are unpacked in target/debug-packages and not installed.
unpack_debug_packages() {
  packages=$root/target/debug-packages
  [ ! -d "$packages" ] || return 0
  python=$(/usr/bin/python3 -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
  part=$packages.part
  rm -rf "$part"
  mkdir -p "$part"
  say "unpacking $python-dbg for the tests"
  fetch_packages "$part" "$python-minimal" "$python-dbg" || {
    # old lists name packages that are gone
    [ "$(id -u)" != 0 ] || apt-get update -q >"$log" 2>&1 || :
    fetch_packages "$part" "$python-minimal" "$python-dbg"
  } || {
    tail -n 20 "$log" >&2
    say "could not fetch $python-minimal and $python-dbg; the whole output is in $log"
    exit 1
  }
  for package in "$part"/*.deb; do dpkg-deb -x "$package" "$part"; done
  rm -f "$part"/*.deb
  mv "$part" "$packages"
}

fetch_packages() { (cd "$1" && shift && apt-get download -q "$@" >>"$log" 2>&1); }

stale() {
  [ -e "$home/.built" ] || return 0
  [ -n "$(find "$root" -name target -prune -o -name .git -prune -o -path "$root/tests" -prune -o -path "$root/bench" -prune -o \
    -type f \( -name '*.java' -o -name '*.c' -o -name pom.xml -o -name '*.sh' -o -path '*/src/main/*' \) -newer "$home/.built" -print -quit)" ]
}

build() {
  say "building; the output is in $log"
  if ! (cd "$root" && ./mvnw -q -B -Dquick package -Dmaven.test.skip=true -pl distribution -am) >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    say "the build failed; the whole output is in $log"
    exit 1
  fi
  finish_distribution
}

finish_distribution() {
  if [ -w /dev/kvm ]; then
    "$home/bin/make-archives" >>"$log" 2>&1 || say "no class archives were made (see $log): starting will be slower"
  fi
  touch "$home/.built"
}

mkdir -p "$root/target"
log=$root/target/checkout.log
