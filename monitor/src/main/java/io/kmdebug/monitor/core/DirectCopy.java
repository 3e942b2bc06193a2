package io.kmdebug.monitor.core;

import io.kmdebug.coredump.MemoryCopier;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.DebugMemory;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.platform.Platform;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;

/**
 * Writes the payload's memory into a file: anonymous memory from where it is, other memory by way of a small buffer, as
 * pages of a file may be gone.
 */
final class DirectCopy implements MemoryCopier {
    /** Small enough to stay in the processor's cache. */
    private static final int BUFFER_BYTES = 1 << 18;

    private static final int PAGE = 4096;
    private static final int NR_PWRITE64 = 18;
    private static final int O_WRONLY_CLOEXEC = 0x80001;
    private static final int EINTR = 4;
    private static final long STRERROR = Native.address("strerror");

    private final AddressSpace space;
    private final DebugMemory memory;
    private final NavigableMap<Long, Byte> hidden;
    private final int file;
    private final long buffer = HostMemory.allocate(BUFFER_BYTES);
    private long storedBytes;

    /** @param hidden the payload's own bytes where a debugger has its breakpoints */
    DirectCopy(AddressSpace space, NavigableMap<Long, Byte> hidden, Path path) throws IOException {
        this.space = space;
        this.memory = new DebugMemory(space);
        this.hidden = hidden;
        file = HostCall.open(rawName(path), O_WRONLY_CLOEXEC);
        if (file < 0) {
            HostMemory.free(buffer);
            throw new IOException(text(-file));
        }
    }

    /** The bytes of a path, one a character. */
    private static String rawName(Path path) {
        Charset names = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        return new String(path.toString().getBytes(names), StandardCharsets.ISO_8859_1);
    }

    @Override
    public int copy(long address, int length, long position) throws IOException {
        long whole = ownPages(address, length);
        if (whole != 0) {
            store(whole, length, position);
            return length;
        }
        int done = 0;
        while (done < length) {
            int wanted = Math.min(BUFFER_BYTES, length - done);
            int got = memory.read(address + done, buffer, wanted) & -PAGE;
            for (Map.Entry<Long, Byte> one :
                    hidden.subMap(address + done, address + done + got).entrySet()) {
                HostMemory.putByte(buffer + (one.getKey() - address - done), one.getValue());
            }
            store(buffer, got, position + done);
            done += got;
            if (got < wanted) break;
        }
        return done;
    }

    /** Where the host has memory that can be read as it is: anonymous, so that no file's end lies in it; 0: not so. */
    private long ownPages(long address, int length) {
        Region region = space.region(address);
        boolean own = region != null
                && region.end() - address >= length
                && region.backing() == null
                && (region.protection() & Platform.READ) != 0;
        return own && hidden.subMap(address, address + length).isEmpty()
                ? space.window().base() + address
                : 0;
    }

    private void store(long from, int length, long position) throws IOException {
        int at = 0;
        while (at < length) {
            while (at < length && isZero(from + at)) at += PAGE;
            int start = at;
            while (at < length && !isZero(from + at)) at += PAGE;
            write(from + start, at - start, position + start);
        }
    }

    private static boolean isZero(long page) {
        for (int i = 0; i < PAGE; i += 8) if (HostMemory.getLong(page + i) != 0) return false;
        return true;
    }

    private void write(long from, int length, long position) throws IOException {
        int done = 0;
        while (done < length) {
            long n = Native.syscall(NR_PWRITE64, file, from + done, length - done, position + done);
            if (n < 0 && n != -EINTR) throw new IOException(text((int) -n));
            if (n > 0) done += (int) n;
        }
        storedBytes += length;
    }

    private static String text(int errno) {
        long text = Native.call(STRERROR, errno);
        StringBuilder out = new StringBuilder();
        for (byte b; (b = HostMemory.getByte(text)) != 0; text++) out.append((char) (b & 0xff));
        return out.toString();
    }

    @Override
    public long storedBytes() {
        return storedBytes;
    }

    @Override
    public void close() {
        HostCall.close(file);
        HostMemory.free(buffer);
    }
}
