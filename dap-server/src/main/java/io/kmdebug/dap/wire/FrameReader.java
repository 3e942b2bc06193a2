package io.kmdebug.dap.wire;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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
    private static final String LENGTH = "content-length:";

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

    /** Reads one object of at most {@code bytes} bytes, following strings and brackets but nothing else of JSON. */
    private Frame object(int bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(bytes, 1 << 16));
        int depth = 0;
        boolean string = false;
        boolean escaped = false;
        for (int i = 0; i < bytes; i++) {
            int b = read();
            if (b < 0) {
                throw new EOFException("the input ends " + i + " bytes into a message of " + bytes);
            }
            if (depth == 0 && b != '{') {
                if (b == ' ' || b == '\t' || b == '\r' || b == '\n') {
                    continue;
                }
                position--;
                return broken("a message starts with '" + printable(b) + "', not with '{'", "");
            }
            out.write(b);
            if (string) {
                if (escaped) {
                    escaped = false;
                } else if (b == '\\') {
                    escaped = true;
                } else if (b == '"') {
                    string = false;
                }
            } else if (b == '"') {
                string = true;
            } else if (b == '{' || b == '[') {
                depth++;
            } else if (b == '}' || b == ']') {
                if (--depth == 0) {
                    return new Frame.Body(out.toString(StandardCharsets.UTF_8));
                }
            }
        }
        return broken(
                "the " + bytes + " bytes that Content-Length gives hold no complete JSON object",
                out.toString(StandardCharsets.UTF_8));
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
        if (position == limit) {
            int count = in.read(buffer, 0, buffer.length);
            if (count <= 0) {
                return -1;
            }
            position = 0;
            limit = count;
        }
        return buffer[position++] & 0xff;
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
