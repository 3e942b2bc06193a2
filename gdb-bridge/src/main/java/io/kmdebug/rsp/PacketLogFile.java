package io.kmdebug.rsp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A packet log as a text file: a line for each packet, complete, from which a session can be played again.
 *
 * <pre>
 * line      := time ' ' connection ' ' event '\n'
 * time      := UTC, as 2026-11-22T21:04:05.123456Z
 * connection:= 1, 2, ... in this process; several may write to one file
 * event     := "= connected to " place | "= closed" | "> " text | "&lt; " text | "> &lt;interrupt>"
 * text      := Latin-1; a byte below space or above '~', and a backslash, as \xHH
 * </pre>
 *
 * <p>{@code >} is what we send, as it goes over the wire between {@code $} and {@code #}; {@code <} is what arrives, with
 * escapes and runs undone. Acknowledgements are left out.
 */
public final class PacketLogFile implements PacketLog {
    private static final System.Logger LOG = System.getLogger(PacketLogFile.class.getName());
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final AtomicInteger CONNECTIONS = new AtomicInteger();

    private final FileChannel file;
    private final int connection = CONNECTIONS.incrementAndGet();
    private boolean failed;

    private PacketLogFile(FileChannel file) {
        this.file = file;
    }

    /** For one connection to {@code place}. The file is made when it is not there, else continued. */
    public static PacketLogFile append(Path path, StubAddress place) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        PacketLogFile log = new PacketLogFile(file);
        log.line("= connected to " + place);
        return log;
    }

    @Override
    public void packet(boolean sent, String packet) {
        line((sent ? "> " : "< ") + escaped(packet));
    }

    @Override
    public int mostCharacters() {
        return Integer.MAX_VALUE;
    }

    @Override
    public synchronized void closed() {
        if (!file.isOpen()) return;
        line("= closed");
        try {
            file.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the packet log: " + e.getMessage());
        }
    }

    /** A log that cannot be written must not end the session. */
    private synchronized void line(String event) {
        if (failed || !file.isOpen()) return;
        String line = TIME.format(Instant.now()) + " " + connection + " " + event + "\n";
        try {
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) file.write(bytes);
        } catch (IOException e) {
            failed = true;
            LOG.log(System.Logger.Level.WARNING, "the packet log ends here: " + e.getMessage());
        }
    }

    private static String escaped(String packet) {
        StringBuilder text = new StringBuilder(packet.length());
        for (int i = 0; i < packet.length(); i++) {
            char c = packet.charAt(i);
            if (c >= ' ' && c <= '~' && c != '\\') text.append(c);
            else text.append(String.format("\\x%02x", c & 0xff));
        }
        return text.toString();
    }
}
