package io.kmdebug.debugger.target;

import io.kmdebug.coredump.MappedFile;
import io.kmdebug.coredump.PendingSystemCall;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.OpenFile;
import io.kmdebug.debugger.ThreadInfo;
import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.SignalInfo;
import io.kmdebug.rsp.ThreadAction;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a session debugs, as it stands at one stop. Everything but {@link #close} is asked on the session's owner
 * thread, and only while the payload is stopped.
 */
public sealed interface Target extends AutoCloseable permits LiveTarget, CoreTarget {
    /** Whether it can run on. */
    boolean isLive();

    /** Live threads, in the order in which the target lists them. */
    List<ThreadInfo> threads();

    /**
     * A thread's registers; the caller must not change them.
     *
     * @throws DebuggerException when there is no such thread
     */
    Registers registers(long tid);

    /** Gets ready for questions about the registers of all these threads; what fails is told by those questions. */
    default void expect(List<Long> tids) {}

    /** Ids of the live threads, in order of creation. */
    default List<Long> threadIds() {
        return threads().stream().map(ThreadInfo::id).toList();
    }

    /**
     * The general registers, rip and whatever else comes at no cost: enough to walk a stack by its rules, and for
     * stepping never worth a question of its own.
     */
    default Registers generalRegisters(long tid) {
        return registers(tid);
    }

    /** Writes the registers that are present in {@code changed}. */
    void writeRegisters(long tid, Registers changed);

    /** The payload's memory, kept until the payload goes on. */
    MemoryReader memory();

    /** Whether the processor may execute what is at {@code address}; true where the target does not say. */
    boolean mayExecute(long address);

    /** Writes all of {@code data} or fails with a message that says why. */
    void writeMemory(long address, byte[] data);

    /** The auxiliary vector; empty when the target gives none. */
    AuxVector auxv();

    /** The path of the executable as the target names it. */
    Optional<String> executable();

    OptionalInt pid();

    /** The siginfo of the signal that stopped {@code tid}. */
    Optional<SignalInfo> signalInfo(long tid);

    /** The program's descriptors, by number; empty when the target does not list them. */
    default Optional<List<OpenFile>> openFiles() {
        return Optional.empty();
    }

    /** The call in which a thread is, where the target says it by more than the registers. */
    default Optional<PendingSystemCall> pendingCall(long tid) {
        return Optional.empty();
    }

    /** Files in memory, where the target lists them; empty otherwise. */
    List<MappedFile> fileMappings();

    /** Lets threads go; those that no action covers stay. */
    void resume(List<ThreadAction> actions);

    /** Gives up whatever connection or mapping there is; any thread, any time, more than once. */
    @Override
    void close();
}
