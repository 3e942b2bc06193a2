package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cores of a payload that goes on, gdb's own and the monitor's, and what the monitor tells of it. */
class LiveCoreWithGdbTest {
    @TempDir
    private Path folder;

    private Path program;

    @BeforeEach
    void compile() throws Exception {
        program = DebuggedKm.compile(folder, "gcc");
    }

    @Test
    void coresOfAStoppedPayloadOpenAndItGoesOn() throws Exception {
        Path gdbs = folder.resolve("gdbs");
        Path named = folder.resolve("named");
        Path asked = folder.resolve("asked");
        String hint = HexFormat.of().formatHex(asked.toString().getBytes(StandardCharsets.UTF_8));
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), program)) {
            String said = km.gdb(
                    program,
                    "break *touch",
                    "continue",
                    "generate-core-file " + gdbs,
                    "monitor core",
                    "monitor core " + named,
                    "monitor core " + folder.resolve("none/core"),
                    "monitor core " + folder,
                    "maint packet qSaveCore;path-hint:" + hint,
                    "delete",
                    "continue");
            assertThat(said)
                    .containsSubsequence(
                            "Saved corefile " + gdbs,
                            "core written to " + folder.resolve("kmcore"),
                            "core written to " + named,
                            "no core: ",
                            "no core: ",
                            "received: \"core-path:" + hint,
                            "exited with code 07]");
            assertThat(km.rest()).isEqualTo("counter 18 sum 10\n");
        }
        for (Path core : List.of(gdbs, folder.resolve("kmcore"), named, asked)) {
            String dead = DebuggedKm.gdb(
                    List.of(program.toString(), core.toString()),
                    "bt",
                    "p watched",
                    "x/i touch",
                    "thread apply all p $sp");
            assertThat(dead)
                    .as(core.toString())
                    .containsSubsequence(
                            "#0  touch (p=0x", "in worker (arg=0x", "$1 = 10", "<touch>:", "push ", "Thread 1")
                    .doesNotContain("warning");
        }
    }

    @Test
    void aPayloadThatMayWriteNoLongFilesHasLongCores() throws Exception {
        Path limited = DebuggedKm.compile(folder, "gcc", "limited");
        Path core = folder.resolve("core");
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), limited)) {
            String said = km.gdb(limited, "break reached", "continue", "monitor core " + core, "delete", "continue");
            assertThat(said).contains("core written to " + core, "exited normally");
            assertThat(km.rest()).isEqualTo("written 4096\n");
            assertThat(Files.size(core)).isGreaterThan(4096);
        }
    }

    @Test
    void descriptorsAndCallsAreListed() throws Exception {
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0", "-S"), program)) {
            String said = km.gdb(program, "break touch", "continue", "monitor fds", "monitor hcalls", "kill");
            assertThat(said).containsPattern("(?m)^1  pipe:\\[[0-9]+\\]$");
            assertThat(said).contains("2  " + folder.resolve("km.log") + "\n");
            assertThat(said).containsPattern("(?m)^clone3? +[123] +0 ").containsPattern("[0-9]+ calls in ");
        }
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), program)) {
            assertThat(km.gdb(program, "monitor hcalls", "monitor fds 1", "kill"))
                    .contains("km does not count system calls", "There is no monitor command \"fds 1\"");
        }
    }
}
