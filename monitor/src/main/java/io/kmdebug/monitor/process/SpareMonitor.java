package io.kmdebug.monitor.process;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.Native;
import java.io.IOException;

/** Another monitor that waits, or will when it has started, to become a process of the payload's. */
final class SpareMonitor {
    private static final int NR_GETSID = 124;
    private static final int O_RDWR_CLOEXEC = 02000002;

    private final Nursery nursery;
    private final Channel channel;
    private final long session;

    private SpareMonitor(Nursery nursery, Channel channel, long session) {
        this.nursery = nursery;
        this.channel = channel;
        this.session = session;
    }

    /**
     * Starts one. The calling thread must be there for good.
     *
     * @throws HostFailure when the host does not let us
     */
    static SpareMonitor start(SpareCommand command) {
        Channel[] ends = Channel.pair();
        int nothing = HostCall.open("/dev/null", O_RDWR_CLOEXEC);
        try {
            Nursery nursery = Nursery.start(
                    command.path(),
                    command.arguments(),
                    command.environment(),
                    command.mask(),
                    nothing,
                    command.log(),
                    ends[1].descriptor());
            return new SpareMonitor(nursery, ends[0], session());
        } catch (HostFailure failure) {
            ends[0].close();
            throw failure;
        } finally {
            ends[1].close();
            HostCall.close(nothing);
        }
    }

    private static long session() {
        return Native.syscall(NR_GETSID, 0);
    }

    /** Whether it could be a child of ours now: it cannot change into another session. */
    boolean fits() {
        return session == session() && !channel.isOver();
    }

    /** Waits until it has started. */
    void awaitStart() throws IOException {
        channel.receive(Message.READY);
    }

    int pid() {
        return nursery.child();
    }

    Channel channel() {
        return channel;
    }

    /** Makes it a child of ours. */
    void adopt() {
        nursery.giveAway();
    }

    /** Ends it. */
    void discard() {
        channel.close();
        nursery.kill();
    }
}
