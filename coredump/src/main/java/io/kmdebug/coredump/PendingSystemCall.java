package io.kmdebug.coredump;

import io.kmdebug.machine.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The system call in which a thread was. The note {@link ProjectNote#CALLS} lists them, little-endian:
 *
 * <pre>
 * version u32, count u32 | per thread: tid i32, number i32, six arguments u64
 * </pre>
 *
 * @param number Linux's, for x86-64
 * @param arguments six
 */
public record PendingSystemCall(int tid, int number, List<Long> arguments) {
    /** How many a system call can have. */
    public static final int ARGUMENTS = 6;

    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 8;
    private static final int ENTRY_BYTES = 8 + 8 * ARGUMENTS;

    /** The note of a list. */
    public static CoreNote note(List<PendingSystemCall> calls) {
        ByteBuffer content =
                ByteBuffer.allocate(HEADER_BYTES + ENTRY_BYTES * calls.size()).order(ByteOrder.LITTLE_ENDIAN);
        content.putInt(VERSION).putInt(calls.size());
        for (PendingSystemCall call : calls) {
            content.putInt(call.tid).putInt(call.number);
            for (long argument : call.arguments) content.putLong(argument);
        }
        return new CoreNote(ProjectNote.OWNER, ProjectNote.CALLS, content.array());
    }

    /** As many as are there whole; none of another version. */
    static List<PendingSystemCall> decode(Bytes note) {
        if (note.i4(0) != VERSION) return List.of();
        long count = Math.min(note.u4(4), (note.length() - HEADER_BYTES) / ENTRY_BYTES);
        List<PendingSystemCall> calls = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            long at = HEADER_BYTES + i * ENTRY_BYTES;
            List<Long> arguments = new ArrayList<>();
            for (int k = 0; k < ARGUMENTS; k++) arguments.add(note.u8(at + 8 + 8L * k));
            calls.add(new PendingSystemCall(note.i4(at), note.i4(at + 4), List.copyOf(arguments)));
        }
        return List.copyOf(calls);
    }
}
