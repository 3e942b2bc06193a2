package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.target.LiveTarget;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.rsp.StopEvent;
import io.kmdebug.rsp.StubTarget;
import io.kmdebug.rsp.ThreadAction;
import java.util.List;

/**
 * Interrupts a running payload, at most once for each resume: a second interrupt would reach the payload as a signal.
 */
final class Interrupts {
    private final LiveTarget target;
    private final Object lock = new Object();
    /** Guarded by {@link #lock}. */
    private boolean sent;
    /** An interrupt was overtaken by another stop: the next stop may be its SIGINT. */
    private boolean overtaken;

    Interrupts(LiveTarget target) {
        this.target = target;
    }

    void resume(List<ThreadAction> actions) {
        synchronized (lock) {
            sent = false;
            target.resume(actions);
        }
    }

    /** Any thread. */
    void send() {
        synchronized (lock) {
            if (sent) return;
            sent = true;
            target.interrupt();
        }
    }

    /** Whether a stop came about by an interrupt. To be asked once for each stop. */
    boolean explain(StopEvent event) {
        boolean before = overtaken;
        boolean interrupted = event.reason() instanceof StubTarget.StopReason.Interrupted;
        synchronized (lock) {
            overtaken = sent && !interrupted;
        }
        return interrupted || (before && Execution.isSignal(event, LinuxSignal.SIGINT));
    }
}
