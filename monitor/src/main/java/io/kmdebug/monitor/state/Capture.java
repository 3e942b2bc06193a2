package io.kmdebug.monitor.state;

import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.syscall.DescriptorCapture;
import io.kmdebug.monitor.syscall.ProcessServices;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Takes the state of a payload whose threads are at rest. */
public final class Capture {
    private Capture() {}

    /**
     * For fork(2): the calling thread alone, as it returns in the child; no timers and no pending signals. The
     * descriptors are passed on as they are, in the order of the slots.
     *
     * @param caller in its call, all other threads at rest
     */
    public static ProcessState forFork(Payload payload, PayloadThread caller) throws IOException {
        ThreadState parent = caller.capture();
        long[] general = parent.general().clone();
        general[GuestContext.RAX] = 0;
        ThreadSignalState old = parent.signals();
        ThreadSignalState signals = new ThreadSignalState(old.blocked(), false, 0, old.alternate(), List.of(), 0, 0, 0);
        ThreadState child = new ThreadState(
                parent.tid(),
                general,
                parent.fsBase(),
                parent.gsBase(),
                -1,
                1,
                0,
                0,
                false,
                RestartState.NONE,
                parent.xsave(),
                signals,
                0,
                0,
                parent.name(),
                parent.affinity(),
                parent.standing().ofChild());
        ProcessServices services = payload.services();
        SignalState actions = new SignalState(payload.signals().capture().actions(), List.of());
        DescriptorsState descriptors = DescriptorCapture.shared(services.descriptors());
        return state(payload, List.of(child), actions, TimersState.NONE, descriptors, new byte[0]);
    }

    /**
     * Everything.
     *
     * @param descriptors with what is needed to make them again
     * @param vdsoDigest SHA-256 of the vDSO, or empty
     */
    public static ProcessState whole(Payload payload, DescriptorsState descriptors, byte[] vdsoDigest)
            throws IOException {
        List<ThreadState> threads = new ArrayList<>();
        for (PayloadThread thread : payload.threads()) threads.add(thread.capture());
        ProcessServices services = payload.services();
        TimersState timers = services.calls().captureTimers();
        return state(payload, threads, payload.signals().capture(), timers, descriptors, vdsoDigest);
    }

    private static ProcessState state(
            Payload payload,
            List<ThreadState> threads,
            SignalState signals,
            TimersState timers,
            DescriptorsState descriptors,
            byte[] vdsoDigest) {
        AddressSpace space = payload.space();
        ProcessServices services = payload.services();
        return new ProcessState(
                payload.pid(),
                payload.program(),
                payload.arguments(),
                payload.environment(),
                payload.platform().vdso(),
                vdsoDigest,
                payload.platform().restorer(),
                new MemoryState(
                        space.heapStart(), space.heapEnd(0), space.mappingTop(), space.regions(), space.locksFuture()),
                threads,
                signals,
                timers,
                services.limits().capture(),
                services.calls().captureControls(),
                services.world().workingDirectory(),
                services.world().fileMask(),
                descriptors);
    }
}
