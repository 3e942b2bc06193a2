# Sourced by the launchers beside it. Picks a Java runtime (the newest from 17 on), a class archive made for it, and
# starts one of the jars. No process is started on the way to the JVM, so that starting stays cheap.
#
# Set before:  tool (km, km_cli, kmdebug), role (which archive: km, km_cli, dap, cli), home (the distribution), main (the
#              class)
# Environment: KMDEBUG_JAVA_HOME  the runtime to use, whatever else is installed
#              KMDEBUG_RECORD     a folder: record the class archive of this role there when the program ends

# A descriptor that is closed here would become one of the JVM's own files, and that the payload's.
[ -e /proc/self/fd/0 ] || exec </dev/null
[ -e /proc/self/fd/1 ] || exec >/dev/null
[ -e /proc/self/fd/2 ] || exec 2>/dev/null

java= version=0 release=

# consider HOME: takes the runtime in HOME when it is newer than what was found before
consider() {
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
  while IFS='=' read -r key value; do
    [ "$key" = JAVA_VERSION ] || continue
    value=${value#\"} value=${value%%[!0-9]*}
    [ "${value:-0}" -gt "$version" ] && java=$1/bin/java version=$value release=$1/release
    return 0
  done <"$1/release"
}

if [ -n "${KMDEBUG_JAVA_HOME-}" ]; then
  consider "$KMDEBUG_JAVA_HOME"
else
  [ -z "${JAVA_HOME-}" ] || consider "$JAVA_HOME"
  for jdk in /usr/lib/jvm/* /opt/java/* /opt/jdk*; do
    [ -h "$jdk" ] || consider "$jdk"
  done
  if [ "$version" -lt 17 ] && command -v java >/dev/null 2>&1; then
    found=$(readlink -f "$(command -v java)")
    consider "${found%/bin/java}"
  fi
fi
if [ "$version" -lt 17 ]; then
  where="JAVA_HOME, /usr/lib/jvm, /opt or on PATH"
  [ -z "${KMDEBUG_JAVA_HOME-}" ] || where=KMDEBUG_JAVA_HOME=$KMDEBUG_JAVA_HOME
  echo "$tool: needs Java 17 or newer; none was found in $where." >&2
  echo "$tool: install one (Debian, Ubuntu: apt-get install openjdk-17-jdk-headless), or name it in KMDEBUG_JAVA_HOME." >&2
  exit 1
fi

# Whether a program is simply run: without options, and no snapshot.
case ${1-} in -* | *kmsnap*) plain=no ;; *) plain=yes ;; esac
case $tool in km_cli) jar=$home/lib/km.jar ;; *) jar=$home/lib/$tool.jar ;; esac
set -- -cp "$jar" "$main" "$@"
if [ "$version" -ge 24 ]; then
  set -- --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow "$@"
fi
# The archive's profiles of methods have a session's compiled early; a payload starts before a thread is through with them.
case $role in km*) set -- -XX:-AOTReplayTraining -XX:-AOTRecordTraining "$@" ;; esac
# Sessions and payloads start at once and wait for nothing: the quick compiler alone serves them best, and an archive at
# the address that it was made for, where it need not be relocated.
[ "$role" = cli ] || set -- -XX:TieredStopAtLevel=1 -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 "$@"
# The monitor needs little of its own, and what it does not collect early stays resident beside the payload.
[ "$role" != km ] || set -- -Xms12m -Xmn4m -Xmx512m -XX:ReservedCodeCacheSize=24m "$@"

if [ "$role" = km ]; then
  # Until the monitor takes signals over they do to km what they do to any program, not what the JVM would have them do.
  # With -Xrs the JVM would open a socket for tools to attach to, one that every program it starts inherits.
  set -- -Xrs -XX:+DisableAttachMechanism "$@"
  # The JVM takes these three for itself and forgets whether they were ignored, which the payload inherits. A shell that
  # was started with a signal ignored cannot trap it.
  ignored=$((0x01001800))
  trap 'ignored=$((ignored & ~0x1000))' PIPE
  trap 'ignored=$((ignored & ~0x800))' USR2
  trap 'ignored=$((ignored & ~0x1000000))' XFSZ
  kill -s PIPE $$ && kill -s USR2 $$ && kill -s XFSZ $$
  trap - PIPE USR2 XFSZ
  [ "$ignored" = 0 ] || set -- "-Dkmdebug.ignored=$ignored" "$@"
fi

# An archive belongs to one runtime and one jar. The distribution's own folder first, else the user's cache. A JVM loads all
# classes of its archive before it does anything: a payload that is simply run has one of its own, with what that takes.
archive=$role-$version.cds recorded=true
case $role-$plain in km-yes) recorded=ordinary ;; km-*) archive=km-all-$version.cds ;; esac
if [ -w "$home/lib" ]; then archives=$home/lib/archives; else archives=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/kmdebug; fi
if [ -n "${KMDEBUG_RECORD-}" ]; then
  set -- "-Dkmdebug.record=$recorded" "$@"
  if [ "$version" -ge 25 ]; then
    set -- "-XX:AOTCacheOutput=$KMDEBUG_RECORD/$archive" "$@"
  else
    set -- "-XX:ArchiveClassesAtExit=$KMDEBUG_RECORD/$archive" "$@"
  fi
elif [ ! "$archives/$archive" -nt "$jar" ] || [ ! "$archives/$archive" -nt "$release" ]; then
  # Missing or stale: made once for this jar and runtime, in the background, by a whole session of its own.
  attempt=$archives/attempt-$version
  if [ ! "$attempt" -nt "$jar" ] && [ -w /dev/kvm ] && mkdir -p "$archives" 2>/dev/null && : 2>/dev/null >"$attempt"; then
    (KMDEBUG_JAVA_HOME=${java%/bin/java} nohup "$home/bin/make-archives" "$archives" </dev/null >/dev/null 2>&1 &)
  fi
else
  if [ "$version" -ge 25 ]; then option=-XX:AOTCache; else option=-XX:SharedArchiveFile; fi
  # What km becomes a child of a payload with has more to do than the payload's first process.
  [ "$recorded" = true ] || set -- "-Dkmdebug.spares=$option=$archives/km-all-$version.cds" "$@"
  set -- "$option=$archives/$archive" "$@"
fi

# The JVM never writes to standard output: that belongs to the payload, or to the protocol.
exec "$java" -Xlog:disable -Djdk.reflect.useNativeAccessorOnly=true -XX:+DisplayVMOutputToStderr -XX:+UseSerialGC -XX:-UsePerfData -XX:+IgnoreUnrecognizedVMOptions \
  "-Dkmdebug.home=$home" "-Djffi.boot.library.path=$home/lib/jni/x86_64-Linux" "$@"
