package io.kmdebug.monitor.syscall;

import java.util.ArrayList;
import java.util.List;

/** Descriptors that one call uses, released together. */
final class HeldDescriptors implements AutoCloseable {
    private final FdTable fds;
    private final List<Descriptor> held = new ArrayList<>(8);

    HeldDescriptors(FdTable fds) {
        this.fds = fds;
    }

    /** @throws SyscallFailure EBADF */
    Descriptor hold(long fd) {
        Descriptor d = fds.acquire(fd);
        held.add(d);
        return d;
    }

    /** The host descriptor, or -1 when there is none by that number. */
    int holdIfOpen(int fd) {
        return fds.isOpen(fd) ? hold(fd).hostFd() : -1;
    }

    @Override
    public void close() {
        for (Descriptor d : held) d.release();
    }
}
