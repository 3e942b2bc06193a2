package io.kmdebug.coredump;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A note that the writer adds as it is given.
 *
 * @param owner such as "CORE" or "KMSP"
 * @param type meaning depends on the owner
 */
public record CoreNote(String owner, int type, byte[] content) {
    private static final int MONITOR_HEADER_BYTES = 32;

    /**
     * KM's note about the payload, NT_KM_GUESTV.
     *
     * @param elfHeader the payload's first 64 bytes
     * @param programHeaders its program headers, 56 bytes each, as many as e_phnum says
     */
    public static CoreNote guest(GuestImage image, byte[] elfHeader, byte[] programHeaders) {
        return new CoreNote(KmNoteType.OWNER, KmNoteType.GUESTV, image.encodeGuestV(elfHeader, programHeaders));
    }

    /**
     * KM's note about the monitor, NT_KM_MONITOR.
     *
     * @param breakEnd the end of the heap, brk(2)
     * @param description why the core was written
     */
    public static CoreNote monitor(long breakEnd, String description) {
        return monitor(breakEnd, 0, "", description);
    }

    /**
     * KM's note about the monitor, NT_KM_MONITOR.
     *
     * @param breakEnd the end of the heap, brk(2)
     * @param mappingTop below what mmap(2) begins
     * @param label of a snapshot; empty: none
     * @param description what the file is of
     */
    public static CoreNote monitor(long breakEnd, long mappingTop, String label, String description) {
        byte[] name = zeroTerminated(label);
        byte[] text = zeroTerminated(description);
        ByteBuffer content = ByteBuffer.allocate(MONITOR_HEADER_BYTES + name.length + text.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        content.putInt(4, name.length)
                .putInt(8, text.length)
                .putLong(16, breakEnd)
                .putLong(24, mappingTop);
        content.put(MONITOR_HEADER_BYTES, name).put(MONITOR_HEADER_BYTES + name.length, text);
        return new CoreNote(KmNoteType.OWNER, KmNoteType.MONITOR, content.array());
    }

    private static byte[] zeroTerminated(String text) {
        return text.isEmpty() ? new byte[0] : (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Header, name with its NUL, content, each padded to 4 bytes. gABI "Note Section". The names of KM's own notes end
     * with four NULs that count as theirs: KM, which puts none there, takes the content to begin where the name's size
     * ends, and others want a NUL.
     */
    byte[] encode() {
        byte[] name = owner.getBytes(StandardCharsets.US_ASCII);
        int nameBytes = owner.equals(KmNoteType.OWNER) ? 2 * name.length : name.length + 1;
        ByteBuffer note = ByteBuffer.allocate(12 + align4(nameBytes) + align4(content.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        note.putInt(nameBytes).putInt(content.length).putInt(type).put(name);
        note.position(12 + align4(nameBytes));
        note.put(content);
        return note.array();
    }

    private static int align4(int size) {
        return (size + 3) & ~3;
    }
}
