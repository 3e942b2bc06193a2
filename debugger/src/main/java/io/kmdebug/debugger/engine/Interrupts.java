package io.kmdebug.debugger.engine;

import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.rsp.StopEvent;
import io.kmdebug.rsp.StubTarget;
import io.kmdebug.rsp.ThreadAction;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Interrupts a running payload, at most once for each resume, and knows afterwards which SIGINT is of its making. An
 * interrupt that another stop overtakes still reaches a payload behind gdbserver, as a signal, and not always with the
 * next resume: the thread that has it may be held back longer.
 */
final class Interrupts {
    private final Consumer<List<ThreadAction>> resume;
    private final BooleanSupplier interrupt;
    private final Object lock = new Object();
    /** Guarded by {@link #lock}. */
    private boolean asked;
    /** An interrupt has been sent since the last resume that may come late. Guarded by {@link #lock}. */
    private boolean sent;
    /** Interrupts of earlier resumes whose SIGINT has not been seen. */
    private int outstanding;

    /** @param interrupt asks the stub for a stop; tells whether that can become a SIGINT after another stop */
    Interrupts(Consumer<List<ThreadAction>> resume, BooleanSupplier interrupt) {
        this.resume = resume;
        this.interrupt = interrupt;
    }

    void resume(List<ThreadAction> actions) {
        synchronized (lock) {
            asked = false;
            sent = false;
            resume.accept(actions);
        }
    }

    /** Any thread. */
    void send() {
        synchronized (lock) {
            if (asked) return;
            asked = true;
            sent = interrupt.getAsBoolean();
        }
    }

    /** Whether a stop came about by an interrupt. To be asked once for each stop. */
    boolean explain(StopEvent event) {
        int made;
        synchronized (lock) {
            made = outstanding + (sent ? 1 : 0);
            sent = false;
        }
        boolean interrupted = event.reason() instanceof StubTarget.StopReason.Interrupted
                || (outstanding > 0 && Execution.isSignal(event, LinuxSignal.SIGINT));
        outstanding = interrupted ? Math.max(0, made - 1) : made;
        return interrupted;
    }
}
