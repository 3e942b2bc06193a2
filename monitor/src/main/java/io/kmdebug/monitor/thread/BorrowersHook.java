package io.kmdebug.monitor.thread;

import static io.kmdebug.monitor.signal.GuestContext.RFLAGS;
import static io.kmdebug.monitor.signal.GuestContext.RIP;

import io.kmdebug.machine.SignalInfo;
import java.util.Map;

/**
 * For a child that runs on its parent's memory, where the parent's debugger has planted breakpoints: it is not debugged,
 * and steps over each of them with the instruction itself shown.
 */
final class BorrowersHook implements DebugHook {
    private static final long TRAP_FLAG = 0x100;
    private static final long NONE = -1;

    private final Payload lender;
    private final DebugHook undebugged = new DebugHook.None();
    /** Where the child's only thread is stepping. */
    private long lifted = NONE;
    /** The watched page that it is stepping in. */
    private long opened = NONE;

    BorrowersHook(Payload lender) {
        this.lender = lender;
    }

    @Override
    public void breakpoint(PayloadThread thread) {
        long address = thread.context().get(RIP) - 1;
        if (!lender.debugHook().lift(address)) {
            undebugged.breakpoint(thread);
            return;
        }
        lifted = address;
        thread.context().set(RIP, address);
        step(thread);
    }

    private static void step(PayloadThread thread) {
        thread.context().set(RFLAGS, thread.context().get(RFLAGS) | TRAP_FLAG);
        thread.stepping(true);
    }

    @Override
    public boolean touches(PayloadThread thread, long address, boolean write) {
        if (opened != NONE) lender.debugHook().close(opened);
        opened = NONE;
        if (!lender.debugHook().open(address)) return false;
        opened = address;
        step(thread);
        return true;
    }

    @Override
    public void trap(PayloadThread thread) {
        if (lifted == NONE && opened == NONE) undebugged.trap(thread);
        else over(thread);
    }

    @Override
    public void stepped(PayloadThread thread) {
        over(thread);
    }

    @Override
    public void entersHandler(PayloadThread thread) {
        over(thread);
    }

    private void over(PayloadThread thread) {
        if (lifted == NONE && opened == NONE) return;
        if (lifted != NONE) lender.debugHook().plantAgain(lifted);
        if (opened != NONE) lender.debugHook().close(opened);
        lifted = NONE;
        opened = NONE;
        thread.stepping(false);
        thread.context().set(RFLAGS, thread.context().get(RFLAGS) & ~TRAP_FLAG);
    }

    @Override
    public void entersCall(PayloadThread thread) {}

    @Override
    public SignalInfo signal(PayloadThread thread, SignalInfo info) {
        return info;
    }

    @Override
    public void woken(PayloadThread thread) {}

    @Override
    public void created(PayloadThread thread) {}

    @Override
    public void ended(PayloadThread thread) {
        over(thread);
    }

    @Override
    public void forgetsProgram() {}

    @Override
    public void newProgram(PayloadThread thread) {}

    @Override
    public Map<Long, Byte> hiddenBytes() {
        return Map.of();
    }

    @Override
    public void hide(long address, byte[] copy, int offset, int length) {
        lender.debugHook().hide(address, copy, offset, length);
    }

    @Override
    public void coreComes() {}

    @Override
    public void processEnds(int status, int signal) {}
}
