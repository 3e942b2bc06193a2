package io.kmdebug.monitor.syscall;

import io.kmdebug.monitor.host.HostMemory;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Host memory of one monitor thread for the structures that a host call wants and the payload must not touch: paths,
 * translated iovecs, pollfds, message headers. Everything handed out is free again at the next {@link #restart()}.
 */
final class Scratch {
    private static final int FIRST_BYTES = 16 * 1024;
    private static final ReferenceQueue<Scratch> DROPPED = new ReferenceQueue<>();
    private static final Set<Blocks> ALL = new HashSet<>();

    /** The memory; freed when the next scratch is made after its own was collected with its thread. */
    private static final class Blocks extends PhantomReference<Scratch> {
        private long[] addresses = new long[2];
        private int count;

        Blocks(Scratch owner) {
            super(owner, DROPPED);
        }

        long add(long bytes) {
            if (count == addresses.length) addresses = Arrays.copyOf(addresses, 2 * count);
            addresses[count] = HostMemory.allocate(bytes);
            return addresses[count++];
        }

        /** Frees all but the first {@code kept}. */
        void free(int kept) {
            while (count > kept) HostMemory.free(addresses[--count]);
        }
    }

    private final Blocks blocks;
    private final long first;
    private long next;
    private long end;

    Scratch() {
        blocks = register(this);
        first = blocks.add(FIRST_BYTES);
        restart();
    }

    private static Blocks register(Scratch made) {
        synchronized (ALL) {
            for (Object dropped = DROPPED.poll(); dropped != null; dropped = DROPPED.poll()) {
                if (dropped instanceof Blocks blocks && ALL.remove(blocks)) blocks.free(0);
            }
            Blocks blocks = new Blocks(made);
            ALL.add(blocks);
            return blocks;
        }
    }

    /** Forgets everything handed out before; called once at the start of a handler. */
    Scratch restart() {
        blocks.free(1);
        next = first;
        end = first + FIRST_BYTES;
        return this;
    }

    /** Zeroed memory, 16-byte aligned. */
    long allocate(long bytes) {
        long size = bytes + 15 & ~15L;
        if (size > end - next) {
            long block = Math.max(size, FIRST_BYTES);
            next = blocks.add(block);
            end = next + block;
        }
        long address = next;
        next += size;
        HostMemory.clear(address, size);
        return address;
    }

    /** A NUL-terminated copy; each char is one byte. */
    long string(String text) {
        byte[] data = text.getBytes(StandardCharsets.ISO_8859_1);
        long address = allocate(data.length + 1);
        write(address, data);
        return address;
    }

    long bytes(byte[] data) {
        long address = allocate(data.length);
        write(address, data);
        return address;
    }

    /** Two longs: a timespec, a timeval, one iovec. */
    long pair(long a, long b) {
        long address = allocate(16);
        putLong(address, a);
        putLong(address + 8, b);
        return address;
    }

    byte[] read(long address, int length) {
        return HostMemory.read(address, length);
    }

    private static void write(long address, byte[] data) {
        HostMemory.write(address, data, 0, data.length);
    }

    /** Moves bytes within the memory; the ranges may overlap. */
    void copy(long from, long to, long bytes) {
        write(to, read(from, (int) bytes));
    }

    int getInt(long address) {
        return HostMemory.getInt(address);
    }

    void putInt(long address, int value) {
        HostMemory.putInt(address, value);
    }

    long getLong(long address) {
        return HostMemory.getLong(address);
    }

    void putLong(long address, long value) {
        HostMemory.putLong(address, value);
    }

    /** Unsigned. */
    int getShort(long address) {
        return HostMemory.getShort(address);
    }
}
