package io.kmdebug.symbols;

import java.nio.file.Path;
import java.util.Optional;

/** Gets a debug file that is not on this machine. */
@FunctionalInterface
public interface DebugFileFetcher {
    /** Gets nothing. */
    DebugFileFetcher NONE = buildId -> Optional.empty();

    /**
     * The file with the debug information of a program, on this machine by now; it is known to be of this build.
     *
     * @param buildId in lower-case hex
     */
    Optional<Path> fetch(String buildId);
}
