package io.kmdebug.machine;

import org.jspecify.annotations.Nullable;

/**
 * The standard Linux x86-64 signals, with gdb's numbers for them (GDB {@code include/gdb/signals.def}) and their
 * default actions (signal(7)). Real-time signals 34 to 64 have no constant; use the static methods.
 */
public enum LinuxSignal {
    SIGHUP(1, 1, DefaultAction.TERMINATE, "Hangup"),
    SIGINT(2, 2, DefaultAction.TERMINATE, "Interrupt"),
    SIGQUIT(3, 3, DefaultAction.CORE, "Quit"),
    SIGILL(4, 4, DefaultAction.CORE, "Illegal instruction"),
    SIGTRAP(5, 5, DefaultAction.CORE, "Trace/breakpoint trap"),
    SIGABRT(6, 6, DefaultAction.CORE, "Aborted"),
    SIGBUS(7, 10, DefaultAction.CORE, "Bus error"),
    SIGFPE(8, 8, DefaultAction.CORE, "Arithmetic exception"),
    SIGKILL(9, 9, DefaultAction.TERMINATE, "Killed"),
    SIGUSR1(10, 30, DefaultAction.TERMINATE, "User defined signal 1"),
    SIGSEGV(11, 11, DefaultAction.CORE, "Segmentation fault"),
    SIGUSR2(12, 31, DefaultAction.TERMINATE, "User defined signal 2"),
    SIGPIPE(13, 13, DefaultAction.TERMINATE, "Broken pipe"),
    SIGALRM(14, 14, DefaultAction.TERMINATE, "Alarm clock"),
    SIGTERM(15, 15, DefaultAction.TERMINATE, "Terminated"),
    SIGSTKFLT(16, 143, DefaultAction.TERMINATE, "Stack fault"),
    SIGCHLD(17, 20, DefaultAction.IGNORE, "Child status changed"),
    SIGCONT(18, 19, DefaultAction.CONTINUE, "Continued"),
    SIGSTOP(19, 17, DefaultAction.STOP, "Stopped (signal)"),
    SIGTSTP(20, 18, DefaultAction.STOP, "Stopped (user)"),
    SIGTTIN(21, 21, DefaultAction.STOP, "Stopped (tty input)"),
    SIGTTOU(22, 22, DefaultAction.STOP, "Stopped (tty output)"),
    SIGURG(23, 16, DefaultAction.IGNORE, "Urgent I/O condition"),
    SIGXCPU(24, 24, DefaultAction.CORE, "CPU time limit exceeded"),
    SIGXFSZ(25, 25, DefaultAction.CORE, "File size limit exceeded"),
    SIGVTALRM(26, 26, DefaultAction.TERMINATE, "Virtual timer expired"),
    SIGPROF(27, 27, DefaultAction.TERMINATE, "Profiling timer expired"),
    SIGWINCH(28, 28, DefaultAction.IGNORE, "Window size changed"),
    SIGIO(29, 23, DefaultAction.TERMINATE, "I/O possible"),
    SIGPWR(30, 32, DefaultAction.TERMINATE, "Power fail/restart"),
    SIGSYS(31, 12, DefaultAction.CORE, "Bad system call");

    /** What happens when a signal is neither handled nor ignored. signal(7). */
    public enum DefaultAction {
        TERMINATE,
        CORE,
        IGNORE,
        STOP,
        CONTINUE
    }

    /** First real-time signal number of the kernel (32 and 33 belong to the C library). */
    public static final int RT_MIN = 32;
    /** Last signal number. */
    public static final int MAX = 64;

    private static final int GDB_SIG32 = 77;
    private static final int GDB_SIG33 = 45;
    private static final int GDB_SIG64 = 78;
    private static final @Nullable LinuxSignal[] BY_NUMBER = new LinuxSignal[32];

    static {
        for (LinuxSignal signal : values()) BY_NUMBER[signal.number] = signal;
    }

    private final int number;
    private final int gdb;
    private final DefaultAction action;
    private final String description;

    LinuxSignal(int number, int gdb, DefaultAction action, String description) {
        this.number = number;
        this.gdb = gdb;
        this.action = action;
        this.description = description;
    }

    public int number() {
        return number;
    }

    public DefaultAction defaultAction() {
        return action;
    }

    /** As {@code gdb} and strsignal(3) word it, such as "Segmentation fault". */
    public String description() {
        return description;
    }

    /** The constant for a Linux number; null for real-time signals and numbers out of range. */
    public static @Nullable LinuxSignal byNumber(int number) {
        return number > 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }

    /** "SIGSEGV", "SIG34" or "SIG0". */
    public static String nameOf(int number) {
        LinuxSignal signal = byNumber(number);
        return signal != null ? signal.name() : "SIG" + number;
    }

    /** A description for any number, such as "Segmentation fault" or "Real-time event 34". */
    public static String describe(int number) {
        LinuxSignal signal = byNumber(number);
        return signal != null ? signal.description : "Real-time event " + number;
    }

    /** The default action of any number: real-time signals terminate. */
    public static DefaultAction defaultActionOf(int number) {
        LinuxSignal signal = byNumber(number);
        return signal != null ? signal.action : DefaultAction.TERMINATE;
    }

    /** Linux number to the number that the GDB remote protocol uses; 143 (unknown) when gdb has none. */
    public static int toGdb(int number) {
        LinuxSignal signal = byNumber(number);
        if (signal != null) return signal.gdb;
        if (number == 32) return GDB_SIG32;
        if (number >= 33 && number <= 63) return GDB_SIG33 + number - 33;
        if (number == 64) return GDB_SIG64;
        return number == 0 ? 0 : 143;
    }

    /** The GDB remote protocol's number to Linux's; 0 when Linux has no such signal. */
    public static int fromGdb(int gdbNumber) {
        for (LinuxSignal signal : values()) if (signal.gdb == gdbNumber) return signal.number;
        if (gdbNumber == GDB_SIG32) return 32;
        if (gdbNumber >= GDB_SIG33 && gdbNumber <= GDB_SIG33 + 30) return 33 + gdbNumber - GDB_SIG33;
        if (gdbNumber == GDB_SIG64) return 64;
        return 0;
    }
}
