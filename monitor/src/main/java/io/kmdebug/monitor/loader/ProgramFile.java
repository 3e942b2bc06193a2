package io.kmdebug.monitor.loader;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The ELF file that is going to run, found as execve(2) finds it: {@code #!} lines are followed, up to five deep. Open
 * until it is closed; texts carry bytes in ISO-8859-1.
 */
public final class ProgramFile implements AutoCloseable {
    private static final int NR_PREAD64 = 17;
    private static final int NR_FSTAT = 5;
    private static final int NR_READLINK = 89;
    private static final int NR_FACCESSAT = 269;
    private static final int ENOENT = 2;
    private static final int ENOEXEC = 8;
    private static final int EACCES = 13;
    private static final int ELOOP = 40;
    private static final int AT_FDCWD = -100;
    private static final int X_OK = 1;
    /** O_RDONLY | O_CLOEXEC | O_NONBLOCK: a FIFO is refused, not waited for. */
    private static final int OPEN_FLAGS = 02004000;

    private static final int STAT_BYTES = 144;
    private static final int ST_MODE = 24;
    private static final int S_IFMT = 0170000;
    private static final int S_IFREG = 0100000;
    private static final int S_IFDIR = 0040000;
    /** Of the ELF header. */
    private static final int E_TYPE = 16;

    private static final int PATH_MAX = 4096;
    /** BINPRM_BUF_SIZE: how much of the file the kernel looks at. */
    private static final int HEAD_BYTES = 256;

    private static final int DEEPEST = 5;
    /** TASK_COMM_LEN, without its NUL. */
    private static final int LONGEST_NAME = 15;

    private final int descriptor;
    private final String path;
    private final String name;
    private final List<String> arguments;
    private final boolean core;

    private ProgramFile(int descriptor, String path, String name, List<String> arguments, byte[] head) {
        core = head.length > E_TYPE && head[0] == 0x7f && head[1] == 'E' && head[E_TYPE] == ElfFile.ET_CORE;
        this.descriptor = descriptor;
        this.path = path;
        this.name = name;
        this.arguments = arguments;
    }

    /**
     * @param named the path as the caller has it, relative to the current directory or not
     * @param shown what AT_EXECFN says and a script's interpreter is given as the script: mostly {@code named}
     * @param mustBeExecutable whether permission to execute is asked for, as execve(2) does
     * @throws LoadFailure with execve(2)'s error number
     */
    public static ProgramFile find(String named, String shown, List<String> arguments, boolean mustBeExecutable) {
        String path = named;
        String script = shown;
        List<String> argv = arguments;
        for (int depth = 0; ; depth++) {
            if (depth > DEEPEST) throw new LoadFailure(named + ": too many interpreters in a row", ELOOP);
            int descriptor = depth == 0 ? open(path, mustBeExecutable) : openFor(named, path, mustBeExecutable);
            byte[] head = head(path, descriptor);
            if (head.length < 2 || head[0] != '#' || head[1] != '!') {
                return new ProgramFile(descriptor, resolved(path, descriptor), shown, argv, head);
            }
            HostCall.close(descriptor);
            List<String> line = interpreterLine(path, head);
            ArrayList<String> longer = new ArrayList<>(line);
            longer.add(script);
            if (!argv.isEmpty()) longer.addAll(argv.subList(1, argv.size()));
            argv = longer;
            path = line.get(0);
            script = path;
        }
    }

    /**
     * A file that was found and examined elsewhere.
     *
     * @param descriptor handed over
     */
    public static ProgramFile received(int descriptor, String path, String name, List<String> arguments) {
        return new ProgramFile(descriptor, path, name, arguments, new byte[0]);
    }

    /** The dynamic linker that a program names. */
    static ProgramFile interpreter(String program, String path, boolean mustBeExecutable) {
        return new ProgramFile(openFor(program, path, mustBeExecutable), path, path, List.of(), new byte[0]);
    }

    private static int openFor(String program, String path, boolean mustBeExecutable) {
        try {
            return open(path, mustBeExecutable);
        } catch (LoadFailure failure) {
            throw new LoadFailure(program + ": needs the interpreter " + failure.getMessage(), failure.errno());
        }
    }

    /** Whether it is a core or snapshot rather than a program. */
    public boolean isCore() {
        return core;
    }

    private static int open(String path, boolean mustBeExecutable) {
        int descriptor = path.isEmpty() ? -ENOENT : HostCall.open(path, OPEN_FLAGS);
        if (descriptor < 0) {
            String what = descriptor == -ENOENT ? ": no such file" : ": cannot be opened (errno " + -descriptor + ")";
            throw new LoadFailure(path + what, -descriptor);
        }
        int kind = kind(descriptor);
        if (kind != S_IFREG) {
            HostCall.close(descriptor);
            throw new LoadFailure(
                    path + (kind == S_IFDIR ? ": is a folder, not a program" : ": is not a regular file"), EACCES);
        }
        if (mustBeExecutable && !mayExecute(path)) {
            HostCall.close(descriptor);
            throw new LoadFailure(path + ": is not executable", EACCES);
        }
        return descriptor;
    }

    private static int kind(int descriptor) {
        long stat = HostMemory.allocate(STAT_BYTES);
        try {
            return Native.syscall(NR_FSTAT, descriptor, stat) < 0 ? 0 : HostMemory.getInt(stat + ST_MODE) & S_IFMT;
        } finally {
            HostMemory.free(stat);
        }
    }

    private static boolean mayExecute(String path) {
        long name = HostCall.cString(path);
        try {
            return Native.syscall(NR_FACCESSAT, AT_FDCWD, name, X_OK) == 0;
        } finally {
            HostMemory.free(name);
        }
    }

    private static byte[] head(String path, int descriptor) {
        long buffer = HostMemory.allocate(HEAD_BYTES);
        try {
            long length = Native.syscall(NR_PREAD64, descriptor, buffer, HEAD_BYTES, 0);
            if (length < 0) {
                HostCall.close(descriptor);
                throw new LoadFailure(path + ": cannot be read (errno " + -length + ")", (int) -length);
            }
            return HostMemory.read(buffer, (int) length);
        } finally {
            HostMemory.free(buffer);
        }
    }

    /** The interpreter and, if there is one, its argument: the rest of the line in one piece. Linux binfmt_script. */
    private static List<String> interpreterLine(String path, byte[] head) {
        String text = new String(head, 2, head.length - 2, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\n');
        boolean cut = end < 0 && head.length == HEAD_BYTES;
        String line = end < 0 ? text : text.substring(0, end);
        int zero = line.indexOf('\0');
        if (zero >= 0) line = line.substring(0, zero);
        int from = skipBlanks(line, 0);
        int to = from;
        while (to < line.length() && !isBlank(line.charAt(to))) to++;
        if (from == to || cut && to == line.length()) {
            throw new LoadFailure(path + ": its #! line names no interpreter", ENOEXEC);
        }
        int last = line.length();
        while (last > to && isBlank(line.charAt(last - 1))) last--;
        int argument = skipBlanks(line, to);
        String interpreter = line.substring(from, to);
        return argument >= last ? List.of(interpreter) : List.of(interpreter, line.substring(argument, last));
    }

    private static int skipBlanks(String line, int from) {
        int at = from;
        while (at < line.length() && isBlank(line.charAt(at))) at++;
        return at;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** The file's absolute path without symbolic links. */
    private static String resolved(String otherwise, int descriptor) {
        long link = HostCall.cString("/proc/self/fd/" + descriptor);
        long buffer = HostMemory.allocate(PATH_MAX);
        try {
            long length = Native.syscall(NR_READLINK, link, buffer, PATH_MAX);
            if (length <= 0) return otherwise;
            return new String(HostMemory.read(buffer, (int) length), StandardCharsets.ISO_8859_1);
        } finally {
            HostMemory.free(link);
            HostMemory.free(buffer);
        }
    }

    /** Absolute, resolved: what {@code /proc/self/exe} says. */
    public String path() {
        return path;
    }

    /** AT_EXECFN. */
    public String name() {
        return name;
    }

    /**
     * What execve(2) names the process: the end of the path it was given, a link's or a script's too; 15 bytes at most.
     */
    public String processName() {
        boolean unnamed = name.startsWith("/dev/fd/") && name.indexOf('/', "/dev/fd/".length()) < 0;
        String named = unnamed ? path : name;
        String last = named.substring(named.lastIndexOf('/') + 1);
        return last.length() > LONGEST_NAME ? last.substring(0, LONGEST_NAME) : last;
    }

    /** argv of the program: with the interpreter and its argument in front when a script was named. */
    public List<String> arguments() {
        return arguments;
    }

    /** Its own, open until it is closed. */
    public int descriptor() {
        return descriptor;
    }

    /** @throws CorruptFileException when it is no ELF file for x86-64 */
    ElfFile elf() {
        // a name that Java cannot spell, or that is gone, is reached through the descriptor
        String openable = isPlain(path) ? path : "/proc/self/fd/" + descriptor;
        try {
            return ElfFile.open(Path.of(openable));
        } catch (IOException e) {
            throw new LoadFailure(path + ": cannot be read: " + e.getMessage(), ENOEXEC);
        }
    }

    private static boolean isPlain(String path) {
        for (int i = 0; i < path.length(); i++) if (path.charAt(i) > '~' || path.charAt(i) == 0) return false;
        return !path.endsWith(" (deleted)");
    }

    @Override
    public void close() {
        HostCall.close(descriptor);
    }
}
