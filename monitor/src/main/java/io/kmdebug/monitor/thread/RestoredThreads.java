package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.platform.VirtualCpu;
import io.kmdebug.monitor.state.Rights;
import io.kmdebug.monitor.state.Standing;
import io.kmdebug.monitor.state.ThreadState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a payload that another monitor captured, at the boundary where they were. They keep their numbers: the
 * C library has them in its thread descriptors and locks. None runs before {@link #start}.
 */
public final class RestoredThreads {
    private final PayloadThread first;
    private final List<ThreadStart> starts = new ArrayList<>();
    private final List<PayloadThread> others = new ArrayList<>();
    private final Standing standing;

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
            ThreadStart start = new ThreadStart(() -> {
                cpu.takeHold();
                rights(payload, state);
            });
            Affinity.set(start.start(), state.affinity());
            rank(payload, state, start.hostTid());
            starts.add(start);
            others.add(thread);
        }
        first = made.get(states.indexOf(leader));
        first.bind();
        Affinity.set(HostCall.gettid(), leader.affinity());
        rank(payload, leader, HostCall.gettid());
        standing = leader.standing();
        for (PayloadThread thread : made) payload.add(thread);
    }

    private static void rank(Payload payload, ThreadState state, int hostTid) {
        HostStanding.rank(
                hostTid,
                state.standing(),
                refused -> payload.log("thread " + state.tid() + " goes on without its " + refused
                        + ", which this process may not give it"));
    }

    /** On the thread itself. What another one could have beforehand, this one can. */
    private static void rights(Payload payload, ThreadState state) {
        String refused = HostStanding.take(state.standing());
        if (refused == null) return;
        payload.log("thread " + state.tid() + " cannot have its " + refused);
        payload.end().abort();
    }

    /**
     * Whether the host would let threads of this process have the rights of all of these: tried on a thread that ends.
     * Null, or what it would not give.
     */
    public static @Nullable String refusedRights(List<ThreadState> states) {
        List<Rights> distinct = states.stream()
                .map(state -> state.standing().rights())
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        for (Rights rights : distinct) {
            CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
            new Thread(() -> answer.complete(Optional.ofNullable(HostRights.take(rights)))).start();
            Optional<String> refused = answer.join();
            if (refused.isPresent()) return refused.get();
        }
        return null;
    }

    /** Gives the calling thread the rights of the first one; null, or what it cannot have. */
    public @Nullable String takeRights() {
        first.cpu().takeHold();
        return HostStanding.take(standing);
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
