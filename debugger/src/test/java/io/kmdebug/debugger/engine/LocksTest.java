package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.CrashAnalysis;
import io.kmdebug.debugger.CrashAnalysis.Cause;
import io.kmdebug.debugger.CrashAnalysis.Wait;
import io.kmdebug.debugger.Session;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who waits for whom, by the locks of glibc, musl, Rust and Go; the same in each run, in km's cores and in others. */
@Timeout(240)
class LocksTest {
    @TempDir
    Path folder = Path.of("");

    private int cores;

    @BeforeEach
    void launcher() throws Exception {
        KmSessionTest.km(folder);
    }

    private CrashAnalysis km(Path program, String... arguments) throws Exception {
        Path core = folder.resolve(++cores + ".kmcore");
        List<String> command = new ArrayList<>(List.of("env", "GOTRACEBACK=crash"));
        command.addAll(List.of(folder.resolve("km").toString(), "-C", core.toString(), program.toString()));
        command.addAll(List.of(arguments));
        String said = Tools.run(folder, command.toArray(String[]::new));
        assertThat(core).as(said).exists();
        return analysis(core);
    }

    /** By gdb, at other addresses each time. */
    private CrashAnalysis linux(Path program, String... arguments) throws Exception {
        Path core = folder.resolve(++cores + ".core");
        List<String> command = new ArrayList<>(List.of("gdb", "-nx", "-q", "-batch"));
        command.addAll(List.of("-iex", "set debuginfod enabled off", "-iex", "set auto-load off"));
        command.addAll(List.of("-ex", "set disable-randomization off", "-ex", "run"));
        command.addAll(List.of("-ex", "generate-core-file " + core, "-ex", "kill", "--args", program.toString()));
        command.addAll(List.of(arguments));
        String said = Tools.run(folder, command.toArray(String[]::new));
        assertThat(core).as(said).exists();
        return analysis(core);
    }

    private static CrashAnalysis analysis(Path core) {
        try (Session session = Session.openCore(new CoreOptions(core, null, Map.of()), new Events())) {
            return session.report(1).analysis();
        }
    }

    private void isACircle(CrashAnalysis analysis, int threads) {
        assertThat(analysis.cause()).as(analysis.summary()).isEqualTo(Cause.DEADLOCK);
        assertThat(analysis.deadlocks()).hasSize(1);
        List<Long> circle = analysis.deadlocks().get(0);
        assertThat(circle).hasSize(threads);
        for (int i = 0; i < threads; i++) {
            long thread = circle.get(i);
            Wait wait = analysis.waits().stream()
                    .filter(w -> w.thread() == thread)
                    .findFirst()
                    .orElseThrow();
            assertThat(wait.kind()).isEqualTo("mutex");
            assertThat(wait.owner()).isEqualTo(circle.get((i + 1) % threads));
            assertThat(wait.name()).startsWith("locks");
        }
    }

    @Test
    void circlesOfGlibcsMutexes() throws Exception {
        Path program = Tools.compile(folder, "locks.c", "gcc", "-g", "-O0");
        for (String[] kind : new String[][] {{"mutex", "2"}, {"mutex", "3", "errorcheck"}}) {
            int threads = Integer.parseInt(kind[1]);
            CrashAnalysis first = km(program, kind);
            isACircle(first, threads);
            CrashAnalysis native1 = linux(program, kind);
            isACircle(native1, threads);
            assertThat(native1.signature()).isNotNull().isEqualTo(first.signature());
        }
        String again = km(program, "mutex", "2").signature();
        assertThat(linux(program, "mutex", "2").signature()).isNotNull().isEqualTo(again);
    }

    /** A normal mutex of musl does not say who holds it. */
    @Test
    void circlesOfMuslsMutexes() throws Exception {
        Path program = Tools.compile(folder, "locks.c", "musl-gcc", "-g", "-O0", "-static");
        CrashAnalysis ours = km(program, "mutex", "3", "errorcheck");
        isACircle(ours, 3);
        CrashAnalysis theirs = linux(program, "mutex", "3", "errorcheck");
        isACircle(theirs, 3);
        assertThat(theirs.signature()).isNotNull().isEqualTo(ours.signature());
        for (CrashAnalysis normal : List.of(km(program, "mutex", "2"), linux(program, "mutex", "2"))) {
            assertThat(normal.deadlocks()).isEmpty();
            assertThat(normal.waits()).hasSize(2).allMatch(w -> w.kind().equals("mutex") && w.owner() == null);
        }
    }

    @Test
    void conditionVariablesAndThreads() throws Exception {
        Path program = Tools.compile(folder, "locks.c", "gcc", "-g", "-O0", "-static");
        for (CrashAnalysis analysis : List.of(km(program, "condition", "0"), linux(program, "condition", "0"))) {
            assertThat(analysis.deadlocks()).isEmpty();
            assertThat(analysis.waits()).hasSize(2);
            Wait condition = analysis.waits().get(0);
            assertThat(condition.object()).isEqualTo("condition variable changed");
            Wait thread = analysis.waits().get(1);
            assertThat(thread.kind()).isEqualTo("thread");
            assertThat(thread.owner()).isEqualTo(condition.thread());
        }
    }

    private Path source(String name) throws Exception {
        try (InputStream in = LocksTest.class.getResourceAsStream("/programs/" + name)) {
            assertThat(in).isNotNull();
            return Files.write(folder.resolve(name), in.readAllBytes());
        }
    }

    @Test
    void rustsMutexes() throws Exception {
        Path program = folder.resolve("locks-rs");
        String said = Tools.run(
                folder,
                "/usr/bin/rustc",
                "--edition",
                "2021",
                "-g",
                "-o",
                program.toString(),
                source("locks.rs").toString());
        assertThat(program).as(said).exists();
        CrashAnalysis ours = km(program);
        CrashAnalysis theirs = linux(program);
        for (CrashAnalysis analysis : List.of(ours, theirs)) {
            assertThat(analysis.waits()).hasSize(2).allMatch(w -> w.kind().equals("mutex") && w.owner() == null);
            assertThat(analysis.summary()).startsWith("the program called abort(), in locks::main");
        }
        assertThat(theirs.signature()).isNotNull().isEqualTo(ours.signature());
    }

    @Test
    void gosMutexes() throws Exception {
        Path program = folder.resolve("locks-go");
        String said = Tools.run(
                folder,
                "env",
                "CGO_ENABLED=0",
                "GO111MODULE=off",
                "/usr/bin/go",
                "build",
                "-o",
                program.toString(),
                source("locks.go").toString());
        assertThat(program).as(said).exists();
        CrashAnalysis ours = km(program);
        assertThat(ours.cause()).isEqualTo(Cause.DEADLOCK);
        assertThat(ours.summary()).isEqualTo("deadlock: no goroutine can go on");
        assertThat(km(program).signature()).isNotNull().isEqualTo(ours.signature());
    }
}
