package io.kmdebug.dap.wire;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream into messages. DAP overview, "Base protocol": {@code Content-Length: N CR LF CR LF}, then N bytes of
 * UTF-8 JSON.
 *
 * <p>A client with a wrong length must not wedge the server, so a body ends where its object closes or after N bytes,
 * whichever comes first: nothing waits for bytes that a too large N promises. After anything broken the reader looks
 * for the next {@code Content-Length:}, even in the middle of a line.
 */
public final class FrameReader {
    /** The largest body taken, in bytes. */
    public static final int MAX_BODY_BYTES = 64 << 20;

    private static final int MAX_LINE_BYTES = 8 << 10;
    private static final int MAX_HEADER_LINES = 32;
    /** How often to look for the next message before sleeping until it comes: an editor asks in quick succession. */
    private static final int LOOKS = 40;

    private static final String LENGTH = "content-length:";
    private static final byte[] USUAL_HEADER = "Content-Length: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEADERS_END = {'\r', '\n', '\r', '\n'};

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;
    /** Whether the last frame was broken: then what stands before the next header belongs to it and is not news. */
    private boolean lost;
    /** A line to read again: the header found behind garbage in the same line. */
    private @Nullable String pending;

    public FrameReader(InputStream in) {
        this.in = in;
    }

    /**
     * The next frame; null at the end of the stream between messages.
     *
     * @throws EOFException when the stream ends inside a message
     */
    public @Nullable Frame next() throws IOException {
        boolean searching = lost;
        lost = false;
        int usual = searching || pending != null ? -1 : usualHeader();
        if (usual > 0) return object(usual);
        while (true) {
            Line line = readLine();
            boolean blank = line.text.isBlank();
            if (blank && !line.end) {
                continue;
            }
            int header = line.text.toLowerCase(Locale.ROOT).indexOf(LENGTH);
            if (searching && header < 0 && !line.end) {
                continue;
            }
            if (line.end) {
                if (blank || (searching && header < 0)) {
                    return null;
                }
                throw new EOFException("the input ends inside a header: '" + excerpt(line.text) + "'");
            }
            String before = line.text.substring(0, Math.max(header, 0));
            if (!before.isBlank() && !searching) {
                pending = line.text.substring(header);
                return broken("found '" + excerpt(before) + "' where a Content-Length header was expected", "");
            }
            return afterHeader(line.text.substring(Math.max(header, 0)));
        }
    }

    private Frame afterHeader(String first) throws IOException {
        @Nullable String length = null;
        String text = first;
        for (int lines = 0; !text.isEmpty(); lines++) {
            int colon = text.indexOf(':');
            if (colon <= 0 || lines == MAX_HEADER_LINES || looksLikeBody(text)) {
                return broken("'" + excerpt(text) + "' is not a header line; headers end with an empty line", text);
            }
            if (text.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
                length = text.substring(colon + 1).strip();
            }
            Line line = readLine();
            if (line.end) {
                throw new EOFException("the input ends inside a header: '" + excerpt(text) + "'");
            }
            text = line.text;
        }
        if (length == null) {
            return broken("headers without Content-Length", "");
        }
        return body(length);
    }

    private Frame body(String length) throws IOException {
        if (!Digits.isNumber(length, 18)) {
            return broken(
                    "Content-Length is '" + excerpt(length) + "', not a number of bytes from 2 to " + MAX_BODY_BYTES,
                    "");
        }
        long bytes = Long.parseLong(length);
        if (bytes < 2 || bytes > MAX_BODY_BYTES) {
            return broken("Content-Length is " + bytes + "; a message has 2 to " + MAX_BODY_BYTES + " bytes", "");
        }
        return object((int) bytes);
    }

