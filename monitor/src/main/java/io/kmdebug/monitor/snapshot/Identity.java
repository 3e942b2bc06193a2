package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which snapshot a file is, and on which other one it builds; the note "KMDB" type 2: version 4, its own number 16,
 * whether there is a base 1, the base's number 16, its length 8, its path as modified UTF-8. Big-endian.
 *
 * @param base what it builds on, or null when it holds all memory
 */
record Identity(UUID self, @Nullable Base base) {
    private static final int VERSION = 1;
    private static final int GETRANDOM = 318;

    /** @param path absolute, as it was when the snapshot was taken */
    record Base(UUID id, long bytes, String path) {}

    /** With a number that no other has. */
    static Identity fresh(@Nullable Base base) {
        long random = HostMemory.allocate(16);
        try {
            Native.syscall(GETRANDOM, random, 16, 0);
            return new Identity(new UUID(HostMemory.getLong(random), HostMemory.getLong(random + 8)), base);
        } finally {
            HostMemory.free(random);
        }
    }

    byte[] encode() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(VERSION);
        put(out, self);
        out.writeBoolean(base != null);
        if (base != null) {
            put(out, base.id());
            out.writeLong(base.bytes());
            out.writeUTF(base.path());
        }
        return bytes.toByteArray();
    }

    private static void put(DataOutputStream out, UUID id) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    /** @throws IOException when it is cut or of another version */
    static Identity decode(byte[] content) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
        int version = in.readInt();
        if (version != VERSION) throw new IOException("its identity has version " + version + ", expected " + VERSION);
        UUID self = new UUID(in.readLong(), in.readLong());
        if (!in.readBoolean()) return new Identity(self, null);
        return new Identity(self, new Base(new UUID(in.readLong(), in.readLong()), in.readLong(), in.readUTF()));
    }
}
