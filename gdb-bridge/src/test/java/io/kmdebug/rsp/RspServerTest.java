package io.kmdebug.rsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Our two halves together, and the server against clients that misbehave. */
@Timeout(60)
class RspServerTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final FakeTarget target = new FakeTarget(false);
    private final List<String> packets = new CopyOnWriteArrayList<>();
    private RspServer server;

    @BeforeEach
    void open() throws IOException {
        server = RspServer.open(target, 0);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private RspClient connect() {
        return RspClient.connect(
                new StubAddress.Port("127.0.0.1", server.port(), null),
                LIMIT,
                (sent, packet) -> packets.add((sent ? "> " : "< ") + packet));
    }

    private static StopEvent stop(RspClient client) {
        return client.waitForStop(LIMIT).orElseThrow(() -> new AssertionError("did not stop"));
    }

    /** A client of bytes. */
    private final class Raw implements AutoCloseable {
        private final Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), server.port());
        private final PacketReader reader = new PacketReader(socket.getInputStream(), true, 1 << 20);

        Raw() throws IOException {
            socket.setSoTimeout(10_000);
            socket.setTcpNoDelay(true);
        }

        void bytes(String bytes) throws IOException {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        }

        void send(String raw) throws IOException {
            bytes(PacketCodecTest.framed(raw));
        }

        PacketReader.Kind next() throws IOException {
            return reader.next();
        }

        String packet() throws IOException {
            PacketReader.Kind kind = reader.next();
            while (kind == PacketReader.Kind.ACK) kind = reader.next();
            assertThat(kind).isEqualTo(PacketReader.Kind.PACKET);
            bytes("+");
            return reader.text();
        }

        String ask(String raw) throws IOException {
            send(raw);
            return packet();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void aStopCostsOneRoundTrip() {
        try (RspClient client = connect()) {
            client.insertBreakpoint(FakeTarget.CODE + 4);
            client.resume();
            assertThat(stop(client).reason()).isEqualTo(new StopReason.Breakpoint());
            packets.clear();
            client.resume(List.of(ThreadAction.step(FakeTarget.PID), ThreadAction.continueOthers()));
            StopEvent event = stop(client);
            assertThat(event.reason()).isEqualTo(new StopReason.Stepped());
            assertThat(event.registers().pc()).isEqualTo(FakeTarget.CODE + 5);
            Registers expected = target.registers(FakeTarget.PID).orElseThrow();
            for (AmdRegister register : AmdRegister.values()) {
                if (register.compareTo(AmdRegister.EFLAGS) > 0) break;
                assertThat(event.registers().bytes(register)).isEqualTo(expected.bytes(register));
            }
            assertThat(packets).hasSize(2).first().isEqualTo("> vCont;s:p4d.4d;c");
            assertThat(client.stepsOverBreakpoints()).isTrue();
        }
    }

    @Test
    void registersOfOtherThreadsAndWithoutAvx() {
        try (RspClient client = connect()) {
            Registers got = client.registers(FakeTarget.PID + 1);
            Registers expected = target.registers(FakeTarget.PID + 1).orElseThrow();
            for (AmdRegister register : AmdRegister.values()) {
                assertThat(got.has(register)).as(register.name()).isEqualTo(expected.has(register));
                assertThat(got.bytes(register)).as(register.name()).isEqualTo(expected.bytes(register));
            }
            client.writeRegister(FakeTarget.PID + 1, AmdRegister.R9, -5);
            assertThat(target.thread(FakeTarget.PID + 1).get(AmdRegister.R9)).isEqualTo(-5);
            assertThatThrownBy(() -> client.registers(99))
                    .isInstanceOfSatisfying(
                            RspException.class, e -> assertThat(e.kind()).isEqualTo(RspException.Kind.REFUSED))
                    .hasMessageContaining("Hgp4d.63");
            assertThat(client.registers(FakeTarget.PID).pc()).isEqualTo(FakeTarget.CODE);
            assertThatThrownBy(() ->
                            client.writeRegisters(FakeTarget.PID, new Registers().set(AmdRegister.YMM0H, new byte[16])))
                    .isInstanceOf(RspException.class);
        }
    }

    @Test
    void memoryIsReadUpToItsEnd() {
        try (RspClient client = connect()) {
            byte[] all = new byte[256 * 3];
            for (int i = 0; i < all.length; i++) all[i] = (byte) i;
            client.writeMemory(FakeTarget.CODE + 0x1000, all);
            byte[] got = new byte[FakeTarget.CODE_BYTES + 10];
            assertThat(client.read(FakeTarget.CODE, got, 0, got.length)).isEqualTo(FakeTarget.CODE_BYTES);
            assertThat(java.util.Arrays.copyOf(got, FakeTarget.CODE_BYTES)).isEqualTo(target.memory);
            assertThat(client.read(0, got, 0, 5)).isZero();
            assertThatThrownBy(() -> client.writeMemory(5, all)).isInstanceOf(RspException.class);
        }
    }

    @Test
    void threadsAuxvExecFileMonitorAndPassSignals() {
        try (RspClient client = connect()) {
            assertThat(client.threads())
                    .containsExactly(
                            new RemoteThread(77, "fake<77>", "at \"rest\""),
                            new RemoteThread(78, "fake<78>", "at \"rest\""));
            assertThat(client.auxv()).isEqualTo(target.auxv());
            assertThat(client.execFile()).contains(target.executable());
            assertThat(client.monitorCommand("hello")).isEqualTo("Hello from the stub\n");
            assertThat(client.signalInfo(FakeTarget.PID)).isEmpty();
            client.passSignals(List.of(10, 17, 64));
            assertThat(target.calls).contains("pass [10, 17, 64]");
        }
    }

    @Test
    void rangeStepNewbornsAndActionsReachTheTarget() {
        try (RspClient client = connect()) {
            client.resume(List.of(ThreadAction.stepRange(78, FakeTarget.CODE, FakeTarget.CODE + 8)));
            StopEvent event = stop(client);
            assertThat(event.tid()).isEqualTo(78);
            assertThat(event.registers().pc()).isEqualTo(FakeTarget.CODE + 8);
            assertThat(target.calls).contains("resume {78=StepRange[start=4194304, end=4194312]} false");
            assertThatThrownBy(() -> {
                        client.resume(List.of(ThreadAction.step(5)));
                        stop(client);
                    })
                    .isInstanceOf(RspException.class)
                    .hasMessageContaining("no thread was resumed");
            assertThat(client.threads()).as("the client can go on").hasSize(2);
        }
    }

    @Test
    void interruptComesFromAnyThreadAndDetachLetsThePayloadGo() throws Exception {
        target.thread(FakeTarget.PID).set(AmdRegister.RIP, FakeTarget.LOOP);
        RspClient client = connect();
        client.resume();
        Thread other = new Thread(client::interrupt);
        other.start();
        assertThat(stop(client).reason()).isEqualTo(new StopReason.Interrupted());
        other.join();
        client.resume();
        client.detach();
        assertThat(target.freed.poll(60, TimeUnit.SECONDS)).isEqualTo("detach");
    }

    @Test
    void clientsComeAndGo() throws Exception {
        for (int i = 0; i < 20; i++) {
            RspClient client = connect();
            client.insertBreakpoint(FakeTarget.CODE + 0x80);
            if (i % 2 == 0) client.detach();
            else client.close();
            assertThat(target.freed.poll(60, TimeUnit.SECONDS)).isEqualTo("detach");
            assertThat(target.breakpoints()).isEmpty();
        }
        assertThat(target.calls).filteredOn("attach"::equals).hasSize(20);
    }

    @Test
    void aClientLostWhileThePayloadRunsLetsItGo() throws Exception {
        target.thread(FakeTarget.PID).set(AmdRegister.RIP, FakeTarget.LOOP);
        RspClient client = connect();
        client.resume();
        assertThat(client.waitForStop(Duration.ofMillis(20))).isEmpty();
        client.close();
        assertThat(target.freed.poll(60, TimeUnit.SECONDS)).isEqualTo("detach");
        assertThat(target.calls).endsWith("interrupt", "detach");
    }

    @Test
    void aSecondClientIsToldAndSentAway() {
        try (RspClient first = connect()) {
            assertThat(first.threads()).hasSize(2);
            assertThatThrownBy(this::connect)
                    .isInstanceOf(RspException.class)
                    .hasMessageContaining("another debugger is connected");
            assertThat(first.threads()).hasSize(2);
        }
    }

    @Test
    void exitAndKillAreTold() {
        try (RspClient client = connect()) {
            client.resume();
            assertThat(stop(client).reason()).isEqualTo(new StopReason.Exited(42));
        }
        try (RspClient late = connect()) {
            assertThat(late.initialStop().reason()).isEqualTo(new StopReason.Exited(42));
        }
    }

    @Test
    void killEndsThePayload() throws Exception {
        RspClient client = connect();
        client.kill();
        assertThat(target.freed.poll(60, TimeUnit.SECONDS)).isEqualTo("kill");
    }

    @Test
    void filesAreReadOnlyAndRegular() throws Exception {
        java.nio.file.Path file = java.nio.file.Files.createTempFile("vfile", "}#$*");
        try (Raw raw = new Raw();
                Deleted ignored = new Deleted(file)) {
            String hex = hex(file.toString());
            java.nio.file.Files.write(file, new byte[] {'$', '}', 0, '*', '#'});
            assertThat(raw.ask("vFile:setfs:0")).isEqualTo("F0");
            assertThat(raw.ask("vFile:open:" + hex + ",1,1b6")).isEqualTo("F-1,d");
            assertThat(raw.ask("vFile:open:" + hex("/dev/zero") + ",0,0")).isEqualTo("F-1,d");
            assertThat(raw.ask("vFile:open:" + hex("/") + ",0,0")).isEqualTo("F-1,15");
            assertThat(raw.ask("vFile:open:" + hex("/no/such\0file") + ",0,0")).isEqualTo("F-1,2");
            assertThat(raw.ask("vFile:open:" + hex + ",0,0")).isEqualTo("F3");
            assertThat(raw.ask("vFile:pread:3,100,0")).isEqualTo("F5;$}\0*#");
            assertThat(raw.ask("vFile:pread:3,100,5")).isEqualTo("F0;");
            assertThat(raw.ask("vFile:pread:4,100,5")).isEqualTo("F-1,9");
            assertThat(raw.ask("vFile:fstat:3")).startsWith("F40;").hasSize(68);
            assertThat(raw.ask("vFile:open:" + hex("/proc/self/made") + ",0,0")).isEqualTo("F4");
            assertThat(raw.ask("vFile:pread:4,2,1")).isEqualTo("F2;ad");
            assertThat(raw.ask("vFile:readlink:" + hex("/proc/self/made"))).isEqualTo("F4;made");
            assertThat(raw.ask("vFile:close:4")).isEqualTo("F0");
            assertThat(raw.ask("vFile:open:" + hex("/payload" + file) + ",0,0")).isEqualTo("F5");
            assertThat(raw.ask("vFile:unlink:" + hex)).isEmpty();
            assertThat(raw.ask("vFile:close:3")).isEqualTo("F0");
            assertThat(raw.ask("vFile:close:3")).isEqualTo("F-1,9");
        }
    }

    private record Deleted(java.nio.file.Path file) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            java.nio.file.Files.delete(file);
        }
    }

    private static String hex(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void noiseNeverStopsThePayload() throws Exception {
        try (Raw raw = new Raw()) {
            raw.bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n\3\3++--");
        }
        try (Raw raw = new Raw()) {
            raw.bytes("$?#00");
            assertThat(raw.next()).isEqualTo(PacketReader.Kind.NACK);
        }
        assertThat(target.calls).isEmpty();
    }

    @Test
    void malformedPacketsAreErrorsAndUnknownOnesEmpty() throws Exception {
        try (Raw raw = new Raw()) {
            for (String bad : List.of(
                    "m",
                    "m1",
                    "mzz,4",
                    "m1,",
                    "P",
                    "P5",
                    "P5=12",
                    "G00",
                    "Z0",
                    "z0,",
                    "X1,4:ab",
                    "M400000,4:12",
                    "H",
                    "Hg",
                    "Hx1",
                    "T",
                    "Tzz",
                    "vCont;",
                    "vCont;x",
                    "vCont;c:",
                    "vCont;r1",
                    "vCont;Cff",
                    "qXfer:auxv:read::5",
                    "qXfer:auxv:read::ffff,1",
                    "qXfer:features:read:no.xml:0,10",
                    "qThreadExtraInfo,99",
                    "p99",
                    "vKill;1",
                    "vAttach;1",
                    "qShlibInfoAddr",
                    "qRcmd,1x",
                    "mffffffffffffffffff,1",
                    "vFile:pread:zz",
                    "QPassSignals:x",
                    "C",
                    "Sxx")) {
                assertThat(raw.ask(bad)).as(bad).startsWith("E");
            }
            for (String unknown : List.of(
                    "",
                    "q",
                    "v",
                    "QThreadEvents:1",
                    "qTStatus",
                    "Z2,400000,8",
                    "vMustReplyEmpty",
                    "R00",
                    "qGetTLSAddr:4d,2,3",
                    "qOffsets",
                    "qXfer:osdata:read::0,10",
                    "_M1000,rw",
                    "_m1000",
                    "qMemTags:400000,10:1",
                    "QMemTags:400000,10:1:00",
                    "jThreadExtendedInfo:{}",
                    "vRun;61")) {
                assertThat(raw.ask(unknown)).as(unknown).isEmpty();
            }
            assertThat(raw.ask("g")).hasSizeGreaterThan(1000);
            assertThat(target.calls).containsExactly("attach");
        }
    }

    @Test
    void aTooLongPacketIsRefusedAndTheNextOneServed() throws Exception {
        try (Raw raw = new Raw()) {
            assertThat(raw.ask("M400000,1:" + "0".repeat(1 << 20))).startsWith("E.packet longer");
            assertThat(raw.ask("!")).isEqualTo("OK");
        }
    }

    @Test
    void aReplyThatWasNotUnderstoodIsSentAgain() throws Exception {
        try (Raw raw = new Raw()) {
            assertThat(raw.ask("qAttached")).isEqualTo("1");
            raw.bytes("-");
            assertThat(raw.packet()).isEqualTo("1");
        }
    }

    @Test
    void packetsSentWhileThePayloadRunsWaitAndInterruptsGetThrough() throws Exception {
        target.thread(FakeTarget.PID).set(AmdRegister.RIP, FakeTarget.LOOP);
        try (Raw raw = new Raw()) {
            raw.ask("?");
            raw.send("c");
            raw.send("qAttached");
            raw.send("qC");
            raw.bytes("\3");
            assertThat(raw.packet()).startsWith("T02thread:4d;");
            assertThat(raw.packet()).isEqualTo("1");
            assertThat(raw.packet()).isEqualTo("QC4d");
        }
    }

    @Test
    void oldFashionedClientsWork() throws Exception {
        try (Raw raw = new Raw()) {
            assertThat(raw.ask("qfThreadInfo")).isEqualTo("m4d,4e");
            assertThat(raw.ask("qsThreadInfo")).isEqualTo("l");
            assertThat(raw.ask("Hc4e")).isEqualTo("OK");
            assertThat(raw.ask("s")).startsWith("T05thread:4e;").doesNotContain("swbreak");
            assertThat(raw.ask("s400050")).contains("10:5100400000000000;");
            assertThat(raw.ask("p10")).isEqualTo("5100400000000000");
            assertThat(raw.ask("D")).isEqualTo("OK");
            assertThat(raw.next()).isEqualTo(PacketReader.Kind.END);
        }
    }

    @Test
    void aBusyPortGivesTheNextOne() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                RspServer other = RspServer.open(new FakeTarget(false), taken.getLocalPort())) {
            assertThat(other.port()).isNotEqualTo(taken.getLocalPort()).isPositive();
        }
    }
}
