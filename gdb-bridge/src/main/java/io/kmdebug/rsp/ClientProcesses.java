package io.kmdebug.rsp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The processes that one client debugs: the target, and those that came of it by fork events. A resume may cover several
 * of them; the first one that stops has all others stopped, and is reported when they are. What happened to others
 * meanwhile is reported by the next resume that covers them.
 */
final class ClientProcesses implements AutoCloseable {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final StubTarget target;
    private final Stops stops;
    private final ServerDispatch dispatch;
    private final Consumer<byte[]> client;
    private final Consumer<String> console;

    // all guarded by this
    private final Map<Integer, PeerProcess> peers = new LinkedHashMap<>();
    /** Those that a resume covered and that have not stopped since; empty while the target is the only process. */
    private final Set<Integer> running = new HashSet<>();
    /** What happened to others when a stop was reported. */
    private final Map<Integer, byte[]> pending = new LinkedHashMap<>();
    /** The stop that is reported as soon as all have stopped. */
    private byte @Nullable [] event;

    private int eventOf;
    private Own own = Own.DEBUGGED;

    /** What has become of the target itself. */
    private enum Own {
        DEBUGGED,
        ENDED,
        LET_GO,
        /** Killed by the client: it stands still until the session ends, for it is the client's door to the others. */
        DOOMED
    }

    /** @param client told of stop replies, from any thread */
    ClientProcesses(
            StubTarget target,
            Stops stops,
            ServerDispatch dispatch,
            Consumer<byte[]> client,
            Consumer<String> console) {
        this.target = target;
        this.stops = stops;
        this.dispatch = dispatch;
        this.client = client;
        this.console = console;
    }

    int ownPid() {
        return target.pid();
    }

    ServerDispatch dispatch() {
        return dispatch;
    }

    /** Whether the target is all there is. */
    synchronized boolean isAlone() {
        return peers.isEmpty() && (own == Own.DEBUGGED || own == Own.ENDED);
    }

    /** Whether there is none left to debug. */
    synchronized boolean areGone() {
        return own != Own.DEBUGGED && peers.isEmpty();
    }

    synchronized boolean hasOwn() {
        return own == Own.DEBUGGED;
    }

    /** In order of birth. */
    synchronized List<Integer> pids() {
        List<Integer> pids = new ArrayList<>();
        if (hasOwn()) pids.add(target.pid());
        pids.addAll(peers.keySet());
        return pids;
    }

    synchronized @Nullable PeerProcess peer(int pid) {
        return peers.get(pid);
    }

    /** Whether the client waits for a stop. */
    boolean isRunning() {
        synchronized (this) {
            if (!running.isEmpty()) return true;
            if (!hasOwn()) return false;
        }
        return stops.isRunning();
    }

