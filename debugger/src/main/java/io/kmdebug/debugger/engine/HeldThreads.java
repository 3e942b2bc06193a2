package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.target.LiveTarget;
import io.kmdebug.machine.LinuxSignal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stopped threads need before or as they go on: to get over a breakpoint, to receive a signal. */
final class HeldThreads {
    /** A thread on its way over a breakpoint that is lifted meanwhile. */
    record StepOver(long tid, long address) {}

    private final LiveTarget target;
    private final PlantedBreakpoints planted;
    /** Threads that have been stopped where there may be a breakpoint, and where. */
    private final Map<Long, Long> standing = new HashMap<>();

    private final Map<Long, Integer> undelivered = new HashMap<>();

    HeldThreads(LiveTarget target, PlantedBreakpoints planted) {
        this.target = target;
        this.planted = planted;
    }

    /** The thread was stopped at {@code pc}: a breakpoint there has been seen. */
    void standsAt(long tid, long pc) {
        standing.put(tid, pc);
    }

    void moved(long tid) {
        standing.remove(tid);
    }

    /** The thread receives {@code signal}, by Linux number, when it goes on. */
    void deliver(long tid, int signal) {
        undelivered.put(tid, signal);
    }

    /** Signals for the threads that {@code motion} lets go; they count as delivered. */
    Map<Long, Integer> takeSignals(Motion motion) {
        Map<Long, Integer> signals = Map.copyOf(undelivered);
        if (motion instanceof Motion.StepInstruction step) undelivered.remove(step.tid());
        else undelivered.clear();
        return signals;
    }

    /** A thread that {@code motion} lets go and that must get over a breakpoint first; null when there is none. */
    @Nullable
    StepOver nextStepOver(Motion motion) {
        for (Map.Entry<Long, Long> entry : List.copyOf(standing.entrySet())) {
            long tid = entry.getKey();
            long address = entry.getValue();
            if (!planted.isPlanted(address) || !isAt(tid, address)) {
                standing.remove(tid);
                continue;
            }
            if (motion instanceof Motion.StepInstruction step && step.tid() != tid) continue;
            // A fault repeats when its instruction does: its signal goes first, the breakpoint is met again later.
            if (isFault(undelivered.get(tid))) continue;
            return new StepOver(tid, address);
        }
        return null;
    }

    private boolean isAt(long tid, long address) {
        try {
            return target.registers(tid).pc() == address;
        } catch (DebuggerException e) {
            // The thread has ended since.
            return false;
        }
    }

    private static boolean isFault(@Nullable Integer signal) {
        LinuxSignal known = signal == null ? null : LinuxSignal.byNumber(signal);
        return known == LinuxSignal.SIGSEGV
                || known == LinuxSignal.SIGBUS
                || known == LinuxSignal.SIGFPE
                || known == LinuxSignal.SIGILL;
    }
}
