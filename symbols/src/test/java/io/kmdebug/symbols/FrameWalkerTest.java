package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.coredump.CoreThread;
import io.kmdebug.symbols.Unwinder.Frame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameWalkerTest {
    @TempDir
    static Path folder;

    private static List<String> command(String compiler) {
        return new ArrayList<>(List.of(compiler.split(" ")));
    }

    private static CrashedProgram crash(String compiler, String... arguments) {
        return CrashedProgram.run(folder, "walk.c", command(compiler), arguments);
    }

    /** glibc describes all its code, so that gdb is right about it. */
    @ParameterizedTest
    @CsvSource({
        "gcc -g -O0 -static -pthread, deep",
        "gcc -g -O2 -static -pthread, deep",
        "gcc -g -O2 -pthread, deep",
        "clang -g -O2 -pthread, deep",
        "clang -g -O0 -fomit-frame-pointer -pthread, handler",
        "gcc -g -O2 -static-pie -pthread, altstack",
        "gcc -g -O2 -static -pthread, handler",
        "gcc -g -O2 -pthread, abort",
        "gcc -g -O2 -static -pthread, libc",
        "gcc -g -O2 -pthread, libc",
        "gcc -O1 -static -pthread, null",
        "gcc -g -O2 -static -pthread, wild"
    })
    void everyThreadsFramesAreThoseOfGdb(String compiler, String what) throws IOException {
        CrashedProgram program = crash(compiler, what, "threads");
        Map<Integer, List<String>> expected = program.gdbFrames();
        assertThat(program.core().threads()).hasSize(6);
        for (CoreThread thread : program.core().threads()) {
            List<Frame> frames = program.walk(thread, 1000);
            assertThat(CrashedProgram.places(frames))
                    .as("%s of %s: %s", what, compiler, CrashedProgram.names(frames))
                    .isEqualTo(expected.get(thread.tid()));
            assertThat(end(frames)).isEqualTo("outermost frame");
        }
    }

    /** musl has next to no call frame information; gdb loses its way there, so that the names are the oracle. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "musl-gcc -g -O0 -static",
                "musl-gcc -g -O2 -static",
                "musl-gcc -O2 -static -fno-asynchronous-unwind-tables",
                "musl-gcc -Os -static -fomit-frame-pointer -fno-asynchronous-unwind-tables"
            })
    void threadsThatWaitInMuslAreWalkedToTheirEntry(String compiler) {
        CrashedProgram program = crash(compiler, "deep", "threads");
        List<String> stacks = new ArrayList<>();
        for (CoreThread thread : program.core().threads()) {
            List<Frame> frames = program.walk(thread, 1000);
            stacks.add(String.join(" ", CrashedProgram.names(frames)));
            assertThat(end(frames)).as(stacks.toString()).isEqualTo("outermost frame");
        }
        assertThat(stacks.remove(0)).matches("store middle (deep ){6}main .*_start");
        assertThat(stacks)
                .allMatch(s -> s.matches("(.* )?wait_in_\\S+ work start __clone"), "end in the thread's entry");
        for (String wait : List.of("cond", "sleep", "read", "poll", "spin")) {
            assertThat(stacks).anyMatch(s -> s.contains("wait_in_" + wait));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"musl-gcc -g -O2 -static", "musl-gcc -O0 -static"})
    void abortRaiseAndSignalHandlersOfMuslAreWalked(String compiler) {
        assertThat(stack(crash(compiler, "abort"))).matches("(\\w+ )?raise abort main\\S* .*_start");
        assertThat(stack(crash(compiler, "handler")))
                .matches("store middle (deep ){3}handler __restore_rt (\\w+ )?raise with_signal\\S* main .*_start");
        assertThat(stack(crash(compiler, "altstack")))
                .matches("store middle (deep ){3}handler __restore_rt (\\w+ )?raise with_signal\\S* main .*_start");
        assertThat(stack(crash(compiler, "libc"))).matches("strlen in_libc\\S* main .*_start");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "wild", "data"})
    void aCallToWhereNoCodeIsShowsItsCaller(String what) {
        CrashedProgram program = crash("musl-gcc -g -O2 -static", what);
        List<Frame> frames = program.walk(program.core().threads().get(0), 100);
        List<String> names = CrashedProgram.names(frames);
        assertThat(names.subList(1, 3)).as("%s", names).first().asString().startsWith("call");
        assertThat(end(frames)).isEqualTo("outermost frame");
    }

    @Test
    void theTrampolineIsMarkedAndTheInterruptedFrameIsNotSuspendedInACall() {
        for (String compiler : List.of("musl-gcc -g -O2 -static", "gcc -g -O2 -static -pthread")) {
            CrashedProgram program = crash(compiler, "handler");
            List<Frame> frames = program.walk(program.core().threads().get(0), 100);
            List<Frame> trampolines = frames.stream().filter(Frame::signalFrame).toList();
            assertThat(trampolines).hasSize(1);
            Frame interrupted = frames.get(frames.indexOf(trampolines.get(0)) + 1);
            assertThat(interrupted.afterCall()).isFalse();
            assertThat(frames.get(0).afterCall()).isFalse();
            assertThat(frames.get(1).afterCall()).isTrue();
        }
    }

    @Test
    void endlessRecursionEndsAtTheLimit() {
        CrashedProgram program = crash("gcc -g -O0 -static -pthread", "overflow");
        List<Frame> frames = program.walk(program.core().threads().get(0), 100);
        assertThat(frames).hasSize(100);
        assertThat(end(frames)).isEqualTo("limit of 100 frames");
        assertThat(frames.stream().limit(99)).allMatch(f -> f.endReason() == null);
        List<Frame> all = program.walk(program.core().threads().get(0), 100_000);
        assertThat(all).hasSizeGreaterThan(1000);
        assertThat(end(all)).isEqualTo("outermost frame");
    }

    @Test
    void aStrippedProgramIsWalkedByItsCode() {
        CrashedProgram full = crash("musl-gcc -O2 -static -fno-asynchronous-unwind-tables", "libc");
        CrashedProgram stripped = crash("musl-gcc -O2 -static -s -fno-asynchronous-unwind-tables", "libc");
        List<Frame> expected = full.walk(full.core().threads().get(0), 100);
        List<Frame> frames = stripped.walk(stripped.core().threads().get(0), 100);
        assertThat(frames.stream().limit(3).map(Frame::pc))
                .isEqualTo(expected.stream().limit(3).map(Frame::pc).toList());
        assertThat(frames.get(0).guess()).isNull();
        assertThat(frames.get(1).guess()).isEqualTo("by its code, which has no symbol");
    }

    @Test
    void aStackThatCannotBeReadIsSaid() {
        CrashedProgram program = crash("gcc -g -O2 -static -pthread", "deep");
        CoreThread thread = program.core().threads().get(0);
        List<Frame> frames =
                Unwinder.over(program::imageAt).walk(thread.registers(), (address, target, offset, length) -> 0, 100);
        assertThat(frames).hasSize(1);
        assertThat(end(frames)).startsWith("cannot read memory at 0x");
    }

    @Test
    void aDamagedStackIsWalkedOnBehindTheDamage() {
        List<Frame> frames = smashed("40");
        assertThat(CrashedProgram.names(frames)).containsSubsequence("smash", "victim", "?", "main");
        Frame main = frames.stream()
                .filter(f -> CrashedProgram.name(f).equals("main"))
                .findFirst()
                .orElseThrow();
        assertThat(main.guess()).isEqualTo("by scanning the stack");
        assertThat(end(smashed("2000"))).matches("(no unwind information for|cannot read memory at) 0x4141.*");
        List<Frame> loop = smashed("0");
        assertThat(CrashedProgram.names(loop)).startsWith("loops", "chooses");
        assertThat(end(loop)).isEqualTo("frame did not move up the stack");
    }

    private static List<Frame> smashed(String bytes) {
        CrashedProgram program =
                CrashedProgram.run(folder, "smash.c", command("gcc -g -O0 -fno-stack-protector"), bytes);
        return program.walk(program.core().threads().get(0), 100);
    }

    private static String stack(CrashedProgram program) {
        List<Frame> frames = program.walk(program.core().threads().get(0), 100);
        return String.join(" ", CrashedProgram.names(frames));
    }

    private static String end(List<Frame> frames) {
        return String.valueOf(frames.get(frames.size() - 1).endReason());
    }
}
