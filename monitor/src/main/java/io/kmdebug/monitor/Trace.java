package io.kmdebug.monitor;

import io.kmdebug.monitor.host.HostCall;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * {@code -V}: what happens inside, by KM's subjects. Who has something to tell asks {@link #on} first, so that nothing
 * is made up when nobody reads it.
 *
 * <p>A line has KM's columns: {@code HH:MM:SS.uuuuuu} in UTC, the subject (20 wide), the process, the thread (7 wide),
 * the text; 512 bytes at most.
 */
public final class Trace {
    public static final int VCPU = 1;
    public static final int KVM = 1 << 1;
    public static final int MEM = 1 << 2;
    public static final int MMAP = 1 << 3;
    public static final int COREDUMP = 1 << 4;
    public static final int SIGNALS = 1 << 5;
    public static final int DECODE = 1 << 6;
    public static final int PROC = 1 << 7;
    public static final int EXEC = 1 << 8;
    public static final int FORK = 1 << 9;
    public static final int ARGS = 1 << 10;
    public static final int LOAD = 1 << 11;
    public static final int SHRINK = 1 << 12;
    public static final int NETWORK = 1 << 13;
    public static final int HYPERCALL = 1 << 14;
    public static final int SCHED = 1 << 15;
    public static final int GDB = 1 << 16;
    public static final int FILESYS = 1 << 17;
    public static final int SNAPSHOT = 1 << 18;
    public static final int GENERIC = 1 << 19;

    private static final int LONGEST_LINE = 511;
    private static final long MICROS_OF_DAY = 86_400_000_000L;

    private static int subjects;
    private static Log log = Log.NOWHERE;

    private Trace() {}

    /** Whether one of the subjects is traced. */
    public static boolean on(int subject) {
        return (subjects & subject) != 0;
    }

    /**
     * To be called once, before the payload starts.
     *
     * @param expression matched against the subjects' names, whatever the case; "" matches all
     * @throws Options.WrongUsage when it is no regular expression, or matches no subject
     */
    static void start(String expression, Log target) throws Options.WrongUsage {
        Pattern wanted;
        try {
            wanted = Pattern.compile(expression, Pattern.CASE_INSENSITIVE);
        } catch (PatternSyntaxException e) {
            throw new Options.WrongUsage(
                    "--verbose wants a regular expression, not \"" + expression + "\": " + e.getDescription());
        }
        int set = 0;
        String[] names = names();
        for (int i = 0; i < names.length; i++) if (wanted.matcher(names[i]).find()) set |= 1 << i;
        if (set == 0) {
            throw new Options.WrongUsage(
                    "--verbose=" + expression + " matches none of the subjects " + String.join(" ", names));
        }
        log = target;
        subjects = set;
    }

    private static String[] names() {
        return ("vcpu kvm mem mmap coredump signals decode proc exec fork args load shrink network hypercall sched gdb"
                        + " filesys snapshot generic")
                .split(" ");
    }

    /** Writes a line; to be called when {@link #on} said so. Never longer than 512 bytes, never with a line break. */
    public static void line(int subject, String text) {
        String name = names()[Integer.numberOfTrailingZeros(subject)];
        StringBuilder line = new StringBuilder(128);
        appendTime(line);
        line.append(' ').append(name);
        pad(line, 15 + 1 + 20);
        line.append(' ');
        appendRight(line, HostCall.getpid(), 5);
        line.append(' ');
        appendRight(line, HostCall.gettid(), 7);
        line.append(' ');
        for (int i = 0; i < text.length() && line.length() < LONGEST_LINE; i++) {
            char c = text.charAt(i);
            line.append(c < ' ' ? ' ' : c);
        }
        log.raw(line.append('\n').toString());
    }

    private static void appendTime(StringBuilder line) {
        java.time.Instant now = java.time.Instant.now();
        long micros = Math.floorMod(now.getEpochSecond() * 1_000_000 + now.getNano() / 1000, MICROS_OF_DAY);
        long seconds = micros / 1_000_000;
        two(line, seconds / 3600).append(':');
        two(line, seconds / 60 % 60).append(':');
        two(line, seconds % 60).append('.');
        String fraction = Long.toString(1_000_000 + micros % 1_000_000);
        line.append(fraction, 1, 7);
    }

    private static StringBuilder two(StringBuilder line, long value) {
        return line.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }

    private static void pad(StringBuilder line, int column) {
        while (line.length() < column) line.append(' ');
    }

    private static void appendRight(StringBuilder line, int value, int width) {
        String digits = Integer.toString(value);
        for (int i = digits.length(); i < width; i++) line.append(' ');
        line.append(digits);
    }
}
