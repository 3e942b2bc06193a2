package io.kmdebug.monitor.host;

/** How the descriptor numbers of the monitor process are shared out. */
public final class HostDescriptors {
    /**
     * The payload's descriptors stand on host numbers from here on (but for 0 to 2), those that the Java runtime and the
     * monitor open at their start below. A forked child has its parent's numbers, so what the runtime of a waiting spare
     * opens, each archive of a long class path among it, must never get as far.
     */
    public static final int LOWEST_OF_PAYLOAD = 256;

    private HostDescriptors() {}
}
