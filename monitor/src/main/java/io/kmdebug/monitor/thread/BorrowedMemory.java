package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.platform.VirtualCpu;
import io.kmdebug.monitor.signal.GuestContext;
import io.kmdebug.monitor.state.ThreadSignalState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a child that runs on its parent's memory, as after vfork(2), and in its parent's monitor: a payload of
 * its own over the same machine.
 */
public final class BorrowedMemory {
    private static final long CLONE_SETTLS = 0x80000;
    private static final long CLONE_CHILD_CLEARTID = 0x20_0000;
    private static final long CLONE_CHILD_SETTID = 0x100_0000;
    private static final long TRAP_FLAG = 0x100;

    private BorrowedMemory() {}

    /**
     * Starts the thread: the calling one's copy.
     *
     * @param child without threads; its pid is the thread's number
     * @param preparation done first on the platform thread of the new thread
     * @param birth who debugs the child; null: nobody
     * @throws io.kmdebug.monitor.host.HostFailure when the host has no more virtual CPUs
     * @throws OutOfMemoryError when it has no more threads
     */
    public static void start(
            PayloadThread parent,
            Payload child,
            ProcessMaker.Request request,
            Runnable preparation,
            @Nullable DebuggedBirth birth) {
        VirtualCpu cpu = child.platform().acquireCpu();
        ThreadStart start = new ThreadStart(preparation);
        try {
            start.start();
        } catch (OutOfMemoryError none) {
            child.platform().releaseCpu(cpu);
            throw none;
        }
        ThreadCalls.copyRegisters(parent.cpu(), cpu);
        cpu.set(GuestContext.RAX, 0);
        cpu.set(GuestContext.RFLAGS, cpu.get(GuestContext.RFLAGS) & ~TRAP_FLAG);
        if (request.stack() != 0) cpu.set(GuestContext.RSP, request.stack());
        if ((request.flags() & CLONE_SETTLS) != 0) cpu.fsBase(request.tls());
        PayloadThread thread = new PayloadThread(child, child.pid(), cpu, parent.name());
        ThreadSignalState old = parent.signals().capture();
        thread.signals(child.signals().thread(child.pid(), null));
        thread.standing().inherit(parent.standing());
        child.changes().add(parent.payload().changes());
        thread.signals().restore(new ThreadSignalState(old.blocked(), false, 0, old.alternate(), List.of(), 0, 0, 0));
        if ((request.flags() & CLONE_CHILD_CLEARTID) != 0) thread.clearChildTid(request.childTid());
        if ((request.flags() & CLONE_CHILD_SETTID) != 0) child.memory().writeInt(request.childTid(), child.pid());
        child.debugHook(undebugged(parent.payload()));
        child.add(thread);
        if (birth != null) birth.debug(child);
        start.go(thread);
    }

    /** For a child that nobody debugs, on the memory of one that somebody may. */
    public static DebugHook undebugged(Payload lender) {
        return new BorrowersHook(lender);
    }
}
