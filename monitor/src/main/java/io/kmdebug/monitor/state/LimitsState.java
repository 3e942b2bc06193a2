package io.kmdebug.monitor.state;

/** Resource limits by number, getrlimit(2); -1 is infinity. */
public record LimitsState(long[] soft, long[] hard) {
    /** How many there are. */
    public static final int COUNT = 16;

    public LimitsState {
        if (soft.length != COUNT || hard.length != COUNT) {
            throw new IllegalArgumentException(soft.length + " and " + hard.length + " limits");
        }
    }
}
