package io.kmdebug.rsp;

import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.Registers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a server half asks of whoever it serves. Thread ids and signal numbers are Linux's; the server translates.
 * Every method but {@link #attach}, {@link #interrupt}, {@link #kill}, {@link #pid} and {@link #onStop} is called only
 * while all threads are stopped, by one thread at a time.
 */
public interface StubTarget {
    /**
     * A debugger has come: from now on breakpoints and signals stop the payload. Stops all threads; that stop is
     * reported through the listener as {@link StopReason.Attached}, at once when they are held already.
     */
    void attach();

    /** Process id as the payload sees it. */
    int pid();

    /** Live threads in order of creation. */
    List<ThreadDescription> threads();

    /** Whether that thread is alive. */
    default boolean hasThread(int tid) {
        for (ThreadDescription thread : threads()) if (thread.tid() == tid) return true;
        return false;
    }

    /** A thread's registers, or empty when it is gone. */
    Optional<Registers> registers(int tid);

    /** As {@link #registers}, but only the general registers, rip and eflags need be there. Asked at every stop. */
    default Optional<Registers> generalRegisters(int tid) {
        return registers(tid);
    }

    /** Writes the registers that are present in {@code changed}. Returns whether the thread exists. */
    boolean writeRegisters(int tid, Registers changed);

    /** Like {@code MemoryReader#read}; never shows planted breakpoint bytes. */
    int readMemory(long address, byte[] target, int offset, int length);

    /** Writes all of it or nothing, read-only pages too; planted breakpoints stay. Returns whether it was done. */
    boolean writeMemory(long address, byte[] data);

    /** Plants a software breakpoint; several at one address count. Returns whether it could. */
    boolean insertBreakpoint(long address);

    /** Whether {@link #insertBreakpoint(long, List)} heeds conditions. */
    default boolean evaluatesConditions() {
        return false;
    }

    /**
     * Plants a breakpoint that is a stop only when one of the conditions holds. Where one with conditions is planted
     * already, or one without takes these, they replace the former; that adds no owner.
     *
     * @param conditions none: every time
     */
    default boolean insertBreakpoint(long address, List<BreakpointCondition> conditions) {
        return insertBreakpoint(address);
    }

    /** Takes one owner's breakpoint out. Returns whether there was one. */
    boolean removeBreakpoint(long address);

    /** Whether {@link #insertWatchpoint} is for this kind of access. */
    default boolean watches(WatchKind kind) {
        return false;
    }

    /**
     * From now on threads stop behind an instruction that accesses one of these bytes as the kind says, and behind a
     * system call that does. Several for the same bytes count.
     *
     * @return why it cannot be done, or null when it was
     */
    default @Nullable String insertWatchpoint(WatchKind kind, long address, long length) {
        return "no watchpoints";
    }

    /** Takes one owner's watchpoint away. Returns whether there was one. */
    default boolean removeWatchpoint(WatchKind kind, long address, long length) {
        return false;
    }

    /**
     * Lets threads go; those not mentioned stay stopped. Returns at once; one {@link Stop} is reported later through
     * the listener. A thread that still stands on a planted breakpoint steps over it first, all others held
     * meanwhile; a thread whose pc the debugger has set hits the breakpoint there. A breakpoint or signal that another
     * thread met at the time of the last stop, and that was not reported then, is reported by the next resume that
     * covers that thread.
     *
     * @param actions by thread id
     * @param newborns whether threads that are born meanwhile run
     */
    void resume(Map<Integer, Action> actions, boolean newborns);

    /** Asks for a stop as soon as possible; it is reported as {@link StopReason.Interrupted}. May come at any time. */
    void interrupt();

    /**
     * Signals, by Linux number, that are delivered without a stop from now on. Replaces the former set; forgotten by
     * {@link #detach}.
     */
    void passSignals(Set<Integer> signals);

    /**
     * Signals, by Linux number, that the payload may have from now on: {@link #detach} takes others away that a stop was
     * for. Forgotten by {@link #detach}.
     */
    default void programSignals(Set<Integer> signals) {}

    /** Whether system calls and new programs can be stops. */
    default boolean reportsEvents() {
        return false;
    }

    /**
     * Threads stop before and behind these system calls from now on; forgotten by {@link #detach}.
     *
     * @param calls by number; empty: all of them; null: none
     */
    default void catchCalls(@Nullable Set<Integer> calls) {}

    /** Whether a new program (exec) is a stop. Forgotten by {@link #detach}. */
    default void catchExec(boolean on) {}

    /** Whether {@link #catchForks} does anything. */
    default boolean reportsForks() {
        return false;
    }

    /**
     * Whether processes that the target makes are stops: by fork(2), and by vfork(2) and what is like it. Such a child
     * is born held and served as a {@link #child}; any other is not debugged. Forgotten by {@link #detach}.
     */
    default void catchForks(boolean forks, boolean vforks) {}

    /** The child that the last {@link StopReason.Forked} was about; given away once. */
    default @Nullable PeerProcess child(int pid) {
        return null;
    }

    /** Whether {@link #threadEvents} does anything. */
    default boolean reportsThreads() {
        return false;
    }

    /** Whether threads that begin, and that end by themselves, are stops from now on. Forgotten by {@link #detach}. */
    default void threadEvents(boolean on) {}

    /**
     * A packet with which the client set up the session: the server halves of children hear it too. A later one of the
     * same kind takes its place; forgotten by {@link #detach}.
     */
    default void remember(String kind, byte[] packet) {}

    /**
     * Who is told of stops. Called by the target from any thread: once for each {@link #resume} and each
     * {@link #attach}, and when the process ends while no debugger is there.
     */
    void onStop(Consumer<Stop> listener);

    /** Takes all breakpoints out and lets every thread go on without a debugger. */
    void detach();

    /** Ends the payload at once. */
    void kill();

    /** Whether the payload ends with a client that is lost, as against one that detaches; else it goes on. */
    default boolean endsWithLostClient() {
        return false;
    }

    /** The auxiliary vector's bytes. */
    byte[] auxv();

    /** Absolute path of the executable. */
    String executable();

    /** The 128 bytes of siginfo_t of the signal that stopped {@code tid}; empty when it was none. */
    Optional<byte[]> signalInfo(int tid);

    /**
     * Replaces the siginfo_t of the signal that stopped {@code tid}; its handler gets that one, if the resume delivers
     * the signal.
     *
     * @param info 128 bytes
     * @return whether it was stopped by a signal
     */
    default boolean writeSignalInfo(int tid, byte[] info) {
        return false;
    }

    /**
     * Where a thread has a thread-local variable.
     *
     * @param linkMap the dynamic linker's entry of the module that has the variable; 0 for the program of a static one
     * @param offset of the variable in its module's thread-local storage
     * @return null when such questions are not answered at all
     * @throws Refusal when the thread has none, or it cannot be found out
     */
    default @Nullable Long threadLocal(int tid, long linkMap, long offset) {
        return null;
    }

    /**
     * What the dynamic linker has loaded, the program first, namespace by namespace; empty before it began.
     *
     * @return null when there is no dynamic linker
     */
    default @Nullable List<Library> libraries() {
        return null;
    }

    /**
     * Where the address of the dynamic linker's struct r_debug is: its place in the program's dynamic section.
     *
     * @return 0 when there is no dynamic linker
     */
    default long librariesPointer() {
        return 0;
    }

    /**
     * What an operating system knows of the payload, as a table: rows of values by column.
     *
     * @param type "processes", "threads", "files"
     * @return null for a type that there is none of
     */
    default @Nullable List<Map<String, String>> systemTable(String type) {
        return null;
    }

    /** Address ranges of the payload with protection and name, for memory-map style questions. */
    List<MemoryRegion> regions();

    /**
     * What a file or symbolic link that describes the payload has for it, where the host's own of that name describes
     * something else; null: the host's own.
     *
     * @param path as the debugger makes it of the payload's numbers, such as /proc/PID/maps
     */
    default byte @Nullable [] payloadFile(String path) {
        return null;
    }

    /** Such a path as the host knows it. */
    default String hostPath(String path) {
        return path;
    }

    /**
     * Writes a core of the payload, which stays as it is.
     *
     * @param path where to; null: where the target thinks best
     * @return where it is; null when it cannot do that at all
     * @throws Refusal when it could not
     */
    default @Nullable String saveCore(@Nullable String path) {
        return null;
    }

    /** A console command ("monitor ..." in gdb): its output, or null when it is not known. */
    default @Nullable String monitorCommand(String command) {
        return null;
    }

    /**
     * @param name the thread's name as the payload set it
     * @param state for people: "running", "blocked in futex", …
     */
    record ThreadDescription(int tid, String name, String state) {}

    /** @param protection PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4 */
    record MemoryRegion(long start, long end, int protection, String name) {}

    /**
     * An entry of the dynamic linker's list, struct link_map.
     *
     * @param linkMap the entry's address
     * @param base what was added to the file's addresses
     * @param dynamic where its dynamic section is
     * @param namespace address of the struct r_debug of the list
     */
    record Library(long linkMap, String name, long base, long dynamic, long namespace) {}

    /** What a thread does when it goes on. */
    sealed interface Action {
        /** @param signal Linux number to deliver first; 0 for none */
        record Continue(int signal) implements Action {}

        /** One instruction. */
        record Step(int signal) implements Action {}

        /** Steps while the pc is in [start, end); calls are stepped into as instructions are. RSP: vCont;r */
        record StepRange(long start, long end) implements Action {}
    }

    /** Which accesses a watchpoint is about. RSP: Z2, Z3, Z4. */
    enum WatchKind {
        /** The value is another afterwards. */
        WRITE("watch"),
        READ("rwatch"),
        /** Any. */
        ACCESS("awatch");

        private final String word;

        WatchKind(String word) {
            this.word = word;
        }

        /** As stop replies name it. */
        public String word() {
            return word;
        }

        static @Nullable WatchKind of(String word) {
            for (WatchKind kind : values()) if (kind.word.equals(word)) return kind;
            return null;
        }
    }

    /** A stop of all threads. */
    record Stop(int tid, StopReason reason) {}

    /** Why. */
    sealed interface StopReason {
        /** A debugger came; nothing happened in the payload. */
        record Attached() implements StopReason {}

        /** At a planted breakpoint; the pc is its address. */
        record Breakpoint() implements StopReason {}

        /** A watched place was accessed; the pc is behind the instruction. */
        record Watchpoint(WatchKind kind, long address) implements StopReason {}

        /** A system call is about to be served, or, {@code returns}, has been. */
        record SystemCall(int number, boolean returns) implements StopReason {}

        /** The thread stands at the entry of a new program; the others and all breakpoints are gone. */
        record Executed(String path) implements StopReason {}

        /**
         * Inside its call the thread has made a process, which is held.
         *
         * @param shares whether the child runs on this process's memory until it calls exec or ends
         */
        record Forked(int child, boolean shares) implements StopReason {}

        /** The thread is there and has not run yet. */
        record ThreadCreated() implements StopReason {}

        /** The thread is gone; others are left. */
        record ThreadExited(int status) implements StopReason {}

        /** The child on this process's memory has called exec or ended. */
        record VforkDone() implements StopReason {}

        /** A step or range step is done. */
        record Stepped() implements StopReason {}

        /** A signal is about to be delivered; it is delivered only if the resume says so. */
        record Signalled(int signal) implements StopReason {}

        /** {@link StubTarget#interrupt} was asked for. */
        record Interrupted() implements StopReason {
            /** Linux number shown to clients. */
            public int signal() {
                return LinuxSignal.SIGINT.number();
            }
        }

        /** All threads that were resumed have ended, others are held; {@link Stop#tid} is one of those. RSP: N */
        record NothingResumed() implements StopReason {}

        /** The process is gone; nothing but {@link StubTarget#pid} may be asked any more. */
        record Exited(int status) implements StopReason {}

        /** The process was ended by a signal. */
        record Killed(int signal) implements StopReason {}
    }
}
