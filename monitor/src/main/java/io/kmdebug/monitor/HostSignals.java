package io.kmdebug.monitor;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.SignalPipe;
import io.kmdebug.monitor.signal.HostActions;
import io.kmdebug.monitor.signal.SignalAction;
import io.kmdebug.monitor.signal.SignalSet;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Passes signals that the host sends to {@code km} on to the payload, siginfo and all, whose action they then take. The
 * other way round, what the host kernel must know of the payload's actions is told to it: who ignores SIGTTIN or
 * SIGCHLD, and which signal stops the process.
 */
final class HostSignals implements HostActions, Runnable {
    private static final int SIGCHLD = 17;
    private static final int SIGTTIN = 21;
    private static final int SIGTTOU = 22;
    private static final int CLD_EXITED = 1;
    private static final int CLD_CONTINUED = 6;
    private static final int AT_ONCE = 64;
    private static final int SETTLED_MILLIS = 150;
    private static final long SIGNAL_OF_CHILD_NANOS = 5_000_000;

    private final Payload payload;
    private final SignalPipe pipe;
    private final Runnable whenSettled;
    private final int self = HostCall.getpid();
    private volatile IntPredicate children = pid -> true;
    /** Guards the next two; never held together with another lock, as {@link #changed} is called with one. */
    private final Object actions = new Object();

    /** Guarded by this: the children of the latest SIGCHLDs. */
    private final int[] endedChildren = new int[64];

    private int nextEnded;

    private long ignoredByHost;
    private long childFlags;
    /** Stops of a traced process, of which there is one for each system call, are not told. */
    private final long ownFlags;

    private HostSignals(Payload payload, SignalPipe pipe, long ignored, Runnable whenSettled) {
        this.whenSettled = whenSettled;
        this.payload = payload;
        this.pipe = pipe;
        ignoredByHost = ignored;
        ownFlags = payload.platform().tracedProcess() != 0 ? SignalAction.SA_NOCLDSTOP : 0;
        childFlags = ownFlags;
    }

    /**
     * To be called before the payload runs, when its actions at the start are known.
     *
     * @param whenSettled done when the payload has run for a while and nothing is urgent
     */
    static HostSignals forward(Payload payload, Runnable whenSettled) {
        long ignored = 0;
        for (int signal = SIGCHLD; signal <= SIGTTOU; signal++) {
            boolean ignores = payload.signals().action(signal).handler() == SignalAction.IGNORE;
            if (HostActions.concerns(signal) && ignores) ignored |= SignalSet.bit(signal);
        }
        HostSignals made = new HostSignals(payload, SignalPipe.install(ignored), ignored, whenSettled);
        if (made.ownFlags != 0) made.pipe.adopt(SIGCHLD, SignalSet.has(ignored, SIGCHLD), made.ownFlags);
        payload.hostActions(made);
        PayloadThread first = payload.thread(payload.pid());
        if (first != null) first.openToHost();
        // A thread of its own, for the payload need not wait: signals that come meanwhile are in the pipe.
        Thread thread = new Thread(null, made, "km-signals", 0, false);
        thread.setDaemon(true);
        thread.start();
        return made;
    }

    @Override
    public void run() {
        SignalPipe.letIn();
        while (pipe.await(SETTLED_MILLIS)) take(0);
        whenSettled.run();
        while (true) {
            pipe.await();
            take(0);
        }
    }

    /** Posts what is in the pipe, but nothing of {@code dropped} that came before a SIGCONT. */
    private synchronized void take(long dropped) {
        long unwanted = dropped;
        for (byte[][] records = pipe.read(AT_ONCE); records.length > 0; records = pipe.read(AT_ONCE)) {
            for (byte[] record : records) {
                int taker = SignalPipe.taker(record);
                SignalInfo info = new SignalInfo(record);
                if (SignalSet.has(SignalSet.CONTINUING, info.signal())) unwanted = 0;
                if (info.signal() == SIGCHLD) endedChildren[nextEnded++ % endedChildren.length] = info.senderPid();
                if (!SignalSet.has(unwanted, info.signal()) && isForPayload(info)) post(info, taker);
            }
        }
    }

    private boolean isForPayload(SignalInfo info) {
        int signal = info.signal();
        // Sent by a call of our own: SIGPIPE, SIGXFSZ, what goes to a whole group. The payload has its own already.
        if (info.code() == SignalInfo.SI_USER && info.senderPid() == self) return false;
        boolean childs = signal == SIGCHLD && info.code() >= CLD_EXITED && info.code() <= CLD_CONTINUED;
        return !childs || info.senderPid() != payload.platform().tracedProcess() && children.test(info.senderPid());
    }

    private void post(SignalInfo info, int taker) {
        PayloadThread thread = info.code() == SignalInfo.SI_TKILL ? threadOn(taker) : null;
        if (thread != null) payload.signals().post(thread.signals(), info);
        else payload.signals().post(info);
    }

    /** tkill(2) of the process's first thread goes to the one that started the JVM. */
    private @Nullable PayloadThread threadOn(int hostTid) {
        if (hostTid == self) return payload.thread(payload.pid());
        for (PayloadThread thread : payload.threads()) if (thread.isOn(hostTid)) return thread;
        return null;
    }

    @Override
    public void children(IntPredicate ofPayload) {
        children = ofPayload;
    }

    /**
     * The handler may run in any thread, also after the wait has returned. Of several children that ended at once only
     * one has a signal: when the wait for a child's own is over, there is none.
     */
    @Override
    public void reaped(int pid) {
        if (payload.signals().action(SIGCHLD).handler() == SignalAction.IGNORE) return;
        long deadline = System.nanoTime() + SIGNAL_OF_CHILD_NANOS;
        do {
            if (hasSignalOf(pid)) return;
            pipe.await(1);
        } while (System.nanoTime() < deadline);
    }

    private synchronized boolean hasSignalOf(int pid) {
        take(0);
        for (int ended : endedChildren) if (ended == pid) return true;
        return false;
    }

    @Override
    public void changed(int signal, SignalAction action) {
        synchronized (actions) {
            tellHost(signal, action);
        }
    }

    private void tellHost(int signal, SignalAction action) {
        boolean ignored = action.handler() == SignalAction.IGNORE;
        long flags = 0;
        if (signal == SIGCHLD) {
            flags = ownFlags | action.flags() & (SignalAction.SA_NOCLDSTOP | SignalAction.SA_NOCLDWAIT);
        }
        boolean same = ignored == SignalSet.has(ignoredByHost, signal) && (signal != SIGCHLD || flags == childFlags);
        if (same) return;
        if (ignored) ignoredByHost |= SignalSet.bit(signal);
        else ignoredByHost &= ~SignalSet.bit(signal);
        if (signal == SIGCHLD) childFlags = flags;
        pipe.adopt(signal, ignored, flags);
    }

    @Override
    public void maskChanged(long blocked) {
        SignalPipe.mask(blocked & (SignalSet.bit(SIGTTIN) | SignalSet.bit(SIGTTOU)));
    }

    @Override
    public synchronized void stopProcess(int signal) {
        pipe.stopProcess(signal);
        // Stop signals that came before the process was continued are void, also those still on their way to us.
        take(SignalSet.STOPPING);
    }
}
