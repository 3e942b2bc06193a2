package io.kmdebug.coredump;

import io.kmdebug.machine.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A descriptor that was open when the core was written. The note {@link ProjectNote#DESCRIPTORS} lists them, little-endian:
 *
 * <pre>
 * version u32, count u32 | per descriptor: number i32, flags u32, offset i64, name ended by NUL, padded to 4 bytes
 * </pre>
 *
 * @param flags of open(2), as F_GETFL gives them, and O_CLOEXEC
 * @param offset in the file; 0 of what has none
 * @param name as the symbolic link {@code /proc/PID/fd/NUMBER} has it: a path, {@code pipe:[4711]}, {@code
 *     anon_inode:[eventpoll]}
 */
public record OpenDescriptor(int number, int flags, long offset, String name) {
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 8;
    private static final int FIXED_BYTES = 16;

    /** @param information the lines of {@code /proc/PID/fdinfo/NUMBER}, proc(5); without them flags and offset are 0 */
    public static OpenDescriptor described(int number, String name, String information) {
        long offset = 0;
        int flags = 0;
        for (String line : information.split("\n")) {
            String value = line.substring(line.indexOf(':') + 1).strip();
            if (line.startsWith("pos:") && value.matches("\\d{1,18}")) offset = Long.parseLong(value);
            if (line.startsWith("flags:") && value.matches("[0-7]{1,10}")) flags = Integer.parseInt(value, 8);
        }
        return new OpenDescriptor(number, flags, offset, name);
    }

    /** The note of a list. */
    public static CoreNote note(List<OpenDescriptor> descriptors) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(
                little(HEADER_BYTES).putInt(VERSION).putInt(descriptors.size()).array());
        for (OpenDescriptor one : descriptors) {
            byte[] name = one.name.getBytes(StandardCharsets.UTF_8);
            ByteBuffer entry = little(FIXED_BYTES + (name.length + 4 & ~3));
            entry.putInt(one.number).putInt(one.flags).putLong(one.offset).put(name);
            content.writeBytes(entry.array());
        }
        return new CoreNote(ProjectNote.OWNER, ProjectNote.DESCRIPTORS, content.toByteArray());
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** As many as are there whole; none of another version. */
    static List<OpenDescriptor> decode(Bytes note) {
        if (note.i4(0) != VERSION) return List.of();
        long count = note.u4(4);
        List<OpenDescriptor> descriptors = new ArrayList<>();
        long at = HEADER_BYTES;
        while (descriptors.size() < count && at + FIXED_BYTES < note.length()) {
            String name = note.string(at + FIXED_BYTES);
            descriptors.add(new OpenDescriptor(note.i4(at), note.i4(at + 4), note.u8(at + 8), name));
            long end = note.indexOfNul(at + FIXED_BYTES);
            at += FIXED_BYTES + (end - at - FIXED_BYTES + 4 & ~3);
        }
        return List.copyOf(descriptors);
    }
}
