package io.kmdebug.rsp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts a byte stream into packets, acknowledgements and interrupts. GDB RSP: "Overview", "Packet Acknowledgment",
 * "Notification Packets", "Interrupts", "Binary Data".
 *
 * <pre>
 * stream       := (packet | notification | '+' | '-' | 0x03 | noise)*
 * packet       := '$' data '#' hex hex          checksum: sum of the raw data bytes modulo 256
 * notification := '%' data '#' hex hex          never acknowledged; dropped when broken
 * data         := (plain | '}' byte^0x20 | byte '*' (count + 29))*
 * </pre>
 *
 * <p>Not thread-safe. The decoded data is valid until the next {@link #next}.
 */
final class PacketReader {
    /** What {@link #next} found. */
    enum Kind {
        PACKET,
        NOTIFICATION,
        /** A packet whose checksum is wrong; there is no data. */
        BROKEN,
        /** A packet with more data than allowed; there is no data. */
        TOO_LONG,
        ACK,
        NACK,
        INTERRUPT,
        END
    }

    private static final int RUN_LENGTH_BIAS = 29;

    private final InputStream in;
    private final boolean expandRuns;
    /** A server goes on behind a packet that is too long; a client has nothing to hope for there. */
    private final boolean skipsLong;

    private final int limitBytes;
    private final byte[] chunk = new byte[16 * 1024];
    private int position;
    private int available;

    private byte[] data = new byte[1024];
    private int length;
    private boolean tooLong;
    private boolean inPacket;
    private boolean escaped;
    private int previousRaw;

    /**
     * @param expandRuns whether {@code *} starts a run; only data that a server sends has runs
     * @param limitBytes most bytes of decoded data in a packet
     */
    PacketReader(InputStream in, boolean expandRuns, int limitBytes) {
        this.in = in;
        this.expandRuns = expandRuns;
        skipsLong = !expandRuns;
        this.limitBytes = limitBytes;
    }

    /** Blocks until something whole has arrived. A read timeout may leave half a packet behind; see {@link #fill}. */
    Kind next() throws IOException {
        while (true) {
            int found = read();
            switch (found) {
                case -1:
                    return Kind.END;
                case '+':
                    return Kind.ACK;
                case '-':
                    return Kind.NACK;
                case 0x03:
                    return Kind.INTERRUPT;
                case '$':
                    return whole(Kind.PACKET);
                case '%':
                    Kind kind = whole(Kind.NOTIFICATION);
                    if (kind == Kind.NOTIFICATION || kind == Kind.END) return kind;
                    break;
                default: // noise between packets
            }
        }
    }

    /** Whether bytes are at hand, so that {@link #next} has something to do without the stream. */
    boolean hasBuffered() {
        return position < available;
    }

    /** Decoded data of the last packet; only the first {@link #length} bytes count. */
    byte[] data() {
        return data;
    }

    int length() {
        return length;
    }

    String text() {
        return new String(data, 0, length, StandardCharsets.ISO_8859_1);
    }

    /** Whether {@link #next} has the beginning of a packet. */
    boolean isInPacket() {
        return inPacket;
    }

    private Kind whole(Kind kind) throws IOException {
        inPacket = true;
        try {
            return body(kind);
        } finally {
            inPacket = false;
        }
    }

    private Kind body(Kind whole) throws IOException {
        int sum = 0;
        restart();
        while (true) {
            int raw = read();
            if (raw < 0) return Kind.END;
            if (raw == '#') break;
            if (raw == '$' && whole == Kind.PACKET) { // never occurs in data: the sender started over
                sum = 0;
                restart();
                continue;
            }
            sum += raw;
            if (raw == '*' && expandRuns && previousRaw >= 0) {
                int count = read();
                if (count < 0) return Kind.END;
                sum += count;
                for (int i = count - RUN_LENGTH_BIAS; i > 0; i--) emit(previousRaw);
            } else {
                emit(raw);
                previousRaw = raw;
            }
            if (tooLong && !skipsLong) return Kind.TOO_LONG;
        }
        int high = read();
        int low = high < 0 ? -1 : read();
        if (low < 0) return Kind.END;
        boolean right = (Hex.value(high) << 4 | Hex.value(low)) == (sum & 0xff);
        if (!right) return Kind.BROKEN;
        return tooLong ? Kind.TOO_LONG : whole;
    }

    private void restart() {
        length = 0;
        tooLong = false;
        escaped = false;
        previousRaw = -1;
    }

    private void emit(int raw) {
        if (raw == '}' && !escaped) {
            escaped = true;
            return;
        }
        int value = escaped ? raw ^ 0x20 : raw;
        escaped = false;
        if (length == limitBytes) {
            tooLong = true;
            return;
        }
        if (length == data.length) data = Arrays.copyOf(data, Math.min(limitBytes, data.length * 2));
        data[length++] = (byte) value;
    }

    private int read() throws IOException {
        return position < available || fill() ? chunk[position++] & 0xff : -1;
    }

    /** Blocks until there are bytes; returns false at the end. A read timeout here loses nothing. */
    boolean fill() throws IOException {
        if (position < available) return true;
        position = 0;
        available = 0;
        available = Math.max(0, in.read(chunk, 0, chunk.length));
        return available > 0;
    }
}
