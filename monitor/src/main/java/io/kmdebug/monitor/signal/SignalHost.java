package io.kmdebug.monitor.signal;

import io.kmdebug.machine.SignalInfo;
import org.jspecify.annotations.Nullable;

/** What signals need from the process around them. Implemented by the payload process. */
public interface SignalHost {
    /**
     * A deliverable signal may wait for this thread: set its SIGNAL request and kick it. Called from any thread, with
     * the lock of {@link ProcessSignals} held: must not call back and must not block.
     */
    void wake(int tid);

    /**
     * Default action "terminate" or "core": writes the core if wanted and ends all threads. Called on the thread that
     * takes the signal, at its boundary. May return; the thread must then leave at its next look at its requests.
     *
     * @param core whether the action of the signal is "core"
     */
    void terminate(int tid, SignalInfo info, boolean core);

    /** Default action "stop" (SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU): stop every thread until SIGCONT. */
    void stop(int tid, SignalInfo info);

    /** SIGCONT was sent, whatever its disposition: a stopped process runs again. Called with the lock held. */
    void proceed();

    /**
     * Called on the thread that is about to take {@code info}, before it does; a debugger stops here. Not called for
     * SIGKILL.
     *
     * @return what to deliver instead, usually {@code info} itself, or null to drop it
     */
    @Nullable
    SignalInfo beforeDelivery(int tid, SignalInfo info);

    /** Where changes go that the host kernel must know of. */
    default HostActions hostActions() {
        return HostActions.NONE;
    }

    /** A restorer in the monitor's own page (mov $15,%eax; syscall) for handlers without SA_RESTORER, or 0. */
    long restorer();
}