    void awaitStop(Duration limit) {
        synchronized (this) {
            if (!running.isEmpty()) {
                try {
                    wait(limit.toMillis());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return;
            }
        }
        stops.awaitStop(limit);
    }

    synchronized void interrupt() {
        if (running.isEmpty()) target.interrupt();
        else interruptRunning();
    }

    private void interruptRunning() {
        for (int pid : List.copyOf(running)) {
            PeerProcess peer = peers.get(pid);
            if (peer != null) peer.interrupt();
            else if (pid == target.pid()) target.interrupt();
        }
    }

    /** A process has stopped, or is gone. */
    synchronized void stopped(int pid, byte[] reply) {
        if (!running.remove(pid)) {
            // the target alone, or a process that the client has let go meanwhile
            if (pid == target.pid() && hasOwn()) deliver(pid, reply);
            return;
        }
        byte[] first = event;
        if (first == null) {
            event = reply;
            eventOf = pid;
            interruptRunning();
        } else if (StopReply.isInterrupt(first) && !StopReply.isInterrupt(reply)) {
            event = reply;
            eventOf = pid;
        } else if (!StopReply.isInterrupt(reply)) {
            pending.put(pid, reply);
        }
        settle();
    }

    private void settle() {
        byte[] due = event;
        if (due == null || !running.isEmpty()) return;
        event = null;
        deliver(eventOf, due);
        notifyAll();
    }

    private void deliver(int pid, byte[] reply) {
        if (StopReply.isEnd(reply)) remove(pid, Own.ENDED);
        int child = StopReply.childOf(reply);
        if (child != 0) {
            PeerProcess parent = peers.get(pid);
            PeerProcess born = parent == null ? target.child(child) : parent.child(child);
            if (born != null) add(born);
        }
        client.accept(reply);
        stops.peers(peers.size());
    }

    private void add(PeerProcess born) {
        int pid = born.pid();
        peers.put(pid, born);
        born.listener(new PeerProcess.Listener() {
            @Override
            public void stopped(byte[] reply) {
                ClientProcesses.this.stopped(pid, reply);
            }

            @Override
            public void said(String text) {
                console.accept(text);
            }
        });
    }

    /** The client has nothing to do with the process any more. */
    private synchronized void remove(int pid, Own why) {
        pending.remove(pid);
        if (pid == target.pid()) own = why;
        else peers.remove(pid);
        // once the target has ended, its monitor goes when there are no peers: not before the client is told
        if (hasOwn()) stops.peers(peers.size());
    }

    /** Answers a packet for one process; false when the client debugs no such process. */
    boolean ask(int pid, byte[] packet, PacketWriter out) {
        if (pid == target.pid() && hasOwn()) {
            dispatch.handle(new PacketCursor(packet, packet.length), out);
            return true;
        }
        PeerProcess peer = peer(pid);
        if (peer == null) return false;
        out.content(answer(peer, packet));
        return true;
    }

    /** A peer's answer. */
    static byte[] answer(PeerProcess peer, byte[] packet) {
        try {
            return peer.ask(packet);
        } catch (IOException gone) {
            throw Refusal.because("process " + peer.pid() + " is gone: " + gone.getMessage());
        }
    }

    /**
     * Resumes processes.
     *
     * @param orders a vCont packet for each; not empty
     * @return whether a stop reply is going to come; else the reason is in {@code out}
     */
    boolean resume(Map<Integer, String> orders, PacketWriter out) {
        synchronized (this) {
            for (int pid : orders.keySet()) {
                byte[] due = pending.remove(pid);
                if (due == null) continue;
                deliver(pid, due);
                return true;
            }
            running.addAll(orders.keySet());
        }
        boolean any = false;
        for (Map.Entry<Integer, String> one : orders.entrySet()) {
            if (resumed(one.getKey(), one.getValue(), out)) any = true;
            else refused(one.getKey());
        }
        synchronized (this) {
            // one that stopped before another was resumed could not have that one stopped
            if (event != null) interruptRunning();
            settle();
        }
        return any;
    }

    private synchronized void refused(int pid) {
        running.remove(pid);
    }

    private boolean resumed(int pid, String order, PacketWriter out) {
        byte[] packet = order.getBytes(StandardCharsets.ISO_8859_1);
        PeerProcess peer = peer(pid);
        if (peer == null) {
            PacketCursor in = new PacketCursor(packet, packet.length);
            return dispatch.handle(in, out.start()) == ServerDispatch.After.REPLY_LATER;
        }
        try {
            byte[] refusal = peer.ask(packet);
            if (refusal.length > 0) out.start().content(refusal);
            return refusal.length == 0;
        } catch (IOException gone) {
            // its end was not told, which is how SIGKILL takes a process
            stopped(pid, StopReply.vanished(pid));
            return true;
        }
    }

    /** {@code D}: the process goes on without a debugger. */
    void letGo(int pid) {
        PeerProcess peer = peer(pid);
        if (peer != null) {
            peer.letGo();
        } else if (hasOwn()) {
            stops.detach(target, STOP_LIMIT);
        }
        remove(pid, Own.LET_GO);
    }

    /** {@code vKill}: the target itself, through which the others are debugged, ends with the session. */
    void kill(int pid) {
        PeerProcess peer = peer(pid);
        if (peer != null) peer.kill();
        remove(pid, Own.DOOMED);
    }

    /** {@code k}: all of them. */
    void killAll() {
        for (int pid : pids()) if (pid != target.pid()) kill(pid);
        target.kill();
    }

    /** Every peer hears of what the client has set up. */
    void tellPeers(byte[] packet) {
        for (int pid : pids()) {
            PeerProcess peer = peer(pid);
            if (peer != null) answer(peer, packet);
        }
    }

    /** The client is gone, or goes: all that is left runs on, or ends when that is wanted. */
    void leave(boolean ends) {
        for (int pid : pids()) {
            PeerProcess peer = peer(pid);
            if (peer == null) continue;
            if (ends) peer.kill();
            else peer.letGo();
            remove(pid, Own.LET_GO);
        }
        if (isDoomed() || ends && hasOwn()) target.kill();
        else if (hasOwn()) stops.detach(target, STOP_LIMIT);
        stops.peers(0);
    }

    private synchronized boolean isDoomed() {
        return own == Own.DOOMED;
    }

    @Override
    public void close() {
        dispatch.close();
    }

    /** The bytes of a packet from its first on, wherever it has been read to. */
    static byte[] whole(PacketCursor in) {
        return Arrays.copyOf(in.data(), in.length());
    }
}
