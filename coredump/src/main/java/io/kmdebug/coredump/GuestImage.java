package io.kmdebug.coredump;

import io.kmdebug.machine.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * KM's note about the payload or its dynamic linker: NT_KM_GUESTV, NT_KM_GUEST, NT_KM_DYNLINKER. All three hold the
 * file's ELF header, its program headers and its absolute path.
 *
 * @param loadAdjust run-time minus link-time address
 * @param path the file that KM loaded
 */
public record GuestImage(long loadAdjust, String path) {
    static final int VERSION = 1;

    private static final int GUESTV_HEADER = 24;
    private static final int GUEST_HEADER = 8;
    private static final int ELF_HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;

    static GuestImage decodeGuestV(Bytes note) {
        return new GuestImage(note.u8(8), path(note, GUESTV_HEADER));
    }

    static GuestImage decodeGuest(Bytes note) {
        return new GuestImage(note.u8(0), path(note, GUEST_HEADER));
    }

    private static String path(Bytes note, int header) {
        int count = note.u2(header + 56L);
        return note.string(header + ELF_HEADER_BYTES + (long) PROGRAM_HEADER_BYTES * count);
    }

    /**
     * Encodes NT_KM_GUESTV.
     *
     * @param elfHeader the payload's first 64 bytes
     * @param programHeaders its program headers, 56 bytes each, as many as e_phnum says
     */
    byte[] encodeGuestV(byte[] elfHeader, byte[] programHeaders) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        ByteBuffer note = ByteBuffer.allocate(
                        GUESTV_HEADER + ELF_HEADER_BYTES + programHeaders.length + name.length + 1)
                .order(ByteOrder.LITTLE_ENDIAN);
        note.putInt(0, VERSION).putLong(8, loadAdjust);
        note.put(GUESTV_HEADER, elfHeader, 0, ELF_HEADER_BYTES);
        note.put(GUESTV_HEADER + ELF_HEADER_BYTES, programHeaders);
        note.put(GUESTV_HEADER + ELF_HEADER_BYTES + programHeaders.length, name);
        return note.array();
    }
}
