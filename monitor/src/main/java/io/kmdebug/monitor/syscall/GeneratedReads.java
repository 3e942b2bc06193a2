package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EBADF;
import static io.kmdebug.monitor.syscall.Errno.EFAULT;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.ESPIPE;

import java.util.Arrays;

/**
 * Reading and writing the files of /proc that the monitor answers itself. Behind the descriptor is the host's file of
 * that name, so that everything else about it is as it should be; the content and the position in it are ours. A read
 * from the start makes the content anew, as for the kernel's files.
 */
final class GeneratedReads {
    private static final int F_GETFL = 3;
    private static final int O_ACCMODE = 3;
    private static final int O_WRONLY = 1;
    private static final int SEEK_CUR = 1;

    private final World world;
    private final ProcFiles proc;

    GeneratedReads(World world, ProcFiles proc) {
        this.world = world;
        this.proc = proc;
    }

    /** Any of the calls that {@link TransferCalls} serves. */
    long transfer(SyscallThread t, Descriptor d, int number, long[] a) {
        OpenFile file = d.file();
        int mode = (int) world.own(Sys.FCNTL, d.hostFd(), F_GETFL) & O_ACCMODE;
        switch (number) {
            case Sys.READ:
                return mode == O_WRONLY ? -EBADF : read(t, file, new long[] {a[1], a[2]}, -1);
            case Sys.PREAD64:
                if (a[3] < 0) return -EINVAL;
                return mode == O_WRONLY ? -EBADF : read(t, file, new long[] {a[1], a[2]}, a[3]);
            case Sys.READV, Sys.PREADV, Sys.PREADV2:
                if (mode == O_WRONLY) return -EBADF;
                boolean positioned = number != Sys.READV && a[3] != -1;
                return read(t, file, vector(t, a), positioned ? a[3] : -1);
            case Sys.WRITE, Sys.PWRITE64:
                return mode == 0 ? -EBADF : write(t, file, new long[] {a[1], a[2]});
            case Sys.WRITEV, Sys.PWRITEV, Sys.PWRITEV2:
                return mode == 0 ? -EBADF : write(t, file, vector(t, a));
            default:
                // sendfile, splice, copy_file_range: programs go on with read
                return -EINVAL;
        }
    }

    private static long[] vector(SyscallThread t, long[] a) {
        int count = (int) a[2];
        if (count < 0 || count > Iovecs.MAX_COUNT) throw new SyscallFailure(EINVAL);
        long[] pairs = new long[2 * count];
        for (int i = 0; i < pairs.length; i++) pairs[i] = t.memory().readLong(a[1] + 8L * i);
        return pairs;
    }

    /** @param from position, or -1 for the file's own, which moves */
    private long read(SyscallThread t, OpenFile file, long[] pairs, long from) {
        synchronized (file) {
            int start = (int) Math.min(from < 0 ? file.position() : from, Integer.MAX_VALUE);
            byte[] content = file.content();
            String path = file.procPath();
            if (path == null) return -EINVAL;
            if (content == null || start == 0) {
                content = proc.content(t, path);
                file.content(content);
            }
            int at = Math.min(start, content.length);
            int begin = at;
            for (int i = 0; i < pairs.length; i += 2) {
                int bytes = (int) Math.min(pairs[i + 1] & Long.MAX_VALUE, content.length - at);
                if (bytes == 0) continue;
                int can = (int) t.memory().accessible(pairs[i], bytes, Access.WRITE);
                if (can == 0 && at == begin) return -EFAULT;
                t.memory().write(pairs[i], Arrays.copyOfRange(content, at, at + can));
                at += can;
                if (can < bytes) break;
            }
            if (from < 0) file.position(at);
            return at - begin;
        }
    }

    private long write(SyscallThread t, OpenFile file, long[] pairs) {
        String path = file.procPath();
        if (path == null) return -EINVAL;
        long total = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            int bytes = (int) Math.min(pairs[i + 1] & Long.MAX_VALUE, 4096);
            proc.write(t, path, t.memory().read(pairs[i], bytes));
            total += pairs[i + 1];
        }
        return total;
    }

    /** lseek(2): to an absolute place or from the current one. */
    static long seek(OpenFile file, long offset, int whence) {
        synchronized (file) {
            if (whence != 0 && whence != SEEK_CUR) return -EINVAL;
            long target = whence == SEEK_CUR ? file.position() + offset : offset;
            if (target < 0) return -EINVAL;
            if (target > Integer.MAX_VALUE) return -ESPIPE;
            file.position((int) target);
            return target;
        }
    }
}
