package io.kmdebug.monitor;

import io.kmdebug.monitor.stub.DebugPlaces;
import io.kmdebug.monitor.syscall.CoreFilter;
import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line and the environment ask of {@code km}. The words are KM's: options end at the first word that
 * is none, which is the program. A long option may be shortened as long as it is unambiguous, as getopt_long(3) does.
 */
final class Options {
    static final int DEFAULT_GDB_PORT = 2159;

    private static final int SMALLEST_BUS = 32;
    private static final int WIDEST_BUS = 63;

    /** When a debugger is served. */
    enum Debugger {
        NONE,
        /** The payload waits for it at its entry. */
        AT_START,
        /** The payload runs; a debugger may come. */
        ANY_TIME
    }

    /** A command line that cannot be followed; the message is for the user. */
    static final class WrongUsage extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        WrongUsage(String message) {
            super(message + " (" + Help.USAGE + "; km --help tells more)");
        }
    }

    private Debugger debugger = Debugger.NONE;
    private int gdbPort = DEFAULT_GDB_PORT;
    private boolean namesGdbPort;
    private @Nullable String gdbSocket;
    private @Nullable String gdbAddress;
    private @Nullable String gdbTokenFile;
    private @Nullable String core;
    private int coreFilter = CoreFilter.DEFAULT;
    private boolean corePacked;
    private @Nullable String snapshot;
    private @Nullable String snapshotBase;
    private boolean snapshotPacked;
    private long snapshotSize;
    private boolean snapshotStops;
    private @Nullable String log;
    private @Nullable String payloadOutput;
    private @Nullable String managementSocket;
    private @Nullable String managementFolder;
    private @Nullable List<String> put;
    private @Nullable String notCopied;
    private @Nullable String traced;
    private boolean killsUnknownCalls;
    private boolean endsWithLostDebugger;
    private boolean statistics;
    private boolean waitsForSignal;
    private boolean dumpsShutdown;
    private boolean coreOnError;
    private boolean kontainVendor;
    private @Nullable Boolean hugePages;
    private int busWidth = WIDEST_BUS;
    private Machine.Kind platform = Machine.Kind.AUTO;
    private String device = "/dev/kvm";
    private @Nullable Option only;
    private List<String> command = List.of();
    private final List<String> inherited;
    private final List<String> forChildren = new ArrayList<>(0);

    private Options(List<String> inherited) {
        this.inherited = inherited;
    }

    /**
     * @param words the command line behind "km"
     * @param environment the environment of km, "NAME=value"
     */
    static Options parse(List<String> words, List<String> environment) throws WrongUsage {
        Options options = new Options(environment);
        int at = 0;
        while (at < words.size()
                && words.get(at).startsWith("-")
                && words.get(at).length() > 1) {
            String word = words.get(at++);
            if (word.equals("--")) break;
            at = word.startsWith("--") ? options.longOption(word, words, at) : options.letters(word, words, at);
            if (options.only != null) return options;
        }
        if (at == words.size()) throw new WrongUsage("no program named");
        options.command = words.subList(at, words.size());
        options.readEnvironment();
        options.checkTogether();
        return options;
    }

    private int longOption(String word, List<String> words, int next) throws WrongUsage {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
        String attached = equals < 0 ? null : word.substring(equals + 1);
        Option option = named(name);
        return take(option, "--".concat(name), attached, words, next);
    }

    private static Option named(String name) throws WrongUsage {
        Option found = null;
        boolean ambiguous = false;
        for (Option option : Option.values()) {
            if (name.equals(option.name) || name.equals(option.otherName)) return option;
            boolean begins = option.name != null && option.name.startsWith(name)
                    || option.otherName != null && option.otherName.startsWith(name);
            if (!begins) continue;
            ambiguous |= found != null;
            found = option;
        }
        if (found == null || name.isEmpty()) throw new WrongUsage(Help.unknown(name));
        if (ambiguous) throw new WrongUsage(Help.ambiguous(name));
        return found;
    }

    /** One or more letters; the last may have a value. */
    private int letters(String word, List<String> words, int next) throws WrongUsage {
        for (int i = 1; i < word.length(); i++) {
            Option option = lettered(word.charAt(i));
            String shown = "-" + option.letter;
            if (option.value == Option.Value.NONE) {
                take(option, shown, null, words, next);
                if (only != null) return next;
            } else {
                String rest = word.substring(i + 1);
                return take(option, shown, rest.isEmpty() ? null : rest, words, next);
            }
        }
        return next;
    }

    private static Option lettered(char letter) throws WrongUsage {
        for (Option option : Option.values()) if (option.letter == letter) return option;
        throw new WrongUsage("unknown option -" + letter);
    }

    private int take(Option option, String shown, @Nullable String attached, List<String> words, int next)
            throws WrongUsage {
        String value = attached;
        int after = next;
        if (option.value == Option.Value.NONE && attached != null) {
            throw new WrongUsage(shown + " has no value, but \"" + attached + "\" was given");
        }
        if (option.value == Option.Value.NEEDED && value == null) {
            if (next == words.size()) {
                throw new WrongUsage(
                        shown + " needs a value: " + shown + (shown.charAt(1) == '-' ? "=" : " ") + option.valueName);
            }
            value = words.get(after++);
        }
        if (option.isForChildren()) forChildren.add(value == null ? shown : joined(shown, value));
        if (value == null) apply(option, shown);
        else apply(option, shown, value);
        return after;
    }

    private static String joined(String shown, String value) {
        return shown.startsWith("--") ? shown + "=" + value : shown.concat(value);
    }

    private void apply(Option option, String shown) {
        switch (option) {
            case GDB_SERVER_PORT -> debugger = debugger == Debugger.NONE ? Debugger.AT_START : debugger;
            case GDB_LISTEN -> debugger = Debugger.ANY_TIME;
            case GDB_DYNLINK -> debugger = Debugger.AT_START;
            case GDB_LOST_KILL -> endsWithLostDebugger = true;
            case VERBOSE -> traced = "";
            case HCALL_STATS -> statistics = true;
            case KILL_UNIMPL_SCALL -> killsUnknownCalls = true;
            case WAIT_FOR_SIGNAL -> waitsForSignal = true;
            case DUMP_SHUTDOWN -> dumpsShutdown = true;
            case CORE_ON_ERR -> coreOnError = true;
            case ENABLE_1G_PAGES -> hugePages = true;
            case DISABLE_1G_PAGES -> hugePages = false;
            case VENDORID -> kontainVendor = true;
            case OVERCOMMIT_MEMORY, NOTHING -> {}
            case VERSION, HELP -> only = option;
            default -> throw new IllegalStateException(shown + " needs a value");
        }
    }

    private long size(String shown, String value) throws WrongUsage {
        String bytes = value;
        if (bytes.endsWith(",stop")) {
            snapshotStops = true;
            bytes = bytes.substring(0, bytes.length() - ",stop".length());
        }
        int unit = bytes.isEmpty() ? -1 : "KMG".indexOf(Character.toUpperCase(bytes.charAt(bytes.length() - 1)));
        if (unit >= 0) bytes = bytes.substring(0, bytes.length() - 1);
        try {
            long count = Long.parseLong(bytes);
            int shift = 10 * (unit + 1);
            if (count > 0 && count <= Long.MAX_VALUE >> shift) return count << shift;
        } catch (NumberFormatException wrong) {
            // said below, as for other numbers that make no sense
        }
        throw new WrongUsage(
                shown + " wants bytes, such as 100000 or 512M, and \",stop\" behind them to end there, not \"" + value
                        + "\"");
    }

    private void apply(Option option, String shown, String value) throws WrongUsage {
        switch (option) {
            case GDB_SERVER_PORT -> {
                gdbPort = number(shown, value, 0, 0xffff, "a port, 0 to 65535");
                namesGdbPort = true;
                apply(option, shown);
            }
            case GDB_SOCKET -> {
                gdbSocket = filled(shown, value, "the path of a socket to make");
                apply(Option.GDB_SERVER_PORT, shown);
            }
            case GDB_BIND -> {
                gdbAddress = filled(shown, value, "an address of this host");
                apply(Option.GDB_SERVER_PORT, shown);
            }
            case GDB_TOKEN_FILE -> gdbTokenFile = filled(shown, value, "a file with a token");
            case COREDUMP -> core = filled(shown, value, "a file to write");
            case CORE_FILTER -> coreFilter = filter(shown, value);
            case CORE_COMPRESS -> corePacked = packs(shown, value);
            case SNAPSHOT -> snapshot = filled(shown, value, "a file to write");
            case BASE -> snapshotBase = filled(shown, value, "a snapshot");
            case SNAPSHOT_COMPRESS -> snapshotPacked = packs(shown, value);
            case SNAPSHOT_AT_SIZE -> snapshotSize = size(shown, value);
            case MGTPIPE -> managementSocket = filled(shown, value, "the path of a socket to make");
            case PUTENV -> put(shown, value);
            case COPYENV -> {
                if (notCopied != null)
                    throw new WrongUsage(shown + " is given twice; name all variables in one: A=B=C");
                notCopied = value;
            }
            case LOG_TO -> payloadOutput = filled(shown, value, "a file to append to");
            case KM_LOG_TO -> log = filled(shown, value, "a file to append to, \"stderr\" or \"none\"");
            case VERBOSE -> traced = value;
            case MEMBUS_WIDTH ->
                busWidth = number(shown, value, SMALLEST_BUS, WIDEST_BUS, "a number of bits, 32 to 63");
            case PLATFORM -> platform = platform(shown, value);
            case VIRT_DEVICE -> device = filled(shown, value, "a device, such as /dev/kvm");
            default -> throw new IllegalStateException(shown + " has no value");
        }
    }

    private static Machine.Kind platform(String shown, String value) throws WrongUsage {
        return switch (value) {
            case "auto" -> Machine.Kind.AUTO;
            case "kvm" -> Machine.Kind.KVM;
            case "ptrace" -> Machine.Kind.PTRACE;
            default -> throw new WrongUsage(shown + " wants kvm, ptrace or auto, not \"" + value + "\"");
        };
    }

    private void put(String shown, String value) throws WrongUsage {
        if (value.indexOf('=') < 1) throw new WrongUsage(shown + " wants NAME=VALUE, not \"" + value + "\"");
        List<String> variables = put;
        if (variables == null) {
            variables = new ArrayList<>();
            put = variables;
        }
        variables.add(value);
    }

    private static String filled(String shown, String value, String wanted) throws WrongUsage {
        if (value.isEmpty()) throw new WrongUsage(shown + " wants " + wanted + ", not an empty word");
        return value;
    }

    private static boolean packs(String shown, String value) throws WrongUsage {
        if (!value.equals("zstd") && !value.equals("none")) {
            throw new WrongUsage(shown + " wants \"zstd\" or \"none\", not \"" + value + "\"");
        }
        return value.equals("zstd");
    }

    private static int filter(String shown, String value) throws WrongUsage {
        try {
            return CoreFilter.parse(value);
        } catch (NumberFormatException none) {
            throw new WrongUsage(shown + " wants a mask, such as 0x33, not \"" + value + "\"");
        }
    }

    /** Decimal, 0x or 0, as strtoul(3) with base 0 reads it. */
    private static int number(String shown, String value, int least, int most, String wanted) throws WrongUsage {
        int number;
        try {
            number = Integer.decode(value);
        } catch (NumberFormatException e) {
            number = -1;
        }
        if (number < least || number > most)
            throw new WrongUsage(shown + " wants " + wanted + ", not \"" + value + "\"");
        return number;
    }

    /** KM's own variables; an option on the command line goes before. An empty one counts as not set. */
    private void readEnvironment() {
        for (String variable : inherited) {
            if (!variable.startsWith("KM_")) continue;
            int equals = variable.indexOf('=');
            String value = variable.substring(equals + 1);
            switch (variable.substring(0, Math.max(equals, 0))) {
                case "KM_KILL_UNIMPL_SCALL" -> killsUnknownCalls = true;
                case "KM_VERBOSE" -> traced = traced == null ? value : traced;
                case "KM_LOGTO" -> log = log == null && !value.isEmpty() ? value : log;
                case "KM_MGTPIPE" ->
                    managementSocket = managementSocket == null && !value.isEmpty() ? value : managementSocket;
                case "KM_MGTDIR" -> managementFolder = value.isEmpty() ? null : value;
                default -> {}
            }
        }
    }

    private void checkTogether() throws WrongUsage {
        if (put != null && notCopied != null) throw new WrongUsage("--putenv and --copyenv exclude each other");
        if (gdbTokenFile != null && gdbPort() == DebugPlaces.NO_PORT) {
            throw new WrongUsage("--gdb-token-file is for a port, and there is none: it goes with -g, --gdb-listen, "
                    + "--gdb-dynlink or --gdb-bind");
        }
        if (managementFolder == null) return;
        if (managementSocket != null) throw new WrongUsage("the variable KM_MGTDIR and --mgtpipe exclude each other");
        if (snapshot != null) throw new WrongUsage("the variable KM_MGTDIR and --snapshot exclude each other");
    }

    /** {@link Option#VERSION} or {@link Option#HELP} when that is all that is asked for. */
    @Nullable
    Option only() {
        return only;
    }

    Debugger debugger() {
        return debugger;
    }

    /** {@link DebugPlaces#NO_PORT} when no debugger is served, or at a socket alone. */
    int gdbPort() {
        boolean instead = gdbSocket != null && gdbAddress == null && !namesGdbPort;
        return debugger == Debugger.NONE || instead ? DebugPlaces.NO_PORT : gdbPort;
    }

    /** Where debuggers are served. */
    DebugPlaces debugPlaces() {
        return new DebugPlaces(gdbPort(), gdbAddress, gdbTokenFile, gdbSocket);
    }

    /** Where a core goes. */
    String core() {
        String named = core;
        if (named != null) return named;
        return corePacked ? "kmcore.zst" : "kmcore";
    }

    /** Which mappings cores have the content of: {@link CoreFilter}. */
    int coreFilter() {
        return coreFilter;
    }

    boolean packsCores() {
        return corePacked;
    }

    /** Whether somebody says where cores or snapshots go. */
    boolean namesOutput() {
        return core != null || snapshot != null || managementFolder != null;
    }

    /** Whether the command line says where cores go. */
    boolean namesCore() {
        return core != null;
    }

    /** Whether variables were put into the payload's environment. */
    boolean putsEnvironment() {
        return put != null;
    }

    /** Where a snapshot goes unless the request says it; null: the default. */
    @Nullable
    String snapshot() {
        return snapshot;
    }

    /** What snapshots build on, or null. */
    @Nullable
    String snapshotBase() {
        return snapshotBase;
    }

    /** Whether the memory in snapshots is compressed. */
    boolean packsSnapshots() {
        return snapshotPacked;
    }

    /** Resident bytes of the payload at which a snapshot is taken; 0: none. */
    long snapshotSize() {
        return snapshotSize;
    }

    /** Whether that snapshot ends the payload. */
    boolean snapshotStops() {
        return snapshotStops;
    }

    /** Path of the management socket, or null. */
    @Nullable
    String managementSocket() {
        return managementSocket;
    }

    /** Folder of the management socket and of snapshots, from KM_MGTDIR; or null. */
    @Nullable
    String managementFolder() {
        return managementFolder;
    }

    /** The name behind the last slash. */
    static String baseName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /**
     * Where a snapshot goes unless the request says it.
     *
     * @param program path of the payload's program
     */
    String snapshotPath(String program, int pid) {
        if (managementFolder != null) return managementFolder + "/kmsnap." + baseName(program) + "." + pid;
        String path = snapshot;
        return path == null ? "kmsnap" : path;
    }

    String log() {
        String target = log;
        return target == null ? "stderr" : target;
    }

    @Nullable
    String payloadOutput() {
        return payloadOutput;
    }

    /** Which subjects are traced: a regular expression, "" for all; null: none. */
    @Nullable
    String traced() {
        return traced;
    }

    boolean endsWithLostDebugger() {
        return endsWithLostDebugger;
    }

    boolean killUnknownCalls() {
        return killsUnknownCalls;
    }

    boolean statistics() {
        return statistics;
    }

    boolean waitsForSignal() {
        return waitsForSignal;
    }

    boolean dumpsShutdown() {
        return dumpsShutdown;
    }

    boolean coreOnError() {
        return coreOnError;
    }

    /** Whether CPUID's vendor is to read "Kontain". */
    boolean kontainVendor() {
        return kontainVendor;
    }

    /** Whether CPUID is to tell of 1 GiB pages; null: as the host's. */
    @Nullable
    Boolean hugePages() {
        return hugePages;
    }

    /** Bytes of memory that the payload may have. */
    long memoryBytes() {
        return busWidth == WIDEST_BUS ? Long.MAX_VALUE : 1L << busWidth;
    }

    Machine.Kind platform() {
        return platform;
    }

    /** The words of this command line that hold for the processes that the payload makes, too. */
    List<String> forChildren() {
        return forChildren;
    }

    String device() {
        return device;
    }

    /** km's own, all of it. */
    List<String> hostEnvironment() {
        return inherited;
    }

    /** The program and its arguments; not empty. */
    List<String> command() {
        return command;
    }

    /**
     * The payload's environment. KM_MGTPIPE never is in it: a km that the payload starts would want the same socket.
     */
    List<String> environment() {
        if (put != null) return put;
        List<String> without = notCopied == null ? List.of() : List.of(notCopied.split("="));
        int changed = 0;
        for (String variable : inherited) if (!isPassed(variable, without)) changed++;
        if (changed == 0) return inherited;
        List<String> kept = new ArrayList<>(inherited.size());
        for (String variable : inherited) if (isPassed(variable, without)) kept.add(variable);
        return kept;
    }

    private static boolean isPassed(String variable, List<String> without) {
        if (variable.startsWith("KM_MGTPIPE=")) return false;
        if (without.isEmpty()) return true;
        int equals = variable.indexOf('=');
        return !without.contains(equals < 0 ? variable : variable.substring(0, equals));
    }
}
