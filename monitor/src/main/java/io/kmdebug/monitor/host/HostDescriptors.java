package io.kmdebug.monitor.host;

import java.io.File;

/** How the descriptor numbers of the monitor process are shared out. */
public final class HostDescriptors {
    /**
     * The payload's descriptors stand on host numbers from here on (but for 0 to 2), those that the Java runtime and the
     * monitor open at their start below. A forked child has its parent's numbers, so what the runtime of a waiting spare
     * opens, each archive of a long class path among it, must never get as far.
     */
    public static final int LOWEST_OF_PAYLOAD = 256;

    /** Behind the standard descriptors. */
    private static final int FIRST = 3;

    private static final int NR_FCNTL = 72;
    private static final int NR_PRLIMIT64 = 302;
    private static final int RLIMIT_NOFILE = 7;
    /** Hosts that give a process fewer descriptors than this have none to spare. */
    private static final long PLENTY = 512;

    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int O_PATH_CLOEXEC = 012000000;

    private HostDescriptors() {}

    /**
     * Takes the low numbers that are free, so that the host gives numbers above to whatever is opened from now on. To be
     * called before the payload opens anything, and where descriptors have to come to certain numbers after that: the
     * runtime's threads open a file for a moment now and then, and must not find it replaced.
     */
    public static void occupyLow() {
        if (limit() < PLENTY) return;
        long last = HostCall.open("/dev/null", O_PATH_CLOEXEC);
        long first = last;
        while (last >= 0 && last < LOWEST_OF_PAYLOAD) last = Native.syscall(NR_FCNTL, first, F_DUPFD_CLOEXEC, FIRST);
        if (last >= 0) HostCall.close((int) last);
    }

    /**
     * Closes what a spare was started with by chance: its starter's runtime opens files without close-on-exec, for a
     * moment, on numbers that are the payload's. To be called before this process opens any up there.
     */
    public static void closeLeaked() {
        String[] numbers = new File("/proc/self/fd").list();
        if (numbers == null) return;
        for (String number : numbers) {
            int descriptor = Integer.parseInt(number);
            if (descriptor >= LOWEST_OF_PAYLOAD) HostCall.close(descriptor);
        }
    }

    private static long limit() {
        long pair = HostMemory.allocate(16);
        long result = Native.syscall(NR_PRLIMIT64, 0, RLIMIT_NOFILE, 0, pair);
        long soft = result < 0 ? 0 : HostMemory.getLong(pair) & Long.MAX_VALUE;
        HostMemory.free(pair);
        return soft;
    }
}
