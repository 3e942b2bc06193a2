package io.kmdebug.monitor.signal;

import java.util.function.IntPredicate;

/**
 * What the host kernel has to know of the payload's signals, because it is the one that acts: a read from the terminal
 * in the background (SIGTTIN, SIGTTOU), children that end (SIGCHLD), and stopping the process.
 */
public interface HostActions {
    /** Whether the host looks at the action or the mask of this signal itself. */
    static boolean concerns(int signal) {
        return signal == 17 || signal == 21 || signal == 22;
    }

    /** The host does not act at all: a payload without a host's process around it. */
    HostActions NONE = new HostActions() {
        @Override
        public void changed(int signal, SignalAction action) {}

        @Override
        public void maskChanged(long blocked) {}

        @Override
        public void stopProcess(int signal) {}

        @Override
        public void children(IntPredicate ofPayload) {}

        @Override
        public void reaped(int pid) {}
    };

    /** The payload's action of a signal for which {@link #concerns} has changed. */
    void changed(int signal, SignalAction action);

    /** The calling thread of the payload blocks SIGTTIN and SIGTTOU if they are in {@code blocked}, else it does not. */
    void maskChanged(long blocked);

    /** Stops the whole process, as its parent is to see it; returns when it runs again. */
    void stopProcess(int signal);

    /** Only SIGCHLD about those processes, by host pid, is the payload's business; without this, about all. */
    void children(IntPredicate ofPayload);

    /**
     * A child was waited for, by its host pid: its SIGCHLD, which the kernel sends before it lets the parent's wait
     * return, is with the payload when this returns.
     */
    void reaped(int pid);
}
