package io.kmdebug.debugger;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stub to attach to.
 *
 * @param program the executable on this machine; null: what the stub names
 * @param downloads of what is not on this machine
 */
public record AttachOptions(
        StubPlace stub, @Nullable Path program, Map<String, String> sourceMap, DownloadOptions downloads) {
    /** To a port without a token; downloads nothing. */
    public AttachOptions(String host, int port, @Nullable Path program, Map<String, String> sourceMap) {
        this(new StubPlace.Port(host, port, null), program, sourceMap, DownloadOptions.OFF);
    }
}
