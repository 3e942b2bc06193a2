package io.kmdebug.rsp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds one packet after the other in a buffer that is used again. Every byte of data is escaped where it must be.
 * GDB RSP: "Overview", "Binary Data". Not thread-safe.
 */
final class PacketWriter {
    private byte[] frame = new byte[1024];
    private int length;

    /** Forgets the former packet. */
    PacketWriter start() {
        length = 0;
        frame[length++] = '$';
        return this;
    }

    PacketWriter text(String text) {
        reserve(text.length() * 2);
        for (int i = 0; i < text.length(); i++) raw(text.charAt(i));
        return this;
    }

    PacketWriter text(char character) {
        reserve(2);
        raw(character);
        return this;
    }

    /** As few digits as the unsigned value needs. */
    PacketWriter hex(long value) {
        reserve(16);
        int digits = Math.max(1, (67 - Long.numberOfLeadingZeros(value)) / 4);
        for (int i = digits - 1; i >= 0; i--) frame[length++] = Hex.digit((int) (value >>> (4 * i)));
        return this;
    }

    /** Two digits. */
    PacketWriter hexByte(int value) {
        reserve(2);
        frame[length++] = Hex.digit(value >> 4);
        frame[length++] = Hex.digit(value);
        return this;
    }

    /** Two digits for each byte. */
    PacketWriter hexBytes(byte[] bytes, int offset, int count) {
        reserve(count * 2);
        for (int i = 0; i < count; i++) {
            frame[length++] = Hex.digit(bytes[offset + i] >> 4);
            frame[length++] = Hex.digit(bytes[offset + i]);
        }
        return this;
    }

    PacketWriter hexBytes(byte[] bytes) {
        return hexBytes(bytes, 0, bytes.length);
    }

    /** The UTF-8 bytes of a text, two digits each. */
    PacketWriter hexText(String text) {
        return hexBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes as they are, escaped where they must be. */
    PacketWriter binary(byte[] bytes, int offset, int count) {
        reserve(count * 2);
        for (int i = 0; i < count; i++) raw(bytes[offset + i] & 0xff);
        return this;
    }

    /** What another one's {@link #content} was. */
    PacketWriter content(byte[] bytes) {
        reserve(bytes.length);
        System.arraycopy(bytes, 0, frame, length, bytes.length);
        length += bytes.length;
        return this;
    }

    /** What is in the packet so far, escaped where it must be. To be called before {@link #finish}. */
    byte[] content() {
        return Arrays.copyOfRange(frame, 1, length);
    }

    /** Closes the packet with its checksum. */
    PacketWriter finish() {
        int sum = 0;
        for (int i = 1; i < length; i++) sum += frame[i];
        reserve(3);
        frame[length++] = '#';
        return hexByte(sum & 0xff);
    }

    /** The frame; only the first {@link #length} bytes count. */
    byte[] frame() {
        return frame;
    }

    int length() {
        return length;
    }

    /** What is between {@code $} and {@code #}, at most {@code limit} characters of it. */
    String logText(int limit) {
        int end = Math.max(1, length - 3);
        String shown = new String(frame, 1, Math.min(limit, end - 1), StandardCharsets.ISO_8859_1);
        return end - 1 > limit ? shown + "...(" + (end - 1) + " bytes)" : shown;
    }

    private void raw(int value) {
        if (value == '$' || value == '#' || value == '}' || value == '*') {
            frame[length++] = '}';
            value ^= 0x20;
        }
        frame[length++] = (byte) value;
    }

    private void reserve(int more) {
        if (length + more > frame.length) frame = Arrays.copyOf(frame, Math.max(frame.length * 2, length + more));
    }
}
