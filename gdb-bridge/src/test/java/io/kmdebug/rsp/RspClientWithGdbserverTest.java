package io.kmdebug.rsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our client against the real gdbserver. */
@Timeout(60)
class RspClientWithGdbserverTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String SOURCE = """
            #include <pthread.h>
            #include <signal.h>
            #include <stdlib.h>
            #include <string.h>
            #include <unistd.h>
            volatile long counter = 7;
            volatile int spin = 1;
            char block[200000];
            pthread_barrier_t together;
            void marker(void) { counter++; }
            static void *work(void *arg) {
                pthread_setname_np(pthread_self(), "worker");
                pthread_barrier_wait(&together);
                marker();
                pthread_barrier_wait(&together);
                return arg;
            }
            int main(int argc, char **argv) {
                if (!strcmp(argv[1], "threads")) {
                    pthread_t thread;
                    pthread_barrier_init(&together, 0, 2);
                    pthread_create(&thread, 0, work, 0);
                    pthread_barrier_wait(&together);
                    pthread_barrier_wait(&together);
                    pthread_join(thread, 0);
                    return (int) counter;
                }
                if (!strcmp(argv[1], "spin")) while (spin) {}
                if (!strcmp(argv[1], "sleep")) for (;;) pause();
                if (!strcmp(argv[1], "usr1")) { signal(SIGUSR1, SIG_IGN); raise(SIGUSR1); return 3; }
                if (!strcmp(argv[1], "crash")) *(volatile int *) 16 = 1;
                marker();
                return 9;
            }
            """;

    @TempDir
    static Path directory;

    private static Path program;

    @BeforeAll
    static void compile() throws Exception {
        program = Tools.compile(directory, "payload", SOURCE, "-pthread", "-no-pie", "-static");
    }

    private static long address(String symbol) throws Exception {
        ElfFile elf = ElfFile.open(program);
        for (ElfSymbol one : elf.symbols()) if (one.name().equals(symbol)) return one.value();
        throw new AssertionError("no symbol " + symbol);
    }

    private static RspClient connect(GdbServer server) {
        return RspClient.connect("127.0.0.1", server.port(), LIMIT);
    }

    private static StopEvent stop(RspClient client) {
        return client.waitForStop(LIMIT).orElseThrow(() -> new AssertionError("did not stop"));
    }

    @Test
    void findsThePayloadAtItsEntry() throws Exception {
        try (GdbServer server = GdbServer.start(program, "plain");
                RspClient client = connect(server)) {
            StopEvent first = client.initialStop();
            assertThat(first.reason()).isEqualTo(new StopReason.Attached());
            assertThat(client.pid()).hasValue(first.tid());
            assertThat(first.registers().pc())
                    .isEqualTo(AuxVector.decode(client.auxv())
                            .get(AuxVector.AT_ENTRY)
                            .orElseThrow());
            assertThat(client.execFile()).contains(program.toRealPath().toString());
            assertThat(client.readFile(program.toString(), 1 << 24)).contains(Files.readAllBytes(program));
            assertThat(client.readFile(directory.resolve("absent").toString(), 100))
                    .isEmpty();
            client.kill();
        }
    }

    @Test
    void breaksInAThreadStepsAndRunsToTheExitStatus() throws Exception {
        try (GdbServer server = GdbServer.start(program, "threads");
                RspClient client = connect(server)) {
            long marker = address("marker");
            assertThat(client.insertBreakpoint(marker)).isTrue();
            client.resume();
            StopEvent hit = stop(client);
            assertThat(hit.reason()).isEqualTo(new StopReason.Breakpoint());
            assertThat(hit.registers().pc()).isEqualTo(marker);
            assertThat(client.threads()).extracting(RemoteThread::name).containsExactly("payload", "worker");
            assertThat(client.threads().get(1).tid()).isEqualTo(hit.tid());
            assertThat(client.readUnsigned(address("counter"), 8)).isEqualTo(7);

            Registers all = client.registers(hit.tid());
            assertThat(all.pc()).isEqualTo(marker);
            assertThat(all.has(AmdRegister.XMM15)).isTrue();
            assertThat(all.get(AmdRegister.FS_BASE)).isNotZero();
            int main = client.threads().get(0).tid();
            assertThat(client.registers(main).get(AmdRegister.FS_BASE)).isNotEqualTo(all.get(AmdRegister.FS_BASE));

            assertThat(client.removeBreakpoint(marker)).isTrue();
            client.resume(List.of(ThreadAction.step(hit.tid())));
            StopEvent stepped = stop(client);
            assertThat(stepped.reason()).isEqualTo(new StopReason.Stepped());
            assertThat(stepped.tid()).isEqualTo(hit.tid());
            assertThat(stepped.registers().pc()).isNotEqualTo(marker);

            client.resume();
            StopEvent end = stop(client);
            assertThat(end.reason()).isEqualTo(new StopReason.Exited(8));
            assertThatThrownBy(client::threads).isInstanceOf(RspException.class).hasMessageContaining("has ended");
        }
    }

    @Test
    void rangeStepsLeaveTheRange() throws Exception {
        try (GdbServer server = GdbServer.start(program, "plain");
                RspClient client = connect(server)) {
            long marker = address("marker");
            client.insertBreakpoint(marker);
            client.resume();
            int tid = stop(client).tid();
            client.removeBreakpoint(marker);
            client.resume(List.of(ThreadAction.stepRange(tid, marker, marker + 12)));
            StopEvent stepped = stop(client);
            assertThat(stepped.reason()).isEqualTo(new StopReason.Stepped());
            assertThat(stepped.registers().pc())
                    .isGreaterThanOrEqualTo(marker + 12)
                    .isLessThan(marker + 40);
            client.kill();
        }
    }

    @Test
    void writesRegistersAndMemoryOfAnySize() throws Exception {
        try (GdbServer server = GdbServer.start(program, "plain");
                RspClient client = connect(server)) {
            long marker = address("marker");
            client.insertBreakpoint(marker);
            client.resume();
            int tid = stop(client).tid();
            long block = address("block");
            byte[] data = new byte[150_001];
            new java.util.Random(4).nextBytes(data);
            client.writeMemory(block + 3, data);
            assertThat(client.read(block + 3, data.length)).isEqualTo(data);
            client.writeRegister(tid, AmdRegister.RBX, 0x1122334455667788L);
            byte[] xmm = "sixteen bytes !!".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            client.writeRegisters(tid, new Registers().set(AmdRegister.XMM7, xmm));
            assertThat(client.registers(tid).get(AmdRegister.RBX)).isEqualTo(0x1122334455667788L);
            assertThat(client.registers(tid).bytes(AmdRegister.XMM7)).isEqualTo(xmm);
            client.writeMemory(address("counter"), new byte[] {40, 0, 0, 0, 0, 0, 0, 0});
            client.removeBreakpoint(marker);
            client.resume();
            assertThat(stop(client).reason()).isEqualTo(new StopReason.Exited(9));
        }
    }

    @Test
    void readsUpToTheFirstUnreadableByte() throws Exception {
        try (GdbServer server = GdbServer.start(program, "plain");
                RspClient client = connect(server)) {
            byte[] target = new byte[1 << 20];
            assertThat(client.read(0x10, target, 0, 64)).isZero();
            long start = client.initialStop().registers().pc() & -4096;
            int got = client.read(start, target, 0, target.length);
            assertThat(got).isPositive().isLessThan(target.length);
            assertThat((start + got) % 4096).isZero();
            assertThat(client.read(start + got, target, 0, 1)).isZero();
            assertThat(client.read(start + got - 1, target, 0, 1)).isOne();
            assertThatThrownBy(() -> client.writeMemory(0x10, new byte[4]))
                    .isInstanceOf(RspException.class)
                    .hasMessageContaining("X10,4:")
                    .hasMessageContaining("E01");
            client.kill();
        }
    }

    @Test
    void interruptsSpinningAndSleepingPayloads() throws Exception {
        for (String mode : List.of("spin", "sleep")) {
            try (GdbServer server = GdbServer.start(program, mode);
                    RspClient client = connect(server)) {
                for (int i = 0; i < 3; i++) {
                    client.resume();
                    assertThat(client.waitForStop(Duration.ofMillis(30))).isEmpty();
                    assertThatThrownBy(client::threads).isInstanceOf(IllegalStateException.class);
                    Thread other = new Thread(client::interrupt);
                    other.start();
                    assertThat(stop(client).reason()).isEqualTo(new StopReason.Interrupted());
                    other.join();
                }
                client.kill();
            }
        }
    }

    @Test
    void signalsStopAndAreDeliveredOrDropped() throws Exception {
        try (GdbServer server = GdbServer.start(program, "usr1");
                RspClient client = connect(server)) {
            client.resume();
            StopEvent event = stop(client);
            assertThat(event.reason()).isEqualTo(new StopReason.Signalled(LinuxSignal.SIGUSR1.number()));
            client.resume(List.of(
                    ThreadAction.continueThread(event.tid(), LinuxSignal.SIGTERM.number()),
                    ThreadAction.continueOthers()));
            assertThat(stop(client).reason()).isEqualTo(new StopReason.Killed(LinuxSignal.SIGTERM.number()));
        }
        try (GdbServer server = GdbServer.start(program, "usr1");
                RspClient client = connect(server)) {
            client.passSignals(List.of(LinuxSignal.SIGUSR1.number(), LinuxSignal.SIGCHLD.number()));
            client.resume();
            assertThat(stop(client).reason()).isEqualTo(new StopReason.Exited(3));
        }
    }

    @Test
    void aFaultTellsItsAddress() throws Exception {
        try (GdbServer server = GdbServer.start(program, "crash");
                RspClient client = connect(server)) {
            client.resume();
            StopEvent event = stop(client);
            assertThat(event.reason()).isEqualTo(new StopReason.Signalled(LinuxSignal.SIGSEGV.number()));
            SignalInfo info = new SignalInfo(client.signalInfo(event.tid()).orElseThrow());
            assertThat(info.signal()).isEqualTo(LinuxSignal.SIGSEGV.number());
            assertThat(info.faultAddress()).isEqualTo(16);
            client.resume(List.of(ThreadAction.continueThread(event.tid(), 11), ThreadAction.continueOthers()));
            assertThat(stop(client).reason()).isEqualTo(new StopReason.Killed(11));
        }
    }

    @Test
    void monitorCommandsHaveOutput() throws Exception {
        try (GdbServer server = GdbServer.start(program, "plain");
                RspClient client = connect(server)) {
            assertThat(client.monitorCommand("help")).contains("monitor");
            client.kill();
        }
    }

    @Test
    void aKilledStubIsALostConnection() throws Exception {
        try (GdbServer server = GdbServer.start(program, "spin");
                RspClient client = connect(server)) {
            client.resume();
            server.close();
            assertThatThrownBy(() -> stop(client))
                    .isInstanceOfSatisfying(
                            RspException.class, e -> assertThat(e.kind()).isEqualTo(RspException.Kind.LOST))
                    .hasMessageContaining("vCont");
        }
    }
}
