package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.monitor.KmCommand;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One or two threads become another program while others run into breakpoints. */
class ExecRacesTest {
    @TempDir
    private static Path folder;

    private static Path program;

    @BeforeAll
    static void compile() throws Exception {
        program = DebuggedKm.compile(folder, "gcc", "execs");
    }

    /** Where another thread crashes, either may be first, and then nothing of the other is seen. */
    @ParameterizedTest
    @ValueSource(strings = {"two", "fork", "crash"})
    void ofTwoThreadsOneIsFirst(String how) throws Exception {
        List<String> command = KmCommand.words();
        command.addAll(List.of(program.toString(), "8", how));
        Process km = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(folder.resolve("km.log").toFile())
                .start();
        try {
            String said = new String(km.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(km.waitFor(60, TimeUnit.SECONDS)).isTrue();
            if (how.equals("crash")) assertThat(List.of("5 done\n", "139 ")).contains(km.exitValue() + " " + said);
            else assertThat(km.exitValue() + " " + said).isEqualTo("5 done\n");
        } finally {
            km.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "two"})
    void stopsAndNewProgramsDoNotWaitForEachOther(String how) throws Exception {
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), program, "5", how)) {
            String said = km.gdb(program, "break meet", "ignore 1 1000000", "continue", "p $_exitcode");
            assertThat(said).contains("exited with code 05]", "$1 = 5");
            assertThat(km.rest()).isEqualTo("done\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "two"})
    void norDoBreakpointsThatAreNoStops(String how) throws Exception {
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), program, "5", how)) {
            String said = km.gdb(
                    program,
                    "set breakpoint condition-evaluation target",
                    "break meet if met == -1",
                    "continue",
                    "p $_exitcode");
            assertThat(said).contains("exited with code 05]", "$1 = 5");
        }
    }
}
