package io.kmdebug.monitor.syscall;

import io.kmdebug.machine.LinuxSystemCalls;

/** Names of the system calls of x86-64 Linux, and of KM's own. */
public final class SyscallNames {
    private static final int KM_RANGE = 502;

    /** KM's private hypercalls, 502 to 511. */
    private static final String[] KM = "km_start km_reserved503 km_reserved504 km_snapshot km_unmapself km_reserved507"
            .concat(" km_shrink km_interrupt km_reserved510 km_reserved511")
            .split(" ");

    private SyscallNames() {}

    /** The name, or "syscall_N" for a number that no call has. */
    public static String name(long number) {
        if (number >= KM_RANGE && number < KM_RANGE + KM.length) return KM[(int) number - KM_RANGE];
        return LinuxSystemCalls.name(number).orElseGet(() -> "syscall_" + number);
    }

    /** The number that bears {@code name}, or -1. */
    public static int number(String name) {
        for (int i = 0; i < SyscallTable.SIZE; i++) if (name(i).equals(name)) return i;
        return -1;
    }

    /** "openat (257)". */
    static String describe(long number) {
        return name(number) + " (" + number + ")";
    }
}
