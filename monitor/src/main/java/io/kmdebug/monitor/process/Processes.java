package io.kmdebug.monitor.process;

import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.syscall.SyscallTable;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import io.kmdebug.monitor.thread.ProcessMaker;
import org.jspecify.annotations.Nullable;

/** What the payload needs to be a process among others. Little of it is loaded before the first of its calls. */
public final class Processes implements ProcessMaker {
    private static final int NR_WAITID = 247;
    private static final int P_ALL = 0;
    private static final int WEXITED_WNOHANG_WNOWAIT = 0x0100_0005;

    private final Stage stage;
    private final @Nullable KnownChildren known;
    private @Nullable Children children;
    private @Nullable Fork fork;
    private @Nullable Spares spares;
    private boolean orphansAreSeen;
    private @Nullable ParentLine parentLine;

    private Processes(Stage stage) {
        this.stage = stage;
        known = stage.platform().tracesProcesses() ? new KnownChildren() : null;
    }

    /** Has the calls served that make, change and await processes. The payload's services must be set. */
    public static void register(SyscallTable table, Payload payload) {
        LifeCalls.register(table, payload.services());
    }

    /** Makes new processes for the payload. */
    public static void serve(Payload payload, Stage stage) {
        Processes processes = new Processes(stage);
        payload.processMaker(processes);
    }

    /** What is told of the ends of processes: those of the payload's own only. To be called before it starts. */
    public static void tellEnds(Payload payload) {
        Processes processes = of(payload);
        KnownChildren traced = processes == null ? null : processes.known();
        if (traced != null) payload.hostActions().children(traced::has);
    }

    /** Null for a child on its parent's memory. */
    public static @Nullable Processes of(Payload payload) {
        return payload.processMaker() instanceof Processes processes ? processes : null;
    }

    @Override
    public long make(PayloadThread parent, Request request) {
        return fork().make(parent, request);
    }

    /**
     * A process above collects orphans, a payload that called prctl(2) for it: when this process ends, its spares must
     * not become that one's children.
     */
    synchronized void orphansAreSeen() {
        orphansAreSeen = true;
    }

    synchronized boolean areOrphansSeen() {
        return orphansAreSeen || Nursery.isSubreaper();
    }

    @Override
    public synchronized void ends() {
        if (orphansAreSeen && spares != null) spares.end();
    }

    @Override
    public void rehearse(PayloadThread thread) {
        Rehearsal.record(stage, thread.process(), thread);
    }

    private synchronized Fork fork() {
        Fork made = fork;
        if (made == null) {
            spares = new Spares(stage);
            made = new Fork(spares, children(), known, stage);
            fork = made;
        }
        return made;
    }

    synchronized Children children() {
        Children known = children;
        if (known == null) children = known = new Children();
        return known;
    }

    /** The payload's children when the host cannot be asked for all of them, else null. */
    synchronized @Nullable KnownChildren known() {
        return known;
    }

    /** Whether the payload has children, dead ones that nobody waited for among them. */
    public boolean hasChildren() {
        KnownChildren traced = known();
        if (traced != null) return !traced.isEmpty();
        return Native.syscall(NR_WAITID, P_ALL, 0, 0, WEXITED_WNOHANG_WNOWAIT, 0) == 0;
    }

    synchronized void parentLine(ParentLine line) {
        parentLine = line;
    }

    /** The payload calls exec: its parent has no say in its process group any more. */
    synchronized void execs() {
        if (parentLine != null) parentLine.end();
        parentLine = null;
    }
}
