package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.state.Standing;

/** Which of its dealings with the host a process has changed, itself or one that it descends from. */
final class Changes {
    private volatile boolean ranked;
    private volatile boolean entitled;
    private volatile boolean placed;

    /** Priorities and policies of scheduling, of input and output. */
    boolean ranked() {
        return ranked;
    }

    void rank() {
        ranked = true;
    }

    /** Credentials, capabilities and what is beside them. */
    boolean entitled() {
        return entitled;
    }

    void entitle() {
        entitled = true;
    }

    /** On which NUMA nodes memory is. */
    boolean placed() {
        return placed;
    }

    void place() {
        placed = true;
    }

    /** A thread came with these. */
    void add(Standing standing) {
        ranked |= standing.scheduling().length > 0;
        entitled |= standing.rights() != null;
    }

    void add(Changes parent) {
        ranked |= parent.ranked;
        entitled |= parent.entitled;
    }
}
