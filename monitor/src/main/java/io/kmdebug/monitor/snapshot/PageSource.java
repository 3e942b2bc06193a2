package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.host.HostMemory;

/** Where a snapshot has the content of pages. */
interface PageSource {
    /** Nothing but zeros. */
    PageSource ZEROS = (offset, target, bytes) -> {
        byte[] zeros = new byte[(int) Math.min(bytes, 1 << 20)];
        for (long done = 0; done < bytes; done += zeros.length) {
            HostMemory.write(target + done, zeros, 0, (int) Math.min(zeros.length, bytes - done));
        }
    };

    /**
     * Copies content to an address of this process.
     *
     * @throws NotResumable naming the file and the offset that cannot be read
     */
    void copy(long offset, long target, long bytes) throws NotResumable;
}
