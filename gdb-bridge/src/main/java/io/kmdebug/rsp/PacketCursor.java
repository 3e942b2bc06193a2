package io.kmdebug.rsp;

import java.nio.charset.StandardCharsets;

/** Walks through a packet's data. Anything that is not as asked for throws {@link Malformed}. */
final class PacketCursor {
    /** The packet is not what its kind demands. */
    static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    private final byte[] data;
    private final int end;
    private int position;

    PacketCursor(byte[] data, int length) {
        this.data = data;
        this.end = length;
    }

    static PacketCursor of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return new PacketCursor(bytes, bytes.length);
    }

    boolean atEnd() {
        return position == end;
    }

    int remaining() {
        return end - position;
    }

    /** Of the whole packet. */
    int length() {
        return end;
    }

    int position() {
        return position;
    }

    byte[] data() {
        return data;
    }

    /** The next character without passing it, or -1. */
    int peek() {
        return position < end ? data[position] & 0xff : -1;
    }

    int take() {
        if (position == end) throw new Malformed("packet ends too early");
        return data[position++] & 0xff;
    }

    void back() {
        position--;
    }

    /** Passes the character when it is next. */
    boolean skip(char character) {
        if (peek() != character) return false;
        position++;
        return true;
    }

    void expect(char character) {
        if (!skip(character)) throw new Malformed("expected '" + character + "' at " + position);
    }

    /** Passes the text when it is next. */
    boolean skip(String text) {
        if (remaining() < text.length()) return false;
        for (int i = 0; i < text.length(); i++) {
            if ((data[position + i] & 0xff) != text.charAt(i)) return false;
        }
        position += text.length();
        return true;
    }

    /** An unsigned number of 1 to 16 digits. */
    long hex() {
        int start = position;
        long value = 0;
        while (position < end && Hex.value(data[position]) >= 0) {
            value = value << 4 | Hex.value(data[position++]);
        }
        if (position == start || position - start > 16) throw new Malformed("expected a hex number at " + start);
        return value;
    }

    /** An unsigned number of at most 31 bits. */
    int hexInt() {
        long value = hex();
        if (value < 0 || value > Integer.MAX_VALUE) throw new Malformed("number too large before " + position);
        return (int) value;
    }

    /** Two digits. */
    int hexByte() {
        int high = Hex.value(take());
        int low = Hex.value(take());
        if (high < 0 || low < 0) throw new Malformed("expected two hex digits before " + position);
        return high << 4 | low;
    }

    /** Whether "xx" is next: a byte that is not available. */
    boolean unavailableByte() {
        return remaining() >= 2 && data[position] == 'x' && data[position + 1] == 'x';
    }

    byte[] hexBytes(int count) {
        if (count < 0 || remaining() < 2L * count) throw new Malformed("expected " + count + " bytes in hex");
        byte[] out = new byte[count];
        for (int i = 0; i < count; i++) out[i] = (byte) hexByte();
        return out;
    }

    /** Goes to a position of the packet, or to its end. */
    void moveTo(int wanted) {
        position = Math.min(wanted, end);
    }

    void skipCharacters(int count) {
        if (remaining() < count) throw new Malformed("packet ends too early");
        position += count;
    }

    /** Everything up to one of the characters, or to the end; the character is not passed. */
    String until(String stops) {
        int start = position;
        while (position < end && stops.indexOf(data[position]) < 0) position++;
        return new String(data, start, position - start, StandardCharsets.ISO_8859_1);
    }

    String rest() {
        String text = new String(data, position, end - position, StandardCharsets.ISO_8859_1);
        position = end;
        return text;
    }

    byte[] restBytes() {
        byte[] out = java.util.Arrays.copyOfRange(data, position, end);
        position = end;
        return out;
    }

    /** For packet logs: at most 1,024 characters of the whole packet. */
    @Override
    public String toString() {
        String shown = new String(data, 0, Math.min(end, 1024), StandardCharsets.ISO_8859_1);
        return end > 1024 ? shown + "...(" + end + " bytes)" : shown;
    }
}
