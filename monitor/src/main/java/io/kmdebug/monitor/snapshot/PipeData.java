package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.state.NotKeepable;

/** What waits in a pipe, read without taking it out: tee(2) copies it to a second pipe. */
final class PipeData {
    private static final int READ = 0;
    private static final int FCNTL = 72;
    private static final int TEE = 276;
    private static final int PIPE2 = 293;
    private static final int F_GETPIPE_SZ = 1032;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int O_NONBLOCK_CLOEXEC = 02004000;
    private static final int SPLICE_F_NONBLOCK = 2;

    private PipeData() {}

    static byte[] copy(HostFile pipe) throws NotKeepable {
        int waiting = pipe.waiting();
        if (waiting == 0) return new byte[0];
        long pair = HostMemory.allocate(8);
        long buffer = HostMemory.allocate(waiting);
        try {
            check(Native.syscall(PIPE2, pair, O_NONBLOCK_CLOEXEC));
            int reader = HostMemory.getInt(pair);
            int writer = HostMemory.getInt(pair + 4);
            try {
                check(Native.syscall(FCNTL, writer, F_SETPIPE_SZ, Native.syscall(FCNTL, pipe.fd(), F_GETPIPE_SZ)));
                long copied = check(Native.syscall(TEE, pipe.fd(), writer, waiting, SPLICE_F_NONBLOCK));
                if (copied != waiting) {
                    throw new NotKeepable("only " + copied + " of " + waiting + " bytes in a pipe could be copied");
                }
                int done = 0;
                while (done < waiting) {
                    done += (int) check(Native.syscall(READ, reader, buffer + done, waiting - done));
                }
                return HostMemory.read(buffer, waiting);
            } finally {
                HostCall.close(reader);
                HostCall.close(writer);
            }
        } finally {
            HostMemory.free(buffer);
            HostMemory.free(pair);
        }
    }

    private static long check(long result) throws NotKeepable {
        if (result < 0) throw new NotKeepable("the data in a pipe could not be copied: errno " + -result);
        return result;
    }
}
