package io.kmdebug.rsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real gdb against our server. */
class RspServerWithGdbTest {
    private final FakeTarget target = new FakeTarget(true);
    private RspServer server;

    @BeforeEach
    void open() throws Exception {
        server = RspServer.open(target, 0);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private String gdb(String... commands) throws Exception {
        List<String> all = new ArrayList<>(List.of("target remote 127.0.0.1:" + server.port()));
        all.addAll(List.of(commands));
        return Tools.gdb(List.of(), all.toArray(String[]::new));
    }

    @Test
    void showsRegistersOfEveryWidth() throws Exception {
        String output = gdb(
                "p/x $rip",
                "p/x $rax",
                "p $eflags",
                "p/x $ymm3.v4_int64",
                "p/x $xmm1.uint128",
                "p/x $fs_base",
                "p/x $orig_rax",
                "info registers mxcsr",
                "p/x $st0",
                "detach");
        long rax = 0;
        for (int i = 7; i >= 0; i--) rax = rax << 8 | (0xff & (FakeTarget.PID + i * 3));
        assertThat(output).contains("$1 = 0x400000", "$2 = 0x" + Long.toHexString(rax), "$3 = [ PF ZF IF ]");
        assertThat(output).contains("{0x8d8a8784817e7b78, 0xa5a29f9c999693");
        assertThat(output).containsPattern("mxcsr +0x");
        assertThat(output).doesNotContainIgnoringCase("warning: while").doesNotContain("Malformed", "bogus");
        assertThat(target.freed.poll(60, TimeUnit.SECONDS)).isEqualTo("detach");
    }

    @Test
    void writesRegistersAndMemory() throws Exception {
        String output = gdb(
                "set var $rbx = 0x1122334455667788",
                "p/x $rbx",
                "set var $ymm2.v4_int64[3] = 0x77",
                "p/x $ymm2.v4_int64[3]",
                "set var *(long *) 0x400800 = 0x23242a7d03",
                "x/gx 0x400800",
                "x/4bx 0x402ffe");
        assertThat(output).contains("$1 = 0x1122334455667788", "$2 = 0x77", "0x00000023242a7d03");
        assertThat(output).contains("0x402ffe:\t0x90\t0x90\tCannot access memory at address 0x403000");
        assertThat(target.memory[0x800]).isEqualTo((byte) 3);
        assertThat(target.memory[0x801]).isEqualTo((byte) 0x7d);
    }

    @Test
    void breaksStepsAndRunsToTheRealExitStatus() throws Exception {
        String output = gdb(
                "break *0x400010",
                "continue",
                "stepi",
                "p/x $rip",
                "info threads",
                "delete",
                "continue",
                "p $_exitcode");
        assertThat(output).contains("Thread 1 \"fake<77>\" hit Breakpoint 1, 0x0000000000400010");
        assertThat(output).contains("$1 = 0x400011", "fake<77>\" (at \"rest\")", "fake<78>\" (at \"rest\")");
        assertThat(output).contains("exited with code 052]", "$2 = 42");
    }

    @Test
    void aWatchedVariableIsStepped() throws Exception {
        String output =
                gdb("set can-use-hw-watchpoints 0", "watch *(long *) 0x400800", "set var $rip = 0x4000f0", "continue");
        assertThat(output).contains("Watchpoint 1:", "exited with code 052");
    }

    @Test
    void aFaultStopsWithItsSignalAndSiginfo() throws Exception {
        String output = gdb(
                "set var $rip = 0x400170",
                "continue",
                "p $_siginfo.si_signo",
                "p $_siginfo._sifields._sigfault.si_addr");
        assertThat(output).contains("received signal SIGSEGV, Segmentation fault.", "$1 = 11");
        assertThat(output).contains("0xdead");
    }

    @Test
    void signalsGoWithTheResume() throws Exception {
        String output = gdb("signal SIGTERM");
        assertThat(output).contains("Program terminated with signal SIGTERM");
        assertThat(target.calls).anyMatch(call -> call.startsWith("resume {77=Continue[signal=15]"));
    }

    @Test
    void monitorCommandsAndDetachAndReconnect() throws Exception {
        assertThat(gdb("monitor hello", "monitor bye", "detach"))
                .contains("Hello from the stub", "There is no monitor command \"bye\"");
        assertThat(gdb("p/x $rip", "info auxv")).contains("$1 = 0x400000", "AT_ENTRY");
        assertThat(gdb("kill")).contains("killed]");
        assertThat(target.calls).contains("kill");
    }
}
