package io.kmdebug.debugger;

import io.kmdebug.machine.LinuxSignal;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which signals stop the payload before it sees them; the others are passed on silently. Those that tell of an error
 * in the program ({@link #stopsAt}) always stop.
 *
 * @param stopping signals that stop besides those, by Linux number
 */
public record SignalPolicy(Set<Integer> stopping) {
    /** The least signal number. */
    public static final int FIRST = 1;
    /** The greatest signal number. */
    public static final int LAST = LinuxSignal.MAX;

    /** What C libraries call SIGRTMIN on Linux: the kernel's first two real-time signals are their own. signal(7). */
    private static final int REAL_TIME = 34;

    private static final Pattern REAL_TIME_NAME = Pattern.compile("RT(MIN|MAX)(?:([+-])([0-9]{1,2}))?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,2}");

    private static final Set<Integer> ERRORS = Set.of(
            LinuxSignal.SIGSEGV.number(),
            LinuxSignal.SIGBUS.number(),
            LinuxSignal.SIGFPE.number(),
            LinuxSignal.SIGILL.number(),
            LinuxSignal.SIGABRT.number(),
            LinuxSignal.SIGTRAP.number(),
            LinuxSignal.SIGSYS.number(),
            LinuxSignal.SIGQUIT.number());

    /** Whether the payload stops before it receives {@code signal}. */
    public boolean stopsAt(int signal) {
        return ERRORS.contains(signal) || stopping.contains(signal);
    }

    /**
     * The number of a signal as a user writes it: "SIGUSR1", "usr1", "SIGRTMIN+2", "SIGRTMAX-1" or a number from 1 to
     * 64. Empty when it is none of these.
     */
    public static OptionalInt byName(String name) {
        String text = name.strip().toUpperCase(Locale.ROOT);
        String bare = text.startsWith("SIG") ? text.substring(3) : text;
        for (LinuxSignal signal : LinuxSignal.values()) {
            if (signal.name().equals("SIG" + bare)) return OptionalInt.of(signal.number());
        }
        if (NUMBER.matcher(bare).matches()) return within(FIRST, Integer.parseInt(bare));
        Matcher realTime = REAL_TIME_NAME.matcher(bare);
        if (!realTime.matches()) return OptionalInt.empty();
        int base = realTime.group(1).equals("MIN") ? REAL_TIME : LAST;
        int offset = realTime.group(3) == null ? 0 : Integer.parseInt(realTime.group(3));
        return within(REAL_TIME, "-".equals(realTime.group(2)) ? base - offset : base + offset);
    }

    private static OptionalInt within(int least, int number) {
        return number >= least && number <= LAST ? OptionalInt.of(number) : OptionalInt.empty();
    }
}
