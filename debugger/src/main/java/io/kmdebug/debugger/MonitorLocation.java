package io.kmdebug.debugger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the {@code km} launcher is.
 *
 * @param namedBy what names it, for messages: "the environment variable KMDEBUG_KM"
 */
public record MonitorLocation(Path path, String namedBy) {
    /** System property that names the launcher. */
    public static final String PROPERTY = "kmdebug.km";
    /** Environment variable that names the launcher. */
    public static final String VARIABLE = "KMDEBUG_KM";
    /** System property with the distribution's folder, set by its launchers. */
    public static final String HOME = "kmdebug.home";

    /** The property, the environment variable, the distribution that this process runs from, then PATH. */
    public static Optional<MonitorLocation> find() {
        return find(System.getenv());
    }

    /** As {@link #find()}, with another environment. */
    public static Optional<MonitorLocation> find(Map<String, String> environment) {
        String property = System.getProperty(PROPERTY);
        if (property != null) return found(Path.of(property), "the system property " + PROPERTY);
        String variable = environment.get(VARIABLE);
        if (variable != null && !variable.isEmpty()) {
            return found(Path.of(variable), "the environment variable " + VARIABLE);
        }
        String home = System.getProperty(HOME);
        if (home != null && Files.isExecutable(Path.of(home, "bin", "km"))) {
            return found(Path.of(home, "bin", "km"), "the distribution");
        }
        String path = environment.get("PATH");
        for (String folder : path == null ? new String[0] : path.split(":", -1)) {
            Path candidate = Path.of(folder.isEmpty() ? "." : folder, "km");
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) return found(candidate, "PATH");
        }
        return Optional.empty();
    }

    private static Optional<MonitorLocation> found(Path path, String namedBy) {
        return Optional.of(new MonitorLocation(path, namedBy));
    }
}
