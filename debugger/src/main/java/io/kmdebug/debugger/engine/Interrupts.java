package io.kmdebug.debugger.engine;

import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.rsp.RspException;
import io.kmdebug.rsp.StopEvent;
import io.kmdebug.rsp.StubTarget;
import io.kmdebug.rsp.ThreadAction;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Interrupts a running payload, at most once for each resume, and knows afterwards which SIGINT is of its making. An
 * interrupt that another stop overtakes still reaches a payload behind gdbserver, as a signal, and not always with the
 * next resume: the thread that has it may be held back longer. Other stubs may lose one that follows a resume at once:
 * to those it is sent again as long as nothing stops.
 */
final class Interrupts {
    private static final long REPEAT_MILLIS = 1000;
    private static final int MOST_REPEATS = 5;

    private final Consumer<List<ThreadAction>> resume;
    private final BooleanSupplier interrupt;
    private final boolean repeats;
    private final Object lock = new Object();
    /** Guarded by {@link #lock}. */
    private boolean asked;
    /** An interrupt has been sent since the last resume that may come late. Guarded by {@link #lock}. */
    private boolean sent;
    /** Counts resumes and stops. Guarded by {@link #lock}. */
    private int turn;
    /** Interrupts of earlier resumes whose SIGINT has not been seen. */
    private int outstanding;

    /**
     * @param interrupt asks the stub for a stop; tells whether that can become a SIGINT after another stop
     * @param repeats whether the stub may lose an interrupt
     */
    Interrupts(Consumer<List<ThreadAction>> resume, BooleanSupplier interrupt, boolean repeats) {
        this.repeats = repeats;
        this.resume = resume;
        this.interrupt = interrupt;
    }

    void resume(List<ThreadAction> actions) {
        synchronized (lock) {
            asked = false;
            sent = false;
            turn++;
            resume.accept(actions);
        }
    }

    /** Any thread. */
    void send() {
        synchronized (lock) {
            if (asked) return;
            asked = true;
            sent = interrupt.getAsBoolean();
            if (repeats) repeatLater(turn, MOST_REPEATS);
        }
    }

    private void repeatLater(int of, int left) {
        CompletableFuture.delayedExecutor(REPEAT_MILLIS, TimeUnit.MILLISECONDS).execute(() -> repeat(of, left));
    }

    private void repeat(int of, int left) {
        synchronized (lock) {
            if (of != turn || left == 0) return;
            try {
                sent |= interrupt.getAsBoolean();
            } catch (RspException e) {
                // Whoever waits for the stop is told.
                return;
            }
            repeatLater(of, left - 1);
        }
    }

    /** Whether a SIGINT of our making may still come. Of a payload whose stop has been explained. */
    boolean areOutstanding() {
        return outstanding > 0;
    }

    /** None of the earlier ones comes any more: equal signals that are pending become one. */
    void forgetOutstanding() {
        outstanding = 0;
    }

    /** Whether a stop came about by an interrupt. To be asked once for each stop. */
    boolean explain(StopEvent event) {
        int made;
        synchronized (lock) {
            made = outstanding + (sent ? 1 : 0);
            sent = false;
            turn++;
        }
        boolean interrupted = event.reason() instanceof StubTarget.StopReason.Interrupted
                || (outstanding > 0 && Execution.isSignal(event, LinuxSignal.SIGINT));
        outstanding = interrupted ? Math.max(0, made - 1) : made;
        return interrupted;
    }
}
