package io.kmdebug.rsp;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Plays a stub from a packet log ({@link PacketLogFile}): what it sent then it sends now, after the very packets that the
 * client sent then. Lines that begin with {@code #} are for people.
 */
final class RecordedStub implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    private final List<String> lines;
    private final CompletableFuture<Void> played = new CompletableFuture<>();

    /** @param resource a log with one connection in it */
    RecordedStub(String resource) throws IOException {
        try (InputStream in = RecordedStub.class.getResourceAsStream(resource)) {
            if (in == null) throw new AssertionError("no resource " + resource);
            lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
        Thread player = new Thread(this::play, "recorded-stub");
        player.setDaemon(true);
        player.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** A note of the log's: {@code # name value}. */
    String note(String name) {
        String begin = "# " + name + " ";
        return lines.stream()
                .filter(line -> line.startsWith(begin))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no note " + name))
                .substring(begin.length());
    }

    /** Waits for the end; fails where the client said something else than in the log. */
    void awaitEnd() throws Exception {
        played.get(60, TimeUnit.SECONDS);
    }

    private void play() {
        try (Socket client = listener.accept()) {
            client.setTcpNoDelay(true);
            PacketReader reader = new PacketReader(client.getInputStream(), false, 1 << 20);
            boolean acknowledges = true;
            for (String line : lines) {
                if (line.startsWith("#")) continue;
                String event = line.split(" ", 3)[2];
                String text = unescaped(event.substring(2));
                if (event.startsWith("> ")) {
                    String packet = next(reader);
                    if (!isSame(packet, text))
                        throw new AssertionError("line \"" + line + "\": got \"" + packet + "\"");
                    if (acknowledges && !text.equals("<interrupt>")) send(client, "+");
                } else if (event.startsWith("< ")) {
                    send(client, PacketCodecTest.framed(onWire(text)));
                    if (acknowledges && line.endsWith(" < OK") && noAck(line)) acknowledges = false;
                }
            }
            played.complete(null);
        } catch (IOException | AssertionError e) {
            played.completeExceptionally(e);
        }
    }

    /** What the client knows may grow. */
    private static boolean isSame(String packet, String recorded) {
        return packet.equals(recorded) || packet.startsWith("qSupported:") && recorded.startsWith("qSupported:");
    }

    private boolean noAck(String reply) {
        return lines.get(lines.indexOf(reply) - 1).endsWith(" > QStartNoAckMode");
    }

    private static String next(PacketReader reader) throws IOException {
        while (true) {
            switch (reader.next()) {
                case PACKET -> {
                    return reader.text();
                }
                case INTERRUPT -> {
                    return "<interrupt>";
                }
                case END -> throw new IOException("the client has gone");
                default -> {}
            }
        }
    }

    private static void send(Socket client, String bytes) throws IOException {
        client.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String onWire(String data) {
        StringBuilder raw = new StringBuilder();
        for (char c : data.toCharArray()) {
            if (c == '$' || c == '#' || c == '}' || c == '*') raw.append('}').append((char) (c ^ 0x20));
            else raw.append(c);
        }
        return raw.toString();
    }

    private static String unescaped(String text) {
        StringBuilder bytes = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\\x", i)) {
                bytes.append((char) Integer.parseInt(text.substring(i + 2, i + 4), 16));
                i += 3;
            } else {
                bytes.append(text.charAt(i));
            }
        }
        return bytes.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
