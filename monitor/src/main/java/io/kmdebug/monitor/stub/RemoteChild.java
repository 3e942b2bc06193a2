package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.process.Channel;
import io.kmdebug.rsp.PeerProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A child that the client debugs, seen from the monitor that the client is connected to. */
final class RemoteChild implements PeerProcess, Runnable {
    private static final long ANSWER_MILLIS = 30_000;

    private final int pid;

    // all guarded by this
    private ChildLink link;
    private final Map<Integer, PeerProcess> children = new HashMap<>();
    private @Nullable Listener listener;
    private byte @Nullable [] answer;
    /** A resume whose stop has not come. */
    private boolean runs;

    private boolean wantsStop;
    private boolean over;

    RemoteChild(int pid, ChildLink link) {
        this.pid = pid;
        this.link = link;
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public void listener(Listener told) {
        synchronized (this) {
            listener = told;
        }
        Thread reader = new Thread(null, this, "gdb-child-" + pid, 0, false);
        reader.setDaemon(true);
        reader.start();
    }

    @Override
    public synchronized byte[] ask(byte[] packet) throws IOException {
        if (over) throw new IOException("it has ended");
        answer = null;
        boolean resumes =
                new String(packet, 0, Math.min(6, packet.length), StandardCharsets.ISO_8859_1).equals("vCont;");
        if (resumes) {
            runs = true;
            wantsStop = false;
        }
        link.send(ChildLink.ASK, packet);
        byte[] got = await();
        if (resumes && got.length > 0) runs = false;
        return got;
    }

    private byte[] await() throws IOException {
        long end = System.nanoTime() + ANSWER_MILLIS * 1_000_000;
        boolean interrupted = false;
        byte[] got = answer;
        while (got == null && !over) {
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0) break;
            try {
                wait(millis);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            got = answer;
        }
        if (interrupted) Thread.currentThread().interrupt();
        if (got == null) throw new IOException(over ? "it has ended" : "it does not answer");
        return got;
    }

    @Override
    public void interrupt() {
        synchronized (this) {
            wantsStop = runs;
        }
        tell(ChildLink.INTERRUPT);
    }

    @Override
    public synchronized @Nullable PeerProcess child(int born) {
        return children.remove(born);
    }

    @Override
    public void letGo() {
        tell(ChildLink.LET_GO);
        end();
    }

    @Override
    public void kill() {
        tell(ChildLink.KILL);
        end();
    }

    private void tell(int kind) {
        ChildLink now;
        synchronized (this) {
            if (over) return;
            now = link;
        }
        try {
            now.send(kind, new byte[0]);
        } catch (IOException gone) {
            // the reader sees the same
            now.shutDown();
        }
    }

    @Override
    public void run() {
        try {
            while (true) heard(current().receive());
        } catch (IOException gone) {
            end();
        }
        current().close();
        Listener told = vanished();
        if (told != null)
            told.stopped(("X09;process:" + Integer.toHexString(pid)).getBytes(StandardCharsets.ISO_8859_1));
    }

    private synchronized ChildLink current() {
        return link;
    }

    private void heard(Channel.Message message) throws IOException {
        byte[] bytes = message.bytes();
        Listener told;
        synchronized (this) {
            told = listener;
        }
        switch (message.kind()) {
            case ChildLink.ANSWER -> answered(bytes);
            case ChildLink.STOP -> {
                synchronized (this) {
                    runs = false;
                }
                if (told != null) told.stopped(bytes);
            }
            case ChildLink.OUTPUT -> {
                if (told != null) told.said(new String(bytes, StandardCharsets.UTF_8));
            }
            case ChildLink.CHILD -> born(bytes, message.descriptors());
            case ChildLink.MOVED -> moved(message.descriptors());
            default -> throw new IOException("message " + message.kind() + " from a child");
        }
    }

    private synchronized void answered(byte[] bytes) {
        answer = bytes;
        notifyAll();
    }

    private synchronized void born(byte[] bytes, int[] descriptors) {
        int born = ByteBuffer.wrap(bytes).getInt();
        RemoteChild child = new RemoteChild(born, new ChildLink(new Channel(descriptors[0])));
        if (over) child.letGo();
        else children.put(born, child);
    }

    private void moved(int[] descriptors) {
        boolean again;
        ChildLink old;
        synchronized (this) {
            old = link;
            link = new ChildLink(new Channel(descriptors[0]));
            again = wantsStop && runs;
            if (over) link.shutDown();
        }
        old.close();
        // the former monitor did not stop it any more
        if (again) tell(ChildLink.INTERRUPT);
    }

    /** Nothing is asked any more; children that the client has not heard of are let go. */
    private void end() {
        Map<Integer, PeerProcess> unknown;
        synchronized (this) {
            over = true;
            unknown = Map.copyOf(children);
            children.clear();
            link.shutDown();
            // nobody reads who would close it
            if (listener == null) link.close();
            notifyAll();
        }
        for (PeerProcess child : unknown.values()) child.letGo();
    }

    /** Whom to tell that a running process is gone without having said so. */
    private synchronized @Nullable Listener vanished() {
        boolean untold = runs;
        runs = false;
        return untold ? listener : null;
    }
}
