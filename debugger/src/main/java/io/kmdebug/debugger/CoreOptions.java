package io.kmdebug.debugger;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A core to open.
 *
 * @param core the core file
 * @param program the executable; null: found from what the core names
 * @param downloads of what is not on this machine
 */
public record CoreOptions(Path core, @Nullable Path program, Map<String, String> sourceMap, DownloadOptions downloads) {
    /** Downloads nothing. */
    public CoreOptions(Path core, @Nullable Path program, Map<String, String> sourceMap) {
        this(core, program, sourceMap, DownloadOptions.OFF);
    }
}
