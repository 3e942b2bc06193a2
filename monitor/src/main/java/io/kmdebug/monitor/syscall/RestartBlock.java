package io.kmdebug.monitor.syscall;

import io.kmdebug.monitor.state.RestartState;

/**
 * What restart_syscall(2) continues: a call with a timeout that was interrupted without a handler. The kernel keeps the
 * same in {@code struct restart_block}. Used on its thread only.
 */
public final class RestartBlock {
    private final long[] arguments = new long[6];
    private int number = -1;
    private long deadline;
    private boolean continuing;

    /**
     * The point in time at which the call ends, in nanoseconds of CLOCK_MONOTONIC: the saved one when the call is being
     * continued, else {@code fresh}.
     */
    public long deadline(long fresh) {
        return continuing ? deadline : fresh;
    }

    /** Remembers the call; returns the result for the handler to return. */
    public long save(int number, long[] arguments, long deadline) {
        this.number = number;
        System.arraycopy(arguments, 0, this.arguments, 0, 6);
        this.deadline = deadline;
        return SyscallThread.Restart.WITH_REMAINING_TIME.code();
    }

    /** Whether the call being served is a continuation. */
    public boolean continuing() {
        return continuing;
    }

    /**
     * What is saved, with the time that is left.
     *
     * @param now CLOCK_MONOTONIC in nanoseconds
     */
    public RestartState capture(long now) {
        if (number < 0) return RestartState.NONE;
        long left = deadline == Timespec.FOREVER ? RestartState.FOREVER : Math.max(0, deadline - now);
        return new RestartState(number, arguments.clone(), left);
    }

    /** Takes over what {@link #capture} gave. */
    public void restore(RestartState state, long now) {
        number = state.number();
        System.arraycopy(state.arguments(), 0, arguments, 0, 6);
        deadline =
                state.remaining() == RestartState.FOREVER ? Timespec.FOREVER : Timespec.after(now, state.remaining());
    }

    /** Starts a continuation: copies the arguments and returns the number, or -1 when there is nothing to continue. */
    int resume(long[] into) {
        System.arraycopy(arguments, 0, into, 0, 6);
        int saved = number;
        number = -1;
        continuing = saved >= 0;
        return saved;
    }

    void done() {
        continuing = false;
    }
}
