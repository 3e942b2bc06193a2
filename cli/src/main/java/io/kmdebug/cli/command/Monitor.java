package io.kmdebug.cli.command;

import io.kmdebug.debugger.MonitorLocation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the monitor is, by the same rule as a debug session has. */
public final class Monitor {
    /** The distribution's folder, set by the launcher. */
    public static final String HOME_PROPERTY = MonitorLocation.HOME;

    private Monitor() {}

    /** The distribution this process runs from; null when it runs from elsewhere. */
    public static @Nullable Path home() {
        String home = System.getProperty(HOME_PROPERTY);
        return home == null ? null : Path.of(home);
    }

    /** @return null when there is none */
    public static @Nullable Path find(Map<String, String> environment) {
        return MonitorLocation.find(environment).map(MonitorLocation::path).orElse(null);
    }

    public static @Nullable Path onPath(String program, Map<String, String> environment) {
        String path = environment.get("PATH");
        for (String folder : (path == null ? "" : path).split(":", -1)) {
            Path candidate = Path.of(folder.isEmpty() ? "." : folder, program);
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }
}
