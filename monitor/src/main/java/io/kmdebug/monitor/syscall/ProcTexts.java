package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.ENOENT;

import io.kmdebug.monitor.signal.ProcessSignals;
import io.kmdebug.monitor.signal.SignalAction;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the files of the process's own part of /proc say. proc(5). */
final class ProcTexts {
    private static final int SIGNALS = 64;
    private static final int LONGEST_BLOCK = 1 << 21;
    private static final long PAGE = 4096;

    /** As the file names them, in the order of RLIMIT_CPU to RLIMIT_RTTIME. */
    private static final List<String> LIMIT_NAMES = List.of(
            "Max cpu time",
            "Max file size",
            "Max data size",
            "Max stack size",
            "Max core file size",
            "Max resident set",
            "Max processes",
            "Max open files",
            "Max locked memory",
            "Max address space",
            "Max file locks",
            "Max pending signals",
            "Max msgqueue size",
            "Max nice priority",
            "Max realtime priority",
            "Max realtime timeout");

    private static final int LIMIT_NAME_CHARS = 25;
    private static final int LIMIT_COLUMN_CHARS = 21;
    private static final int LIMIT_UNIT_AT = LIMIT_NAME_CHARS + 1 + 2 * LIMIT_COLUMN_CHARS;

    private final World world;
    private final FdTable fds;
    private final ResourceLimits limits;
    private final SyscallProcess process;

    ProcTexts(World world, FdTable fds, ResourceLimits limits, SyscallProcess process) {
        this.world = world;
        this.fds = fds;
        this.limits = limits;
        this.process = process;
    }

    /** Addresses of the strings that the program was started with. */
    private record StartStrings(long arguments, long argumentsEnd, long environment, long environmentEnd) {}

    private StartStrings strings(GuestMemory memory) {
        long stack = process.initialStackPointer();
        if (stack == 0) return new StartStrings(0, 0, 0, 0);
        try {
            int count = memory.readInt(stack);
            long arguments = memory.readLong(stack + 8);
            long firstVariable = stack + 8 * (count + 2L);
            long environment = memory.readLong(firstVariable);
            long argumentsEnd = count == 0 ? arguments : endOf(memory, memory.readLong(stack + 8L * count));
            long last = firstVariable;
            while (memory.readLong(last + 8) != 0) last += 8;
            long environmentEnd = environment == 0 ? argumentsEnd : endOf(memory, memory.readLong(last));
            return new StartStrings(arguments, argumentsEnd, environment, environmentEnd);
        } catch (GuestFault unmapped) {
            return new StartStrings(0, 0, 0, 0);
        }
    }

    private static long endOf(GuestMemory memory, long string) {
        return string + memory.readString(string, LONGEST_BLOCK).length() + 1;
    }

    /** As it is in the program's memory now, where programs write their title. */
    byte[] commandLine(GuestMemory memory) {
        StartStrings at = strings(memory);
        return block(memory, at.arguments, at.argumentsEnd, process.arguments());
    }

    byte[] environment(GuestMemory memory) {
        StartStrings at = strings(memory);
        return block(memory, at.environment, at.environmentEnd, process.environment());
    }

    private static byte[] block(GuestMemory memory, long start, long end, List<String> otherwise) {
        long bytes = end - start;
        if (start == 0 || bytes <= 0 || bytes > LONGEST_BLOCK) return zeroTerminated(otherwise);
        try {
            return memory.read(start, (int) bytes);
        } catch (GuestFault unmapped) {
            return zeroTerminated(otherwise);
        }
    }

    /**
     * The host's, with the payload's values in the fields that it knows better.
     *
     * @param of the thread, or the process's first one
     * @param task whether it is the thread's own file
     */
    String stat(SyscallThread of, SyscallThread caller, boolean task) {
        GuestMemory memory = caller.memory();
        String host = world.ownText(directory(of, task) + "/stat");
        int end = host.lastIndexOf(')');
        if (end < 0) throw new SyscallFailure(ENOENT);
        // fields[i] is field i + 3 of proc(5)
        String[] fields = host.substring(end + 2).trim().split(" ");
        String[] pages = process.memoryText("statm").trim().split(" ");
        long[] code = code();
        StartStrings strings = strings(memory);
        long[] signals = signalSets(of);
        fields[0] = String.valueOf(state(of, caller));
        put(fields, 20, process.threads().size());
        if (pages.length > 1) {
            put(fields, 23, PAGE * Long.parseLong(pages[0]));
            put(fields, 24, Long.parseLong(pages[1]));
        }
        put(fields, 25, limits.soft(ResourceLimits.RSS));
        put(fields, 26, code[0]);
        put(fields, 27, code[1]);
        put(fields, 28, process.initialStackPointer());
        put(fields, 29, 0);
        put(fields, 30, 0);
        for (int i = 0; i < 4; i++) put(fields, 31 + i, signals[i == 0 ? 0 : i + 1] & 0x7fffffffL);
        for (int field = 45; field <= 47; field++) put(fields, field, 0);
        put(fields, 48, strings.arguments);
        put(fields, 49, strings.argumentsEnd);
        put(fields, 50, strings.environment);
        put(fields, 51, strings.environmentEnd);
        return id(of, task) + " (" + of.name() + ") " + String.join(" ", fields) + "\n";
    }

