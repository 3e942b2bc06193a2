package io.kmdebug.monitor;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

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

    private static final String SUFFIX = ".class";

    private MonitorClasses() {}

    /** All of them, for the archive. */
    public static void loadAll() {
        for (String name : names()) load(name);
    }

    /**
     * Those of ordinary runs, for an archive of their own: the JVM loads all that an archive has, whether needed or
     * not.
     */
    public static void loadOrdinary() {
        for (String name : names()) if (isIn(name, OF_ORDINARY_RUNS)) load(name);
    }

    private static boolean isIn(String name, List<String> parts) {
        for (String part : parts) if (name.startsWith(FOLDER + part)) return true;
        return false;
    }

    /** Those that a new process needs, until the time for it is over. */
    static void load(BooleanSupplier over) {
        for (String name : names()) {
            if (over.getAsBoolean()) return;
            if (isIn(name, OF_PROCESSES)) load(name);
        }
    }

    private static void load(String file) {
        String name = file.substring(0, file.length() - SUFFIX.length()).replace('/', '.');
        try {
            Class.forName(name, false, MonitorClasses.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError unusable) {
            // it will be told where it is needed
            if (Trace.on(Trace.GENERIC)) Trace.line(Trace.GENERIC, "not loaded: " + unusable);
        }
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        for (String place : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!place.endsWith(".jar")) continue;
            try (ZipFile jar = new ZipFile(place)) {
                for (Enumeration<? extends ZipEntry> all = jar.entries(); all.hasMoreElements(); ) {
                    String name = all.nextElement().getName();
                    if (name.startsWith(FOLDER) && name.endsWith(SUFFIX)) names.add(name);
                }
            } catch (IOException unreadable) {
                if (Trace.on(Trace.GENERIC)) Trace.line(Trace.GENERIC, "not read: " + unreadable);
            }
        }
        return names;
    }
}
