package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.state.Rights;
import io.kmdebug.monitor.state.Standing;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A thread's {@link Standing}: looks at the host's, and sets it. What only the thread itself can ask for is noted here.
 */
final class HostStanding {
    private static final int NR_PRCTL = 157;
    private static final int NR_IOPRIO_SET = 251;
    private static final int NR_IOPRIO_GET = 252;
    private static final int NR_SCHED_SETATTR = 314;
    private static final int NR_SCHED_GETATTR = 315;
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int PR_GET_TIMERSLACK = 30;
    private static final int IOPRIO_WHO_PROCESS = 1;

    private volatile long timerSlack;
    private volatile int secureBits;

    /** Of a new thread: its maker's. */
    void inherit(HostStanding maker) {
        timerSlack = maker.timerSlack;
        secureBits = maker.secureBits;
    }

    /** What a restored thread had. */
    void note(Standing standing) {
        timerSlack = standing.timerSlack();
        Rights rights = standing.rights();
        if (rights != null) secureBits = rights.secureBits();
    }

    /** On the thread itself, when it has changed them. */
    void note(boolean slackChanged) {
        if (slackChanged) timerSlack = Native.syscall(NR_PRCTL, PR_GET_TIMERSLACK, 0, 0, 0, 0);
        secureBits = HostRights.secureBits();
    }

    /** @throws IOException when the host does not tell */
    Standing capture(int hostTid, Changes changes) throws IOException {
        boolean ranked = changes.ranked();
        return new Standing(
                ranked ? scheduling(hostTid) : new byte[0],
                ranked ? (int) Native.syscall(NR_IOPRIO_GET, IOPRIO_WHO_PROCESS, hostTid) : 0,
                timerSlack,
                changes.entitled() ? HostRights.of(hostTid, secureBits) : null);
    }

    private static byte[] scheduling(int hostTid) throws IOException {
        long memory = HostMemory.allocate(Standing.SCHEDULING_BYTES);
        try {
            long result = Native.syscall(NR_SCHED_GETATTR, hostTid, memory, Standing.SCHEDULING_BYTES, 0);
            if (result < 0) throw new IOException("the host does not tell how a thread is scheduled: errno " + -result);
            return HostMemory.read(memory, Standing.SCHEDULING_BYTES);
        } finally {
            HostMemory.free(memory);
        }
    }

    /** Has a host thread scheduled so; {@code refused} gets a sentence for what this process may not. */
    static void rank(int hostTid, Standing standing, Consumer<String> refused) {
        if (standing.scheduling().length == 0) return;
        try {
            if (!Arrays.equals(scheduling(hostTid), standing.scheduling())) schedule(hostTid, standing, refused);
        } catch (IOException unknown) {
            refused.accept(String.valueOf(unknown.getMessage()));
        }
        int wanted = standing.inputPriority();
        if (Native.syscall(NR_IOPRIO_GET, IOPRIO_WHO_PROCESS, hostTid) == wanted) return;
        long result = Native.syscall(NR_IOPRIO_SET, IOPRIO_WHO_PROCESS, hostTid, wanted);
        if (result < 0) refused.accept("priority 0x" + Integer.toHexString(wanted) + " of its input and output");
    }

    private static void schedule(int hostTid, Standing standing, Consumer<String> refused) {
        long memory = HostMemory.allocate(Standing.SCHEDULING_BYTES);
        HostMemory.write(memory, standing.scheduling(), 0, Standing.SCHEDULING_BYTES);
        long result = Native.syscall(NR_SCHED_SETATTR, hostTid, memory, 0);
        HostMemory.free(memory);
        if (result < 0) refused.accept(standing.schedulingText());
    }

    /** Gives the calling thread the rest of it; null when it has it now, else what it cannot have. */
    static @Nullable String take(Standing standing) {
        if (standing.timerSlack() != 0) {
            Native.syscall(NR_PRCTL, PR_SET_TIMERSLACK, standing.timerSlack(), 0, 0, 0);
        }
        Rights rights = standing.rights();
        return rights == null ? null : HostRights.take(rights);
    }
}
