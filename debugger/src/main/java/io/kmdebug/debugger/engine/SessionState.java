package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.SessionListener;
import io.kmdebug.debugger.SessionListener.OutputKind;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.debugger.target.LiveTarget;
import io.kmdebug.debugger.target.Target;
import io.kmdebug.rsp.RspException;
import io.kmdebug.rsp.StopEvent;
import io.kmdebug.rsp.StubTarget;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the payload stands, as the client has been told: its last stop, its threads, its end. Changed on the owner
 * thread only.
 */
final class SessionState implements Execution.Host {
    private final OwnerThread owner;
    private final Payload payload;
    private final Target target;
    private final BreakpointTable breakpoints;
    private final @Nullable LinkerWatch linker;
    private final @Nullable Launched launched;
    private final SessionListener listener;
    private final Set<Long> knownThreads = new LinkedHashSet<>();

    private List<ThreadInfo> threads = List.of();
    private volatile @Nullable StopReason reason;
    private volatile long focus;
    private volatile boolean over;

    SessionState(
            OwnerThread owner,
            Payload payload,
            BreakpointTable breakpoints,
            @Nullable LinkerWatch linker,
            @Nullable Launched launched,
            SessionListener listener) {
        this.owner = owner;
        this.payload = payload;
        this.target = payload.target();
        this.breakpoints = breakpoints;
        this.linker = linker;
        this.launched = launched;
        this.listener = listener;
    }

    /** Why the payload stands; null when it does not. Any thread. */
    @Nullable
    StopReason reason() {
        return reason;
    }

    /** The thread that caused the last stop. Any thread. */
    long focus() {
        return focus;
    }

    /** Whether there is no payload any more. Any thread. */
    boolean isOver() {
        return over;
    }

    /** As of the last stop. */
    List<ThreadInfo> threads() {
        return threads;
    }

    /** The payload stands, and the client is not told of it yet. */
    void found(StopReason why, long tid) {
        take(CppTermination.explained(why, tid, payload), tid);
    }

    private void take(StopReason why, long tid) {
        reason = why;
        focus = tid;
        updateThreads();
    }

    void resumed() {
        reason = null;
    }

    @Override
    public void stopped(StopReason why, long tid) {
        StopReason explained = CppTermination.explained(why, tid, payload);
        take(explained, tid);
        listener.stopped(explained, tid);
    }

    /** Asks for names too, which may have changed while the threads stayed. */
    List<ThreadInfo> refreshThreads() {
        updateThreads();
        threads = payload.threads();
        return threads;
    }

    /** Tells of threads that came and went. Names are asked for only when there are others than before. */
    void updateThreads() {
        Set<Long> now = new LinkedHashSet<>(target.threadIds());
        if (!now.equals(knownThreads)) threads = target.threads();
        for (long tid : List.copyOf(knownThreads)) {
            if (now.contains(tid)) continue;
            knownThreads.remove(tid);
            listener.threadExited(tid);
        }
        for (long tid : now) if (knownThreads.add(tid)) listener.threadStarted(tid);
    }

    @Override
    public void imagesChanged() {
        if (linker != null && linker.changed()) breakpoints.resolvePending().forEach(listener::breakpointChanged);
    }

    @Override
    public void say(String text) {
        listener.output(OutputKind.CONSOLE, text + "\n");
    }

    @Override
    public void ended(StopEvent event) {
        Integer status = null;
        boolean told = !(target instanceof LiveTarget live) || live.tellsExitStatus();
        if (event.reason() instanceof StubTarget.StopReason.Exited e && told) status = e.status();
        if (event.reason() instanceof StubTarget.StopReason.Killed k) status = 128 + k.signal();
        finish(status);
    }

    @Override
    public void lost(RspException cause) {
        if (over) return;
        // KM drops the connection when a signal ends the payload: its status says what happened.
        if (launched == null) {
            listener.output(OutputKind.IMPORTANT, "The connection to the stub is lost: " + cause.getMessage() + "\n");
        }
        finish(null);
    }

    /** The payload has ended. */
    void finish(@Nullable Integer reported) {
        if (over) return;
        over = true;
        reason = null;
        target.close();
        Integer status = launched == null ? reported : launched.awaitEnd(reported, listener);
        // The payload's last words have been queued by their readers before the process was found gone.
        owner.post(() -> {
            listener.exited(status);
            listener.terminated();
        });
    }

    /** The session has let the payload go. */
    void leave() {
        over = true;
        listener.terminated();
    }
}
