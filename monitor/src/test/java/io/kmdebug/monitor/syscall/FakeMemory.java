package io.kmdebug.monitor.syscall;

import io.kmdebug.monitor.host.HostMemory;
import java.nio.charset.StandardCharsets;

/** Guest memory from {@link #START} on, over real host memory so that host calls can fill it. Nothing else is mapped. */
public final class FakeMemory implements GuestMemory, AutoCloseable {
    public static final long START = 0x10000;
    public static final int BYTES = 1 << 16;

    private final long host = HostMemory.allocate(BYTES);

    public FakeMemory() {
        HostMemory.clear(host, BYTES);
    }

    @Override
    public long host(long guest, long length, Access access) {
        if (length == 0) return host;
        if (guest < START || length < 0 || length > START + BYTES - guest) throw new GuestFault(guest);
        return host + guest - START;
    }

    @Override
    public byte[] read(long guest, int length) {
        return HostMemory.read(host(guest, length, Access.READ), length);
    }

    @Override
    public void write(long guest, byte[] data) {
        HostMemory.write(host(guest, data.length, Access.WRITE), data, 0, data.length);
    }

    @Override
    public int readInt(long guest) {
        return HostMemory.getInt(host(guest, 4, Access.READ));
    }

    @Override
    public long readLong(long guest) {
        return HostMemory.getLong(host(guest, 8, Access.READ));
    }

    @Override
    public void writeInt(long guest, int value) {
        HostMemory.putInt(host(guest, 4, Access.WRITE), value);
    }

    @Override
    public void writeLong(long guest, long value) {
        HostMemory.putLong(host(guest, 8, Access.WRITE), value);
    }

    @Override
    public boolean compareAndSetInt(long guest, int expected, int value) {
        return HostMemory.compareAndSetInt(host(guest, 4, Access.WRITE), expected, value);
    }

    @Override
    public String readString(long guest, int max) {
        StringBuilder text = new StringBuilder();
        for (long at = guest; text.length() < max; at++) {
            byte next = read(at, 1)[0];
            if (next == 0) break;
            text.append((char) (next & 0xff));
        }
        return text.toString();
    }

    /** Writes a NUL-terminated string; returns its address. */
    public long put(long guest, String text) {
        write(guest, (text + "\0").getBytes(StandardCharsets.ISO_8859_1));
        return guest;
    }

    @Override
    public void close() {
        HostMemory.free(host);
    }
}
