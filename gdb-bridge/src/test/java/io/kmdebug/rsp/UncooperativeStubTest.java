package io.kmdebug.rsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.rsp.RspException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Stubs that are silent, slow, broken or hostile: each is an error with a reason, within a time. */
@Timeout(60)
class UncooperativeStubTest {
    private static final Duration SHORT = Duration.ofMillis(100);
    /** For what must not be over before it is there. */
    private static final Duration LONG = Duration.ofSeconds(20);

    private ServerSocket listener;

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    private interface Behaviour {
        /** Returns when the connection is to be closed. */
        void serve(Conversation client) throws IOException;
    }

    /** A stub's end of the line. */
    private static final class Conversation {
        final Socket socket;
        final OutputStream out;
        final PacketReader reader;

        Conversation(Socket socket) throws IOException {
            this.socket = socket;
            out = socket.getOutputStream();
            reader = new PacketReader(socket.getInputStream(), false, 1 << 20);
        }

        /** The next request; null when there are no more. */
        @Nullable
        String request() throws IOException {
            while (true) {
                switch (reader.next()) {
                    case PACKET -> {
                        return reader.text();
                    }
                    case END -> {
                        return null;
                    }
                    default -> {}
                }
            }
        }

        void raw(String bytes) throws IOException {
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        }

        void reply(String data) throws IOException {
            raw("+" + PacketCodecTest.framed(data));
        }

        /** Answers what a client asks at the beginning. */
        void begin() throws IOException {
            for (String asked = request(); asked != null; asked = request()) {
                if (asked.startsWith("qSupported")) {
                    reply("PacketSize=1000;vContSupported+");
                } else if (asked.equals("?")) {
                    reply("T05thread:1;10:0010000000000000;");
                    return;
                } else {
                    reply(asked.equals("qC") ? "QC1" : asked.startsWith("H") ? "OK" : "");
                }
            }
        }

        /** Until the client has gone. */
        void silence() throws IOException {
            while (reader.next() != PacketReader.Kind.END) {}
        }
    }

    private void stub(Behaviour behaviour) {
        Thread thread = new Thread(
                () -> {
                    try (Socket socket = listener.accept()) {
                        socket.setTcpNoDelay(true);
                        behaviour.serve(new Conversation(socket));
                    } catch (IOException gone) {
                        // the client has had enough, which is what it is to have
                    }
                },
                "uncooperative-stub");
        thread.setDaemon(true);
        thread.start();
    }

    private RspClient connect(Duration timeout) {
        return RspClient.connect("127.0.0.1", listener.getLocalPort(), timeout);
    }

    private void assertConnectFails(Duration timeout, Kind kind, String why) {
        assertFails(() -> connect(timeout).close(), kind, why);
    }

