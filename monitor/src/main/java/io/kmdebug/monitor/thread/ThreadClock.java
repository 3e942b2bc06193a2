package io.kmdebug.monitor.thread;

/** Where one payload thread's time goes, for {@code --hcall-stats}. Nanoseconds; written by that thread alone. */
final class ThreadClock {
    final long start = System.nanoTime();
    /** In KVM_RUN or its like: the payload's own work, and the way in and out. */
    volatile long guest;
    /** In host calls that block, those that returned. */
    private volatile long waiting;
    /** When the call began that the thread waits in; 0 when it waits in none. */
    private volatile long waitingSince;

    volatile long exits;
    /** When the thread ended; 0 while it lives. */
    volatile long end;

    /** Life so far. */
    long total() {
        return (end == 0 ? System.nanoTime() : end) - start;
    }

    void beginsWaiting() {
        waitingSince = System.nanoTime();
    }

    void endsWaiting() {
        long since = waitingSince;
        waitingSince = 0;
        waiting += System.nanoTime() - since;
    }

    /** In host calls that block, the one it waits in among them. */
    long waiting() {
        long since = waitingSince;
        return since == 0 ? waiting : waiting + System.nanoTime() - since;
    }
}
