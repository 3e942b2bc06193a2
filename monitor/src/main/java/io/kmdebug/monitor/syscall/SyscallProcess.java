package io.kmdebug.monitor.syscall;

import io.kmdebug.monitor.signal.ProcessSignals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What system call handlers see of the process. Implemented by the payload process. */
public interface SyscallProcess {
    /** The payload's process id, which is also the tid of its first thread. */
    int pid();

    ProcessSignals signals();

    /** Live threads. */
    List<? extends SyscallThread> threads();

    /** The live thread with this tid, or null. */
    @Nullable
    SyscallThread thread(int tid);

    /** Absolute host path of the program, for {@code /proc/self/exe}. */
    String executable();

    /** argv as the payload got it. */
    List<String> arguments();

    /** The environment as the payload got it, "NAME=value". */
    List<String> environment();

    /** The auxiliary vector as the payload got it, 16 bytes an entry. */
    byte[] auxiliaryVector();

    /** {@code /proc/self/maps} for the payload's address space, in the format of proc(5). */
    String memoryMap();

    /**
     * The text of {@code /proc/self/FILE} for the payload's address space: maps, smaps, smaps_rollup, statm, or of status
     * the lines about memory.
     */
    default String memoryText(String file) {
        return "";
    }

    /** A thread has changed its user or group ids. */
    default void identityChanged() {}

    /** Guest address of argc on the stack that the program was started with, 0 when there is none. */
    default long initialStackPointer() {
        return 0;
    }

    /** One line for the monitor's log. */
    void log(String line);
}
