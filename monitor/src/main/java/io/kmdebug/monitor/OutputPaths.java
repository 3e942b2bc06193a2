package io.kmdebug.monitor;

import io.kmdebug.monitor.host.HostCall;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Files that are written when something happens, which may be hours after the start: whoever named a place where none can
 * be written hears of it at once. The payload runs all the same: the folder may come yet.
 */
final class OutputPaths {
    private OutputPaths() {}

    static void check(Options options, Log log) {
        if (options.namesCore()) say(log, "core", "--coredump", options.core());
        String snapshot = options.snapshot();
        String folder = options.managementFolder();
        if (snapshot != null) say(log, "snapshot", "--snapshot", snapshot);
        if (folder != null) say(log, "snapshot", "KM_MGTDIR", options.snapshotPath("x", HostCall.getpid()));
    }

    private static void say(Log log, String what, String option, String path) {
        String wrong = wrong(Path.of(path).toAbsolutePath());
        if (wrong != null) log.line(option + " " + path + ": no " + what + " can be written there: " + wrong);
    }

    /** What is wrong, and what to do about it; null when nothing is. */
    private static @Nullable String wrong(Path file) {
        if (Files.isDirectory(file)) return "it is a folder; name a file in it";
        if (Files.exists(file) && !Files.isRegularFile(file)) return "it is no regular file; name another one";
        Path folder = file.getParent();
        if (folder == null) return "it is no file; name one";
        if (!Files.exists(folder)) return "there is no folder " + folder + "; make it, or name another file";
        if (!Files.isDirectory(folder)) return folder + " is no folder; name another file";
        if (!Files.isWritable(folder) || !Files.isExecutable(folder)) {
            return "the folder " + folder
                    + " may not be written to by this user; change its mode, or name another file";
        }
        return null;
    }
}
