package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EPIPE;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.syscall.SyscallThread.Restart;

/** Moving bytes: read(2), write(2) and their relatives, sendfile(2), splice(2), tee(2), copy_file_range(2). */
final class TransferCalls implements SyscallGroup {
    private final World world;
    private final FdTable fds;
    private final ProcFiles proc;

    TransferCalls(World world, FdTable fds, ProcFiles proc) {
        this.world = world;
        this.fds = fds;
        this.proc = proc;
    }

    @Override
    public long call(SyscallThread thread, int number, long[] a) {
        return switch (number) {
            case Sys.READ -> read(thread, a);
            case Sys.PREAD64 -> plain(thread, number, a, Access.WRITE);
            case Sys.WRITE, Sys.PWRITE64 -> raisePipe(thread, plain(thread, number, a, Access.READ));
            case Sys.READV, Sys.PREADV, Sys.PREADV2 -> vector(thread, number, a, Access.WRITE);
            case Sys.WRITEV, Sys.PWRITEV, Sys.PWRITEV2 -> raisePipe(thread, vector(thread, number, a, Access.READ));
            case Sys.VMSPLICE -> raisePipe(thread, vector(thread, number, a, Access.READ));
            case Sys.TEE -> between(thread, number, a[0], a[1], 0, 0, a);
            case Sys.SENDFILE -> sendfile(thread, a);
            default -> between(thread, number, a[0], a[2], a[1], a[3], a);
        };
    }

    private long read(SyscallThread thread, long[] a) {
        Descriptor d = fds.acquire(a[0]);
        try {
            SignalFd signals = d.file().signals();
            if (signals != null) return signals.read(thread, d, a[1], a[2]);
            if (d.file().kind() == OpenFile.Kind.GENERATED) return generated(thread, d, Sys.READ, a);
            return transfer(thread, d, Sys.READ, a, Access.WRITE);
        } finally {
            d.release();
        }
    }

    private long plain(SyscallThread thread, int number, long[] a, Access access) {
        Descriptor d = fds.acquire(a[0]);
        try {
            if (d.file().kind() == OpenFile.Kind.GENERATED) return generated(thread, d, number, a);
            return transfer(thread, d, number, a, access);
        } finally {
            d.release();
        }
    }

    private long transfer(SyscallThread thread, Descriptor d, int number, long[] a, Access access) {
        long address = thread.memory().range(a[1], a[2], access);
        long length = Math.min(a[2], Iovecs.MAX_TRANSFER);
        boolean positioned = number == Sys.PREAD64 || number == Sys.PWRITE64;
        if (positioned) return run(thread, d, number, d.hostFd(), address, length, a[3]);
        return run(thread, d, number, d.hostFd(), address, length);
    }

    private long run(SyscallThread thread, Descriptor d, int number, long... arguments) {
        OpenFile file = d.file();
        if (!file.mayBlock()) return world.call(number, arguments);
        Restart restart = file.hasTimeout() ? Restart.NEVER_AFTER_HANDLER : Restart.IF_SA_RESTART;
        return world.blocking(thread, restart, number, arguments);
    }

    private long vector(SyscallThread thread, int number, long[] a, Access access) {
        Descriptor d = fds.acquire(a[0]);
        try {
            if (d.file().kind() == OpenFile.Kind.GENERATED) return generated(thread, d, number, a);
            if (a[2] == 0) return run(thread, d, number, d.hostFd(), 0, 0, a[3], a[4], a[5]);
            Scratch scratch = world.scratch();
            long count = Integer.toUnsignedLong((int) a[2]);
            long vector = Iovecs.toHost(thread.memory(), scratch, a[1], count, access);
            return run(thread, d, number, d.hostFd(), vector, count, a[3], a[4], a[5]);
        } finally {
            d.release();
        }
    }

    private long generated(SyscallThread thread, Descriptor d, int number, long[] a) {
        return new GeneratedReads(world, proc).transfer(thread, d, number, a);
    }

    private long sendfile(SyscallThread thread, long[] a) {
        Descriptor out = fds.acquire(a[0]);
        try {
            Descriptor in = fds.acquire(a[1]);
            try {
                if (in.file().kind() == OpenFile.Kind.GENERATED) return generated(thread, in, Sys.SENDFILE, a);
                long offset = a[2] == 0 ? 0 : thread.memory().host(a[2], 8, Access.WRITE);
                return raisePipe(thread, run(thread, out, Sys.SENDFILE, out.hostFd(), in.hostFd(), offset, a[3]));
            } finally {
                in.release();
            }
        } finally {
            out.release();
        }
    }

    /** tee, splice, copy_file_range: two descriptors, each with an optional pointer to an offset. */
    private long between(
            SyscallThread thread, int number, long from, long to, long fromOffset, long toOffset, long[] a) {
        Descriptor in = fds.acquire(from);
        try {
            Descriptor out = fds.acquire(to);
            try {
                if (in.file().kind() == OpenFile.Kind.GENERATED) return generated(thread, in, number, a);
                Descriptor waiting = in.file().mayBlock() ? in : out;
                if (number == Sys.TEE) return run(thread, waiting, number, in.hostFd(), out.hostFd(), a[2], a[3]);
                long inAt = fromOffset == 0 ? 0 : thread.memory().host(fromOffset, 8, Access.WRITE);
                long outAt = toOffset == 0 ? 0 : thread.memory().host(toOffset, 8, Access.WRITE);
                return raisePipe(
                        thread, run(thread, waiting, number, in.hostFd(), inAt, out.hostFd(), outAt, a[4], a[5]));
            } finally {
                out.release();
            }
        } finally {
            in.release();
        }
    }

    /** The host's SIGPIPE goes to the monitor, which ignores it; the payload gets its own. */
    static long raisePipe(SyscallThread thread, long result) {
        if (result == -EPIPE) {
            SyscallProcess process = thread.process();
            int pid = process.pid();
            process.signals().post(thread.signals(), SignalInfo.sent(13, SignalInfo.SI_USER, pid, 0));
        }
        return result;
    }
}
