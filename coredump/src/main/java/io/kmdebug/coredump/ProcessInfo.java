package io.kmdebug.coredump;

import io.kmdebug.machine.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * NT_PRPSINFO: Linux {@code struct elf_prpsinfo}, 136 bytes.
 *
 * @param state ps(1)'s letter, such as {@code 'R'}
 * @param name the first 15 bytes of the program's file name
 * @param arguments the first 79 bytes of the command line, separated by blanks
 */
public record ProcessInfo(
        char state, int uid, int gid, int pid, int parentPid, int group, int session, String name, String arguments) {
    static final int BYTES = 136;

    private static final int NAME = 40;
    private static final int NAME_BYTES = 16;
    private static final int ARGUMENTS = 56;
    private static final int ARGUMENTS_BYTES = 80;
    private static final String STATES = "RSDTZW";

    static ProcessInfo decode(Bytes note) {
        return new ProcessInfo(
                (char) note.u1(1),
                note.i4(16),
                note.i4(20),
                note.i4(24),
                note.i4(28),
                note.i4(32),
                note.i4(36),
                note.slice(NAME, NAME_BYTES).string(0),
                note.slice(ARGUMENTS, ARGUMENTS_BYTES).string(0).stripTrailing());
    }

    byte[] encode() {
        ByteBuffer note = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        note.put(0, (byte) Math.max(0, STATES.indexOf(state)));
        note.put(1, (byte) state);
        note.putInt(16, uid).putInt(20, gid).putInt(24, pid);
        note.putInt(28, parentPid).putInt(32, group).putInt(36, session);
        put(note, NAME, NAME_BYTES, name);
        put(note, ARGUMENTS, ARGUMENTS_BYTES, arguments);
        return note.array();
    }

    private static void put(ByteBuffer note, int at, int size, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        note.put(at, bytes, 0, Math.min(bytes.length, size - 1));
    }
}
