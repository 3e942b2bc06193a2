package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watchpoints of real gdb in the real monitor. */
class WatchWithGdbTest {
    @TempDir
    private static Path folder;

    private static Path program;

    @BeforeAll
    static void compile() throws Exception {
        program = DebuggedKm.compile(folder, "gcc", "watch");
    }

    private static DebuggedKm km() throws Exception {
        return DebuggedKm.start(folder, List.of("-g0"), program);
    }

    @Test
    void writesOfOtherValuesStopBehindThemAndSystemCallsToo() throws Exception {
        try (DebuggedKm km = km()) {
            String said = DebuggedKm.gdb(
                    List.of(program.toString()),
                    "set sysroot",
                    // gdb takes all watchpoints out while a vfork child runs, unless it is told of none
                    "set remote vfork-event-feature-packet off",
                    "target remote 127.0.0.1:" + km.port(),
                    "break main",
                    "continue",
                    "watch watched",
                    "watch *(char(*)[5])(buffer+3)",
                    "watch big",
                    "watch other",
                    "continue",
                    "continue",
                    "continue",
                    "bt 2",
                    "continue",
                    "continue",
                    "delete",
                    "continue",
                    "p $_exitcode");
            assertThat(said).contains("Hardware watchpoint 2: watched", "Hardware watchpoint 4: big");
            assertThat(said)
                    .containsSubsequence(
                            "Old value = 1\nNew value = 2\nset (value=2)",
                            "Old value = 2\nNew value = 3\nset (value=3)",
                            "New value = \"hello\"",
                            " read ()",
                            "Hardware watchpoint 5: other",
                            "Old value = 3\nNew value = 4\n",
                            "Hardware watchpoint 4: big",
                            "exited with code 03]");
            assertThat(said).doesNotContain("same ()").doesNotContain("look ()");
            assertThat(km.rest()).isEqualTo("sum 202 hello\n");
            assertThat(km.exitStatus()).isEqualTo(3);
        }
    }

    @Test
    void readsAndAccessesStop() throws Exception {
        try (DebuggedKm km = km()) {
            String said = km.gdb(
                    program,
                    "break main",
                    "continue",
                    "rwatch watched",
                    "continue",
                    "continue",
                    "delete",
                    "awatch watched",
                    "continue",
                    "delete",
                    "continue");
            assertThat(said)
                    .containsSubsequence(
                            "Hardware read watchpoint 2: watched\n\nValue = 1\n",
                            "in same ()",
                            "Hardware read watchpoint 2: watched\n\nValue = 2\n",
                            "look ()",
                            "Hardware access (read/write) watchpoint 3: watched\n\nOld value = 2\nNew value = 3\n",
                            "exited with code 03]");
            assertThat(km.rest()).isEqualTo("sum 202 hello\n");
        }
    }

    @Test
    void hundredsOfThemAreNoticedAndGone() throws Exception {
        List<String> commands = new ArrayList<>(List.of("break look", "continue"));
        for (int i = 0; i < 300; i++) commands.add("watch big[" + i * 33 + "]");
        commands.addAll(List.of("continue", "p &big[5016]", "detach"));
        try (DebuggedKm km = km()) {
            String said = km.gdb(program, commands.toArray(String[]::new));
            assertThat(said)
                    .contains("Hardware watchpoint 154: big[5016]\n\nOld value = 0 '\\000'\nNew value = 7 '\\a'");
            assertThat(km.rest()).isEqualTo("sum 202 hello\n");
            assertThat(km.exitStatus()).isEqualTo(3);
        }
    }

    @Test
    void anInstructionThatFaultsUnderABreakpointRaisesItsSignal() throws Exception {
        Path threads = DebuggedKm.compile(folder, "gcc");
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), threads, "crash")) {
            String said = km.gdb(threads, "continue", "break *$pc", "signal 0", "x/i $pc", "continue");
            assertThat(said)
                    .containsSubsequence(
                            "Program received signal SIGSEGV",
                            "Program received signal SIGSEGV",
                            "(%rax)",
                            "Program terminated with signal SIGSEGV");
            assertThat(km.exitStatus()).isEqualTo(128 + 11);
        }
    }

    @Test
    void whatCannotBeWatchedIsSaid() throws Exception {
        try (DebuggedKm km = km()) {
            String said = km.gdb(
                    program, "maint packet Z2,10,4", "maint packet Z2,401000,ffffffff", "maint packet z4,401000,4");
            assertThat(said)
                    .contains(
                            "E.cannot watch at 0x10: not all of it is mapped",
                            "E.cannot watch at 0x401000: no more than 1048576 bytes can be watched",
                            "E.cannot remove a watchpoint at 0x401000");
        }
    }
}
