package io.kmdebug.monitor.thread;

import io.kmdebug.machine.SignalInfo;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a debugger wants to know of. Called on the thread it happened to, outside the guest; it may park the thread. */
public interface DebugHook {
    /** An int3 was executed; rip is behind it. */
    void breakpoint(PayloadThread thread);

    /** A #DB: one instruction done with the trap flag set. */
    void trap(PayloadThread thread);

    /** A thread with {@link PayloadThread#stepping} is about to have a system call served. */
    void entersCall(PayloadThread thread);

    /** A thread with {@link PayloadThread#stepping} finished a SYSCALL instruction. */
    void stepped(PayloadThread thread);

    /** A thread with {@link PayloadThread#stepping} stands at the first instruction of a signal handler. */
    void entersHandler(PayloadThread thread);

    /** Whether {@link #callBegins} and {@link #callEnds} are wanted for calls made from now on. */
    default boolean wantsCalls() {
        return false;
    }

    /** A system call is about to be served; its number is the context's original rax, also behind this. */
    default void callBegins(PayloadThread thread) {}

    /** A system call has its result in rax; it is not going to be made again. */
    default void callEnds(PayloadThread thread, int number) {}

    /**
     * The payload may access the page, but the debugger watches it. True: the instruction is to be tried again; false:
     * nobody watches.
     */
    default boolean touches(PayloadThread thread, long address, boolean write) {
        return false;
    }

    /** The thread is about to run the payload's code. True: it was stopped, and is to look at its requests again. */
    default boolean entersGuest(PayloadThread thread) {
        return false;
    }

    /** @return what to deliver instead of {@code info}, or null for nothing */
    @Nullable
    SignalInfo signal(PayloadThread thread, SignalInfo info);

    /** A signal wants the thread's attention. Called with the lock of the signals held: must not wait for anything. */
    void woken(PayloadThread thread);

    void created(PayloadThread thread);

    /** The thread has done its last instruction; others hear of it only afterwards. */
    default void ends(PayloadThread thread) {}

    void ended(PayloadThread thread);

    /** exec: the program is about to be unmapped; nobody but the calling thread is left. */
    void forgetsProgram();

    /** exec: the thread, the only one, stands at the entry of another program. */
    void newProgram(PayloadThread thread);

    /** A process that a thread is about to make, or null when no debugger wants to hear of it. */
    default @Nullable DebuggedBirth birth(boolean sharesMemory) {
        return null;
    }

    /**
     * exec of a child on its parent's memory, which is going to live in a monitor of its own: how it stays debugged, or
     * null when it is not.
     */
    default @Nullable DebuggedBirth leaves(PayloadThread thread) {
        return null;
    }

    /** What the payload's memory has where the debugger has its breakpoints. To be called with all threads at rest. */
    Map<Long, Byte> hiddenBytes();

    /**
     * Takes a planted breakpoint out for one step of somebody who is not debugged, until {@link #plantAgain}; false when
     * none is there.
     */
    default boolean lift(long address) {
        return false;
    }

    /** Ends {@link #lift}. */
    default void plantAgain(long address) {}

    /** Like {@link #lift} for a watched page, until {@link #close}. */
    default boolean open(long address) {
        return false;
    }

    /** Ends {@link #open}. */
    default void close(long address) {}

    /** All threads are at rest for good and a core is about to be written. */
    void coreComes();

    /** Puts the payload's own bytes back where a copy of its memory has breakpoints; all threads are at rest. */
    void hide(long address, byte[] copy, int offset, int length);

    /** The process is about to end with {@code status}, or by {@code signal} when that is not 0. */
    void processEnds(int status, int signal);

    /** Nobody debugs: breakpoints and traps are the payload's own. */
    final class None implements DebugHook {
        @Override
        public void breakpoint(PayloadThread thread) {
            FaultSignals.breakpoint(thread);
        }

        @Override
        public void trap(PayloadThread thread) {
            FaultSignals.singleStep(thread);
        }

        @Override
        public void entersCall(PayloadThread thread) {}

        @Override
        public void stepped(PayloadThread thread) {}

        @Override
        public void entersHandler(PayloadThread thread) {}

        @Override
        public SignalInfo signal(PayloadThread thread, SignalInfo info) {
            return info;
        }

        @Override
        public void woken(PayloadThread thread) {}

        @Override
        public void created(PayloadThread thread) {}

        @Override
        public void ended(PayloadThread thread) {}

        @Override
        public Map<Long, Byte> hiddenBytes() {
            return Map.of();
        }

        @Override
        public void forgetsProgram() {}

        @Override
        public void newProgram(PayloadThread thread) {}

        @Override
        public void coreComes() {}

        @Override
        public void hide(long address, byte[] copy, int offset, int length) {}

        @Override
        public void processEnds(int status, int signal) {}
    }
}
