package io.kmdebug.monitor.signal;

import io.kmdebug.machine.SignalInfo;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pending signals of a thread or of the process. Standard signals are pending once, with the first siginfo; real-time
 * signals as often as they were sent, in that order. signal(7), "Queueing and delivery semantics". Guarded by the lock
 * of {@link ProcessSignals}.
 */
final class SignalQueue {
    private static final int FIRST_QUEUED = 32;
    /** The last byte of a siginfo is padding: here it marks those of which only the number is left, while they wait. */
    private static final int BARE = 127;

    private final List<SignalInfo> waiting = new ArrayList<>(2);
    private long pending;
    private int bare;

    long pending() {
        return pending;
    }

    /** How many count for RLIMIT_SIGPENDING: not those that came when it was met, of which only the number is left. */
    int size() {
        int size = waiting.size();
        return bare == 0 ? size : size - bare;
    }

    /** A signal of whose siginfo nothing is left. */
    static SignalInfo bare(int signal) {
        SignalInfo info = SignalInfo.sent(signal, SignalInfo.SI_USER, 0, 0);
        info.raw()[BARE] = 1;
        return info;
    }

    private static boolean isBare(SignalInfo info) {
        return info.raw()[BARE] != 0;
    }

    /** False when the signal is pending already and is not sent twice. */
    boolean add(SignalInfo info) {
        int signal = info.signal();
        if (signal < FIRST_QUEUED && SignalSet.has(pending, signal)) return false;
        if (isBare(info)) {
            if (SignalSet.has(pending, signal)) return false;
            bare++;
        }
        waiting.add(info);
        pending |= SignalSet.bit(signal);
        return true;
    }

    /** The next signal of {@code wanted}: those of {@code first} before the others, low numbers before high ones. */
    @Nullable
    SignalInfo take(long wanted, long first) {
        long candidates = pending & wanted;
        if (candidates == 0) return null;
        if ((candidates & first) != 0) candidates &= first;
        int signal = Long.numberOfTrailingZeros(candidates) + 1;
        SignalInfo taken = null;
        boolean more = false;
        for (Iterator<SignalInfo> all = waiting.iterator(); all.hasNext(); ) {
            SignalInfo info = all.next();
            if (info.signal() != signal) continue;
            if (taken == null) {
                taken = info;
                all.remove();
            } else {
                more = true;
                break;
            }
        }
        if (taken != null && isBare(taken)) {
            taken.raw()[BARE] = 0;
            bare--;
        }
        if (!more) pending &= ~SignalSet.bit(signal);
        return taken;
    }

    /** What waits, in order. */
    List<SignalInfo> all() {
        return List.copyOf(waiting);
    }

    boolean holds(SignalInfo info) {
        for (SignalInfo one : waiting) if (one == info) return true;
        return false;
    }

    void discard(long set) {
        if ((pending & set) == 0) return;
        for (Iterator<SignalInfo> all = waiting.iterator(); all.hasNext(); ) {
            SignalInfo info = all.next();
            if (!SignalSet.has(set, info.signal())) continue;
            if (isBare(info)) bare--;
            all.remove();
        }
        pending &= ~set;
    }
}
