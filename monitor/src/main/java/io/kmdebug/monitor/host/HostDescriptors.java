package io.kmdebug.monitor.host;

import java.io.File;
import org.jspecify.annotations.Nullable;

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

    /**
     * occupy(edi descriptor, esi lowest of those above) in machine code: duplicates the descriptor until that gives one
     * from esi on or fails. Hundreds of calls, which are as many system calls and nothing else.
     */
    private static final String OCCUPY = "4189f0" // mov %esi,%r8d
            + "b848000000" // next: mov $fcntl,%eax
            + "be06040000" // mov $F_DUPFD_CLOEXEC,%esi
            + "ba03000000" // mov $FIRST,%edx
            + "0f05" // syscall; changes rcx and r11 only
            + "85c07805" // test %eax,%eax; js done
            + "4439c07ce6" // cmp %r8d,%eax; jl next
            + "4898c3"; // done: cltq; ret

    private static final int PAGE = 4096;

    /** Makes room while others go on; null when nobody does. */
    private static @Nullable Thread maker;

    private HostDescriptors() {}

    /**
     * Has the kernel make room for the payload's numbers. Where there are several threads it waits milliseconds for
     * that, each time that the table of descriptors is doubled on the way to a high number; so the first number that is
     * asked for is a high one.
     */
    public static void makeRoom() {
        if (limit() < PLENTY) return;
        int low = HostCall.open("/dev/null", O_PATH_CLOEXEC);
        if (low < 0) return;
        long high = Native.syscall(NR_FCNTL, low, F_DUPFD_CLOEXEC, LOWEST_OF_PAYLOAD);
        if (high >= 0) HostCall.close((int) high);
        HostCall.close(low);
    }

    /** {@link #makeRoom} by a thread of its own, which {@link #occupyLow} waits for. */
    public static void makeRoomMeanwhile() {
        Runnable making = new Runnable() {
            @Override
            public void run() {
                makeRoom();
            }
        };
        Thread thread = new Thread(null, making, "km-room", 0, false);
        thread.setDaemon(true);
        maker = thread;
        thread.start();
    }

    /**
     * Takes the low numbers that are free, so that the host gives numbers above to whatever is opened from now on. To be
     * called before the payload opens anything, and where descriptors have to come to certain numbers after that: the
     * runtime's threads open a file for a moment now and then, and must not find it replaced.
     */
    public static void occupyLow() {
        awaitRoom();
        if (limit() < PLENTY) return;
        int first = HostCall.open("/dev/null", O_PATH_CLOEXEC);
        if (first < 0) return;
        long code = HostCall.code(OCCUPY);
        long last = first < LOWEST_OF_PAYLOAD ? Native.call(code, first, LOWEST_OF_PAYLOAD) : first;
        HostCall.munmap(code, PAGE);
        if (last >= 0) HostCall.close((int) last);
    }

    private static void awaitRoom() {
        Thread thread = maker;
        if (thread == null) return;
        try {
            thread.join();
        } catch (InterruptedException e) {
            // whoever asks for a high number waits for the room
            Thread.currentThread().interrupt();
        }
        maker = null;
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