    /** Start and end of the program's first executable mapping; zeros when it has none. */
    private long[] code() {
        String program = process.executable();
        for (String line : process.memoryMap().split("\n")) {
            int rights = line.indexOf(' ') + 1;
            if (rights == 0 || !line.endsWith(program) || line.charAt(rights + 2) != 'x') continue;
            int dash = line.indexOf('-');
            return new long[] {
                Long.parseUnsignedLong(line.substring(0, dash), 16),
                Long.parseUnsignedLong(line.substring(dash + 1, rights - 1), 16)
            };
        }
        return new long[2];
    }

    private static void put(String[] fields, int field, long value) {
        if (field - 3 < fields.length) fields[field - 3] = Long.toUnsignedString(value);
    }

    private int id(SyscallThread of, boolean task) {
        return task ? of.tid() : process.pid();
    }

    private static String directory(SyscallThread of, boolean task) {
        return task ? "/proc/self/task/" + of.hostTid() : "/proc/self";
    }

    /** Pending of the thread, pending of the process, blocked, ignored, caught. */
    private long[] signalSets(SyscallThread of) {
        ProcessSignals signals = process.signals();
        long ignored = 0;
        long caught = 0;
        for (int signal = 1; signal <= SIGNALS; signal++) {
            long handler = signals.action(signal).handler();
            if (handler == SignalAction.IGNORE) ignored |= 1L << signal - 1;
            else if (handler != SignalAction.DEFAULT) caught |= 1L << signal - 1;
        }
        return new long[] {
            of.signals().ownPending(), signals.sharedPending(), of.signals().mask(), ignored, caught
        };
    }

    String status(SyscallThread of, SyscallThread caller, boolean task) {
        long[] signals = signalSets(of);
        StringBuilder out = new StringBuilder();
        boolean memory = false;
        for (String line : world.ownText(directory(of, task) + "/status").split("\n")) {
            int colon = line.indexOf(':');
            String key = colon < 0 ? line : line.substring(0, colon);
            if (key.startsWith("Vm") || key.startsWith("Rss")) {
                if (!memory) out.append(process.memoryText("status"));
                memory = true;
                continue;
            }
            String value = switch (key) {
                case "Name" -> escaped(of.name());
                case "State" -> stateName(state(of, caller));
                case "Tgid" -> Integer.toString(process.pid());
                case "Pid" -> Integer.toString(id(of, task));
                case "FDSize" -> Integer.toString(fds.places());
                case "Threads" -> Integer.toString(process.threads().size());
                case "SigPnd" -> set(signals[0]);
                case "ShdPnd" -> set(signals[1]);
                case "SigBlk" -> set(signals[2]);
                case "SigIgn" -> set(signals[3]);
                case "SigCgt" -> set(signals[4]);
                default -> line.substring(Math.min(line.length(), colon + 2));
            };
            out.append(key).append(":\t").append(value).append('\n');
        }
        return out.toString();
    }

    /** The letter of the thread's state: that of the host's thread which carries it; the caller runs. */
    private char state(SyscallThread of, SyscallThread caller) {
        if (of == caller) return 'R';
        String host = world.ownText("/proc/self/task/" + of.hostTid() + "/stat");
        int end = host.lastIndexOf(')');
        return end < 0 ? 'S' : host.charAt(end + 2);
    }

    private static String stateName(char state) {
        return switch (state) {
            case 'R' -> "R (running)";
            case 'D' -> "D (disk sleep)";
            case 'T' -> "T (stopped)";
            case 't' -> "t (tracing stop)";
            default -> "S (sleeping)";
        };
    }

    /** As the kernel writes a name into a line. */
    private static String escaped(String name) {
        return name.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String set(long signals) {
        return String.format("%016x", signals);
    }

    String limits() {
        StringBuilder out = new StringBuilder();
        for (String line : world.ownText("/proc/self/limits").split("\n")) {
            int resource = LIMIT_NAMES.indexOf(
                    line.substring(0, Math.min(LIMIT_NAME_CHARS, line.length())).trim());
            if (resource < 0) {
                out.append(line);
            } else {
                String unit = line.substring(Math.min(LIMIT_UNIT_AT, line.length()));
                out.append(line, 0, LIMIT_NAME_CHARS + 1);
                out.append(column(limits.soft(resource)))
                        .append(column(limits.hard(resource)))
                        .append(unit);
            }
            out.append('\n');
        }
        return out.toString();
    }

    private static String column(long limit) {
        String text = limit == -1 ? "unlimited" : Long.toUnsignedString(limit);
        return text + " ".repeat(Math.max(1, LIMIT_COLUMN_CHARS - text.length()));
    }

    private static byte[] zeroTerminated(List<String> strings) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String s : strings) {
            out.writeBytes(s.getBytes(StandardCharsets.ISO_8859_1));
            out.write(0);
        }
        return out.toByteArray();
    }
}
