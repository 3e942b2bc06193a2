package io.kmdebug.monitor.control;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * KM's management request: opcode u32, length u32, label 256, description 256, live u32, target path 1024; host byte
 * order, texts end with NUL. The reply is an int32: 0 or an error number.
 *
 * @param opcode {@link #SNAPSHOT} or {@link #CORE}
 * @param live whether the payload goes on afterwards
 * @param path empty: where snapshots go otherwise
 */
record SnapshotRequest(int opcode, String label, String description, boolean live, String path) {
    static final int BYTES = 1548;
    static final int REPLY_BYTES = 4;
    /** Opcode and length: without them it is no request. */
    static final int HEADER_BYTES = 8;

    static final int SNAPSHOT = 0;
    /** Not one of KM's: a core, for which label, description and live mean nothing. */
    static final int CORE = 1;
    /** Up to and with the field "live". */
    static final int SMALLEST = 524;

    private static final int LABEL = 8;
    private static final int DESCRIPTION = 264;
    private static final int LIVE = 520;
    private static final int PATH = 524;
    private static final int TEXT_BYTES = 256;
    private static final int PATH_BYTES = 1024;

    /** @param bytes at least {@link #HEADER_BYTES}; what is missing counts as zero */
    static SnapshotRequest read(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(Arrays.copyOf(bytes, BYTES)).order(ByteOrder.nativeOrder());
        return new SnapshotRequest(
                in.getInt(0),
                text(in, LABEL, TEXT_BYTES),
                text(in, DESCRIPTION, TEXT_BYTES),
                in.getInt(LIVE) != 0,
                text(in, PATH, PATH_BYTES));
    }

    byte[] write() {
        ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.nativeOrder());
        out.putInt(0, opcode).putInt(4, BYTES).putInt(LIVE, live ? 1 : 0);
        put(out, LABEL, label, TEXT_BYTES);
        put(out, DESCRIPTION, description, TEXT_BYTES);
        put(out, PATH, path, PATH_BYTES);
        return out.array();
    }

    private static String text(ByteBuffer in, int at, int bytes) {
        int length = 0;
        while (length < bytes && in.get(at + length) != 0) length++;
        return new String(in.array(), at, length, StandardCharsets.ISO_8859_1);
    }

    private static void put(ByteBuffer out, int at, String text, int bytes) {
        byte[] raw = text.getBytes(StandardCharsets.ISO_8859_1);
        if (raw.length >= bytes) throw new IllegalArgumentException("longer than " + (bytes - 1) + " bytes: " + text);
        out.position(at).put(raw);
    }
}
