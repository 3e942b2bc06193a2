package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.platform.VirtualCpu;
import io.kmdebug.monitor.state.ThreadState;
import java.util.ArrayList;
import java.util.List;

/**
 * The threads of a payload that another monitor captured, at the boundary where they were. They keep their numbers: the
 * C library has them in its thread descriptors and locks. None runs before {@link #start}.
 */
public final class RestoredThreads {
    private final PayloadThread first;
    private final List<ThreadStart> starts = new ArrayList<>();
    private final List<PayloadThread> others = new ArrayList<>();

    /**
     * @param payload without threads; its signal actions are restored already
     * @param states not empty; the one whose tid is the payload's pid, else the first, is carried by the calling thread
     * @throws io.kmdebug.monitor.host.HostFailure when the host has no more virtual CPUs
     */
    public RestoredThreads(Payload payload, List<ThreadState> states) {
        ThreadState leader = states.get(0);
        for (ThreadState state : states) if (state.tid() == payload.pid()) leader = state;
        List<PayloadThread> made = new ArrayList<>();
        for (ThreadState state : states) {
            VirtualCpu cpu = payload.platform().acquireCpu();
            PayloadThread thread = new PayloadThread(payload, state.tid(), cpu, state.name());
            thread.signals(payload.signals().thread(state.tid(), null));
            thread.restore(state);
            made.add(thread);
            if (state == leader) continue;
            ThreadStart start = new ThreadStart();
            Affinity.set(start.start(), state.affinity());
            starts.add(start);
            others.add(thread);
        }
        first = made.get(states.indexOf(leader));
        first.bind();
        Affinity.set(HostCall.gettid(), leader.affinity());
        for (PayloadThread thread : made) payload.add(thread);
    }

    /** The one to be run on the thread that made this. */
    public PayloadThread first() {
        return first;
    }

    /** Lets all but the first go. */
    public void start() {
        for (int i = 0; i < starts.size(); i++) starts.get(i).go(others.get(i));
    }
}
