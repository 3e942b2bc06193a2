#!/bin/bash
# tests/fuzz.sh MINUTES [TARGET...]: fuzzes the readers of hostile input, guided by coverage (jazzer), each target for
# MINUTES. Targets are the names of the classes *Fuzz without "Fuzz". What is reached is kept in
# target/fuzz/TARGET/corpus, what fails in target/fuzz/TARGET/found. A run starts from that corpus, from the inputs that the
# ordinary tests replay (FuzzCorpusTest, ExpressionCorpusTest, StubCorpusTest,
# StateCorpusTest), and from what compilers make of small programs.
# A hang is told by FuzzLimits, which counts the processor's time: the limit of the fuzzer itself is for a busy machine.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
minutes=${1:?"usage: tests/fuzz.sh MINUTES [TARGET...]"}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(Dwarf Lines Split Frames Location Elf Core Demangler
  Macros Indexes GoTable MiniDebug Expression CppExpression RustExpression GoExpression StubServer StubClient State)
jazzer=0.24.0
out=$root/target/fuzz
mkdir -p "$out/stubs" "$out/lib"

cd "$root"
for name in jazzer jazzer-api; do
  [ -f "$out/lib/$name-$jazzer.jar" ] ||
    ./mvnw -q -B -Dquick dependency:copy -Dartifact=com.code-intelligence:$name:$jazzer -DoutputDirectory="$out/lib" -N
done

# Instrumentation damages records whose components bear annotations of types, so that the classes are compiled once
# more with annotations that end in the source.
mkdir -p "$out/stubs/org/jspecify/annotations"
for name in Nullable NullMarked; do
  target=; [ $name = NullMarked ] || target='@Target(ElementType.TYPE_USE) '
  echo "package org.jspecify.annotations; import java.lang.annotation.*; @Retention(RetentionPolicy.SOURCE) $target public @interface $name {}" \
    > "$out/stubs/org/jspecify/annotations/$name.java"
done
# whatever colours Maven may print
repository=$(./mvnw -q -B -Dstyle.color=never help:evaluate -Dexpression=settings.localRepository -DforceStdout |
  sed 's/\x1b\[[0-9;]*m//g' | tail -n 1)
[ -d "$repository" ] || { echo "fuzz: Maven keeps its files in \"$repository\", which is no folder" >&2; exit 1; }
groups=(org/junit org/assertj org/opentest4j org/apiguardian com/google/errorprone/error_prone_annotations
  io/airlift/aircompressor com/github/jnr org/tukaani)
for group in "${groups[@]}"; do
  [ -d "$repository/$group" ] || { ./mvnw -q -B -Dquick -pl debugger -am test-compile; break; }
done
libraries=$(cd "$repository" && find "${groups[@]}" -name '*.jar' -printf "$repository/%p:")
rm -rf "$out/classes"
mkdir -p "$out/classes"
for module in machine coredump gdb-bridge symbols debugger; do
  for kind in main test; do
    [ ! -d $module/src/$kind/resources ] || cp -r $module/src/$kind/resources/. "$out/classes/"
  done
done
find {machine,coredump,monitor}/src/main monitor/src/test/java/io/kmdebug/monitor/state {gdb-bridge,symbols,debugger}/src/{main,test} -name '*.java' ! -name module-info.java > "$out/sources"
javac -nowarn -proc:none -g -cp "$libraries" -d "$out/classes" "$out"/stubs/org/jspecify/annotations/*.java @"$out/sources" 2> "$out/javac.log" || {
  tail -n 20 "$out/javac.log" >&2
  exit 1
}

java -cp "$out/classes:$libraries" io.kmdebug.symbols.FuzzSeeds "$out/seeds"
java -cp "$out/classes:$libraries" io.kmdebug.debugger.expression.ExpressionSeeds "$out/seeds"
java -cp "$out/classes:$libraries" io.kmdebug.rsp.StubSeeds "$out/seeds"
java -cp "$out/classes:$libraries" io.kmdebug.monitor.state.StateSeeds "$out/seeds"
failed=0
for target in "${targets[@]}"; do
  class=$(cd "$out/classes" && find . -name "${target}Fuzz.class" | sed 's|^\./||; s|\.class$||; s|/|.|g')
  [ -n "$class" ] || { echo "fuzz: no target $target" >&2; exit 2; }
  mkdir -p "$out/$target/corpus" "$out/$target/found"
  seeds=$out/seeds/$target
  mkdir -p "$seeds"
  for kept in {gdb-bridge,monitor,symbols,debugger}/src/test/resources/fuzz/"$target".zip; do
    [ ! -f "$kept" ] || (cd "$seeds" && jar -xf "$root/$kept")
  done
  echo "fuzz: $target for $minutes min"
  nice -n 19 java -XX:+UseSerialGC -Xmx256m -Xss1m -cp "$out/lib/jazzer-$jazzer.jar:$out/lib/jazzer-api-$jazzer.jar:$out/classes:$libraries" \
    com.code_intelligence.jazzer.Jazzer --target_class="$class" '--instrumentation_includes=io.kmdebug.**' \
    '--disabled_hooks=com.code_intelligence.jazzer.sanitizers.**' --reproducer_path="$out/$target/found" \
    -artifact_prefix="$out/$target/found/" -max_total_time=$((minutes * 60)) -timeout=300 -rss_limit_mb=2000 -max_len=20000 \
    -print_final_stats=1 "$out/$target/corpus" "$seeds" > "$out/$target/log" 2>&1 || { failed=1; grep -a -A4 '^== Java Exception\|^ERROR\|ERROR: libFuzzer' "$out/$target/log" | head -n 12; }
  grep -a '^#[0-9]' "$out/$target/log" | tail -n 1 || true
  echo "fuzz: $(find "$out/$target/corpus" -type f | wc -l) inputs kept, $(find "$out/$target/found" -type f ! -name 'slow-unit-*' | wc -l) failures"
done
exit $failed
