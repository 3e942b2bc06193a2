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
 * @param sysroot a folder under which the core's files are looked for first, as if it were /; null for none
 * @param pool of symbols that sessions with other cores share; null for none. Not used where files are downloaded
 */
public record CoreOptions(
        Path core,
        @Nullable Path program,
        Map<String, String> sourceMap,
        DownloadOptions downloads,
        @Nullable Path sysroot,
        @Nullable SymbolPool pool) {
    /** With symbols of its own. */
    public CoreOptions(
            Path core,
            @Nullable Path program,
            Map<String, String> sourceMap,
            DownloadOptions downloads,
            @Nullable Path sysroot) {
        this(core, program, sourceMap, downloads, sysroot, null);
    }

    /** With the files of this machine. */
    public CoreOptions(Path core, @Nullable Path program, Map<String, String> sourceMap, DownloadOptions downloads) {
        this(core, program, sourceMap, downloads, null);
    }

    /** Downloads nothing. */
    public CoreOptions(Path core, @Nullable Path program, Map<String, String> sourceMap) {
        this(core, program, sourceMap, DownloadOptions.OFF);
    }
}
