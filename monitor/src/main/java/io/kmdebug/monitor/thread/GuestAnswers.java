package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.platform.Platform;

/**
 * Calls with the same answer every time, which the guest gives itself: who and what process it is, and sched_yield while
 * each thread can have a processor. Taken back as soon as an answer may differ.
 */
final class GuestAnswers {
    private static final int SCHED_YIELD = 24;
    private static final int GETPID = 39;
    /** getuid, getgid, geteuid, getegid. */
    private static final int[] IDENTITY = {102, 104, 107, 108};

    /** Asked for when there is a second thread. */
    private static final class Processors {
        static final int COUNT = Runtime.getRuntime().availableProcessors();
    }

    private final Platform platform;
    private final int pid;
    private final int[] identity = new int[IDENTITY.length];
    private volatile boolean given;
    private boolean identityChanged;
    private int borrowers;

    GuestAnswers(Platform platform, int pid) {
        this.platform = platform;
        this.pid = pid;
    }

    /** To be called before threads run. */
    void give() {
        given = true;
        for (int i = 0; i < IDENTITY.length; i++) identity[i] = (int) Native.syscall(IDENTITY[i]);
        answerIdentity();
        platform.answer(SCHED_YIELD, 0);
    }

    private synchronized void answerIdentity() {
        if (!given || borrowers > 0) return;
        platform.answer(GETPID, pid);
        if (identityChanged) return;
        for (int i = 0; i < IDENTITY.length; i++) platform.answer(IDENTITY[i], identity[i]);
    }

    /** Whose rights a thread has may differ between threads from now on. */
    synchronized void identityChanged() {
        identityChanged = true;
        for (int call : IDENTITY) platform.unanswer(call);
    }

    /** A thread has its number from now on. */
    void numbered(PayloadThread thread) {
        if (given) thread.cpu().answerGettid(thread.tid());
    }

    /** There are so many threads; with more than processors a spinning one keeps others from what it waits for. */
    void threads(int count) {
        if (given && count > 1 && count > Processors.COUNT) platform.unanswer(SCHED_YIELD);
    }

    /** Another process runs on this machine as well, until {@link #returned}. */
    synchronized void lent() {
        borrowers++;
        platform.unanswer(GETPID);
        for (int call : IDENTITY) platform.unanswer(call);
    }

    /** Every call is made as any other from now on. */
    synchronized void withdraw() {
        if (!given) return;
        given = false;
        platform.unanswer(GETPID);
        platform.unanswer(SCHED_YIELD);
        for (int call : IDENTITY) platform.unanswer(call);
    }

    /** Ends {@link #lent}. */
    synchronized void returned() {
        borrowers--;
        answerIdentity();
    }
}
