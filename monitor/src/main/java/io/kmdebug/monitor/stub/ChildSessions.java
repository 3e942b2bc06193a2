package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.process.Channel;
import io.kmdebug.monitor.thread.DebuggedBirth;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import io.kmdebug.rsp.PeerProcess;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The processes that the payload makes while a debugger's client wants to hear of them. */
final class ChildSessions {
    private final Payload payload;
    private final MonitorStub stub;
    private final RunControl control;
    private final Breakpoints breakpoints;
    /** Where the client is told of children; null: at this monitor. */
    private final @Nullable ChildLink up;

    // all guarded by this
    private final Map<String, byte[]> packets = new LinkedHashMap<>();
    /** Those that no stop has told of yet. */
    private final Map<Integer, PeerProcess> unknown = new HashMap<>();

    private boolean forks;
    private boolean vforks;

    ChildSessions(
            Payload payload, MonitorStub stub, RunControl control, Breakpoints breakpoints, @Nullable ChildLink up) {
        this.payload = payload;
        this.stub = stub;
        this.control = control;
        this.breakpoints = breakpoints;
        this.up = up;
    }

    synchronized void catchForks(boolean wantsForks, boolean wantsVforks) {
        forks = wantsForks;
        vforks = wantsVforks;
    }

    private synchronized boolean catches(boolean shares) {
        return shares ? vforks : forks;
    }

    synchronized void remember(String kind, byte[] packet) {
        packets.put(kind, packet);
    }

    /** The debugger goes: children that it has not heard of go on without it. */
    void forget() {
        List<PeerProcess> free;
        synchronized (this) {
            forks = false;
            vforks = false;
            packets.clear();
            free = List.copyOf(unknown.values());
            unknown.clear();
        }
        for (PeerProcess child : free) child.letGo();
    }

    synchronized @Nullable PeerProcess take(int pid) {
        return unknown.remove(pid);
    }

    /** One that is about to be made; null when nobody wants to hear of it. */
    @Nullable
    DebuggedBirth birth(boolean shares) {
        return catches(shares) ? new Birth(shares) : null;
    }

    /** The process, on another one's memory, is about to leave this monitor. */
    DebuggedBirth move() {
        return new Birth(true) {
            @Override
            public void born(PayloadThread maker, int pid) {
                stub.moved(ours.descriptor());
                theirs.close();
                ours.close();
            }
        };
    }

    private synchronized byte[] settings(List<Long> planted) {
        return new ChildSettings(stub.endsWithLostClient(), List.copyOf(packets.values()), planted).bytes();
    }

    private synchronized boolean isKnown(int pid, PeerProcess child, boolean shares) {
        if (!catches(shares)) return false;
        unknown.put(pid, child);
        return true;
    }

    /** A line with two ends. */
    private class Birth implements DebuggedBirth {
        final Channel ours;
        final Channel theirs;
        private final boolean shares;

        Birth(boolean shares) {
            this.shares = shares;
            Channel[] ends = Channel.pair();
            ours = ends[0];
            theirs = ends[1];
        }

        @Override
        public byte[] settings() {
            List<Long> planted = new ArrayList<>();
            synchronized (control.lock()) {
                if (!shares) planted.addAll(breakpoints.owned());
            }
            return ChildSessions.this.settings(planted);
        }

        @Override
        public int descriptor() {
            return theirs.descriptor();
        }

        @Override
        public void debug(Payload child) {
            ChildLink link = new ChildLink(theirs);
            MonitorStub inside = stub.ofBorrower(child, link);
            ChildServer server = new ChildServer(child, inside, link);
            child.debugHook(inside.events(server::leave));
            inside.control().holdAtStart();
            List<byte[]> told;
            synchronized (ChildSessions.this) {
                told = List.copyOf(packets.values());
            }
            server.start(told, true);
        }

        @Override
        public void born(PayloadThread maker, int pid) {
            if (!shares) theirs.close();
            if (up == null) {
                RemoteChild child = new RemoteChild(pid, new ChildLink(ours));
                if (!isKnown(pid, child, shares)) {
                    child.letGo();
                    ours.close();
                    return;
                }
            } else {
                passUp(up, pid);
            }
            control.event(maker, new StopReason.Forked(pid, shares));
        }

        private void passUp(ChildLink link, int pid) {
            try {
                link.sendChild(pid, ours.descriptor());
            } catch (IOException gone) {
                payload.log("process " + pid + " goes on without a debugger: " + gone.getMessage());
            }
            ours.close();
        }

        @Override
        public void returned(PayloadThread maker) {
            if (catches(true)) control.event(maker, new StopReason.VforkDone());
        }

        @Override
        public void failed() {
            ours.close();
            theirs.close();
        }
    }
}
