package io.kmdebug.monitor.process;

import static io.kmdebug.monitor.syscall.Errno.E2BIG;
import static io.kmdebug.monitor.syscall.Errno.ENOENT;
import static io.kmdebug.monitor.syscall.Errno.ENOEXEC;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.loader.ExaminedProgram;
import io.kmdebug.monitor.loader.LoadFailure;
import io.kmdebug.monitor.loader.ProgramFile;
import io.kmdebug.monitor.loader.ProgramLoader;
import io.kmdebug.monitor.syscall.GuestMemory;
import io.kmdebug.monitor.syscall.ProcessServices;
import io.kmdebug.monitor.syscall.ProgramPath;
import io.kmdebug.monitor.syscall.ResourceLimits;
import io.kmdebug.monitor.syscall.SyscallFailure;
import io.kmdebug.monitor.thread.PayloadThread;
import io.kmdebug.monitor.thread.ProgramChange;
import java.util.ArrayList;
import java.util.List;

/** execve(2) up to its point of no return: whatever fails here is an error number for the payload. */
final class Exec {
    /** MAX_ARG_STRLEN. */
    private static final int LONGEST_STRING = 32 * 4096;

    private static final long SMALLEST_ROOM = 128 << 10;
    private static final long LARGEST_ROOM = 6 << 20;
    private static final int POINTER = 8;

    private Exec() {}

    static long run(
            PayloadThread thread,
            ProcessServices services,
            long directory,
            long path,
            long argv,
            long envp,
            int flags) {
        ProgramPath program = services.calls().programPath(thread, directory, path, flags);
        long[] room = {room(services.limits())};
        List<String> arguments = strings(thread.memory(), argv, room);
        List<String> environment = strings(thread.memory(), envp, room);
        // Linux 5.18: a program never finds argc 0
        if (arguments.isEmpty()) arguments = List.of("");
        if (Trace.on(Trace.EXEC)) Trace.line(Trace.EXEC, "exec " + program.host() + " " + arguments);
        ExaminedProgram examined = examine(program, arguments);
        VforkChild borrower = VforkChild.of(thread.process());
        if (borrower != null) {
            borrower.exec(thread, examined, environment);
            return 0;
        }
        Processes processes = Processes.of(thread.process());
        if (processes != null) processes.execs();
        ProgramChange.run(thread, examined, environment);
        return 0;
    }

    /** @throws SyscallFailure when there is no such program */
    static ExaminedProgram examine(ProgramPath program, List<String> arguments) {
        ProgramFile file = null;
        try {
            file = ProgramFile.find(program.host(), program.shown(), arguments, true);
            boolean script = file.arguments() != arguments;
            if (script && program.closesFirst()) throw new LoadFailure(program.shown() + ": is closed by exec", ENOENT);
            return ProgramLoader.examine(file, true);
        } catch (LoadFailure failure) {
            if (file != null) file.close();
            throw new SyscallFailure(failure.errno());
        } catch (CorruptFileException failure) {
            if (file != null) file.close();
            throw new SyscallFailure(ENOEXEC);
        }
    }

    /** Bytes that arguments and environment may take: a quarter of the stack's limit. execve(2). */
    private static long room(ResourceLimits limits) {
        long stack = limits.soft(ResourceLimits.STACK);
        if (stack < 0) return LARGEST_ROOM;
        return Math.max(SMALLEST_ROOM, Math.min(LARGEST_ROOM, stack / 4));
    }

    /** A null-terminated array of strings; a null pointer is an empty one. */
    private static List<String> strings(GuestMemory memory, long array, long[] room) {
        List<String> strings = new ArrayList<>();
        if (array == 0) return strings;
        for (long at = array; ; at += POINTER) {
            long pointer = memory.readLong(at);
            if (pointer == 0) return strings;
            String text = memory.readString(pointer, LONGEST_STRING);
            room[0] -= text.length() + 1 + POINTER;
            if (text.length() >= LONGEST_STRING || room[0] < 0) throw new SyscallFailure(E2BIG);
            strings.add(text);
        }
    }
}
