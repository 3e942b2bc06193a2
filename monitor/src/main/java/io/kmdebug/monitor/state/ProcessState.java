package io.kmdebug.monitor.state;

import io.kmdebug.monitor.loader.LoadedProgram;
import java.util.List;

/**
 * A stopped payload without the contents of its memory: what a forked child and a resumed snapshot start from.
 *
 * @param pid the payload's own number for itself
 * @param program what was loaded, its path and auxiliary vector included
 * @param vdso guest address of the vDSO's ELF header, or 0
 * @param vdsoDigest SHA-256 of the vDSO, whose functions the payload has pointers to; empty when nobody is to compare it
 * @param restorer guest address of the monitor's signal restorer
 * @param threads in order of creation; not empty
 * @param directory the working directory, absolute
 * @param fileMask umask(2)
 */
public record ProcessState(
        int pid,
        LoadedProgram program,
        List<String> arguments,
        List<String> environment,
        long vdso,
        byte[] vdsoDigest,
        long restorer,
        MemoryState memory,
        List<ThreadState> threads,
        SignalState signals,
        TimersState timers,
        LimitsState limits,
        ControlState controls,
        String directory,
        int fileMask,
        DescriptorsState descriptors) {

    /** A child of the process: one thread, and the memory that it gets. */
    public ProcessState forked(ThreadState thread, MemoryState given) {
        return new ProcessState(
                pid,
                program,
                arguments,
                environment,
                vdso,
                vdsoDigest,
                restorer,
                given,
                List.of(thread),
                signals,
                timers,
                limits,
                controls.ofChild(),
                directory,
                fileMask,
                descriptors);
    }

    /** The process with another program that is still to be loaded: execve(2). */
    public ProcessState withProgram(
            List<String> newArguments, List<String> newEnvironment, SignalState newSignals, MemoryState none) {
        return new ProcessState(
                pid,
                program,
                newArguments,
                newEnvironment,
                vdso,
                vdsoDigest,
                restorer,
                none,
                threads,
                newSignals,
                timers,
                limits,
                controls.ofProgram(),
                directory,
                fileMask,
                descriptors);
    }

    /** The process with other memory. */
    public ProcessState withMemory(MemoryState other) {
        return with(pid, other, threads, directory);
    }

    /** The same process in another working directory. */
    public ProcessState withDirectory(String changed) {
        return with(pid, memory, threads, changed);
    }

    private ProcessState with(int number, MemoryState given, List<ThreadState> alive, String where) {
        return new ProcessState(
                number,
                program,
                arguments,
                environment,
                vdso,
                vdsoDigest,
                restorer,
                given,
                alive,
                signals,
                timers,
                limits,
                controls,
                where,
                fileMask,
                descriptors);
    }

    /** The same process under another number; its first thread's tid, when that was the pid, changes with it. */
    public ProcessState withPid(int changed) {
        List<ThreadState> renamed = threads.stream()
                .map(thread -> thread.tid() == pid ? thread.withTid(changed) : thread)
                .toList();
        return with(changed, memory, renamed, directory);
    }
}
