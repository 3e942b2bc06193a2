package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.host.Native;
import java.nio.file.Path;

/** Pages as they are, in a file. */
record PlainPages(Path path, int descriptor) implements PageSource {
    private static final int PREAD64 = 17;

    @Override
    public void copy(long offset, long target, long bytes) throws NotResumable {
        long done = 0;
        while (done < bytes) {
            long got = Native.syscall(PREAD64, descriptor, target + done, bytes - done, offset + done);
            if (got <= 0) {
                throw new NotResumable(path + ": cannot be read at offset 0x" + Long.toHexString(offset + done) + ": "
                        + (got == 0 ? "it ends there" : "errno " + -got));
            }
            done += got;
        }
    }
}