    private static void assertFails(org.assertj.core.api.ThrowableAssert.ThrowingCallable work, Kind kind, String why) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        RspException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(why);
    }

    private static Behaviour endlessly(String bytes) {
        return client -> {
            while (true) client.raw(bytes);
        };
    }

    @Test
    void oneThatSaysNothing() {
        stub(Conversation::silence);
        assertConnectFails(SHORT, Kind.TIMEOUT, "no reply in 100 ms to packet \"qSupported:");
    }

    @Test
    void oneThatClosesAtOnce() {
        stub(client -> client.request());
        assertConnectFails(LONG, Kind.LOST, "the stub closed the connection");
    }

    @Test
    void oneThatDiesInAPacket() {
        stub(client -> {
            client.request();
            client.raw("+$PacketSi");
        });
        assertConnectFails(LONG, Kind.LOST, "the stub closed the connection");
    }

    @Test
    void oneThatFallsSilentInAPacket() {
        stub(client -> {
            client.raw("+$PacketSi");
            client.silence();
        });
        assertConnectFails(SHORT, Kind.TIMEOUT, "half a reply to packet \"qSupported:");
    }

    @Test
    void oneThatDribbles() {
        stub(client -> {
            client.raw("+$");
            while (true) {
                client.raw("x");
                client.socket.setSoTimeout(10);
                try {
                    client.reader.fill();
                } catch (java.net.SocketTimeoutException goOn) {
                    continue;
                }
            }
        });
        assertConnectFails(SHORT, Kind.TIMEOUT, "half a reply to packet \"qSupported:");
    }

    @Test
    void oneThatAnswersWithNoise() {
        stub(endlessly("noise".repeat(1000)));
        assertConnectFails(SHORT, Kind.TIMEOUT, "qSupported:");
    }

    @Test
    void oneThatAcknowledgesForEver() {
        stub(endlessly("+".repeat(1000)));
        assertConnectFails(SHORT, Kind.TIMEOUT, "qSupported:");
    }

    @Test
    void oneWithNotificationsForEver() {
        stub(endlessly(PacketCodecTest.framed("Stop:T05").replace('$', '%').repeat(100)));
        assertConnectFails(SHORT, Kind.TIMEOUT, "qSupported:");
    }

    @Test
    void oneThatUnderstandsNothing() {
        stub(client -> {
            while (client.request() != null) client.raw("-");
        });
        assertConnectFails(LONG, Kind.MALFORMED, "the stub refuses to understand");
    }

    @Test
    void oneWithWrongChecksumsForEver() {
        stub(client -> {
            client.request();
            while (true) client.raw("$PacketSize=1000#00");
        });
        assertConnectFails(LONG, Kind.MALFORMED, "wrong checksum");
    }

    @Test
    void oneThatRefusesToSayWhatItCan() {
        stub(client -> {
            client.request();
            client.reply("E01");
            client.silence();
        });
        assertConnectFails(LONG, Kind.REFUSED, "qSupported");
    }

    @Test
    void oneThatDoesNotKnowFeaturesIsUsedAllTheSame() {
        stub(client -> {
            client.request();
            client.reply("");
            client.begin();
            client.silence();
        });
        try (RspClient client = connect(LONG)) {
            assertThat(client.initialStop().tid()).isEqualTo(1);
            assertThat(client.initialStop().registers().pc()).isEqualTo(0x1000);
        }
    }

    @Test
    void aPacketOfAHundredMegabytes() {
        stub(client -> {
            client.request();
            client.raw("+$");
            String megabyte = "x".repeat(1 << 20);
            for (int i = 0; i < 100; i++) client.raw(megabyte);
        });
        assertConnectFails(LONG, Kind.MALFORMED, "reply longer than 16777216 bytes");
    }

    @Test
    void aPacketThatUnfoldsToMore() {
        stub(client -> {
            client.request();
            client.raw("+$x");
            String runs = "*~".repeat(1 << 18);
            while (true) client.raw(runs);
        });
        assertConnectFails(LONG, Kind.MALFORMED, "reply longer than 16777216 bytes");
    }

    private void begun(Behaviour behaviour) {
        stub(client -> {
            client.begin();
            behaviour.serve(client);
        });
    }

    @Test
    void anAnswerThatIsLateIsNobodysAnswer() {
        begun(client -> {
            client.request();
            while (client.socket.getInputStream().read() >= 0) {} // until the client has given up
            client.reply("OK");
        });
        try (RspClient client = connect(Duration.ofMillis(500))) {
            assertFails(() -> client.writeMemory(0x1000, new byte[4]), Kind.TIMEOUT, "no reply in 500 ms");
            assertFails(() -> client.insertBreakpoint(0x1000), Kind.LOST, "the connection to the stub is closed");
        }
    }

    @Test
    void threadsWithoutEnd() {
        begun(client -> {
            String many = "m1" + ",1".repeat(1999);
            while (client.request() != null) client.reply(many);
        });
        try (RspClient client = connect(LONG)) {
            assertFails(client::threads, Kind.MALFORMED, "ThreadInfo");
        }
    }

    @Test
    void outputWithoutEnd() {
        begun(client -> {
            String output =
                    "+" + PacketCodecTest.framed("O" + "41".repeat(20_000)).repeat(20);
            while (true) client.raw(output);
        });
        try (RspClient client = connect(LONG)) {
            assertFails(() -> client.monitorCommand("yes"), Kind.MALFORMED, "qRcmd");
        }
    }

    @Test
    void outputWithoutEndInPlaceOfAStop() {
        begun(client -> {
            String output = "+" + PacketCodecTest.framed("O41").repeat(1000);
            while (true) client.raw(output);
        });
        try (RspClient client = connect(LONG)) {
            client.resume();
            assertThat(client.waitForStop(SHORT)).isEmpty();
        }
    }
}
