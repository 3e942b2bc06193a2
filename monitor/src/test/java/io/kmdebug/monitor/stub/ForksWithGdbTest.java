package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real gdb follows the processes that a payload makes; what gdbserver's sessions say of the same program is expected. */
class ForksWithGdbTest {
    @TempDir
    private static Path folder;

    private static Path program;

    @BeforeAll
    static void compile() throws Exception {
        program = DebuggedKm.compile(folder, "gcc", "forks");
    }

    private static DebuggedKm km(String... arguments) throws Exception {
        return DebuggedKm.start(folder, List.of("-g0"), program, arguments);
    }

    @Test
    void forksAndVforksAreCaughtAndTheChildrenLetGo() throws Exception {
        try (DebuggedKm km = km()) {
            String said = km.gdb(
                    program,
                    "catch fork",
                    "catch vfork",
                    "break in_child",
                    "break in_parent",
                    "continue",
                    "info inferiors",
                    "continue",
                    "continue",
                    "continue",
                    "p value",
                    "continue");
            assertThat(said)
                    .containsSubsequence(
                            "Catchpoint 1 (forked process ",
                            "* 1    process ",
                            "[Detaching after fork from child process ",
                            "Breakpoint 4, in_parent (value=1)",
                            "Catchpoint 2 (vforked process ",
                            "[Detaching after vfork from child process ",
                            "Breakpoint 4, in_parent (value=2)",
                            "$1 = 2",
                            "exited with code 014]");
            assertThat(said).doesNotContain("Breakpoint 3, in_child");
            assertThat(km.rest()).isEqualTo("sum 12\n");
            assertThat(km.exitStatus()).isEqualTo(12);
        }
    }

    @Test
    void aChildIsFollowedAndItsParentLetGo() throws Exception {
        try (DebuggedKm km = km()) {
            String said = km.gdb(
                    program,
                    "set follow-fork-mode child",
                    "break in_child",
                    "continue",
                    "bt",
                    "info threads",
                    "next",
                    "next",
                    "continue",
                    "p $_exitcode");
            assertThat(said)
                    .containsSubsequence(
                            "[Attaching after Thread ",
                            " fork to child Thread ",
                            "[Detaching after fork from parent process ",
                            "Breakpoint 1, in_child (value=1)",
                            "#1 ",
                            " in main (argc=1",
                            "* 2.1 ",
                            "[Inferior 2 (process ",
                            "exited with code 03]",
                            "$1 = 3");
            assertThat(km.rest()).isEqualTo("sum 12\n");
            assertThat(km.exitStatus()).isEqualTo(12);
        }
    }

    @Test
    void aVforkedChildIsFollowedIntoItsNewProgram() throws Exception {
        try (DebuggedKm km = km("vfork")) {
            String said = km.gdb(
                    program,
                    "set follow-fork-mode child",
                    "catch vfork",
                    "catch exec",
                    "break in_child",
                    "continue",
                    "continue",
                    "continue",
                    "up",
                    "p argc",
                    "continue");
            assertThat(said)
                    .containsSubsequence(
                            "Catchpoint 1 (vforked process ",
                            " vfork to child Thread ",
                            "[Detaching vfork parent process ",
                            "after child exec]",
                            "Catchpoint 2 (exec'd " + program + ")",
                            "Breakpoint 3, in_child (value=2)",
                            "$1 = 2",
                            "exited with code 011]");
            assertThat(km.rest()).isEqualTo("sum 9\n");
            assertThat(km.exitStatus()).isEqualTo(9);
        }
    }

    @Test
    void aVforkedChildIsDebuggedOnItsParentsMemory() throws Exception {
        try (DebuggedKm km = km("vfork")) {
            String said = km.gdb(
                    program,
                    "set follow-fork-mode child",
                    "break execl",
                    "continue",
                    "p step",
                    "bt",
                    "kill inferiors 2",
                    "info inferiors");
            assertThat(said)
                    .containsSubsequence(
                            "Thread 2.1", "hit Breakpoint 1, ", "$1 = 4", " in main (argc=2", "* 2    <null>");
            // the parent hears of the end of its child by SIGKILL
            assertThat(km.rest()).isEqualTo("sum 137\n");
            assertThat(km.exitStatus()).isEqualTo(137);
        }
    }

    @Test
    void bothProcessesAreKeptAndRunOneAfterTheOtherOrTogether() throws Exception {
        try (DebuggedKm km = km("wait")) {
            String said = km.gdb(
                    program,
                    "set detach-on-fork off",
                    "break in_child",
                    "break in_parent",
                    "continue",
                    "info inferiors",
                    "inferior 2",
                    "continue",
                    "info threads",
                    "info proc mappings",
                    "info proc cmdline",
                    "set schedule-multiple on",
                    DebuggedKm.INTERRUPT_NEXT,
                    "continue",
                    // either may be the first that stops
                    "inferior 2",
                    "p waiting = 0",
                    "inferior 1",
                    "p waiting",
                    "inferior 2",
                    "set schedule-multiple off",
                    "continue",
                    "inferior 1",
                    "continue");
            assertThat(said)
                    .containsSubsequence(
                            "[New inferior 2 (process ",
                            "Thread 1.1",
                            "in_parent (value=1)",
                            "* 1    process ",
                            "  2    process ",
                            "[Switching to inferior 2 ",
                            "Thread 2.1",
                            "in_child (value=1)",
                            "  1.1 ",
                            "* 2.1 ",
                            "[stack]",
                            "cmdline = '" + program + " wait'",
                            "received signal SIGINT",
                            "$1 = 0",
                            "$2 = 1",
                            "[Inferior 2 (process ",
                            "exited with code 03]",
                            "[Switching to inferior 1 ",
                            "exited with code 03]");
            assertThat(said).doesNotContain("libjvm");
            assertThat(km.rest()).isEqualTo("sum 3\n");
            assertThat(km.exitStatus()).isEqualTo(3);
        }
    }

    @Test
    void aGrandchildOutlivesBothOthers() throws Exception {
        try (DebuggedKm km = km("family")) {
            String said = km.gdb(
                    program,
                    "set detach-on-fork off",
                    "break in_grandchild",
                    "continue",
                    "inferior 2",
                    "continue",
                    "inferior 3",
                    "continue",
                    "bt 1",
                    "continue");
            assertThat(said)
                    .containsSubsequence(
                            "[Inferior 1 (process ",
                            "exited with code 07]",
                            "[New inferior 3 (process ",
                            "[Inferior 2 (process ",
                            "exited with code 04]",
                            "Thread 3.1",
                            "in_grandchild (value=3)",
                            "[Inferior 3 (process ",
                            "exited with code 05]");
            assertThat(km.rest()).isEqualTo("last\n");
            assertThat(km.exitStatus()).isEqualTo(7);
        }
    }

    @Test
    void aLostClientLeavesAllOfThemRunning() throws Exception {
        try (DebuggedKm km = km("wait")) {
            String said = km.gdb(
                    program,
                    "set detach-on-fork off",
                    "set schedule-multiple on",
                    "break in_child",
                    "continue",
                    "set var waiting = 0",
                    "python import os, signal; os.kill(os.getpid(), signal.SIGKILL)");
            assertThat(said).contains("in_child (value=1)");
            assertThat(km.rest()).isEqualTo("sum 3\n");
            assertThat(km.exitStatus()).isEqualTo(3);
        }
    }
}
