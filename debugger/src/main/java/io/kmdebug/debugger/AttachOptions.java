package io.kmdebug.debugger;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stub to attach to.
 *
 * @param host name or address
 * @param port 1 to 65535
 * @param program the executable on this machine; null: what the stub names
 * @param downloads of what is not on this machine
 */
public record AttachOptions(
        String host, int port, @Nullable Path program, Map<String, String> sourceMap, DownloadOptions downloads) {
    /** Downloads nothing. */
    public AttachOptions(String host, int port, @Nullable Path program, Map<String, String> sourceMap) {
        this(host, port, program, sourceMap, DownloadOptions.OFF);
    }
}
