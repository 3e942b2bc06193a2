package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.LaunchOptions;
import io.kmdebug.debugger.SessionListener;
import io.kmdebug.debugger.SessionListener.OutputKind;
import io.kmdebug.debugger.target.KmProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A monitor that the session has started, with the payload in it.
 *
 * @param atMillis when, by {@link System#currentTimeMillis}
 */
record Launched(LaunchOptions options, KmProcess monitor, long atMillis) {
    /** One that records a class archive writes it when it ends. */
    private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(Boolean.getBoolean("kmdebug.record") ? 300 : 10);

    String commandLine() {
        List<String> words = new ArrayList<>(List.of(options.program().toString()));
        words.addAll(options.arguments());
        return String.join(" ", words);
    }

    /** Where the monitor writes a core. */
    private Path coreFile() {
        Path folder = options.workingDirectory() == null ? Path.of("") : options.workingDirectory();
        Path named = options.coreFile() == null ? Path.of("kmcore") : options.coreFile();
        return folder.resolve(named).toAbsolutePath();
    }

    /**
     * Waits for the monitor's end, and tells what it leaves behind.
     *
     * @param reported status by the stub, where it gave one
     * @return the payload's status: the monitor's own, or else the reported one
     */
    @Nullable
    Integer awaitEnd(@Nullable Integer reported, SessionListener listener) {
        OptionalInt own = exit();
        String log = monitor.log();
        if (!log.isBlank()) listener.output(OutputKind.CONSOLE, log);
        reportCore(listener);
        if (own.isEmpty()) {
            listener.output(OutputKind.IMPORTANT, "The monitor did not end by itself and was ended.\n");
        }
        monitor.close();
        return own.isPresent() ? Integer.valueOf(own.getAsInt()) : reported;
    }

    private OptionalInt exit() {
        try {
            return monitor.awaitExit(EXIT_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        }
    }

    private void reportCore(SessionListener listener) {
        Path core = coreFile();
        try {
            if (Files.isRegularFile(core) && Files.getLastModifiedTime(core).toMillis() >= atMillis - 10) {
                listener.coreWritten(core.toString());
            }
        } catch (IOException e) {
            listener.output(OutputKind.CONSOLE, "The core " + core + " cannot be looked at: " + e.getMessage() + "\n");
        }
    }
}
