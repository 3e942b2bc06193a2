package io.kmdebug.rsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.Registers;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Our client and the defects of the original KM's stub: it lives on, and nothing that it invents is taken over. */
@Timeout(60)
class RspClientWithKmTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private FakeKm km;
    private RspClient client;

    @BeforeEach
    void connect() throws Exception {
        km = new FakeKm();
        client = RspClient.connect("127.0.0.1", km.port(), LIMIT);
    }

    @AfterEach
    void survived() throws Exception {
        client.close();
        km.close();
        assertThat(km.death()).isNull();
    }

    private StopEvent stop() {
        return client.waitForStop(LIMIT).orElseThrow(() -> new AssertionError("did not stop"));
    }

    @Test
    void isFoundStoppedWithItsThreadsAndFile() {
        assertThat(client.initialStop().reason()).isEqualTo(new StopReason.Attached());
        assertThat(client.threads()).extracting(RemoteThread::tid).containsExactly(1);
        assertThat(client.execFile()).contains("/opt/payload.km");
        assertThat(client.readFile("/etc/hostname", 100)).isEmpty();
        client.detach();
    }

    @Test
    void registersThatItDoesNotFillAreAbsentAndNoneIsWritten() {
        Registers registers = client.registers(1);
        assertThat(registers.get(AmdRegister.R11)).isEqualTo(0x1111111111111111L);
        assertThat(registers.pc()).isEqualTo(0x1111111111111111L);
        for (AmdRegister unknown : List.of(AmdRegister.R12, AmdRegister.R15, AmdRegister.ST0, AmdRegister.FOP)) {
            assertThat(registers.has(unknown)).as(unknown.gdbName()).isFalse();
        }
        assertThatThrownBy(() -> client.writeRegister(1, AmdRegister.RAX, 1)).hasMessageContaining("r12 to r15");
    }

    @Test
    void memoryOfAnySizeIsReadAndWritten() {
        byte[] expected = km.memory.clone();
        for (int length : new int[] {1, 2, 3, 8, 9, 10, 16, 17, 18, 25, 300}) {
            byte[] data = new byte[length];
            Arrays.fill(data, (byte) length);
            client.writeMemory(FakeKm.MEMORY + 16 * length, data);
            System.arraycopy(data, 0, expected, 16 * length, length);
        }
        client.writeMemory(FakeKm.MEMORY + FakeKm.MEMORY_BYTES - 1, new byte[] {99});
        expected[FakeKm.MEMORY_BYTES - 1] = 99;
        byte[] read = new byte[FakeKm.MEMORY_BYTES + 100];
        assertThat(client.read(FakeKm.MEMORY, read, 0, read.length)).isEqualTo(FakeKm.MEMORY_BYTES);
        assertThat(Arrays.copyOf(read, FakeKm.MEMORY_BYTES)).isEqualTo(expected);
    }

    @Test
    void signalsGoToThreadsByName() {
        km.nextStop = "T05hwbreak:;thread:00000001;";
        client.resume(
                List.of(ThreadAction.continueThread(1, LinuxSignal.SIGUSR1.number()), ThreadAction.continueOthers()));
        stop();
        client.resume(List.of(ThreadAction.stepRange(1, 0x1000, 0x1010), ThreadAction.continueOthers()));
        assertThat(stop().reason()).isEqualTo(new StopReason.Stepped());
        synchronized (km.packets) {
            assertThat(km.packets).contains("vCont;C1e:1;c", "vCont;r1000,1010:1;c");
        }
    }

    @Test
    void anInterruptStopsItAndOneThatIsLateMakesItRepeatItself() {
        client.resume();
        client.interrupt();
        assertThat(stop().reason()).isEqualTo(new StopReason.Interrupted());
        km.nextStop = "T05thread:00000001;";
        client.insertBreakpoint(0x1111111111111111L);
        for (int i = 0; i < 20; i++) {
            client.resume();
            client.interrupt();
            assertThat(stop().reason()).isEqualTo(new StopReason.Breakpoint());
            assertThat(client.registers(1).pc()).isEqualTo(0x1111111111111111L);
            assertThat(client.threads()).hasSize(1);
        }
    }

    @Test
    void itsExitStatusIsNotBelieved() {
        km.nextStop = "W00";
        client.resume();
        assertThat(stop().isExit()).isTrue();
        assertThat(client.tellsExitStatus()).isFalse();
    }
}
