package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.rsp.PacketLog;
import io.kmdebug.rsp.RspClient;
import io.kmdebug.rsp.StubAddress;
import io.kmdebug.rsp.StubTarget.StopReason;
import io.kmdebug.rsp.StubToken;
import io.kmdebug.rsp.TokenRelay;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --gdb-socket}, {@code --gdb-bind} and {@code --gdb-token-file}, with gdb and with our own client. */
@Timeout(120)
class SafeStubTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static Path program;
    private static Path secret;

    @BeforeAll
    static void compile() throws Exception {
        program = DebuggedKm.compile(folder, "gcc");
        secret = Files.writeString(folder.resolve("secret"), "a secret of some length\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void gdbComesThroughASocketWhichIsGoneAtTheEnd() throws Exception {
        Path socket = folder.resolve("stub");
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("--gdb-socket=stub"), program)) {
            assertThat(km.place()).isEqualTo(socket.toString());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
            String said = km.gdb(program, "break compute", "continue", "p n", "continue");
            assertThat(said)
                    .contains("Breakpoint 1, compute")
                    .contains("$1 = 4")
                    .contains("exited with code 07");
            assertThat(km.exitStatus()).isEqualTo(7);
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void aSocketAndAPortLeadToOnePayload() throws Exception {
        Path socket = folder.resolve("both");
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0", "--gdb-socket=" + socket), program)) {
            try (RspClient first = RspClient.connect("127.0.0.1", km.port(), LIMIT)) {
                assertThat(first.threads()).hasSize(1);
                assertThatThrownBy(() -> connect(new StubAddress.Socket(socket)))
                        .hasMessageContaining("another debugger is connected");
                first.detach();
            }
            assertThat(km.exitStatus()).isEqualTo(7);
        }
        assertThat(socket).doesNotExist();
    }

    private static RspClient connect(StubAddress to) {
        return RspClient.connect(to, LIMIT, PacketLog.NONE);
    }

    @Test
    void otherMachinesNeedTheTokenAndGdbTheRelay() throws Exception {
        List<String> options = List.of("-g0", "--gdb-bind=0.0.0.0", "--gdb-token-file=" + secret);
        try (DebuggedKm km = DebuggedKm.start(folder, options, program)) {
            assertThat(km.place()).matches("0\\.0\\.0\\.0:\\d+");
            try (RspClient client = connect(guarded(km))) {
                assertThat(client.initialStop().reason()).isEqualTo(new StopReason.Attached());
                client.detach();
            }
            assertThat(km.exitStatus()).isEqualTo(7);
        }
        try (DebuggedKm km = DebuggedKm.start(folder, options, program);
                TokenRelay relay = TokenRelay.open(0, guarded(km), complaint -> {})) {
            assertThat(DebuggedKm.gdb(
                            List.of(program.toString()),
                            "set sysroot",
                            "target remote 127.0.0.1:" + relay.port(),
                            "break compute",
                            "continue",
                            "p n",
                            "continue"))
                    .contains("$1 = 4")
                    .contains("exited with code 07");
            assertThat(km.exitStatus()).isEqualTo(7);
        }
    }

    private static StubAddress guarded(DebuggedKm km) throws Exception {
        return new StubAddress.Port("127.0.0.1", km.port(), StubToken.read(secret));
    }

    @Test
    void whatIsNotSafeIsRefused() throws Exception {
        assertRefused("would let other machines debug the payload: it needs --gdb-token-file", "--gdb-bind=0.0.0.0");
        assertRefused("needs --gdb-token-file", "--gdb-bind=::");
        assertRefused("wants an address of this host, not \"no.such.host.invalid\"", "--gdb-bind=no.such.host.invalid");
        assertRefused(
                "cannot listen for debuggers on 203.0.113.9:",
                "-g0",
                "--gdb-bind=203.0.113.9",
                "--gdb-token-file=" + secret);
        Path open = Files.writeString(folder.resolve("open"), "everybody knows this");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        assertRefused("may be read or written by others: chmod 600", "-g0", "--gdb-token-file=" + open);
        assertRefused("cannot make the socket " + open + " for debuggers", "--gdb-socket=" + open);
        assertThat(open).hasContent("everybody knows this");
    }

    private static void assertRefused(String why, String... options) throws Exception {
        assertThatThrownBy(() ->
                        DebuggedKm.start(folder, List.of(options), program).close())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(why);
    }
}
