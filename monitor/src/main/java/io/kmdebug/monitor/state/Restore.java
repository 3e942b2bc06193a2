package io.kmdebug.monitor.state;

import io.kmdebug.monitor.Log;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.syscall.GuestMemory;
import io.kmdebug.monitor.syscall.ProcessServices;
import io.kmdebug.monitor.syscall.SyscallTable;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.RestoredThreads;

/**
 * Makes a payload of a state, in three steps, so that what the state lacks can be put in between: {@link #payload}, its
 * memory and its services; {@link #process}; {@link #threads}.
 */
public final class Restore {
    private Restore() {}

    /** A payload without threads, with the state's program, arguments and pid. */
    public static Payload payload(
            ProcessState state,
            Platform platform,
            AddressSpace space,
            GuestMemory memory,
            SyscallTable table,
            Log log) {
        return new Payload(
                platform,
                space,
                memory,
                table,
                log,
                state.program(),
                state.arguments(),
                state.environment(),
                state.pid());
    }

    /** Signals, limits, prctl(2)'s settings, working directory, umask and heap; descriptors and timers come apart. */
    public static void process(ProcessState state, Payload payload) throws NotKeepable {
        payload.signals().restore(state.signals());
        ProcessServices services = payload.services();
        services.limits().restore(state.limits());
        services.calls().restoreControls(state.controls());
        services.world().fileMask(state.fileMask());
        long result = services.world().workingDirectory(state.directory());
        if (result < 0) {
            throw new NotKeepable(
                    "its working directory " + state.directory() + " cannot be entered: errno " + -result);
        }
        payload.space().mappingTop(state.memory().mappingTop());
        payload.space().heap(state.memory().heapStart(), state.memory().heapEnd());
        payload.space().lockFuture(state.memory().futureLocked());
    }

    /** The threads at their boundary; timers run from now on. */
    public static RestoredThreads threads(ProcessState state, Payload payload) {
        RestoredThreads threads = new RestoredThreads(payload, state.threads());
        payload.services().calls().restoreTimers(state.timers());
        return threads;
    }
}
