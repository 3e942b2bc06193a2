package io.kmdebug.rsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions with stubs, recorded by the packet log and played again: our client says the same and understands the same. */
@Timeout(60)
class RecordedSessionsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    /** The session that the logs are of. Makes one when it is run: {@link Recorder}. */
    static void session(RspClient client, long breakpoint) {
        int tid = client.threads().get(0).tid();
        assertThat(client.threads()).hasSize(1);
        byte[] code = new byte[16];
        assertThat(client.read(breakpoint, code, 0, code.length)).isEqualTo(code.length);
        assertThat(client.insertBreakpoint(breakpoint)).isTrue();
        client.resume();
        StopEvent hit = stop(client);
        assertThat(hit.reason()).isEqualTo(new StopReason.Breakpoint());
        assertThat(client.registers(tid).pc()).isEqualTo(breakpoint);
        assertThat(client.registers(tid).get(AmdRegister.RDI)).isEqualTo(7);
        byte[] planted = new byte[16];
        client.read(breakpoint, planted, 0, planted.length);
        assertThat(planted).isEqualTo(code);
        assertThat(client.removeBreakpoint(breakpoint)).isTrue();
        client.resume(List.of(ThreadAction.step(tid), ThreadAction.continueOthers()));
        assertThat(stop(client).reason()).isEqualTo(new StopReason.Stepped());
        client.writeRegister(tid, AmdRegister.RDI, 9);
        assertThat(client.registers(tid).get(AmdRegister.RDI)).isEqualTo(9);
        client.resume();
        assertThat(stop(client).reason()).isEqualTo(new StopReason.Exited(9));
    }

    private static StopEvent stop(RspClient client) {
        return client.waitForStop(LIMIT).orElseThrow(() -> new AssertionError("did not stop"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gdbserver-13", "km"})
    void aRecordedSessionIsTheSameAgain(String name) throws Exception {
        try (RecordedStub stub = new RecordedStub("/sessions/" + name + ".log");
                RspClient client = RspClient.connect("127.0.0.1", stub.port(), LIMIT)) {
            session(client, Long.parseUnsignedLong(stub.note("breakpoint"), 16));
            stub.awaitEnd();
        }
    }

    @Test
    void whatIsLoggedIsPlayedAgain() throws Exception {
        Path log = folder.resolve("packets");
        FakeTarget target = new FakeTarget(true);
        byte[] odd = {'}', '$', '#', '*', 0, (byte) 0xff, '\\', 'x'};
        System.arraycopy(odd, 0, target.memory, 0, odd.length);
        try (RspServer server = RspServer.open(target, 0)) {
            StubAddress address = new StubAddress.Port("127.0.0.1", server.port(), null);
            try (RspClient client = RspClient.connect(address, LIMIT, PacketLogFile.append(log, address))) {
                client.read(FakeTarget.CODE, new byte[300], 0, 300);
                client.writeMemory(FakeTarget.CODE + 64, odd);
                client.detach();
            }
        }
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        assertThat(lines)
                .allMatch(
                        line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z \\d+ [=<>] [ -~]+"));
        assertThat(lines.get(0)).contains(" = connected to 127.0.0.1:");
        assertThat(lines.get(1)).contains(" > qSupported:");
        assertThat(lines.get(lines.size() - 1)).endsWith(" = closed");
    }

    @Test
    void aLogThatCannotBeWrittenEndsNoSession() throws Exception {
        assertThat(Path.of("/dev/full")).exists();
        try (RspServer server = RspServer.open(new FakeTarget(false), 0)) {
            StubAddress address = new StubAddress.Port("127.0.0.1", server.port(), null);
            PacketLog full = PacketLogFile.append(Path.of("/dev/full"), address);
            try (RspClient client = RspClient.connect(address, LIMIT, full)) {
                assertThat(client.threads()).hasSize(2);
            }
        }
    }

    @Test
    void anotherSessionThanTheRecordedOneIsNoticed() throws Exception {
        try (RecordedStub stub = new RecordedStub("/sessions/km.log")) {
            assertThatThrownBy(() -> {
                        try (RspClient client = RspClient.connect("127.0.0.1", stub.port(), LIMIT)) {
                            client.read(0x10, new byte[4], 0, 4);
                        }
                    })
                    .isInstanceOf(RspException.class);
            assertThatThrownBy(stub::awaitEnd).hasMessageContaining("got \"");
        }
    }

    /** Makes a log: {@code Recorder PORT BREAKPOINT FILE}. */
    static final class Recorder {
        private Recorder() {}

        public static void main(String[] arguments) throws Exception {
            StubAddress address = new StubAddress.Port("127.0.0.1", Integer.parseInt(arguments[0]), null);
            Path file = Path.of(arguments[2]);
            Files.writeString(file, "# breakpoint " + arguments[1] + "\n");
            try (RspClient client = RspClient.connect(address, LIMIT, PacketLogFile.append(file, address))) {
                session(client, Long.parseUnsignedLong(arguments[1], 16));
            }
        }
    }
}
