package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real gdb against the real monitor. */
class StubWithGdbTest {
    @TempDir
    private Path folder;

    private DebuggedKm km(Path program, String... arguments) throws Exception {
        return DebuggedKm.start(folder, List.of("-g0"), program, arguments);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "musl-gcc"})
    void breaksInAWorkerShowsAllStacksAndRunsToTheExitStatus(String compiler) throws Exception {
        Path program = DebuggedKm.compile(folder, compiler);
        try (DebuggedKm km = km(program)) {
            String said = km.gdb(
                    program,
                    "break touch",
                    "continue",
                    "bt",
                    "info threads",
                    "p *p",
                    "p $ymm0",
                    "info all-registers",
                    "delete",
                    "finish",
                    "continue",
                    "p $_exitcode");
            assertThat(said).contains("hit Breakpoint 1, touch (p=0x");
            assertThat(said).containsPattern("#0 +touch \\(p=0x[0-9a-f]+\\) at .*threads.c:");
            assertThat(said).containsPattern("#1 +0x[0-9a-f]+ in worker \\(arg=0x[1-3]\\)");
            assertThat(said)
                    .containsPattern("\\* 2 +Thread .*\"threads\"")
                    .containsPattern("  1 +Thread .*\"threads\"");
            assertThat(said).containsPattern("= \\{x = [1-3], y = 4\\}").contains("v8_float = {");
            assertThat(said).contains("\nrip  ", "\nst7  ", "\nmxcsr  ", "\nymm15  ");
            assertThat(said).containsPattern("worker \\(arg=0x[1-3]\\) at .*\n2[789]\t");
            assertThat(said).contains("exited with code 07]", "$3 = 7");
            assertThat(km.rest()).isEqualTo("counter 18 sum 10\n");
            assertThat(km.exitStatus()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "musl-gcc"})
    void nextGoesOverAThreadCreationAndDisplaysVariables(String compiler) throws Exception {
        Path program = DebuggedKm.compile(folder, compiler);
        try (DebuggedKm km = km(program)) {
            String said = km.gdb(
                    program,
                    "break run_threads",
                    "continue",
                    "next",
                    "display i",
                    "next",
                    "next",
                    "next",
                    "next",
                    "delete",
                    "continue");
            assertThat(said).contains("Breakpoint 1, run_threads (count=3)", "pthread_create(&threads[i]");
            assertThat(said).contains("1: i = 0", "1: i = 1", "1: i = 2");
            assertThat(said).contains("exited with code 07]");
            assertThat(km.exitStatus()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "musl-gcc"})
    void watchesAVariableByStepping(String compiler) throws Exception {
        Path program = DebuggedKm.compile(folder, compiler);
        try (DebuggedKm km = km(program)) {
            String said = km.gdb(
                    program,
                    "set can-use-hw-watchpoints 0",
                    "break compute",
                    "continue",
                    "watch watched",
                    "watch sum",
                    "continue",
                    "continue",
                    "continue",
                    "delete",
                    "finish",
                    "print compute(5)",
                    "continue");
            assertThat(said).contains("Watchpoint 2: watched", "Old value = 1\nNew value = 3");
            assertThat(said).contains("Value returned is $1 = 10", "$2 = 15", "exited with code 07]");
            assertThat(km.exitStatus()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "musl-gcc"})
    void interruptsSpinningAndSleepingPayloadsDetachesAndComesBack(String compiler) throws Exception {
        Path program = DebuggedKm.compile(folder, compiler);
        for (String mode : List.of("spin", "sleep")) {
            try (DebuggedKm km = km(program, mode)) {
                String said = km.gdb(program, DebuggedKm.INTERRUPT_NEXT, "continue", "thread apply all bt", "detach");
                assertThat(said).contains(mode.equals("spin") ? "spinner (arg=0x0)" : "#0 ");
                assertThat(said).contains("received signal SIGINT, Interrupt.", "Thread 1 (", "detached]");
                assertThat(km.isAlive()).isTrue();
                said = km.gdb(program, "thread apply all bt 3", "p counter", "kill");
                assertThat(said).contains("killed]");
                assertThat(km.exitStatus()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "musl-gcc"})
    void stopsAtAFaultWhichThenKillsAndLeavesACoreWithoutBreakpoints(String compiler) throws Exception {
        Path program = DebuggedKm.compile(folder, compiler);
        try (DebuggedKm km = km(program, "crash")) {
            String said = km.gdb(
                    program,
                    "break compute",
                    "break touch",
                    "continue",
                    "finish",
                    "continue",
                    "bt",
                    "p $_siginfo._sifields._sigfault.si_addr",
                    "continue");
            assertThat(said).contains("Program received signal SIGSEGV", "main (argc=2", "= (void *) 0x10");
            assertThat(said).contains("Program terminated with signal SIGSEGV");
            assertThat(km.exitStatus()).isEqualTo(128 + 11);
            Path core = folder.resolve("kmcore");
            assertThat(core).exists();
            String dead =
                    DebuggedKm.gdb(List.of(program.toString(), core.toString()), "bt", "x/i compute", "x/i touch");
            assertThat(dead)
                    .contains("terminated with signal SIGSEGV", "main (argc=2")
                    .doesNotContain("int3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "musl-gcc"})
    void aStepOverACallEndsBehindIt(String compiler) throws Exception {
        Path program = DebuggedKm.compile(folder, compiler, "calls");
        try (DebuggedKm km = km(program)) {
            String said = km.gdb(
                    program,
                    // after the first calls the guest answers getpid by itself
                    "break *before_syscall",
                    "ignore 1 30",
                    "continue",
                    "stepi",
                    "output $pc == (long)&behind_syscall",
                    "echo :syscall\\n",
                    "output $rax == pid",
                    "echo :answer\\n",
                    "continue",
                    "stepi",
                    "output $pc == (long)&behind_syscall",
                    "echo :again\\n",
                    "delete",
                    "break *before_out",
                    "continue",
                    "stepi",
                    "output $pc == (long)&behind_out",
                    "echo :out\\n",
                    "output block[0] == pid",
                    "echo :block\\n",
                    "delete",
                    "continue",
                    "p $_exitcode");
            assertThat(said).contains("1:syscall", "1:answer", "1:again", "1:out", "1:block", "exited with code 011");
            assertThat(km.exitStatus()).isEqualTo(9);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc"})
    void packetsAreTracedBothWays(String compiler) throws Exception {
        Path program = DebuggedKm.compile(folder, compiler, "calls");
        Path log = folder.resolve("log");
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0", "-Vgdb", "-k", log.toString()), program)) {
            km.gdb(program, "break main", "continue", "delete", "continue");
            assertThat(km.exitStatus()).isEqualTo(9);
        }
        assertThat(log)
                .content()
                .containsPattern(" gdb +\\d+ +\\d+ in  vCont;c")
                .containsPattern(" out T05thread:");
    }
}
