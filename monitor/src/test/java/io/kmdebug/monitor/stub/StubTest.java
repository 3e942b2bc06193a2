package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.rsp.RspClient;
import io.kmdebug.rsp.RspException;
import io.kmdebug.rsp.StopEvent;
import io.kmdebug.rsp.StubTarget.StopReason;
import io.kmdebug.rsp.ThreadAction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The monitor's stub, move by move, through our own client. */
@Timeout(120)
class StubTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static Path program;

    @BeforeAll
    static void compile() throws Exception {
        program = DebuggedKm.compile(folder, "gcc");
    }

    private static DebuggedKm km(String... arguments) throws Exception {
        return DebuggedKm.start(folder, List.of("-g0"), program, arguments);
    }

    private static RspClient connect(DebuggedKm km) {
        return RspClient.connect("127.0.0.1", km.port(), LIMIT);
    }

    private static StopEvent stop(RspClient client) {
        return client.waitForStop(LIMIT).orElseThrow(() -> new AssertionError("did not stop"));
    }

    private static StopEvent run(RspClient client) {
        client.resume();
        return stop(client);
    }

    private static long address(String symbol) throws Exception {
        return DebuggedKm.address(program, symbol);
    }

    @Test
    void waitsAtTheEntryWithEverythingInPlace() throws Exception {
        try (DebuggedKm km = km();
                RspClient client = connect(km)) {
            long entry = AuxVector.decode(client.auxv()).get(AuxVector.AT_ENTRY).orElseThrow();
            assertThat(client.initialStop().reason()).isEqualTo(new StopReason.Attached());
            assertThat(client.initialStop().registers().pc()).isEqualTo(entry);
            assertThat(client.execFile()).contains(program.toString());
            assertThat(client.threads()).hasSize(1);
            assertThat(client.stepsOverBreakpoints()).isTrue();
            assertThat(client.monitorCommand("maps")).contains("[stack]").contains(program.toString());
            assertThat(run(client).reason()).isEqualTo(new StopReason.Exited(7));
            assertThat(km.rest()).isEqualTo("counter 18 sum 10\n");
            assertThat(km.exitStatus()).isEqualTo(7);
        }
    }

    @Test
    void everyThreadsEveryHitIsReportedOnce() throws Exception {
        try (DebuggedKm km = km("threads", "8");
                RspClient client = connect(km)) {
            assertThat(client.insertBreakpoint(address("touch"))).isTrue();
            Map<Integer, Integer> hits = new HashMap<>();
            StopEvent event = run(client);
            while (!event.isExit()) {
                assertThat(event.reason()).isEqualTo(new StopReason.Breakpoint());
                assertThat(event.registers().pc()).isEqualTo(address("touch"));
                hits.merge(event.tid(), 1, Integer::sum);
                event = run(client);
            }
            assertThat(event.reason()).isEqualTo(new StopReason.Exited(7));
            assertThat(hits).hasSize(8);
            assertThat(hits.values()).containsOnly(3);
            assertThat(km.rest()).isEqualTo("counter 108 sum 10\n");
        }
    }

    @Test
    void breakpointsCountTheirOwnersAndAreNeverSeen() throws Exception {
        try (DebuggedKm km = km();
                RspClient client = connect(km)) {
            long touch = address("touch");
            byte[] code = client.read(touch - 4, 16);
            client.insertBreakpoint(touch);
            client.insertBreakpoint(touch);
            assertThat(client.read(touch - 4, 16)).isEqualTo(code);
            client.writeMemory(touch, Arrays.copyOfRange(code, 4, 16));
            assertThat(client.removeBreakpoint(touch)).isTrue();
            assertThat(run(client).reason()).isEqualTo(new StopReason.Breakpoint());
            assertThat(client.removeBreakpoint(touch)).isTrue();
            assertThat(client.removeBreakpoint(touch)).isFalse();
            assertThat(client.insertBreakpoint(16)).isFalse();
            assertThat(client.read(touch - 4, 16)).isEqualTo(code);
            assertThat(run(client).reason()).isEqualTo(new StopReason.Exited(7));
        }
    }

    @Test
    void stepsOneThreadWhileTheOthersStay() throws Exception {
        try (DebuggedKm km = km("spin");
                RspClient client = connect(km)) {
            client.insertBreakpoint(address("spinner"));
            int tid = run(client).tid();
            client.removeBreakpoint(address("spinner"));
            long before = client.readLong(address("counter"));
            for (int i = 0; i < 50; i++) {
                client.resume(List.of(ThreadAction.step(tid)));
                StopEvent event = stop(client);
                assertThat(event.tid()).isEqualTo(tid);
                assertThat(event.reason()).isEqualTo(new StopReason.Stepped());
                assertThat(event.registers().get(AmdRegister.EFLAGS) & 0x100)
                        .as("trap flag")
                        .isZero();
            }
            long after = client.readLong(address("counter"));
            assertThat(after - before)
                    .as("turns of the loop in 50 instructions")
                    .isBetween(5L, 20L);
            client.kill();
            assertThat(km.exitStatus()).isEqualTo(1);
        }
    }

    @Test
    void aRangeStepRunsUntilThePcLeaves() throws Exception {
        try (DebuggedKm km = km();
                RspClient client = connect(km)) {
            long compute = address("compute");
            client.insertBreakpoint(compute);
            int tid = run(client).tid();
            client.resume(List.of(ThreadAction.stepRange(tid, compute, compute + 40)));
            StopEvent event = stop(client);
            assertThat(event.reason()).isEqualTo(new StopReason.Stepped());
            assertThat(event.registers().pc() - compute).isBetween(40L, 80L);
            assertThat(run(client).reason()).isEqualTo(new StopReason.Exited(7));
        }
    }

    @Test
    void interruptsAgainAndAgain() throws Exception {
        try (DebuggedKm km = km("spin");
                RspClient client = connect(km)) {
            client.insertBreakpoint(address("spinner"));
            for (int i = 0; i < 4; i++) run(client);
            client.removeBreakpoint(address("spinner"));
            long first = client.readLong(address("counter"));
            for (int i = 0; i < 50; i++) {
                client.resume();
                assertThat(client.waitForStop(Duration.ofMillis(5))).isEmpty();
                client.interrupt();
                assertThat(stop(client).reason()).isEqualTo(new StopReason.Interrupted());
                assertThat(client.threads()).hasSize(5);
            }
            assertThat(client.readLong(address("counter"))).isGreaterThan(first);
            client.writeMemory(address("go_on"), new byte[] {1});
            assertThat(run(client).reason()).isEqualTo(new StopReason.Exited(11));
            assertThat(km.exitStatus()).isEqualTo(11);
        }
    }

    @Test
    void signalsStopAreDroppedPassedOrReplaced() throws Exception {
        try (DebuggedKm km = km("usr1");
                RspClient client = connect(km)) {
            StopEvent event = run(client);
            assertThat(event.reason()).isEqualTo(new StopReason.Signalled(LinuxSignal.SIGUSR1.number()));
            SignalInfo info = new SignalInfo(client.signalInfo(event.tid()).orElseThrow());
            assertThat(info.signal()).isEqualTo(LinuxSignal.SIGUSR1.number());
            assertThat(run(client).reason()).as("dropped").isEqualTo(new StopReason.Exited(20));
        }
        try (DebuggedKm km = km("usr1");
                RspClient client = connect(km)) {
            StopEvent event = run(client);
            client.resume(List.of(
                    ThreadAction.continueThread(event.tid(), LinuxSignal.SIGUSR1.number()),
                    ThreadAction.continueOthers()));
            assertThat(stop(client).reason()).as("delivered").isEqualTo(new StopReason.Exited(21));
        }
        try (DebuggedKm km = km("usr1");
                RspClient client = connect(km)) {
            client.passSignals(List.of(LinuxSignal.SIGUSR1.number()));
            assertThat(run(client).reason()).as("not even told").isEqualTo(new StopReason.Exited(21));
        }
        try (DebuggedKm km = km("usr1");
                RspClient client = connect(km)) {
            StopEvent event = run(client);
            client.resume(List.of(ThreadAction.continueThread(event.tid(), LinuxSignal.SIGTERM.number())));
            assertThat(stop(client).reason()).isEqualTo(new StopReason.Killed(LinuxSignal.SIGTERM.number()));
            assertThat(km.exitStatus()).isEqualTo(128 + 15);
        }
    }

    @Test
    void aSignalSentFromABreakpointReachesItsHandler() throws Exception {
        try (DebuggedKm km = km("usr1");
                RspClient client = connect(km)) {
            client.passSignals(List.of(LinuxSignal.SIGUSR1.number()));
            client.insertBreakpoint(address("on_signal"));
            StopEvent event = run(client);
            assertThat(event.registers().pc()).isEqualTo(address("on_signal"));
            client.removeBreakpoint(address("on_signal"));
            client.resume(List.of(ThreadAction.continueThread(event.tid(), LinuxSignal.SIGUSR1.number())));
            assertThat(stop(client).reason()).isEqualTo(new StopReason.Exited(22));
        }
    }

    @Test
    void passedSignalsDoNotDisturbSteps() throws Exception {
        try (DebuggedKm km = km("alarms");
                RspClient client = connect(km)) {
            client.passSignals(List.of(LinuxSignal.SIGALRM.number()));
            client.insertBreakpoint(address("alarms"));
            int tid = run(client).tid();
            long start = address("alarms");
            long end = address("main");
            // the whole function in one range: its loop, ten handlers, and calls that leave the range
            int leaves = 0;
            StopEvent event;
            do {
                client.resume(List.of(ThreadAction.stepRange(tid, start, end), ThreadAction.continueOthers()));
                event = stop(client);
                assertThat(event.reason()).isEqualTo(new StopReason.Stepped());
                long pc = event.registers().pc();
                assertThat(pc).isNotEqualTo(address("on_signal"));
                leaves++;
                long back = client.readLong(event.registers().sp());
                if (back < start || back >= end) break;
                // a call out of the range: run to its return
                client.insertBreakpoint(back);
                assertThat(run(client).registers().pc()).isEqualTo(back);
                client.removeBreakpoint(back);
            } while (leaves < 20);
            assertThat(client.readUnsigned(address("handled"), 4)).isGreaterThanOrEqualTo(10);
            assertThat(run(client).reason()).isEqualTo(new StopReason.Exited(12));
        }
    }

    /**
     * Ranges of one NOP each: whatever is reported first, the stepping thread is never found beyond the next
     * instruction without its step having been reported there.
     */
    @Test
    void aStepThatIsDoneWhileAnotherThreadsStopIsReportedIsNotLost() throws Exception {
        try (DebuggedKm km = km("march");
                RspClient client = connect(km)) {
            long begin = address("step_begin");
            long end = address("step_end");
            client.insertBreakpoint(begin);
            int tid = run(client).tid();
            client.removeBreakpoint(begin);
            client.insertBreakpoint(address("meet"));
            int overtaken = 0;
            for (long pc = begin; pc < end; pc++) {
                client.resume(List.of(ThreadAction.stepRange(tid, pc, pc + 1), ThreadAction.continueOthers()));
                StopEvent event = stop(client);
                while (event.tid() != tid) {
                    assertThat(event.reason()).isEqualTo(new StopReason.Breakpoint());
                    long now = client.registers(tid).pc();
                    assertThat(now).as("only what was asked for").isBetween(pc, pc + 1);
                    if (now > pc) overtaken++;
                    client.resume(List.of(ThreadAction.stepRange(tid, pc, pc + 1), ThreadAction.continueOthers()));
                    event = stop(client);
                }
                assertThat(event.reason()).isEqualTo(new StopReason.Stepped());
                assertThat(event.registers().pc()).isEqualTo(pc + 1);
            }
            assertThat(overtaken)
                    .as("steps that were done when another stop was told")
                    .isPositive();
            client.removeBreakpoint(address("meet"));
            StopEvent event = run(client);
            while (!event.isExit()) event = run(client);
            assertThat(event.reason()).isEqualTo(new StopReason.Exited(13));
        }
    }

    @Test
    void registersAndMemoryCanBeChanged() throws Exception {
        try (DebuggedKm km = km();
                RspClient client = connect(km)) {
            client.insertBreakpoint(address("compute"));
            StopEvent event = run(client);
            client.writeRegister(event.tid(), AmdRegister.RDI, 6);
            byte[] wide = "sixteen bytes ..".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            client.writeRegisters(
                    event.tid(), new Registers().set(AmdRegister.XMM11, wide).set(AmdRegister.YMM11H, wide));
            Registers read = client.registers(event.tid());
            assertThat(read.bytes(AmdRegister.XMM11)).isEqualTo(wide);
            assertThat(read.bytes(AmdRegister.YMM11H)).isEqualTo(wide);
            assertThat(read.get(AmdRegister.FS_BASE)).isNotZero();
            assertThat(run(client).reason()).isEqualTo(new StopReason.Exited(7));
            assertThat(km.rest()).isEqualTo("counter 18 sum 21\n");
        }
    }

    @Test
    void aBreakpointAtTheSetPcIsHit() throws Exception {
        try (DebuggedKm km = km();
                RspClient client = connect(km)) {
            client.insertBreakpoint(address("compute"));
            StopEvent event = run(client);
            client.insertBreakpoint(address("run_threads"));
            client.writeRegister(event.tid(), AmdRegister.RIP, address("run_threads"));
            StopEvent jumped = run(client);
            assertThat(jumped.reason()).isEqualTo(new StopReason.Breakpoint());
            assertThat(jumped.registers().pc()).isEqualTo(address("run_threads"));
            client.kill();
        }
    }

    @Test
    void debuggersComeAndGoAndAreLost() throws Exception {
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("--gdb-listen", "-g0"), program, "spin")) {
            for (int i = 0; i < 6; i++) {
                RspClient client = connect(km);
                client.insertBreakpoint(address("touch"));
                client.resume();
                assertThat(client.waitForStop(Duration.ofMillis(10))).isEmpty();
                if (i % 2 == 0) client.detach();
                else client.close();
            }
            try (RspClient client = connect(km)) {
                assertThatThrownBy(() -> connect(km))
                        .isInstanceOf(RspException.class)
                        .hasMessageContaining("another debugger");
                client.writeMemory(address("go_on"), new byte[] {1});
                client.detach();
            }
            assertThat(km.exitStatus()).isEqualTo(11);
        }
    }

    @Test
    void aFaultThatIsNotDeliveredComesAgain() throws Exception {
        try (DebuggedKm km = km("crash");
                RspClient client = connect(km)) {
            for (int i = 0; i < 3; i++) {
                StopEvent event = run(client);
                assertThat(event.reason()).isEqualTo(new StopReason.Signalled(LinuxSignal.SIGSEGV.number()));
                assertThat(new SignalInfo(client.signalInfo(event.tid()).orElseThrow()).faultAddress())
                        .isEqualTo(16);
            }
            client.detach();
            assertThat(km.exitStatus())
                    .as("detached, the fault is the payload's own")
                    .isEqualTo(128 + 11);
        }
    }

    @Test
    void aThreadThatEndsWhileAllOthersAreHeldIsTold() throws Exception {
        try (DebuggedKm km = km("threads", "1");
                RspClient client = connect(km)) {
            client.insertBreakpoint(address("touch"));
            StopEvent event = run(client);
            client.removeBreakpoint(address("touch"));
            client.resume(List.of(ThreadAction.continueThread(event.tid(), 0)));
            assertThat(stop(client).reason()).isEqualTo(new StopReason.NothingResumed());
            assertThat(client.threads()).hasSize(1);
            assertThat(run(client).reason()).isEqualTo(new StopReason.Exited(7));
        }
    }

    @Test
    void aCoreWrittenWithBreakpointsInPlaceHasThePayloadsOwnCode() throws Exception {
        try (DebuggedKm km = km("crash");
                RspClient client = connect(km)) {
            for (String function : List.of("compute", "touch", "worker", "run_threads")) {
                assertThat(client.insertBreakpoint(address(function))).isTrue();
            }
            assertThat(run(client).reason()).isEqualTo(new StopReason.Breakpoint());
            StopEvent crash = run(client);
            assertThat(crash.reason()).isEqualTo(new StopReason.Signalled(LinuxSignal.SIGSEGV.number()));
            client.resume(List.of(ThreadAction.continueThread(crash.tid(), LinuxSignal.SIGSEGV.number())));
            assertThat(stop(client).reason()).isEqualTo(new StopReason.Killed(LinuxSignal.SIGSEGV.number()));
            assertThat(km.exitStatus()).isEqualTo(128 + 11);
        }
        ElfFile elf = ElfFile.open(program);
        ElfFile core = ElfFile.open(folder.resolve("kmcore"));
        int compared = 0;
        for (ElfSegment text : elf.segments()) {
            if (text.type() != ElfSegment.PT_LOAD || (text.flags() & ElfSegment.PF_X) == 0) continue;
            for (ElfSegment saved : core.segments()) {
                long from = Math.max(text.address(), saved.address());
                long to = Math.min(text.address() + text.fileSize(), saved.address() + saved.fileSize());
                if (saved.type() != ElfSegment.PT_LOAD || from >= to) continue;
                int length = Math.toIntExact(to - from);
                byte[] now = core.bytes().copy(saved.offset() + from - saved.address(), length);
                byte[] linked = elf.bytes().copy(text.offset() + from - text.address(), length);
                assertThat(Arrays.mismatch(now, linked))
                        .as("first byte that differs")
                        .isEqualTo(-1);
                compared += length;
            }
        }
        assertThat(compared).isGreaterThan(100_000);
    }

    @Test
    void aPayloadThatWaitsForADebuggerCanBeTerminated() throws Exception {
        try (DebuggedKm km = km()) {
            km.terminate();
            assertThat(km.exitStatus()).isEqualTo(128 + 15);
        }
    }

    @Test
    void aPayloadThatRunsOrBlocksIsTerminatedWithAndWithoutADebugger() throws Exception {
        for (String how : List.of("spin", "block")) {
            try (DebuggedKm km = DebuggedKm.start(folder, List.of("--gdb-listen", "-g0"), program, how)) {
                if (how.equals("block")) assertThat(km.line()).isEqualTo("blocks");
                km.terminate();
                assertThat(km.exitStatus()).as(how).isEqualTo(128 + 15);
            }
            try (DebuggedKm km = km(how);
                    RspClient client = connect(km)) {
                client.passSignals(List.of(LinuxSignal.SIGTERM.number()));
                client.resume();
                if (how.equals("block")) assertThat(km.line()).isEqualTo("blocks");
                km.terminate();
                assertThat(stop(client).reason()).isEqualTo(new StopReason.Killed(LinuxSignal.SIGTERM.number()));
                assertThat(km.exitStatus()).as(how).isEqualTo(128 + 15);
            }
        }
    }

    @Test
    void aPayloadThatIgnoresTerminationStays() throws Exception {
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("--gdb-listen", "-g0"), program, "deaf");
                RspClient client = connect(km)) {
            client.resume();
            assertThat(km.line()).isEqualTo("deaf");
            km.terminate();
            assertThat(client.waitForStop(Duration.ofMillis(300))).isEmpty();
            assertThat(km.isAlive()).isTrue();
            client.kill();
            assertThat(km.exitStatus()).isEqualTo(1);
        }
    }

    @Test
    void listeningNeverWaitsWhereverThePortIsNamed() throws Exception {
        for (List<String> options : List.of(
                List.of("--gdb-listen", "--gdb-server-port=0"), List.of("--gdb-server-port=0", "--gdb-listen"))) {
            try (DebuggedKm km = DebuggedKm.start(folder, options, program)) {
                assertThat(km.exitStatus()).isEqualTo(7);
            }
        }
    }
}
