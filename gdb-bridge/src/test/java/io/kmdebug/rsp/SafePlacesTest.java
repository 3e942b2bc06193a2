package io.kmdebug.rsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Unix sockets and tokens: who gets to a stub, and how. */
@Timeout(60)
class SafePlacesTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SECRET = "0123456789abcdef-the-token";

    @TempDir
    private Path folder;

    private final FakeTarget target = new FakeTarget(false);
    private final BlockingQueue<String> complaints = new LinkedBlockingQueue<>();

    private RspServer serve(StubListener... listeners) {
        return RspServer.open(target, List.of(listeners), PacketLog.NONE, complaints::add);
    }

    private Path secret(String text, String mode) throws IOException {
        Path file = Files.createTempFile(folder, "token", "");
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private StubToken token(String text) throws IOException {
        return StubToken.read(secret(text, "rw-------"));
    }

    private static StubListener guarded(StubToken token) throws IOException {
        return StubListener.port(InetAddress.getByName("0.0.0.0"), 0, token);
    }

    private static RspClient connect(StubAddress to) {
        return RspClient.connect(to, LIMIT, PacketLog.NONE);
    }

    @Test
    void aSocketIsItsOwnersAloneAndGoneAtTheEnd() throws Exception {
        Path path = folder.resolve("stub");
        try (RspServer server = serve(StubListener.socket(path))) {
            assertThat(server.port()).isZero();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
            for (int i = 0; i < 2; i++) {
                try (RspClient client = connect(new StubAddress.Socket(path))) {
                    assertThat(client.threads()).hasSize(2);
                    byte[] large = new byte[FakeTarget.CODE_BYTES];
                    assertThat(client.read(FakeTarget.CODE, large, 0, large.length))
                            .isEqualTo(large.length);
                    client.detach();
                }
            }
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void aReplyThatIsLateIsATimeoutOnASocketToo() throws Exception {
        Path path = folder.resolve("mute");
        try (ServerSocketChannel mute = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            mute.bind(UnixDomainSocketAddress.of(path));
            StubAddress to = new StubAddress.Socket(path);
            assertThatThrownBy(() -> RspClient.connect(to, Duration.ofMillis(50), PacketLog.NONE))
                    .isInstanceOfSatisfying(
                            RspException.class, e -> assertThat(e.kind()).isEqualTo(RspException.Kind.TIMEOUT));
        }
    }

    @Test
    void onlyASocketThatNobodyListensAtIsReplaced() throws Exception {
        Path path = folder.resolve("stub");
        Path file = Files.writeString(folder.resolve("file"), "precious");
        assertThatThrownBy(() -> StubListener.socket(file)).isInstanceOf(BindException.class);
        assertThat(file).hasContent("precious");
        try (StubListener first = StubListener.socket(path)) {
            assertThatThrownBy(() -> StubListener.socket(path)).isInstanceOf(BindException.class);
            assertThat(first.isClosed()).isFalse();
            assertThat(path).exists();
        }
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        try (RspServer server = serve(StubListener.socket(path), StubListener.loopback(0));
                RspClient client = connect(new StubAddress.Socket(path))) {
            assertThat(server.port()).isPositive();
            assertThat(client.threads()).hasSize(2);
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void aListenerRemovesNoSocketButItsOwn() throws Exception {
        Path path = folder.resolve("stub");
        StubListener first = StubListener.socket(path);
        Files.delete(path);
        try (StubListener second = StubListener.socket(path)) {
            first.close();
            assertThat(path).exists();
            assertThat(second.isClosed()).isFalse();
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void theTokenLetsAClientIn() throws Exception {
        StubToken token = token(SECRET + "\n");
        try (RspServer server = serve(guarded(token));
                RspClient client = connect(new StubAddress.Port("127.0.0.1", server.port(), token))) {
            assertThat(client.threads()).hasSize(2);
            client.detach();
        }
        assertThat(complaints).isEmpty();
    }

    @Test
    void anythingElseMeetsSilenceAndTheEndAfterTheDelay() throws Exception {
        String right = token(SECRET).frameText();
        String other = token(SECRET.replace('t', 'T')).frameText();
        List<String> said = List.of(
                "",
                "+",
                "$qSupported#37",
                other,
                right.substring(1),
                right.substring(0, right.length() - 1),
                "+" + right);
        List<Socket> clients = new ArrayList<>();
        try (RspServer server = serve(guarded(token(SECRET)))) {
            long start = System.nanoTime();
            for (String words : said) {
                Socket client = new Socket("127.0.0.1", server.port());
                clients.add(client);
                client.getOutputStream().write(words.getBytes(StandardCharsets.ISO_8859_1));
            }
            for (Socket client : clients) {
                assertThat(saysNothing(client))
                        .as(said.get(clients.indexOf(client)))
                        .isTrue();
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(TokenGate.DELAY);
            }
            assertThat(complaints.poll(30, TimeUnit.SECONDS)).contains("127.0.0.1 did not show the token");
            assertThatThrownBy(() -> connect(new StubAddress.Port("127.0.0.1", server.port(), token(SECRET + "x"))))
                    .hasMessageContaining("it has another one");
            try (RspClient late = connect(new StubAddress.Port("127.0.0.1", server.port(), token(SECRET)))) {
                assertThat(late.threads()).hasSize(2);
            }
        } finally {
            for (Socket client : clients) client.close();
        }
    }

    /** Bytes that nobody has read make the end a reset. */
    private static boolean saysNothing(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void aStubThatKnowsNoTokenIsNamedAsSuch() throws Exception {
        StubToken token = token(SECRET);
        try (RspServer server = serve(StubListener.loopback(0))) {
            assertThatThrownBy(() -> connect(new StubAddress.Port("127.0.0.1", server.port(), token)))
                    .hasMessageContaining("it does not ask for a token");
        }
    }

    @Test
    void aPlaceForOtherMachinesHasAToken() {
        assertThatThrownBy(() -> StubListener.port(InetAddress.getByName("0.0.0.0"), 0, null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTokenFileIsItsOwnersAlone() throws Exception {
        for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----")) {
            Path file = secret(SECRET, mode);
            assertThatThrownBy(() -> StubToken.read(file)).hasMessageContaining("by others: chmod 600 " + file);
        }
        assertThatThrownBy(() -> token("short\n")).hasMessageContaining("has 5 bytes; 16 are the least");
        assertThatThrownBy(() -> token("x".repeat(1025))).hasMessageContaining("1024 are the most");
        assertThatThrownBy(() -> StubToken.read(folder)).hasMessageContaining("no regular file");
        assertThatThrownBy(() -> StubToken.read(folder.resolve("none"))).hasMessageContaining("does not exist");
        assertThat(token(SECRET).toString()).doesNotContain(SECRET);
    }

    @Test
    void aRelayShowsTheToken() throws Exception {
        StubToken token = token(SECRET);
        try (RspServer server = serve(guarded(token));
                TokenRelay relay =
                        TokenRelay.open(0, new StubAddress.Port("127.0.0.1", server.port(), token), complaints::add)) {
            StubAddress here = new StubAddress.Port("127.0.0.1", relay.port(), null);
            for (int i = 0; i < 3; i++) {
                try (RspClient client = connect(here)) {
                    byte[] large = new byte[FakeTarget.CODE_BYTES];
                    assertThat(client.read(FakeTarget.CODE, large, 0, large.length))
                            .isEqualTo(large.length);
                    client.detach();
                }
            }
            assertThat(complaints).isEmpty();
            server.close();
            assertThatThrownBy(() -> connect(here)).isInstanceOf(RspException.class);
            assertThat(complaints.poll(30, TimeUnit.SECONDS)).contains("no connection to 127.0.0.1:");
        }
    }
}
