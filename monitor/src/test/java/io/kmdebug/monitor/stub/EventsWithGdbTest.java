package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real gdb catches system calls and new programs in the real monitor. */
class EventsWithGdbTest {
    @TempDir
    private static Path folder;

    private static Path program;
    private static Path threads;
    private static Path joins;

    @BeforeAll
    static void compile() throws Exception {
        program = DebuggedKm.compile(folder, "gcc", "events");
        threads = DebuggedKm.compile(folder, "gcc");
        joins = DebuggedKm.compile(folder, "gcc", "joins");
    }

    private static DebuggedKm km() throws Exception {
        return DebuggedKm.start(folder, List.of("-g0"), program);
    }

    @Test
    void systemCallsStopBeforeAndBehind() throws Exception {
        try (DebuggedKm km = km()) {
            String said = km.gdb(
                    program,
                    "handle SIGUSR1 nostop noprint",
                    "break usleep",
                    "continue",
                    "catch syscall getpid",
                    "catch syscall clock_nanosleep",
                    "continue",
                    "p $orig_rax",
                    "continue",
                    "p $rax",
                    "continue",
                    "continue",
                    "delete",
                    "continue",
                    "p $_exitcode");
            assertThat(said)
                    .containsSubsequence(
                            "Catchpoint 3 (call to syscall clock_nanosleep)",
                            "$1 = 230",
                            "Catchpoint 3 (returned from syscall clock_nanosleep)",
                            "$2 = 0",
                            "Catchpoint 2 (call to syscall getpid)",
                            "Catchpoint 2 (returned from syscall getpid)",
                            "exited with code 04]",
                            "= 4");
            assertThat(km.rest()).isEqualTo("second\n");
        }
    }

    @Test
    void aCallThatWasInterruptedBeginsOnce() throws Exception {
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), threads, "block")) {
            String said = km.gdb(
                    threads,
                    "catch syscall read",
                    "continue",
                    DebuggedKm.INTERRUPT_NEXT,
                    "continue",
                    // the call is made again
                    DebuggedKm.INTERRUPT_NEXT,
                    "continue",
                    "delete",
                    "detach");
            assertThat(said)
                    .containsSubsequence(
                            "Catchpoint 1 (call to syscall read)", "received signal SIGINT", "received signal SIGINT");
            assertThat(said.split("call to syscall", -1)).hasSize(2);
        }
    }

    @Test
    void aNewProgramStopsAtItsEntryAndTakesBreakpoints() throws Exception {
        try (DebuggedKm km = km()) {
            String said = km.gdb(
                    program,
                    "handle SIGUSR1 nostop noprint",
                    "break main",
                    "continue",
                    "catch exec",
                    "continue",
                    "info threads",
                    "continue",
                    "p argc",
                    "continue",
                    "p $_exitcode");
            assertThat(said)
                    .containsSubsequence(
                            "is executing new program: " + program,
                            "Catchpoint 2 (exec'd " + program + ")",
                            "in _start ()",
                            "Breakpoint 1, main (argc=2",
                            "$1 = 2",
                            "exited with code 04]");
            assertThat(km.exitStatus()).isEqualTo(4);
        }
    }

    @Test
    void withoutACatchpointAnExecIsFollowedSilently() throws Exception {
        try (DebuggedKm km = km()) {
            String said = km.gdb(
                    program, "handle SIGUSR1 nostop noprint", "break puts", "continue", "up", "p argc", "continue");
            assertThat(said).contains("Breakpoint 1, ", "$1 = 2", "exited with code 04]");
        }
    }

    @Test
    void aDetachTakesASignalAwayThatTheProgramMayNotHave() throws Exception {
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), threads, "term")) {
            km.gdb(threads, "handle SIGTERM nopass", "continue", "detach");
            assertThat(km.rest()).isEqualTo("counter 18 sum 10\n");
            assertThat(km.exitStatus()).isEqualTo(7);
        }
    }

    /** gdb 13 passes such packets on, but asks for the events itself only where it controls threads one by one. */
    @Test
    void threadsThatBeginAndEndAreTold() throws Exception {
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), joins)) {
            String said = km.gdb(
                    joins,
                    "maint packet QThreadEvents:1",
                    "maint packet vCont;c",
                    "maint packet vCont;c",
                    "maint packet ?",
                    "maint packet vCont;c",
                    "maint packet vCont;c",
                    "maint packet QThreadEvents:0",
                    "maint packet vCont;c");
            assertThat(said)
                    .containsSubsequence(
                            "received: \"OK\"",
                            "received: \"T05create:;thread:p",
                            "received: \"w0;p",
                            "received: \"T05thread:p",
                            "received: \"T05create:;thread:p",
                            "received: \"w0;p",
                            "received: \"OK\"",
                            "received: \"W07;process:");
            assertThat(km.exitStatus()).isEqualTo(7);
        }
    }

    @Test
    void memoryIsSearchedAndSummedByTheStub() throws Exception {
        try (DebuggedKm km = km()) {
            String said = km.gdb(
                    program,
                    "maint packet qCRC:401000,0",
                    "find /b 0x400000, +0x100, 0x7f, 'E', 'L', 'F'",
                    "find /b 0x400001, +0x7f, 0x7f, 'E', 'L', 'F'",
                    "compare-sections .text",
                    "monitor threads",
                    "monitor help",
                    "monitor nothing",
                    "monitor snapshot " + folder.resolve("none/snap"),
                    "monitor snapshot " + folder.resolve("snap"));
            assertThat(said)
                    .containsSubsequence(
                            "received: \"Cffffffff\"",
                            "0x400000",
                            "1 pattern found.",
                            "Pattern not found.",
                            "Section .text, range 0x401",
                            ": matched.",
                            "  events\n",
                            "snapshot [FILE]",
                            "There is no monitor command",
                            "no snapshot: ",
                            "snapshot written to " + folder.resolve("snap"));
            assertThat(folder.resolve("snap")).isNotEmptyFile();
        }
    }
}