    /**
     * Takes a header as all known clients write it, when it is in the buffer.
     *
     * @return the length it gives; -1, with nothing taken, when there is anything else
     */
    private int usualHeader() throws IOException {
        if (position == limit && !fill()) return -1;
        int at = position + USUAL_HEADER.length;
        if (at > limit || !Arrays.equals(buffer, position, at, USUAL_HEADER, 0, USUAL_HEADER.length)) return -1;
        int length = 0;
        while (at < limit && buffer[at] >= '0' && buffer[at] <= '9' && length < MAX_BODY_BYTES / 10) {
            length = length * 10 + buffer[at++] - '0';
        }
        int end = at + HEADERS_END.length;
        if (length < 2 || end > limit || !Arrays.equals(buffer, at, end, HEADERS_END, 0, HEADERS_END.length)) return -1;
        position = end;
        return length;
    }

    /** Reads one object of at most {@code bytes} bytes. */
    private Frame object(int bytes) throws IOException {
        int left = bytes;
        int first = ' ';
        while (left > 0 && isBlank(first)) {
            first = read();
            left--;
        }
        if (first < 0) throw endInside(bytes - left - 1, bytes);
        if (isBlank(first)) return incomplete(bytes, "");
        position--;
        left++;
        if (first != '{') return broken("a message starts with '" + printable(first) + "', not with '{'", "");
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(left, 1 << 16));
        ObjectEnd end = new ObjectEnd();
        while (left > 0 && !end.found()) {
            if (position == limit && !fill()) throw endInside(bytes - left, bytes);
            int next = end.search(buffer, position, Math.min(limit, position + left));
            out.write(buffer, position, next - position);
            left -= next - position;
            position = next;
        }
        String text = out.toString(StandardCharsets.UTF_8);
        return end.found() ? new Frame.Body(text) : incomplete(bytes, text);
    }

    private static boolean isBlank(int b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    private Frame incomplete(int bytes, String text) {
        return broken("the " + bytes + " bytes that Content-Length gives hold no complete JSON object", text);
    }

    private static EOFException endInside(int read, int bytes) {
        return new EOFException("the input ends " + read + " bytes into a message of " + bytes);
    }

    private Frame broken(String problem, String text) {
        lost = true;
        return new Frame.Broken(problem, text);
    }

    /** @param end whether the stream ended before the line did */
    private record Line(String text, boolean end) {}

    /** A line without its end. Of a line that is too long only the tail is kept: a header may begin there. */
    private Line readLine() throws IOException {
        if (pending != null) {
            Line line = new Line(pending, false);
            pending = null;
            return line;
        }
        StringBuilder text = new StringBuilder();
        while (true) {
            int b = read();
            if (b < 0) {
                return new Line(text.toString(), true);
            }
            if (b == '\n') {
                int end = text.length();
                boolean cr = end > 0 && text.charAt(end - 1) == '\r';
                return new Line(text.substring(0, cr ? end - 1 : end), false);
            }
            text.append((char) b);
            if (text.length() > MAX_LINE_BYTES) {
                text.delete(0, text.length() - LENGTH.length() - 32);
            }
        }
    }

    private int read() throws IOException {
        return position == limit && !fill() ? -1 : buffer[position++] & 0xff;
    }

    private boolean fill() throws IOException {
        for (int i = 0; i < LOOKS && in.available() == 0; i++) Thread.yield();
        int count = in.read(buffer, 0, buffer.length);
        if (count <= 0) return false;
        position = 0;
        limit = count;
        return true;
    }

    private static boolean looksLikeBody(String text) {
        String stripped = text.strip();
        return !stripped.isEmpty() && !Character.isLetter(stripped.charAt(0));
    }

    private static String printable(int b) {
        return b > 0x20 && b < 0x7f ? String.valueOf((char) b) : String.format("\\x%02x", b);
    }

    private static String excerpt(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars().limit(40).forEach(c -> shown.append(c >= 0x20 && c < 0x7f ? (char) c : '?'));
        return text.length() > 40 ? shown + "..." : shown.toString();
    }
}
