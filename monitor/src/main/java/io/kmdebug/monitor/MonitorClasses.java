package io.kmdebug.monitor;

import io.kmdebug.machine.JarClasses;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Loads the monitor's classes before they are needed: into an archive that is being recorded, and into a spare monitor
 * that has nothing else to do.
 */
public final class MonitorClasses {
    private static final String FOLDER = "io/kmdebug/monitor/";
    /** What a process of the payload's needs that its first process may never have needed. */
    private static final List<String> OF_PROCESSES =
            List.of("process/", "state/", "loader/", "thread/", "signal/", "syscall/", "memory/");

    /** What programs need that are simply run, whatever they call. */
    private static final List<String> OF_ORDINARY_RUNS = List.of(
            "host/",
            "loader/",
            "memory/",
            "platform/kvm/",
            "platform/Exit",
            "process/",
            "signal/",
            "state/",
            "syscall/",
            "thread/");

    private MonitorClasses() {}

    /** All of them, for the archive. */
    public static void loadAll() {
        load(List.of(""), () -> false);
    }

    /**
     * Those of ordinary runs, for an archive of their own: the JVM loads all that an archive has, whether needed or
     * not.
     */
    public static void loadOrdinary() {
        load(OF_ORDINARY_RUNS, () -> false);
    }

    /** Those that a new process needs, until the time for it is over. */
    static void load(BooleanSupplier over) {
        load(OF_PROCESSES, over);
    }

    private static void load(List<String> parts, BooleanSupplier over) {
        JarClasses.load(file -> !over.getAsBoolean() && isIn(file, parts), complaint -> {
            if (Trace.on(Trace.GENERIC)) Trace.line(Trace.GENERIC, complaint);
        });
    }

    private static boolean isIn(String name, List<String> parts) {
        for (String part : parts) if (name.startsWith(FOLDER + part)) return true;
        return false;
    }
}
