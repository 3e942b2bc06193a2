package io.kmdebug.monitor.state;

/**
 * A call with a timeout that was interrupted.
 *
 * @param number of the call, or -1 when there is none to continue
 * @param arguments six
 * @param remaining nanoseconds that are left of its timeout; {@link #FOREVER}: no timeout
 */
public record RestartState(int number, long[] arguments, long remaining) {
    public static final long FOREVER = Long.MAX_VALUE;
    public static final RestartState NONE = new RestartState(-1, new long[6], 0);

    public RestartState {
        if (arguments.length != 6) throw new IllegalArgumentException(arguments.length + " arguments");
    }
}
